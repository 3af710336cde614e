/** Words for what the document shows. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { OpenPagesError } from '../../governance';
import type {
  GovernanceSource,
  IGovernanceStatus,
  IModelPackageGroup,
  ISourceAnswer
} from '../../tokens';
import type { TimelineGap, TimelineKind } from './timeline';

export function sourceName(
  source: GovernanceSource,
  label: string | null,
  trans: TranslationBundle
): string {
  switch (source) {
    case 'openpages':
      return label ?? trans.__('OpenPages');
    case 'card':
      return trans.__('Model card');
    case 'tag':
      return trans.__('Tag');
  }
}

/** What a source said, in a few words that go on after its name. */
export function answerText(
  answer: ISourceAnswer,
  trans: TranslationBundle
): string {
  switch (answer.state) {
    case 'none':
      return trans.__('knows of no use case');
    case 'failed':
      return answer.error instanceof OpenPagesError && answer.error.denied
        ? trans.__('does not let you read it')
        : trans.__('could not be read');
    case 'not-asked':
      return answer.source === 'tag'
        ? trans.__('cannot be read here')
        : trans.__('not asked');
    case 'found':
      break;
  }
  const name = answer.useCase?.key ?? answer.useCase?.name ?? '';
  const status = answer.useCase?.status;
  return status ? `${name}: ${status}` : name;
}

export function matchedByText(
  answer: ISourceAnswer,
  trans: TranslationBundle
): string | null {
  if (answer.source !== 'openpages') {
    return null;
  }
  switch (answer.matchedBy) {
    case 'arn':
      return trans.__('matched by ARN');
    case 'name':
      return trans.__('matched by name only');
    case 'id':
      return trans.__('by the id that the model card or tag names');
    case null:
      return null;
  }
}

/**
 * A request for the right that is missing, to send to whoever can give it.
 *
 * @param label - name of a console by its connection.
 */
export function requestText(
  group: IModelPackageGroup,
  status: IGovernanceStatus,
  label: (connection: string) => string,
  trans: TranslationBundle
): string {
  const failed = status.answers.find(({ state }) => state === 'failed');
  const where = failed?.connection ? label(failed.connection) : 'OpenPages';
  const error = failed?.error;
  const hidden =
    error instanceof OpenPagesError && error.reason === 'use-case-not-visible';
  return [
    hidden
      ? trans.__(
          'Please give me the right to read the use case of this model group in %1.',
          where
        )
      : trans.__(
          'Please give me the right to read use cases, model groups and business entities in %1.',
          where
        ),
    trans.__('SageMaker model package group: %1', group.arn),
    error instanceof OpenPagesError ? error.details : null
  ]
    .filter(Boolean)
    .join('\n');
}

export function eventText(
  kind: TimelineKind,
  trans: TranslationBundle
): string {
  switch (kind) {
    case 'registered':
      return trans.__('Registered');
    case 'requested':
      return trans.__('Approval requested');
    case 'approved':
      return trans.__('Approved');
    case 'rejected':
      return trans.__('Rejected');
    case 'changed':
      return trans.__('Changed');
    case 'waiting-request':
      return trans.__('Waiting for a request');
    case 'waiting-decision':
      return trans.__('Waiting for a decision');
  }
}

export function gapText(gap: TimelineGap, trans: TranslationBundle): string {
  switch (gap) {
    case 'request':
      return trans.__('when and why approval was requested');
    case 'which-change':
      return trans.__(
        'whether the last change was this step or something after it'
      );
    case 'who':
      return trans.__('who did it');
    case 'earlier-reasons':
      return trans.__('reasons before the last one');
  }
}
