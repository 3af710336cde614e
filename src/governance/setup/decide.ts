/** From evidence and choices to what holds now, slot by slot. Pure. */
import type { IOpenPagesConnection } from '../../tokens';
import type { IDecisions } from './block';
import {
  FIELD_SLOTS,
  fieldsFor,
  proposeField,
  proposeType,
  REQUIRED,
  TYPE_SLOTS
} from './propose';
import type { IEvidence, IProposal, Mapping, Slot } from './propose';

/** One line of the mapping. */
export interface ISlotState {
  slot: Slot;
  proposal: IProposal;
  /** Name that holds now; null: none. */
  value: string | null;
  /** `open`: nobody has chosen and nothing has enough evidence. */
  by: 'proposal' | 'choice' | 'open';
  /** Name in force now that this console does not have; null: it has it. */
  gone: string | null;
}

export interface IResolved {
  slots: Record<Slot, ISlotState>;
  mapping: Mapping;
}

/** Names in force now. */
export function configuredMapping(connection: IOpenPagesConnection): Mapping {
  const { types, fields } = connection.schema;
  return { ...types, ...fields };
}

/**
 * Resolve the mapping: a choice that this console can keep, else the proposal.
 * Later slots follow from earlier ones.
 */
export function resolveMapping(
  evidence: IEvidence,
  choices: Mapping
): IResolved {
  const mapping: Mapping = {};
  const slots = {} as Record<Slot, ISlotState>;
  const settle = (
    slot: Slot,
    proposal: IProposal,
    names: ReadonlySet<string>
  ): void => {
    const choice = choices[slot];
    const chosen =
      choice !== undefined && (choice === null || names.has(choice));
    const value = chosen ? choice : proposal.value;
    const configured = evidence.configured[slot] ?? null;
    slots[slot] = {
      slot,
      proposal,
      value,
      by: chosen ? 'choice' : value === null ? 'open' : 'proposal',
      gone:
        configured !== null && names.size > 0 && !names.has(configured)
          ? configured
          : null
    };
    mapping[slot] = slots[slot].by === 'open' ? undefined : value;
  };
  const types = new Set(evidence.schema.types.map(({ name }) => name));
  for (const slot of TYPE_SLOTS) {
    settle(slot, proposeType(slot, evidence, mapping), types);
  }
  for (const slot of FIELD_SLOTS) {
    const fields = new Set(
      fieldsFor(slot, evidence, mapping).map(({ name }) => name)
    );
    settle(slot, proposeField(slot, evidence, mapping), fields);
  }
  return { slots, mapping };
}

/** Slots without which there is no configuration. */
export function missing(resolved: IResolved): Slot[] {
  return [...REQUIRED].filter(slot => !resolved.slots[slot].value);
}

/**
 * What goes into the block.
 *
 * @returns null while something is missing
 */
export function decisionsOf(
  resolved: IResolved,
  entities: Readonly<Record<string, string>>,
  taskViewUrl: string
): IDecisions | null {
  if (missing(resolved).length) {
    return null;
  }
  const value = (slot: Slot): string | null => resolved.slots[slot].value;
  return {
    types: {
      useCase: value('useCase'),
      entity: value('entity'),
      modelGroup: value('modelGroup'),
      model: value('model')
    },
    fields: {
      status: value('status'),
      riskLevel: value('riskLevel'),
      owner: value('owner'),
      groupArn: value('groupArn')
    },
    entities: { ...entities },
    taskViewUrl: taskViewUrl.trim() || null
  };
}
