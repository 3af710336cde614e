/** What is said of a status: its label, why it is not known, and the way out. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { describeError } from '../relay';
import type { IGovernanceStatus } from '../tokens';
import { failureOf, isDenied, isOfMapping, OpenPagesError } from './errors';
import { isLinkClaimed } from './link';

/** Label of a governance badge: the word verbatim, else the state. */
export function statusLabel(
  status: IGovernanceStatus,
  trans: TranslationBundle
): string {
  switch (status.state) {
    case 'linked':
      return status.useCase?.status ?? trans.__('No status');
    case 'no-status':
      return trans.__('No status');
    case 'not-linked':
      return trans.__('Not linked');
    case 'could-not-read':
      return isDenied(status)
        ? trans.__('No permission')
        : trans.__('Could not read');
    case 'loading':
      return trans.__('Reading…');
  }
}

/** What can be done with one button. */
export type WayOut =
  | 'wait'
  /** Link the group to a use case. */
  | 'link'
  /** Start or look after the workflow of the use case. */
  | 'open'
  /** Ask for a right. */
  | 'ask'
  | 'refresh'
  /** Have the mapping of types and fields looked after. */
  | 'set-up'
  | 'none';

/** An unknown state in words. */
export interface IUnknownReason {
  /** Why nothing is known. */
  why: string;
  /** What can be done about it. */
  next: string;
  way: WayOut;
}

/**
 * Words for a status that is not plainly known.
 *
 * @returns null for a linked status that is up to date.
 */
export function unknownReason(
  status: IGovernanceStatus,
  trans: TranslationBundle
): IUnknownReason | null {
  switch (status.state) {
    case 'loading':
      return {
        why: trans.__('The sources are being read.'),
        next: trans.__('It takes a few seconds.'),
        way: 'wait'
      };
    case 'not-linked':
      return notLinked(status, trans);
    case 'no-status':
      return noStatus(status, trans);
    case 'could-not-read':
      return couldNotRead(status, trans);
    case 'linked':
      break;
  }
  if (status.stale) {
    const failed = failureOf(status);
    return {
      why: failed
        ? trans.__(
            'The last reading failed: %1',
            describeError(failed, trans).message
          )
        : trans.__('The last reading is older than the age set for it.'),
      next: trans.__('Refresh to read it again.'),
      way: 'refresh'
    };
  }
  return status.source !== 'openpages'
    ? {
        why: trans.__(
          'This is the word of whoever registered the model, not of the governance console.'
        ),
        next: trans.__('It never counts as an approval.'),
        way: 'none'
      }
    : null;
}

function notLinked(
  status: IGovernanceStatus,
  trans: TranslationBundle
): IUnknownReason {
  const asked = status.answers.some(
    answer => answer.source === 'openpages' && answer.state === 'none'
  );
  return {
    why: asked
      ? trans.__(
          'No source links this group to a use case: not OpenPages, nor the model card, nor the tag.'
        )
      : trans.__(
          'Neither a model card nor a tag names a use case, and no OpenPages console could be asked.'
        ),
    next: asked
      ? trans.__(
          'Link it to its use case. If the console does not have the group, its administrator runs “Synchronize existing model information”.'
        )
      : trans.__(
          'Ask the administrator to configure a connection to OpenPages.'
        ),
    way: asked ? 'link' : 'none'
  };
}

function noStatus(
  status: IGovernanceStatus,
  trans: TranslationBundle
): IUnknownReason {
  return status.source === 'openpages'
    ? {
        why: trans.__('The use case has no status in OpenPages.'),
        next: trans.__('Ask its owner to start the workflow there.'),
        way: 'open'
      }
    : {
        why: trans.__(
          'The use case is named, but no governance console tells its status.'
        ),
        next: trans.__(
          'Ask the administrator to configure a connection to OpenPages.'
        ),
        way: 'none'
      };
}

function couldNotRead(
  status: IGovernanceStatus,
  trans: TranslationBundle
): IUnknownReason {
  const error = failureOf(status);
  if (error instanceof OpenPagesError) {
    if (isDenied(status)) {
      return noPermission(error, trans);
    }
    if (isOfMapping(error)) {
      return {
        why: trans.__('The query was refused: %1', error.message),
        next: trans.__(
          'Ask the administrator to check the types and fields configured for connection “%1”: “Set Up Governance Connection” reads them from the console.',
          error.connection
        ),
        way: 'set-up'
      };
    }
    if (error.reason === 'unknown-use-case' || error.reason === 'ambiguous') {
      return {
        why: error.message,
        next: trans.__(
          'Correct the id in the model card or tag, or ask for the right to read the use case.'
        ),
        way: 'link'
      };
    }
    if (error.reason === 'not-looked-at') {
      return {
        why: error.message,
        next: trans.__(
          'Open the group: what stands above it is looked at then.'
        ),
        way: 'refresh'
      };
    }
  }
  const problem = describeError(error, trans);
  return {
    why: `${problem.title}: ${problem.message}`,
    next: problem.hint ?? trans.__('Refresh to read it again.'),
    way: 'refresh'
  };
}

/** Whom to ask, and for which right. */
function noPermission(
  error: OpenPagesError,
  trans: TranslationBundle
): IUnknownReason {
  return error.reason === 'use-case-not-visible'
    ? {
        why: trans.__(
          'OpenPages links this group to a use case that the connection’s user may not see.'
        ),
        next: trans.__(
          'Ask the administrator of OpenPages to let that user read it.'
        ),
        way: 'ask'
      }
    : {
        why: trans.__(
          'OpenPages does not let the connection’s user read: %1',
          error.message
        ),
        next: trans.__(
          'Ask the administrator of connection “%1” for the right to read use cases, model groups and business entities through the REST API.',
          error.connection
        ),
        way: 'ask'
      };
}

/** Something to know about a status, beside the word itself. */
export interface IStatusNote {
  kind: 'by-id' | 'by-name' | 'disagreement' | 'outside-entity';
  /** A few words. */
  brief: string;
  /** What it means, and what to do. */
  text: string;
}

/** What is to be known about a status, the most serious first. */
export function statusNotes(
  status: IGovernanceStatus,
  trans: TranslationBundle
): IStatusNote[] {
  const notes: IStatusNote[] = [];
  if (status.disagreement) {
    notes.push({
      kind: 'disagreement',
      brief: trans.__('sources disagree'),
      text: trans.__(
        'The sources name different use cases. OpenPages counts; have the others corrected.'
      )
    });
  }
  if (status.outsideEntity) {
    notes.push({
      kind: 'outside-entity',
      brief: trans.__('outside its business entity'),
      text: trans.__(
        'The use case is not directly below the business entity of this registry: it is never synchronised with SageMaker.'
      )
    });
  }
  if (isLinkClaimed(status)) {
    notes.push({
      kind: 'by-id',
      brief: trans.__('link not confirmed'),
      text: trans.__(
        'Only a model card or tag names this use case; OpenPages shows no link between it and the group. The status is that of the use case named, whoever named it: an approval does not count here until OpenPages links the two.'
      )
    });
  }
  const won = status.answers.find(
    ({ source, useCase }) =>
      source === 'openpages' && useCase && useCase === status.useCase
  );
  if (won?.matchedBy === 'name') {
    notes.push({
      kind: 'by-name',
      brief: trans.__('matched by name'),
      text: trans.__(
        'No field with the ARN is configured, so that the group was found in OpenPages by its name only: another group of that name would be shown alike.'
      )
    });
  }
  return notes;
}
