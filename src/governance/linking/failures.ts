/** Failures of linking that have words of their own. */
import type { ILinkRecord, Part } from '../trail';

/** Not allowed, known before anything was written. */
export class NotAllowedError extends Error {
  constructor(readonly what: string) {
    super(`You may not associate ${what} with other objects.`);
    this.name = 'NotAllowedError';
  }
}

/** Somebody linked the group to another use case after we read. */
export class LinkedMeanwhileError extends Error {
  constructor(readonly to: string) {
    super(`The model group was linked to ${to} meanwhile.`);
    this.name = 'LinkedMeanwhileError';
  }
}

/** Something was written, or may have been, and something was not. */
export class PartialError extends Error {
  constructor(
    readonly record: ILinkRecord,
    readonly part: Part,
    readonly failure: unknown
  ) {
    super(`${part} failed, and not everything is as it was before.`);
    this.name = 'PartialError';
  }
}

/**
 * Somebody else has changed the tag or the card. Before writing it is told, and
 * the next try writes over it; what was changed after writing is not ours to
 * take back.
 */
export class OverwrittenError extends Error {
  constructor(
    readonly part: 'tag' | 'card',
    /** Use case that stands there now; null: none. */
    readonly now: string | null,
    /** The write, starting from what stands there now. */
    readonly again: ILinkRecord['tag'] | ILinkRecord['card'] = null
  ) {
    super(`The ${part} was changed by somebody else.`);
    this.name = 'OverwrittenError';
  }
}
