/**
 * What has changed in a group between two fresh readings. Pure.
 *
 * A reading that failed, is stale or is incomplete says nothing: what was seen
 * before stays, and the next fresh reading is compared with it.
 */
import type {
  ApprovalStatus,
  IGovernanceStatus,
  IModelPackage,
  IModelPackageGroup,
  StatusBucket
} from '../tokens';

/** What governance said, in a form that can be kept and compared. */
export interface IGovernanceFact {
  state: 'linked' | 'no-status' | 'not-linked';
  /** Status word, verbatim; null: there is none. */
  word: string | null;
}

/** Where the latest version stood. */
export interface IVersionFact {
  /** ARN of the model package. */
  arn: string;
  version: number;
  approval: ApprovalStatus;
  /** `Stage / Status`; null: none is set. */
  lifeCycle: string | null;
}

/** What was seen of a group at its last fresh readings; null: never. */
export interface ISeen {
  governance: IGovernanceFact | null;
  /** `none`: the group had no version. */
  version: IVersionFact | 'none' | null;
}

/** What a look brought; null members could not be read freshly. */
export type IReading = ISeen;

/** One thing that has changed. */
export type Change =
  | { kind: 'use-case'; from: IGovernanceFact; to: IGovernanceFact }
  | {
      kind: 'approval';
      version: number;
      from: ApprovalStatus;
      to: ApprovalStatus;
    }
  | {
      kind: 'lifecycle';
      version: number;
      from: string | null;
      to: string | null;
    };

/** Which changes are our own work and nobody needs to be told of. */
export interface IOwn {
  governance: boolean;
  version: boolean;
  /** Packages whose decision somebody else tells of, or has told. */
  awaited: ReadonlySet<string>;
}

/** Nothing is our own work. */
export const NOT_OWN: IOwn = {
  governance: false,
  version: false,
  awaited: new Set()
};

/**
 * What a status tells, null when it is no fresh and complete answer.
 *
 * Where no console answers for the group, card and tag must both have been
 * read: else "not linked" could only mean that nobody looked.
 */
export function governanceFact(
  group: IModelPackageGroup,
  status: IGovernanceStatus | undefined
): IGovernanceFact | null {
  if (
    !status ||
    status.stale ||
    status.state === 'loading' ||
    status.state === 'could-not-read' ||
    status.answers.some(({ state }) => state === 'failed')
  ) {
    return null;
  }
  const unasked = status.answers.some(
    ({ source, state }) =>
      state === 'not-asked' && !(source === 'tag' && group.shared)
  );
  if (unasked && status.source !== 'openpages') {
    return null;
  }
  return { state: status.state, word: status.useCase?.status ?? null };
}

/** @param latest undefined: could not be read */
export function versionFact(
  latest: IModelPackage | null | undefined
): ISeen['version'] {
  if (!latest) {
    return latest === null ? 'none' : null;
  }
  const { arn, version, approval, lifeCycle } = latest;
  return {
    arn,
    version,
    approval,
    lifeCycle: lifeCycle && `${lifeCycle.stage} / ${lifeCycle.status}`
  };
}

/** Same state, same word: the bucket is our own reading of the word. */
function sameFact(a: IGovernanceFact, b: IGovernanceFact): boolean {
  return a.state === b.state && a.word === b.word;
}

/**
 * Compare a reading with what was seen.
 *
 * @param before undefined: the group was never looked at; nothing is told then
 * @returns what is to be kept, and what has changed
 */
export function compare(
  before: ISeen | undefined,
  now: IReading,
  own: IOwn = NOT_OWN
): { seen: ISeen; changes: Change[] } {
  const seen: ISeen = {
    governance: now.governance ?? before?.governance ?? null,
    version: now.version ?? before?.version ?? null
  };
  const changes: Change[] = [];
  const said = before?.governance;
  if (
    said &&
    now.governance &&
    !own.governance &&
    !sameFact(said, now.governance)
  ) {
    changes.push({ kind: 'use-case', from: said, to: now.governance });
  }
  const was = before?.version;
  const is = now.version;
  // Another version has its own life: it does not change that of the former.
  if (
    was &&
    is &&
    was !== 'none' &&
    is !== 'none' &&
    was.arn === is.arn &&
    !own.version
  ) {
    const { version } = is;
    if (was.approval !== is.approval && !own.awaited.has(is.arn)) {
      changes.push({
        kind: 'approval',
        version,
        from: was.approval,
        to: is.approval
      });
    }
    if (was.lifeCycle !== is.lifeCycle) {
      changes.push({
        kind: 'lifecycle',
        version,
        from: was.lifeCycle,
        to: is.lifeCycle
      });
    }
  }
  return { seen, changes };
}

/** Whether something was stopped, so that the news is no good news. */
export function isBad(
  changes: readonly Change[],
  bucket: StatusBucket | null
): boolean {
  return changes.some(
    change =>
      (change.kind === 'approval' && change.to === 'Rejected') ||
      (change.kind === 'use-case' &&
        (bucket === 'rejected' || bucket === 'retired'))
  );
}
