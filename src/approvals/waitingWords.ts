/** Who has the ball, in words: rows, tooltips, document and dialogs alike. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { absoluteTime, dayOf, duration, relativeTime } from '../ui';
import type { IWaiting } from './waiting';

/** An answer in words. */
export interface IWaitingText {
  /** For a row: "with J. Murphy · 9 days". */
  brief: string;
  /** Its first half. */
  whom: string;
  /** Its second half; null: no moment is recorded. */
  age: string | null;
  /** In full: "with J. Murphy (Stakeholder Review) since 12 Nov". */
  sentence: string;
  /** What the next step is. */
  step: string;
  /** Why the answer may be wrong; null: the sources say so now. */
  doubt: string | null;
  /** The exact moment; null: none is recorded. */
  moment: string | null;
}

/** Names with right-to-left letters must not turn the words around them. */
function isolated(name: string): string {
  return /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/.test(name)
    ? `\u2068${name}\u2069`
    : name;
}

/** `named`: with the names that stand behind a role. */
function withWhom(
  { who, reason, people }: IWaiting,
  named: boolean,
  trans: TranslationBundle
): string {
  const name = people.length > 0 ? isolated(people[0]) : null;
  switch (who) {
    case 'you':
      return trans.__('with you');
    case 'person':
      return people.length > 1
        ? trans._n(
            'with %2 and %1 other',
            'with %2 and %1 others',
            people.length - 1,
            name
          )
        : trans.__('with %1', name);
    case 'approver':
      return trans.__('with approver');
    case 'reviewer':
      return trans.__('with reviewer');
    case 'author':
      return named && name
        ? trans.__('with author %1', name)
        : trans.__('with author');
    case 'use-case-approver':
      return trans.__('with use-case approver');
    case 'use-case-owner':
      return named && name
        ? trans.__('with use-case owner %1', name)
        : trans.__('with use-case owner');
    case 'nobody':
      return reason === 'on-hold'
        ? trans.__('on hold')
        : reason === 'use-case-retired'
          ? trans.__('use case retired')
          : trans.__('use case rejected');
  }
}

/** The answer without its age: "with approver". */
export function waitingLabel(
  waiting: IWaiting,
  trans: TranslationBundle
): string {
  return withWhom(waiting, false, trans);
}

/** The next step in a sentence. */
export function waitingStep(
  { reason, stage }: IWaiting,
  trans: TranslationBundle
): string {
  switch (reason) {
    case 'use-case-decision':
      return trans.__('The use case waits for its approval.');
    case 'use-case-rejected':
      return trans.__(
        'The use case was rejected; nothing moves until it is reopened.'
      );
    case 'use-case-retired':
      return trans.__('The use case is retired; nothing more is awaited.');
    case 'use-case-draft':
      return trans.__(
        'The use case is a draft; it is not handed in for approval yet.'
      );
    case 'use-case-step':
      return stage
        ? trans.__('The use case is at step “%1” of its workflow.', stage)
        : trans.__('The use case is at a step of its workflow.');
    case 'on-hold':
      return trans.__(
        'The lifecycle says on hold; nothing moves until somebody changes it.'
      );
    case 'decision':
      return trans.__('The version waits to be approved or rejected.');
    case 'stage-decision':
      return trans.__('The version waits to be let into its next stage.');
    case 'review':
      return trans.__('The version is being reviewed.');
    case 'progress':
      return trans.__(
        'The version is under development; approval is not requested yet.'
      );
    case 'request':
      return trans.__(
        'The version is registered; approval is not requested yet.'
      );
    case 'rejected':
      return trans.__(
        'The version was rejected; the author takes it from here.'
      );
    case 'stage-rejected':
      return trans.__(
        'The lifecycle says rejected; the author takes it from here.'
      );
  }
}

function doubtText(
  { doubt, asOf }: IWaiting,
  trans: TranslationBundle
): string | null {
  switch (doubt) {
    case 'stale':
      return asOf === null
        ? trans.__('The use case was not read lately; refresh to read it.')
        : trans.__(
            'The use case was last read %1; refresh to read it again.',
            absoluteTime(asOf)
          );
    case 'claim':
      return trans.__(
        'So says a model card or tag; no governance console confirms it.'
      );
    case 'unread':
      return trans.__(
        'The use case could not be read; this goes by the version alone.'
      );
    case 'loading':
      return trans.__(
        'The use case is being read; this goes by the version alone.'
      );
    case 'disagreement':
      return trans.__('The sources name different use cases.');
    case null:
      return null;
  }
}

/**
 * Put an answer into words.
 *
 * @param now ms since epoch
 */
export function waitingText(
  waiting: IWaiting,
  trans: TranslationBundle,
  now: number = Date.now()
): IWaitingText {
  const { since, sinceWhat, stage, doubt, asOf } = waiting;
  const label = withWhom(waiting, false, trans);
  const whom = withWhom(waiting, true, trans);
  const old = doubt === 'stale' && asOf !== null;
  const placed = stage ? trans.__('%1 (%2)', whom, isolated(stage)) : whom;
  const dated =
    since === null
      ? placed
      : trans.__('%1 since %2', placed, dayOf(since, now));
  const age = old
    ? trans.__('as of %1', relativeTime(asOf, now))
    : since === null
      ? null
      : duration(since, now);
  return {
    brief: age ? trans.__('%1 · %2', label, age) : label,
    whom: label,
    age,
    sentence: old
      ? trans.__('%1, as of %2', dated, relativeTime(asOf, now))
      : dated,
    step: waitingStep(waiting, trans),
    doubt: doubtText(waiting, trans),
    moment:
      since === null
        ? null
        : sinceWhat === 'step'
          ? trans.__('Since %1.', absoluteTime(since))
          : trans.__('Last change: %1.', absoluteTime(since))
  };
}
