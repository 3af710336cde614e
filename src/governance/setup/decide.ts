/** From evidence and choices to what holds now, slot by slot. Pure. */
import type { IOpenPagesConnection } from '../../tokens';
import type { IDecisions } from './block';
import { FIELD_SLOTS, REQUIRED, TYPE_SLOTS, typeOfField } from './names';
import { fieldsFor, proposeField, proposeType } from './propose';
import type { Mapping, Slot } from './names';
import type { IEvidence, IProposal } from './propose';

/** One line of the mapping. */
export interface ISlotState {
  slot: Slot;
  proposal: IProposal;
  /** Name that holds now; null: none. */
  value: string | null;
  /**
   * `kept`: it is in force, and nothing is proposed in its place. `open`:
   * nobody has chosen and nothing has enough evidence.
   */
  by: 'proposal' | 'choice' | 'kept' | 'open';
  /** Name in force now that this console does not have; null: it has it. */
  gone: string | null;
  /** Another name that is in force now and that this console has. */
  replaced: string | null;
  /** Type whose fields or associations would tell, and are not read. */
  unread: string | null;
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
    const configured = evidence.configured[slot] ?? null;
    const there = configured !== null && names.has(configured);
    const source = sourceOf(slot, mapping);
    const unread =
      source && !evidence.schema.details.has(source) ? source : null;
    const kept =
      proposal.value === null &&
      source !== null &&
      (there
        ? !isRefuted(configured, proposal)
        : !names.size && unread !== null && isOfType(slot, evidence, unread))
        ? configured
        : null;
    const value = chosen ? choice : (proposal.value ?? kept);
    slots[slot] = {
      slot,
      proposal,
      value,
      by: chosen
        ? 'choice'
        : proposal.value !== null
          ? 'proposal'
          : kept !== null
            ? 'kept'
            : 'open',
      gone: names.size > 0 && !there ? configured : null,
      replaced: there && configured !== value ? configured : null,
      unread
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

/**
 * The type whose fields and associations tell what a slot is.
 *
 * @returns undefined for the use case, which follows from all types; null while
 * that type is not known
 */
function sourceOf(slot: Slot, mapping: Mapping): string | null | undefined {
  switch (slot) {
    case 'useCase':
      return undefined;
    case 'model':
    case 'groupArn':
      return mapping.modelGroup ?? null;
    default:
      return mapping.useCase ?? null;
  }
}

/**
 * Whether something speaks against a name in force: it is not taken away only
 * because nothing speaks for it.
 */
function isRefuted(name: string | null, { candidates }: IProposal): boolean {
  const doubt = candidates.find(one => one.name === name)?.doubt;
  return !!doubt && doubt.code !== 'no-values';
}

/** Whether the name in force for a field was given for this type. */
function isOfType(
  slot: Slot,
  { configured }: IEvidence,
  type: string
): boolean {
  const field = FIELD_SLOTS.find(one => one === slot);
  return !!field && configured[typeOfField(field)] === type;
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
