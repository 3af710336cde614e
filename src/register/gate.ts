/**
 * May a version go into a group? What the use case says, and what the settings
 * make of it. Pure.
 *
 * A rule of the view: IAM decides what a role may register.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { waitingOn, waitingText } from '../approvals';
import { isLinkClaimed, statusLabel, unknownReason } from '../governance';
import type { IGovernanceStatus } from '../tokens';
import { absoluteTime } from '../ui';
import type { IRegisterSettings } from './settings';

/** What is known of the use case of a group. */
export type GateState =
  /** Approved, says the console, now and without doubt. */
  | 'approved'
  | 'not-approved'
  /** Rejected or retired. */
  | 'stopped'
  | 'stale'
  /** Only a model card or tag says so. */
  | 'claim'
  | 'disagreement'
  | 'no-status'
  | 'could-not-read'
  | 'loading'
  | 'not-linked'
  /** A group that is not made yet. */
  | 'new-group'
  /** Governance did not answer at all. */
  | 'unanswered'
  /** Governance is switched off. */
  | 'off';

/** What the dialog says about a group, and whether it lets it pass. */
export interface IGate {
  state: GateState;
  verdict: 'open' | 'warn' | 'block';
  /** What is so; null with state `approved`. */
  why: string | null;
  /** Whom to ask, and what for; null: nothing to do. */
  next: string | null;
  /** Reading again may change the answer. */
  again: boolean;
}

/** Where a group stands that may have no status. */
export interface IGateSubject {
  /** null: governance is off or did not answer. */
  status: IGovernanceStatus | null;
  /** Governance is switched on. */
  governed: boolean;
  /** The group is not made yet. */
  isNew?: boolean;
}

type Counting = Pick<IRegisterSettings, 'approvedBuckets' | 'approvedStatuses'>;

const fold = (word: string): string => word.trim().toLowerCase();

/** Does the status count as an approval? What is said against it wins. */
function counts({ bucket, useCase }: IGovernanceStatus, by: Counting): boolean {
  const word = useCase?.status ?? null;
  return (
    (bucket !== null && by.approvedBuckets.includes(bucket)) ||
    (word !== null && by.approvedStatuses.some(w => fold(w) === fold(word)))
  );
}

/** What is known of the use case. */
export function gateState(subject: IGateSubject, by: Counting): GateState {
  const { status, governed, isNew } = subject;
  if (isNew) {
    return 'new-group';
  }
  if (!status) {
    return governed ? 'unanswered' : 'off';
  }
  if (status.state !== 'linked') {
    return status.state;
  }
  if (status.bucket === 'rejected' || status.bucket === 'retired') {
    return 'stopped';
  }
  if (status.source !== 'openpages' || isLinkClaimed(status)) {
    return 'claim';
  }
  if (status.stale) {
    return 'stale';
  }
  if (!counts(status, by)) {
    return 'not-approved';
  }
  return status.disagreement ? 'disagreement' : 'approved';
}

/** What the use case of a group means for registering into it. */
export function gateOf(
  subject: IGateSubject,
  settings: IRegisterSettings,
  trans: TranslationBundle
): IGate {
  const state = gateState(subject, settings);
  return {
    state,
    verdict:
      state === 'approved' || settings.whenNotApproved === 'allow'
        ? 'open'
        : settings.whenNotApproved,
    why: whyOf(state, subject.status, trans),
    next: nextOf(state, subject.status, trans),
    again:
      state === 'stale' ||
      state === 'could-not-read' ||
      state === 'loading' ||
      state === 'unanswered'
  };
}

function whyOf(
  state: GateState,
  status: IGovernanceStatus | null,
  trans: TranslationBundle
): string | null {
  const name = status?.useCase?.key ?? status?.useCase?.name ?? '';
  const word = status ? statusLabel(status, trans) : '';
  switch (state) {
    case 'approved':
      return null;
    case 'new-group':
      return trans.__('A new group has no use case yet.');
    case 'off':
      return trans.__(
        'Governance status is switched off in this lab: nothing tells whether the use case is approved.'
      );
    case 'unanswered':
      return trans.__(
        'The use case could not be read: governance did not answer.'
      );
    case 'not-approved':
      return trans.__('Use case %1 is not approved: “%2”.', name, word);
    case 'stopped':
      return trans.__('Use case %1: “%2”.', name, word);
    case 'stale':
      return status?.readAt
        ? trans.__(
            'Use case %1 was “%2” when last read, %3. It is not known to be so now.',
            name,
            word,
            absoluteTime(status.readAt)
          )
        : trans.__(
            'Use case %1 was “%2” when last read. It is not known to be so now.',
            name,
            word
          );
    case 'claim':
      return trans.__(
        'Only a model card or tag links this group to use case %1: “%2”.',
        name,
        word
      );
    case 'disagreement':
      return trans.__(
        'Use case %1: “%2”, but another source names a different use case.',
        name,
        word
      );
    case 'could-not-read':
      return status?.lastKnown
        ? trans.__(
            'The use case could not be read. Last known: “%1”, %2.',
            status.lastKnown.status,
            absoluteTime(status.lastKnown.readAt)
          )
        : trans.__('The use case could not be read.');
    case 'loading':
      return trans.__('The use case is still being read.');
    case 'no-status':
      return trans.__('Use case %1 has no status.', name);
    case 'not-linked':
      return trans.__('No use case is linked to this group.');
  }
}

function nextOf(
  state: GateState,
  status: IGovernanceStatus | null,
  trans: TranslationBundle
): string | null {
  switch (state) {
    case 'approved':
      return null;
    case 'new-group':
      return trans.__(
        'Link it before you request approval. Once a use case is approved for development, the console makes a group for it.'
      );
    case 'off':
      return trans.__('Ask the administrator of this lab.');
    case 'unanswered':
    case 'loading':
      return trans.__('Read it again.');
    case 'not-approved':
    case 'stopped':
      return whomToAsk(status, trans);
    case 'claim':
      if (status?.source === 'openpages') {
        return trans.__(
          'Link the group to its use case in the governance console.'
        );
      }
      return trans.__(
        'Ask the administrator to have a governance console confirm it.'
      );
    case 'disagreement':
      return trans.__(
        'Have the link corrected, so that all sources name one use case.'
      );
    case 'stale':
    case 'could-not-read':
    case 'no-status':
    case 'not-linked':
      return status ? (unknownReason(status, trans)?.next ?? null) : null;
  }
}

/** Who has the ball of the use case, and who owns it. */
function whomToAsk(
  status: IGovernanceStatus | null,
  trans: TranslationBundle
): string {
  // Without a version: only the use case is asked.
  const ball = waitingOn({ latest: null, status, me: null });
  const owner = status?.useCase?.owner ?? null;
  const where =
    ball && ball.who !== 'nobody'
      ? trans.__('It is %1.', waitingText(ball, trans).sentence)
      : null;
  const ask = owner
    ? trans.__('Ask its owner, %1.', owner)
    : trans.__('Ask the governance team.');
  return where ? `${where} ${ask}` : ask;
}
