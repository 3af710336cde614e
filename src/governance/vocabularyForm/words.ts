/** The vocabulary form in words. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { StatusBucket } from '../../tokens';
import type { IDanger, LineProblem } from './editing';

export function bucketLabel(
  bucket: StatusBucket,
  trans: TranslationBundle
): string {
  switch (bucket) {
    case 'approved':
      return trans.__('Approved');
    case 'pending':
      return trans.__('Waiting for a decision');
    case 'progress':
      return trans.__('In progress');
    case 'draft':
      return trans.__('Draft');
    case 'rejected':
      return trans.__('Rejected');
    case 'retired':
      return trans.__('Retired');
    case 'other':
      return trans.__('Unknown word');
  }
}

export function problemText(
  problem: LineProblem,
  trans: TranslationBundle
): string {
  switch (problem.code) {
    case 'empty':
      return trans.__('Write a pattern, or remove the line.');
    case 'long':
      return trans.__('At most %1 characters.', problem.max);
    case 'slow':
      return trans.__(
        'A repetition inside a repeated group may freeze the lab: write it without one.'
      );
    case 'syntax':
      return trans.__('This is no regular expression: %1', problem.message);
  }
}

export function dangerText(danger: IDanger, trans: TranslationBundle): string {
  const line = danger.line + 1;
  return danger.kind === 'negative'
    ? danger.seen
      ? trans.__(
          '“%1” would be shown as approved (line %2), although it says otherwise.',
          danger.word,
          line
        )
      : trans.__(
          '“%1” would count as approved (line %2), should anybody write it.',
          danger.word,
          line
        )
    : trans.__(
        '“%1” becomes approved (line %2); so far it was not.',
        danger.word,
        line
      );
}
