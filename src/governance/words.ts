/** What is said where a status is unknown: why, and the way out. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { describeError } from '../relay';
import type { IGovernanceStatus } from '../tokens';
import { OpenPagesError } from './errors';

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
      return trans.__('Could not read');
    case 'loading':
      return trans.__('Reading…');
  }
}

/** An unknown state in words. */
export interface IUnknownReason {
  /** Why nothing is known. */
  why: string;
  /** What can be done about it. */
  next: string;
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
        next: trans.__('It takes a few seconds.')
      };
    case 'not-linked':
      return {
        why: status.answers.some(
          answer => answer.source === 'openpages' && answer.state === 'none'
        )
          ? trans.__(
              'No source links this group to a use case: not OpenPages, nor the model card, nor the tag.'
            )
          : trans.__(
              'Neither a model card nor a tag names a use case, and no OpenPages console could be asked.'
            ),
        next: trans.__(
          'Ask the owner of the use case to link the model group in the governance console. If the console does not have the group, its administrator runs “Synchronize existing model information”.'
        )
      };
    case 'no-status':
      return status.source === 'openpages'
        ? {
            why: trans.__('The use case has no status in OpenPages.'),
            next: trans.__('Ask its owner to start the workflow there.')
          }
        : {
            why: trans.__(
              'The use case is named, but no governance console tells its status.'
            ),
            next: trans.__(
              'Ask the administrator to configure a connection to OpenPages.'
            )
          };
    case 'could-not-read':
      return couldNotRead(status, trans);
    case 'linked':
      break;
  }
  if (status.stale) {
    const failed = status.answers.find(
      answer => answer.connection && answer.error !== undefined
    );
    return {
      why: failed
        ? trans.__(
            'The last reading failed: %1',
            describeError(failed.error, trans).message
          )
        : trans.__('The last reading is older than the age set for it.'),
      next: trans.__('Refresh to read it again.')
    };
  }
  return status.source !== 'openpages'
    ? {
        why: trans.__(
          'This is the word of whoever registered the model, not of the governance console.'
        ),
        next: trans.__('It never counts as an approval.')
      }
    : null;
}

function couldNotRead(
  status: IGovernanceStatus,
  trans: TranslationBundle
): IUnknownReason {
  const { error } =
    status.answers.find(answer => answer.state === 'failed') ??
    status.answers.find(answer => answer.error !== undefined) ??
    {};
  if (error instanceof OpenPagesError) {
    switch (error.reason) {
      case 'use-case-not-visible':
      case 'forbidden':
        return {
          why: trans.__('No permission: %1', error.message),
          next: trans.__(
            'Ask the owner of the use case, or the administrator of OpenPages, for the right to read it.'
          )
        };
      case 'unknown-use-case':
        return {
          why: error.message,
          next: trans.__(
            'Correct the id in the model card or tag, or ask for the right to read the use case.'
          )
        };
      case 'unknown-field':
      case 'bad-query':
      case 'bad-schema':
        return {
          why: trans.__('The query was refused: %1', error.message),
          next: trans.__(
            'Ask the administrator to check the types and fields configured for connection “%1”.',
            error.connection
          )
        };
      default:
        break;
    }
  }
  const problem = describeError(error, trans);
  return {
    why: `${problem.title}: ${problem.message}`,
    next: problem.hint ?? trans.__('Refresh to read it again.')
  };
}
