/**
 * Who has the ball: which person the next step of a group waits for.
 *
 * SageMaker has no "requested" state: a version is `PendingManualApproval` from
 * the moment it is registered. A request shows as the reason that it leaves
 * behind (`ApprovalDescription`) or as the stage status `PendingApproval`.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IGovernanceStatus, IModelPackage } from '../tokens';
import type { IPersona } from './persona';
import { samePerson } from './persona';

/** Whom the next step waits for. */
export type WaitingWho =
  'you' | 'approver' | 'author' | 'use-case-approver' | 'nobody';

/** Why it waits; `waitingLabel` puts it in words. */
export type WaitingReason =
  | 'use-case-decision'
  | 'use-case-rejected'
  | 'decision'
  | 'request'
  | 'rejected';

/** Who has the ball, and since when. */
export interface IWaiting {
  who: WaitingWho;
  reason: WaitingReason;
  /** ms since epoch; null: no source records it. */
  since: number | null;
}

/** What the rules look at. */
export interface IWaitingInput {
  /** Latest version; null: the group has none. */
  latest: IModelPackage | null;
  /** null: governance is not installed or not read yet. */
  status: IGovernanceStatus | null;
  me: IPersona | null;
}

interface IRule {
  name: string;
  when: (input: IWaitingInput) => boolean;
  then: (input: IWaitingInput) => IWaiting | null;
}

/** Was a decision asked for, as far as the version tells? */
export function isRequested(version: IModelPackage): boolean {
  if (version.approval !== 'PendingManualApproval') {
    return false;
  }
  return (
    Boolean(version.approvalDescription?.trim()) ||
    /^pending-?approval$/i.test(version.lifeCycle?.status ?? '')
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

const changedAt = (v: IModelPackage): number | null =>
  v.lastModifiedAt ?? v.createdAt;

function withAuthor(input: IWaitingInput, reason: WaitingReason): IWaiting {
  const latest = input.latest as IModelPackage;
  const mine =
    input.me !== null && samePerson(latest.createdBy, input.me) === 'same';
  return { who: mine ? 'you' : 'author', reason, since: changedAt(latest) };
}

function withApprover(input: IWaitingInput): IWaiting {
  const latest = input.latest as IModelPackage;
  const { me } = input;
  const forMe =
    me !== null &&
    me.role === 'approver' &&
    me.canDecide.ok &&
    samePerson(latest.createdBy, me) !== 'same';
  return {
    who: forMe ? 'you' : 'approver',
    reason: 'decision',
    since: changedAt(latest)
  };
}

/**
 * The rules, in order; the first that holds answers.
 *
 * A use case that could not be read, has no status or is not linked decides
 * nothing here: its state is shown beside, and the version's own state counts.
 */
export const WAITING_RULES: readonly IRule[] = [
  {
    name: 'retired use case: nothing is awaited',
    when: ({ status }) => status?.bucket === 'retired',
    then: () => null
  },
  {
    name: 'rejected use case stops everything',
    when: ({ status }) => status?.bucket === 'rejected',
    then: () => ({ who: 'nobody', reason: 'use-case-rejected', since: null })
  },
  {
    name: 'use case awaits its own approval',
    when: ({ status }) => status?.bucket === 'pending',
    then: () => ({
      who: 'use-case-approver',
      reason: 'use-case-decision',
      since: null
    })
  },
  {
    name: 'no version yet',
    when: ({ latest }) => latest === null,
    then: () => null
  },
  {
    name: 'approved: done',
    when: ({ latest }) => latest?.approval === 'Approved',
    then: () => null
  },
  {
    name: 'rejected: back to the author',
    when: ({ latest }) => latest?.approval === 'Rejected',
    then: input => withAuthor(input, 'rejected')
  },
  {
    name: 'requested: with the approver',
    when: ({ latest }) => latest !== null && isRequested(latest),
    then: withApprover
  },
  {
    name: 'registered by automation: with the approver',
    when: ({ latest }) => latest !== null && isAutomated(latest),
    then: withApprover
  },
  {
    name: 'registered, not requested: with the author',
    when: () => true,
    then: input => withAuthor(input, 'request')
  }
];

/** Who has the ball; null when nothing is awaited. */
export function waitingOn(input: IWaitingInput): IWaiting | null {
  for (const rule of WAITING_RULES) {
    if (rule.when(input)) {
      return rule.then(input);
    }
  }
  return null;
}

/** The answer in words, without its age: "with approver". */
export function waitingLabel(
  waiting: IWaiting,
  trans: TranslationBundle
): string {
  switch (waiting.who) {
    case 'you':
      return trans.__('with you');
    case 'approver':
      return trans.__('with approver');
    case 'author':
      return trans.__('with author');
    case 'use-case-approver':
      return trans.__('with use-case approver');
    case 'nobody':
      return trans.__('use case rejected');
  }
}

/** The next step in a sentence, for tooltips and screen readers. */
export function waitingStep(
  waiting: IWaiting,
  trans: TranslationBundle
): string {
  switch (waiting.reason) {
    case 'use-case-decision':
      return trans.__('The use case waits for its approval.');
    case 'use-case-rejected':
      return trans.__(
        'The use case was rejected; nothing moves until it is reopened.'
      );
    case 'decision':
      return trans.__('The version waits to be approved or rejected.');
    case 'request':
      return trans.__(
        'The version is registered; approval is not requested yet.'
      );
    case 'rejected':
      return trans.__(
        'The version was rejected; the author takes it from here.'
      );
  }
}
