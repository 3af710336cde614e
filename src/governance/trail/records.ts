/** What was written from here, as it is kept until a reading shows it. */
import type { IGroupArgs, IWorkflowState } from '../../tokens';

/** Parts of a link, in the order in which they are written. */
export const PARTS = ['association', 'former', 'tag', 'card'] as const;
export type Part = (typeof PARTS)[number];

/**
 * What became of a part. `open`: not tried yet. `unclear`: being written, or its
 * answer was lost: it may be so or not. `failed`: not written. `already`: it was so before us, so that undoing leaves
 * it. `undone`: taken back. `kept`: could not be taken back (`reason`).
 */
export type PartState =
  'open' | 'unclear' | 'written' | 'already' | 'failed' | 'undone' | 'kept';

export interface IPart {
  state: PartState;
  /** Why it failed or was kept, in words. */
  reason?: string;
}

/** An object of OpenPages, as far as it is named. */
export interface INamed {
  /** Resource ID. */
  id: string;
  label: string;
}

/** Our keys in `custom_details` of a model card; null: the key is absent. */
export interface ICardKeys {
  UseCaseId: string | null;
  UseCaseName: string | null;
  UseCaseStage: string | null;
}

interface IRecordBase extends IGroupArgs {
  /** Name of the group. */
  name: string;
  /** Id and label of the OpenPages connection. */
  console: string;
  consoleLabel: string;
  /** When it was written, ms since epoch. */
  at: number;
  /** Since when we wait for a reading that shows it, ms since epoch. */
  waitingSince: number;
  /** `late`: no reading has shown it in the time set. */
  state: 'waiting' | 'confirmed' | 'late';
}

/** A link between a model group and a use case, or its undoing. */
export interface ILinkRecord extends IRecordBase {
  kind: 'link' | 'unlink';
  /** Resource ID of the model group object. */
  object: string;
  useCase: INamed & { url: string | null };
  /** Use cases whose place it takes. */
  former: INamed[];
  tag: { key: string; value: string; before: string | null } | null;
  card: {
    /** ARN of the version. */
    package: string;
    version: number;
    before: ICardKeys;
    after: ICardKeys;
  } | null;
  parts: Record<Part, IPart | null>;
}

/** A workflow that was started or moved. */
export interface IMoveRecord extends IRecordBase {
  kind: 'workflow';
  object: INamed & { url: string | null };
  workflow: string;
  /** Action taken; null: started. */
  action: string | null;
  /** What the reading showed before. */
  before: {
    status: string | null;
    modifiedAt: number | null;
    workflow: IWorkflowState | null;
  };
}

export type IRecord = ILinkRecord | IMoveRecord;

/** Whether a part of a link is still to be written, or to be undone. */
export function rest(record: ILinkRecord): Part[] {
  const open: readonly PartState[] =
    record.kind === 'link'
      ? ['open', 'failed', 'unclear']
      : ['written', 'unclear'];
  return PARTS.filter(part => {
    const state = record.parts[part]?.state;
    return state !== undefined && open.includes(state);
  });
}

/** Whether anything of a link can be taken back. */
export function undoable(record: ILinkRecord): boolean {
  return PARTS.some(part =>
    ['written', 'unclear'].includes(record.parts[part]?.state ?? '')
  );
}

/** Whether of some part nobody knows what became of it. */
export function unclear(record: ILinkRecord): boolean {
  return PARTS.some(part => record.parts[part]?.state === 'unclear');
}

const STATES = ['waiting', 'confirmed', 'late'];
const TEXTS = ['connection', 'group', 'name', 'console', 'consoleLabel'];

/** Whether a value from the state database is a record of ours. */
export function isRecord(value: unknown): value is IRecord {
  if (!value || typeof value !== 'object') {
    return false;
  }
  const record = value as Record<string, unknown>;
  const common =
    TEXTS.every(member => typeof record[member] === 'string') &&
    typeof record.at === 'number' &&
    typeof record.waitingSince === 'number' &&
    STATES.includes(String(record.state));
  if (!common) {
    return false;
  }
  switch (record.kind) {
    case 'link':
    case 'unlink':
      return (
        typeof record.object === 'string' &&
        isNamed(record.useCase) &&
        Array.isArray(record.former) &&
        record.former.every(isNamed) &&
        !!record.parts &&
        typeof record.parts === 'object'
      );
    case 'workflow':
      return (
        isNamed(record.object) &&
        typeof record.workflow === 'string' &&
        !!record.before &&
        typeof record.before === 'object'
      );
    default:
      return false;
  }
}

function isNamed(value: unknown): value is INamed {
  const named = value as Partial<INamed> | null;
  return typeof named?.id === 'string' && typeof named.label === 'string';
}
