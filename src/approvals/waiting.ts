/**
 * Who has the ball: which person the next step of a group waits for.
 *
 * SageMaker has no "requested" state: a version is `PendingManualApproval` from
 * the moment it is registered. A request shows as the reason that it leaves
 * behind (`ApprovalDescription`) or as a stage status such as `PendingApproval`.
 *
 * `waitingWords.ts` puts the answer in words.
 */
import type {
  IGovernanceStatus,
  IModelPackage,
  IUseCase,
  StatusBucket
} from '../tokens';
import { lifeCycleMeaning } from './lifecycle';
import type { IPersona } from './persona';
import { actorName, samePerson } from './persona';
import {
  approvalSettings,
  type ILifeCycleRule,
  type LifeCycleMeaning
} from './settings';

/** Whom the next step waits for. */
export type WaitingWho =
  | 'you'
  /** Somebody whom the workflow names; `people` holds the names. */
  | 'person'
  | 'approver'
  | 'reviewer'
  | 'author'
  | 'use-case-approver'
  | 'use-case-owner'
  | 'nobody';

/** Why it waits. */
export type WaitingReason =
  | 'use-case-retired'
  | 'use-case-rejected'
  | 'use-case-decision'
  | 'use-case-draft'
  | 'use-case-step'
  | 'on-hold'
  | 'decision'
  | 'stage-decision'
  | 'review'
  | 'progress'
  | 'request'
  | 'rejected'
  | 'stage-rejected';

/** What keeps the answer from being taken at its word. */
export type WaitingDoubt =
  /** The use case was not read lately. */
  | 'stale'
  /** A model card or tag says so, no console confirms it. */
  | 'claim'
  /** The use case could not be read; the version alone answers. */
  | 'unread'
  /** The same while it is being read. */
  | 'loading'
  /** The sources name different use cases. */
  | 'disagreement';

/** Who has the ball, and since when. */
export interface IWaiting {
  who: WaitingWho;
  reason: WaitingReason;
  /** Names as the source gives them, verbatim; empty: only the role is known. */
  people: readonly string[];
  /** Step of the workflow, or stage of the lifecycle, verbatim. */
  stage: string | null;
  /** ms since epoch; null: no source records it. */
  since: number | null;
  /**
   * What began then: the step itself, or the last change of the version or use
   * case, since which it has stood like this.
   */
  sinceWhat: 'step' | 'change';
  /** null: the sources say so now. */
  doubt: WaitingDoubt | null;
  /**
   * When the use case was read that answers and is stale, ms since epoch; null:
   * the answer is of now, whatever stands beside it.
   */
  asOf: number | null;
}

/** What the rules look at. */
export interface IWaitingInput {
  /** Latest version; null: the group has none; undefined: not read yet. */
  latest: IModelPackage | null | undefined;
  /** null: governance is not installed or not read yet. */
  status: IGovernanceStatus | null;
  me: IPersona | null;
  /** Meaning of lifecycles; those of the settings when absent. */
  lifeCycleRules?: readonly ILifeCycleRule[] | null;
}

/** The input with what several rules ask of it. */
interface IFacts {
  latest: IModelPackage | null | undefined;
  approval: IModelPackage['approval'] | null;
  life: LifeCycleMeaning | null;
  status: IGovernanceStatus | null;
  bucket: StatusBucket | null;
  useCase: IUseCase | null;
  /** Somebody is named for the current step of the use case's workflow. */
  assigned: boolean;
  requested: boolean;
  me: IPersona | null;
}

/** An answer before it is known how far to trust it. */
type Answer = Pick<IWaiting, 'who' | 'reason'> &
  Partial<Pick<IWaiting, 'people' | 'stage' | 'since' | 'sinceWhat'>>;

interface IRule {
  name: string;
  /** Where the answer comes from, and so what makes it doubtful. */
  of: 'use-case' | 'version';
  when: (facts: IFacts) => boolean;
  then: (facts: IFacts) => Answer | null;
}

/** Was a decision asked for, as far as the version tells? */
export function isRequested(
  version: IModelPackage,
  rules: readonly ILifeCycleRule[] | null = approvalSettings().lifeCycleRules
): boolean {
  return (
    version.approval === 'PendingManualApproval' &&
    (Boolean(version.approvalDescription?.trim()) ||
      lifeCycleMeaning(version, rules) === 'decision')
  );
}

/** Registered by a pipeline or another service: nobody there to ask. */
function isAutomated({ createdBy }: IModelPackage): boolean {
  return (
    createdBy !== null &&
    !createdBy.userProfileName &&
    !createdBy.sourceIdentity &&
    createdBy.arn !== null
  );
}

/** The step of the use case's workflow, else its last change. */
function useCaseSince(
  useCase: IUseCase | null
): Pick<IWaiting, 'stage' | 'since' | 'sinceWhat'> {
  const stage = useCase?.workflow?.stage ?? null;
  const step = useCase?.workflow?.since ?? null;
  return step === null
    ? { stage, since: useCase?.modifiedAt ?? null, sinceWhat: 'change' }
    : { stage, since: step, sinceWhat: 'step' };
}

/** With whom the workflow names for its current step, else with a role. */
function withUseCase(
  { useCase, me }: IFacts,
  role: WaitingWho,
  reason: WaitingReason
): Answer {
  const owner = role === 'use-case-owner' ? (useCase?.owner ?? null) : null;
  const assignees = useCase?.workflow?.assignees ?? [];
  const people = assignees.length > 0 ? assignees : owner ? [owner] : [];
  const mine = Boolean(me?.consoleUser && people.includes(me.consoleUser));
  return {
    who: mine ? 'you' : assignees.length > 0 ? 'person' : role,
    reason,
    people,
    ...useCaseSince(useCase)
  };
}

const versionSince = (
  version: IModelPackage
): Pick<IWaiting, 'since' | 'sinceWhat'> =>
  version.lastModifiedAt === null
    ? { since: version.createdAt, sinceWhat: 'step' }
    : { since: version.lastModifiedAt, sinceWhat: 'change' };

/** The pair, where it is what the answer rests on. */
const pairOf = ({ lifeCycle }: IModelPackage): string | null =>
  lifeCycle ? `${lifeCycle.stage} / ${lifeCycle.status}` : null;

function withAuthor({ latest, me }: IFacts, reason: WaitingReason): Answer {
  const version = latest as IModelPackage;
  const mine = me !== null && samePerson(version.createdBy, me) === 'same';
  const name = actorName(version.createdBy);
  return {
    who: mine ? 'you' : 'author',
    reason,
    people: name ? [name] : [],
    stage: reason === 'stage-rejected' ? pairOf(version) : null,
    ...versionSince(version)
  };
}

function withApprover({ latest, me }: IFacts, reason: WaitingReason): Answer {
  const version = latest as IModelPackage;
  const forMe =
    me !== null &&
    me.role === 'approver' &&
    me.canDecide.ok &&
    samePerson(version.createdBy, me) !== 'same';
  return {
    who: forMe ? 'you' : 'approver',
    reason,
    stage: reason === 'stage-decision' ? pairOf(version) : null,
    ...versionSince(version)
  };
}

/** With a role, or with nobody, as the lifecycle says. */
const byLifeCycle = (
  { latest }: IFacts,
  who: WaitingWho,
  reason: WaitingReason
): Answer => ({
  who,
  reason,
  stage: pairOf(latest as IModelPackage),
  ...versionSince(latest as IModelPackage)
});

/**
 * The rules, in order; the first that holds answers.
 *
 * What stops everything comes first, then what the version waits for, then what
 * the use case waits for beside it. A use case that could not be read, has no
 * status or is not linked stops nothing; `doubt` says what was not known.
 */
export const WAITING_RULES: readonly IRule[] = [
  {
    name: 'use case retired when last read, or so a card says',
    of: 'use-case',
    when: ({ bucket, status }) =>
      bucket === 'retired' && doubtOf(status, 'use-case') !== null,
    then: ({ useCase }) => ({
      who: 'nobody',
      reason: 'use-case-retired',
      ...useCaseSince(useCase)
    })
  },
  {
    name: 'retired use case: nothing is awaited',
    of: 'use-case',
    when: ({ bucket }) => bucket === 'retired',
    then: () => null
  },
  {
    name: 'rejected use case stops everything, unless somebody reworks it',
    of: 'use-case',
    when: ({ bucket }) => bucket === 'rejected',
    then: facts => withUseCase(facts, 'nobody', 'use-case-rejected')
  },
  {
    name: 'use case awaits its own approval',
    of: 'use-case',
    when: ({ bucket }) => bucket === 'pending',
    then: facts => withUseCase(facts, 'use-case-approver', 'use-case-decision')
  },
  {
    name: 'latest version not read yet',
    of: 'version',
    when: ({ latest }) => latest === undefined,
    then: () => null
  },
  {
    name: 'retired version: nothing is awaited',
    of: 'version',
    when: ({ life }) => life === 'retired',
    then: () => null
  },
  {
    name: 'on hold',
    of: 'version',
    when: ({ life }) => life === 'hold',
    then: facts => byLifeCycle(facts, 'nobody', 'on-hold')
  },
  {
    name: 'rejected: back to the author',
    of: 'version',
    when: ({ approval }) => approval === 'Rejected',
    then: facts => withAuthor(facts, 'rejected')
  },
  {
    name: 'lifecycle rejected: back to the author',
    of: 'version',
    when: ({ life }) => life === 'rejected',
    then: facts => withAuthor(facts, 'stage-rejected')
  },
  {
    name: 'requested: with the approver',
    of: 'version',
    when: ({ requested }) => requested,
    then: facts => withApprover(facts, 'decision')
  },
  {
    name: 'approved version awaits its next stage',
    of: 'version',
    when: ({ life }) => life === 'decision',
    then: facts => withApprover(facts, 'stage-decision')
  },
  {
    name: 'lifecycle in review',
    of: 'version',
    when: ({ life }) => life === 'review',
    then: facts => byLifeCycle(facts, 'reviewer', 'review')
  },
  {
    name: 'registered by automation: with the approver',
    of: 'version',
    when: ({ latest, approval }) =>
      approval === 'PendingManualApproval' &&
      isAutomated(latest as IModelPackage),
    then: facts => withApprover(facts, 'decision')
  },
  {
    name: 'use case is a draft: with its owner',
    of: 'use-case',
    when: ({ bucket }) => bucket === 'draft',
    then: facts => withUseCase(facts, 'use-case-owner', 'use-case-draft')
  },
  {
    name: 'a step of the use case whose status says nothing else',
    of: 'use-case',
    when: ({ assigned, status, bucket }) =>
      assigned && (status?.state === 'no-status' || bucket === 'other'),
    then: facts => withUseCase(facts, 'person', 'use-case-step')
  },
  {
    name: 'a step of the use case beside a version that waits for nothing',
    of: 'use-case',
    when: ({ assigned, latest, approval }) =>
      assigned && (latest === null || approval === 'Approved'),
    then: facts => withUseCase(facts, 'person', 'use-case-step')
  },
  {
    name: 'no version yet',
    of: 'version',
    when: ({ latest }) => latest === null,
    then: () => null
  },
  {
    name: 'approved: done',
    of: 'version',
    when: ({ approval }) => approval === 'Approved',
    then: () => null
  },
  {
    name: 'under development: with the author',
    of: 'version',
    when: ({ life }) => life === 'progress',
    then: facts => withAuthor(facts, 'progress')
  },
  {
    name: 'registered, not requested: with the author',
    of: 'version',
    when: () => true,
    then: facts => withAuthor(facts, 'request')
  }
];

/** What is not certain about an answer that the use case or the version gave. */
function doubtOf(
  status: IGovernanceStatus | null,
  of: IRule['of']
): WaitingDoubt | null {
  if (!status || status.state === 'not-linked') {
    return null;
  }
  if (status.state === 'loading') {
    return 'loading';
  }
  if (status.state === 'could-not-read') {
    return 'unread';
  }
  if (status.stale) {
    return 'stale';
  }
  // A version's own state needs no word from a card or another use case.
  if (of === 'version') {
    return null;
  }
  if (status.source !== 'openpages') {
    return 'claim';
  }
  return status.disagreement ? 'disagreement' : null;
}

/** Who has the ball; null when nothing is awaited. */
export function waitingOn(input: IWaitingInput): IWaiting | null {
  const { latest, status, me } = input;
  const rules =
    input.lifeCycleRules === undefined
      ? approvalSettings().lifeCycleRules
      : input.lifeCycleRules;
  const useCase = status?.useCase ?? null;
  const facts: IFacts = {
    latest,
    approval: latest?.approval ?? null,
    life: latest ? lifeCycleMeaning(latest, rules) : null,
    status,
    bucket: status?.bucket ?? null,
    useCase,
    // What could not be read now is not asked for who works on it.
    assigned:
      (status?.state === 'linked' || status?.state === 'no-status') &&
      Boolean(useCase?.workflow?.assignees.length),
    requested: latest ? isRequested(latest, rules) : false,
    me
  };
  const rule = WAITING_RULES.find(({ when }) => when(facts));
  const answer = rule?.then(facts);
  if (!rule || !answer) {
    return null;
  }
  const doubt = doubtOf(status, rule.of);
  return {
    people: [],
    stage: null,
    since: null,
    sinceWhat: 'change',
    ...answer,
    doubt,
    asOf:
      doubt === 'stale' && rule.of === 'use-case'
        ? (status?.readAt ?? null)
        : null
  };
}

/** Does it wait for us? What the filter, the rows and the counts go by. */
export function waitsForMe(waiting: IWaiting | null): boolean {
  return waiting?.who === 'you';
}
