/**
 * Meaning of status words.
 *
 * Statuses are words of a workflow that every customer edits, so the
 * vocabulary is open: ordered patterns, the first that fits gives the bucket,
 * a word that none knows is `other`. The text itself is always shown verbatim.
 */
import type { StatusBucket } from '../tokens';

/** One line of the vocabulary. */
export interface IVocabularyRule {
  bucket: StatusBucket;
  /**
   * Regular expression, matched against the status in lower case, its words
   * separated by single blanks and nothing but letters and digits.
   */
  pattern: string;
}

/** A rule that cannot be used. */
export class VocabularyError extends Error {
  constructor(index: number, rule: unknown, reason: string) {
    super(reason);
    this.name = 'VocabularyError';
    this.index = index;
    this.rule = rule;
  }

  /** Position in the list, from 0. */
  readonly index: number;
  readonly rule: unknown;
}

export const BUCKETS: readonly StatusBucket[] = [
  'approved',
  'pending',
  'progress',
  'draft',
  'rejected',
  'retired',
  'other'
];

/** Longest pattern, characters; as `schema/governance.json` has it. */
export const MAX_PATTERN = 500;

/** Longest status looked at, characters. */
const MAX_STATUS = 300;

/**
 * Status as plain words: compatibility forms folded, `InProgress` and
 * `IN_PROGRESS` and "in-progress" alike, invisible characters gone.
 */
export function statusWords(status: string): string {
  return status
    .normalize('NFKC')
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

/** Compiled rules. */
export class Vocabulary {
  /** @throws VocabularyError naming the rule that cannot be used. */
  constructor(rules: readonly IVocabularyRule[]) {
    this._rules = rules.map((rule, index) => {
      if (!rule || !BUCKETS.includes(rule.bucket)) {
        throw new VocabularyError(index, rule, 'unknown bucket');
      }
      if (typeof rule.pattern !== 'string' || !rule.pattern.trim()) {
        throw new VocabularyError(index, rule, 'empty pattern');
      }
      if (rule.pattern.length > MAX_PATTERN) {
        throw new VocabularyError(index, rule, 'pattern too long');
      }
      try {
        return { bucket: rule.bucket, test: new RegExp(rule.pattern, 'iu') };
      } catch (error) {
        throw new VocabularyError(
          index,
          rule,
          error instanceof Error ? error.message : String(error)
        );
      }
    });
  }

  /** Bucket of the first rule that fits; `other` when none does. */
  bucketOf(status: string): StatusBucket {
    return this._rules[this.lineOf(status)]?.bucket ?? 'other';
  }

  /** Position of the first rule that fits, from 0; -1 when none does. */
  lineOf(status: string): number {
    // Half a text could hide the half that takes the rest back.
    const words = status.length > MAX_STATUS ? '' : statusWords(status);
    return words ? this._rules.findIndex(rule => rule.test.test(words)) : -1;
  }

  private _rules: { bucket: StatusBucket; test: RegExp }[];
}
