/** The parts and failures of a link in words. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { describeError, type IProblem, isAccessDenied } from '../../relay';
import { type ILinkRecord, type IPart, type Part, unclear } from '../trail';
import { CardError } from './card';
import type { WhyNot } from './plan';
import {
  LinkedMeanwhileError,
  NotAllowedError,
  OverwrittenError,
  PartialError
} from './failures';
import { isTouched, OnlyParentError } from './writes';

/** Where a part is written. */
export function partName(part: Part, trans: TranslationBundle): string {
  switch (part) {
    case 'association':
      return trans.__('Association in OpenPages');
    case 'former':
      return trans.__('Former association in OpenPages');
    case 'tag':
      return trans.__('Tag in SageMaker');
    case 'card':
      return trans.__('Model card in SageMaker');
  }
}

/** What a part of a record is about, e.g. `CREDIT-001 …`. */
export function partSubject(record: ILinkRecord, part: Part): string {
  switch (part) {
    case 'association':
      return record.useCase.label;
    case 'former':
      return record.former.map(({ label }) => label).join(', ');
    case 'tag':
      return record.tag ? `${record.tag.key} = ${record.tag.value}` : '';
    case 'card':
      return record.card
        ? `v${record.card.version} · UseCaseId = ${record.card.after.UseCaseId ?? ''}`
        : '';
  }
}

/** What became of a part. */
export function partStateWord(
  { state }: IPart,
  kind: ILinkRecord['kind'],
  part: Part,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'open':
      return trans.__('not written yet');
    case 'failed':
      return trans.__('not written');
    case 'already':
      return trans.__('was so already');
    case 'unclear':
      return kind === 'unlink'
        ? trans.__('may have been taken back')
        : trans.__('may have been written');
    case 'written':
      return kind === 'unlink'
        ? trans.__('to be taken back')
        : part === 'former'
          ? trans.__('taken away')
          : trans.__('written');
    case 'undone':
      return trans.__('taken back');
    case 'kept':
      return trans.__('left as it is');
  }
}

/** What is being done, for the state line. */
export function progressOf(
  kind: ILinkRecord['kind'],
  part: Part,
  trans: TranslationBundle
): string {
  const where = partName(part, trans);
  return kind === 'link'
    ? trans.__('Writing: %1…', where)
    : trans.__('Taking back: %1…', where);
}

/** Why an optional write is not offered; null: not worth a word. */
export function whyNotText(
  what: 'tag' | 'card',
  why: WhyNot,
  trans: TranslationBundle
): string {
  const where = what === 'tag' ? trans.__('Tag') : trans.__('Model card');
  return trans.__('%1: not written. %2', where, whyNot(what, why, trans));
}

function whyNot(
  what: 'tag' | 'card',
  why: WhyNot,
  trans: TranslationBundle
): string {
  switch (why) {
    case 'off':
      return trans.__('The connection to the console does not ask for it.');
    case 'other-account':
      return trans.__('Tags are written in the own account only.');
    case 'not-readable':
      return what === 'tag'
        ? trans.__('The tags of the group could not be read.')
        : trans.__('The latest version could not be read.');
    case 'no-version':
      return trans.__('The group has no version.');
    case 'illegal-value':
      return trans.__(
        'The id of the use case has characters that SageMaker takes in no tag.'
      );
    case 'no-room':
      return trans.__('The group has 50 tags, the most that SageMaker takes.');
    case 'same':
      return trans.__('It names this use case already.');
    case 'unreadable':
      return trans.__(
        'Its content is no JSON object with custom details; it stays as it is.'
      );
    case 'too-long':
      return trans.__(
        'With the use case it would have more than 100,000 characters.'
      );
    case 'archived':
      return trans.__('SageMaker does not change an archived card.');
  }
}

/** Say a failure of linking or of taking back. */
export function describeLinking(
  error: unknown,
  trans: TranslationBundle
): IProblem {
  if (error instanceof PartialError) {
    return describePartial(error, trans);
  }
  const words = wordsOf(error, trans);
  return words
    ? {
        action: 'none',
        details: error instanceof Error ? error.message : String(error),
        retryable: false,
        ...words
      }
    : describeError(error, trans);
}

function wordsOf(
  error: unknown,
  trans: TranslationBundle
): Pick<IProblem, 'title' | 'message' | 'hint'> | null {
  if (error instanceof NotAllowedError) {
    return {
      title: trans.__('Not allowed in OpenPages'),
      message: trans.__(
        'You may read %1, but not associate it with others. Nothing was written.',
        error.what
      ),
      hint: trans.__(
        'Ask the owner of the use case, or the administrator of OpenPages, for the right to associate.'
      )
    };
  }
  if (error instanceof LinkedMeanwhileError) {
    return {
      title: trans.__('Somebody else was here first'),
      message: trans.__(
        'The group was linked to %1 meanwhile. Nothing was written.',
        error.to
      ),
      hint: trans.__(
        'The list is read again. Look at what stands there now, then link or cancel.'
      )
    };
  }
  if (error instanceof OverwrittenError) {
    const what =
      error.part === 'tag' ? trans.__('The tag') : trans.__('The model card');
    return {
      title: trans.__('Somebody else has changed it'),
      message: error.now
        ? trans.__('%1 names %2 now.', what, error.now)
        : trans.__('%1 names no use case any more.', what),
      hint: trans.__('Trying again writes over it; or leave it as it is.')
    };
  }
  if (isTouched(error)) {
    return {
      title: trans.__('Somebody else has changed it'),
      message: error instanceof Error ? error.message : String(error),
      hint: trans.__('This was not written. Try again in a minute.')
    };
  }
  if (error instanceof OnlyParentError) {
    return {
      title: trans.__('The only parent'),
      message: trans.__(
        'The use case is the only parent of the model group, and OpenPages takes no only parent away.'
      ),
      hint: trans.__(
        'Link the group to another use case first, or give it a business entity as parent in the governance console.'
      )
    };
  }
  if (error instanceof CardError) {
    return {
      title: trans.__('The model card cannot be changed'),
      message: whyNot('card', error.trouble, trans)
    };
  }
  return null;
}

function describePartial(
  error: PartialError,
  trans: TranslationBundle
): IProblem {
  const { record, part, failure } = error;
  const inner = describeLinking(failure, trans);
  return {
    ...inner,
    title: unclear(record)
      ? trans.__('It is not clear what was written')
      : record.kind === 'link'
        ? trans.__('Only a part was written')
        : trans.__('Only a part was taken back'),
    message: trans.__(
      '%1: %2. %3',
      partName(part, trans),
      inner.title,
      inner.message
    ),
    hint: [
      inner.hint,
      isAccessDenied(failure)
        ? null
        : trans.__(
            'What is done is not done again: trying the rest again is safe.'
          )
    ]
      .filter(Boolean)
      .join(' '),
    action: 'none'
  };
}

/** Why a part was left as it is. */
export function keptReason(part: Part, trans: TranslationBundle): string {
  switch (part) {
    case 'association':
      return trans.__(
        'The use case is the only parent of the model group, and OpenPages takes no only parent away.'
      );
    default:
      return trans.__('Somebody else has changed it since.');
  }
}
