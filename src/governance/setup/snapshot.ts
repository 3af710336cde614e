/** What the view shows, from readings and choices. Pure. */
import type {
  IGovernance,
  IOpenPagesConnection,
  ISageMakerConnection
} from '../../tokens';
import type { Cell } from '../openpages';
import { arnKey } from '../sources/book';
import { changes, linkProblem } from './block';
import type { AuthType, IChange, IDecisions, SecretSource } from './block';
import {
  configuredMapping,
  decisionsOf,
  missing,
  resolveMapping
} from './decide';
import type { IResolved, ISlotState } from './decide';
import { countEntities, proposeEntity } from './entities';
import type { IEntityProposal } from './entities';
import type { IOurGroups } from './groups';
import type { Mapping, Slot } from './names';
import type { IArnEvidence } from './propose';
import { MOST_OBJECTS } from './reader';
import type { IObjectType, ISchema } from './schema';
import { STEPS } from './steps';
import type { Steps } from './steps';

/** What somebody decided; kept until the block is copied. */
export interface IChoices {
  slots: Mapping;
  /** By SageMaker connection; null: none. */
  entities: Record<string, string | null>;
  /** undefined: as in force. */
  taskViewUrl?: string;
  auth: AuthType;
  secret: SecretSource;
}

/** The root entity of one registry. */
export interface IEntityState {
  registry: ISageMakerConnection;
  proposal: IEntityProposal;
  value: string | null;
  by: ISlotState['by'];
  /** Another entity that is in force now; null: none, or the same. */
  replaced: string | null;
  /** What would tell its entity and is not read; null: all is. */
  unread: 'groups' | 'links' | null;
  /** Labels of the other registries with the same entity. */
  shared: readonly string[];
}

export interface IPreview {
  /** Slots or names of the columns, in order. */
  columns: readonly ('name' | 'groupName' | Slot)[];
  rows: readonly (readonly Cell[])[];
}

/** Everything that the view shows. */
export interface ISetupSnapshot {
  steps: Steps;
  busy: boolean;
  resolved: IResolved;
  statusValues: readonly string[];
  entities: readonly IEntityState[];
  groups: IOurGroups;
  /** Model groups of the console and those that are ours; null: not read. */
  matched: { objects: number; ours: number; capped: boolean } | null;
  preview: IPreview | null;
  choices: IChoices;
  taskViewUrl: string;
  missing: readonly Slot[];
  decisions: IDecisions | null;
  changes: readonly IChange[];
  /** Choices of an earlier visit are in. */
  restored: boolean;
  types: readonly IObjectType[];
}

/** What has been read; `of` names what it was read for. */
export interface IReadings extends ISchema {
  groups: IOurGroups;
  arns: { of: string; found: ReadonlyMap<string, IArnEvidence> } | null;
  /** Rows of use case id, model group id, ARN or name. */
  links: { of: string; rows: readonly (readonly Cell[])[] } | null;
  entities: {
    of: string;
    above: readonly (readonly Cell[])[];
    entities: readonly (readonly Cell[])[];
    tops: ReadonlyMap<string, boolean>;
  } | null;
  preview: (IPreview & { of: string }) | null;
}

export function noReadings(): IReadings {
  return {
    types: [],
    details: new Map(),
    groups: {
      byArn: new Map(),
      byName: new Map(),
      counts: new Map(),
      failures: []
    },
    arns: null,
    links: null,
    entities: null,
    preview: null
  };
}

export interface ISnapshotParts {
  connection: IOpenPagesConnection;
  registries: readonly ISageMakerConnection[];
  governance: Pick<IGovernance, 'bucketOf'>;
  readings: IReadings;
  steps: Steps;
  choices: IChoices;
  restored: boolean;
}

export function deriveSnapshot(parts: ISnapshotParts): ISetupSnapshot {
  const { connection, readings, steps, choices } = parts;
  const resolved = resolve(parts);
  const { mapping } = resolved;
  const entities = entityStates(parts);
  const taskViewUrl = choices.taskViewUrl ?? connection.taskViewUrl ?? '';
  const usable =
    !taskViewUrl.trim() || linkProblem(taskViewUrl.trim()) === null;
  const decisions = usable
    ? decisionsOf(
        resolved,
        { ...entitiesOfOthers(parts), ...entitiesOf(entities) },
        taskViewUrl
      )
    : null;
  return {
    steps,
    busy: STEPS.some(name => steps[name].state === 'running'),
    resolved,
    statusValues:
      (mapping.useCase &&
        readings.details
          .get(mapping.useCase)
          ?.fields.find(({ name }) => name === mapping.status)?.values) ||
      [],
    entities,
    groups: readings.groups,
    matched: matched(readings, steps, mapping),
    preview:
      readings.preview?.of === steps.preview.key ? readings.preview : null,
    choices,
    taskViewUrl,
    missing: readings.types.length ? missing(resolved) : [],
    decisions,
    changes: decisions ? changes(connection, decisions) : [],
    restored: parts.restored,
    types: readings.types
  };
}

function resolve(parts: ISnapshotParts): IResolved {
  const { connection, governance, readings, choices } = parts;
  const evidence = {
    schema: readings,
    configured: configuredMapping(connection),
    arns: new Map<string, IArnEvidence>(),
    known: (word: string) => governance.bucketOf(word) !== 'other'
  };
  const resolved = resolveMapping(evidence, choices.slots);
  // Values were read of one type: they tell nothing of another.
  return readings.arns && readings.arns.of === resolved.mapping.modelGroup
    ? resolveMapping({ ...evidence, arns: readings.arns.found }, choices.slots)
    : resolved;
}

function matched(
  { links, groups }: IReadings,
  steps: Steps,
  mapping: Mapping
): ISetupSnapshot['matched'] {
  if (!links || links.of !== steps.links.key) {
    return null;
  }
  const known = mapping.groupArn ? groups.byArn : groups.byName;
  const keys = links.rows.map(row => arnKey(row[2] ?? ''));
  return {
    objects: new Set(links.rows.map(row => row[1])).size,
    ours: new Set(keys.filter(key => known.has(key))).size,
    capped: links.rows.length >= MOST_OBJECTS
  };
}

function entitiesOf(states: readonly IEntityState[]): Record<string, string> {
  return Object.fromEntries(
    states.flatMap(({ registry, value }) =>
      value ? [[registry.id, value]] : []
    )
  );
}

/** What is in force for registries that cannot be used now: it stays. */
function entitiesOfOthers({
  connection,
  registries
}: ISnapshotParts): Record<string, string> {
  return Object.fromEntries(
    Object.entries(connection.entities).filter(
      ([id]) => !registries.some(registry => registry.id === id)
    )
  );
}

function entityStates(parts: ISnapshotParts): IEntityState[] {
  const { connection, registries, readings, steps, choices } = parts;
  const { entities, links, groups } = readings;
  const counted =
    entities?.of === steps.entities.key && entities
      ? countEntities(
          entities.entities,
          entities.above,
          links?.of === steps.links.key ? (links?.rows ?? []) : [],
          groups.byArn,
          entities.tops
        )
      : [];
  const states = registries.map((registry): IEntityState => {
    const proposal = proposeEntity(counted, registry.id, registries.length);
    const choice = choices.entities[registry.id];
    const inForce = connection.entities[registry.id] ?? null;
    const value = choice === undefined ? (proposal.value ?? inForce) : choice;
    return {
      registry,
      proposal,
      value,
      by:
        choice !== undefined
          ? 'choice'
          : proposal.value !== null
            ? 'proposal'
            : value !== null
              ? 'kept'
              : 'open',
      replaced: inForce !== value ? inForce : null,
      unread: groups.failures.some(
        failure => failure.registry.id === registry.id
      )
        ? 'groups'
        : steps.links.state === 'done'
          ? null
          : 'links',
      shared: []
    };
  });
  return states.map(state => ({
    ...state,
    shared: states.flatMap(({ registry, value }) =>
      value && value === state.value && registry !== state.registry
        ? [registry.label]
        : []
    )
  }));
}
