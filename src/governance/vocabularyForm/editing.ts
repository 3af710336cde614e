/** Editing the vocabulary: lines, their faults, and what they decide. Pure. */
import type { StatusBucket } from '../../tokens';
import { MAX_PATTERN, statusWords, Vocabulary } from '../vocabulary';
import type { IVocabularyRule } from '../vocabulary';

/** A line being edited; the key stays with it when it moves. */
export interface ILine extends IVocabularyRule {
  key: number;
}

/** Why a pattern cannot be used. */
export type LineProblem =
  | { code: 'empty' }
  | { code: 'long'; max: number }
  | { code: 'slow' }
  | { code: 'syntax'; message: string };

/**
 * A repeated group with a repetition inside: such a pattern may take longer
 * than anybody waits, and nothing can stop it.
 */
const NESTED =
  /\((?:[^()\\]|\\.)*(?<!\\)[+*](?:[^()\\]|\\.)*\)(?:[+*]|\{\d+,)/u;

/** @returns null when the pattern can be used */
export function lineProblem({
  bucket,
  pattern
}: IVocabularyRule): LineProblem | null {
  if (!pattern.trim()) {
    return { code: 'empty' };
  }
  if (pattern.length > MAX_PATTERN) {
    return { code: 'long', max: MAX_PATTERN };
  }
  if (NESTED.test(pattern)) {
    return { code: 'slow' };
  }
  try {
    new Vocabulary([{ bucket, pattern }]);
    return null;
  } catch (error) {
    return {
      code: 'syntax',
      message: error instanceof Error ? error.message : String(error)
    };
  }
}

/** What a word means and which line said so, from 0; -1: none. */
export interface IVerdict {
  bucket: StatusBucket;
  line: number;
}

/** Decides words by the lines that can be used; others are passed over. */
export function judgeOf(
  lines: readonly IVocabularyRule[]
): (word: string) => IVerdict {
  const usable = lines
    .map((rule, index) => ({ rule, index }))
    .filter(({ rule }) => lineProblem(rule) === null);
  const vocabulary = new Vocabulary(usable.map(({ rule }) => rule));
  return word => {
    const found = usable[vocabulary.lineOf(word)];
    return found
      ? { bucket: found.rule.bucket, line: found.index }
      : { bucket: 'other', line: -1 };
  };
}

/** One word of the preview. */
export interface IWordRow {
  word: string;
  /** Use cases that bear it. */
  count: number;
  now: IVerdict;
  saved: IVerdict;
  /** It means something else than before. */
  changed: boolean;
}

/**
 * Every word with what it means now and meant before.
 *
 * @returns words that no line knows last, else those of most use cases first
 */
export function preview(
  words: ReadonlyMap<string, number>,
  lines: readonly IVocabularyRule[],
  saved: readonly IVocabularyRule[]
): IWordRow[] {
  const judge = judgeOf(lines);
  const judged = judgeOf(saved);
  return [...words]
    .map(([word, count]) => {
      const now = judge(word);
      const before = judged(word);
      return {
        word,
        count,
        now,
        saved: before,
        changed: now.bucket !== before.bucket
      };
    })
    .sort(
      (a, b) =>
        Number(a.now.line < 0) - Number(b.now.line < 0) ||
        b.count - a.count ||
        a.word.localeCompare(b.word)
    );
}

/** Words that take an approval back, or have it still to come. */
const NEGATIVE =
  /\b(no|not|non|never|without|un(?!der|til|i[tovq])\w+|dis(?!cuss|cover|clos|tribut|play)\w+|reject\w*|den(y|ied|ial)|declin\w*|refus\w*|fail\w*|await\w*|wait\w*|pending|subject|condition\w*|provision\w*|revok\w*|withdr\w*|expire\w*|cancel\w*|decommission\w*|retire\w*|suspend\w*|terminat\w*|hold|request\w*|submit\w*|draft\w*|propos\w*)\b/u;

/** Statuses of which none is an approval, to try every vocabulary with. */
export const NO_APPROVALS: readonly string[] = [
  'Not approved',
  'Not yet approved',
  'No longer approved',
  'Approval rejected',
  'Approval denied',
  'Approval revoked',
  'Awaiting approval',
  'Awaiting Use Case Approval',
  'Pending approval',
  'Submitted for approval',
  'Approval requested',
  'Disapproved',
  'Unapproved',
  'Conditionally approved',
  'Approved subject to conditions',
  'Rejected',
  'Decommissioned',
  'Proposed'
];

/** A word that would be shown as approved and should be looked at twice. */
export interface IDanger {
  word: string;
  /** Line that says so, from 0. */
  line: number;
  /**
   * `negative`: it says that there is no approval. `turned`: it is seen, and
   * means something else, or nothing, by the saved vocabulary.
   */
  kind: 'negative' | 'turned';
  /** A use case bears it, or the console lists it. */
  seen: boolean;
}

/** What the lines turn green that is none, or was not so far. */
export function dangers(
  rows: readonly IWordRow[],
  lines: readonly IVocabularyRule[]
): IDanger[] {
  const found: IDanger[] = [];
  const seen = new Set<string>();
  for (const { word, now, saved } of rows) {
    seen.add(statusWords(word));
    if (now.bucket !== 'approved') {
      continue;
    }
    const negative = NEGATIVE.test(statusWords(word));
    if (negative || saved.bucket !== 'approved') {
      found.push({
        word,
        line: now.line,
        kind: negative ? 'negative' : 'turned',
        seen: true
      });
    }
  }
  const judge = judgeOf(lines);
  for (const word of NO_APPROVALS) {
    const { bucket, line } = judge(word);
    if (bucket === 'approved' && !seen.has(statusWords(word))) {
      found.push({ word, line, kind: 'negative', seen: false });
    }
  }
  return found;
}

/** Pattern of exactly this word; null: no pattern can fit it. */
export function patternOf(word: string): string | null {
  const pattern = `^${statusWords(word)}$`;
  const rule: IVocabularyRule = { bucket: 'other', pattern };
  return lineProblem(rule) === null && judgeOf([rule])(word).line === 0
    ? pattern
    : null;
}

/** Lines without their keys. */
export function rulesOf(lines: readonly ILine[]): IVocabularyRule[] {
  return lines.map(({ bucket, pattern }) => ({ bucket, pattern }));
}

/** Whether two vocabularies are the same, line by line. */
export function same(
  a: readonly IVocabularyRule[],
  b: readonly IVocabularyRule[]
): boolean {
  return (
    a.length === b.length &&
    a.every(
      ({ bucket, pattern }, index) =>
        bucket === b[index].bucket && pattern === b[index].pattern
    )
  );
}

/** A line moved by one place; the same list at the ends. */
export function moved(
  lines: readonly ILine[],
  key: number,
  by: 1 | -1
): readonly ILine[] {
  const from = lines.findIndex(line => line.key === key);
  const to = from + by;
  if (from < 0 || to < 0 || to >= lines.length) {
    return lines;
  }
  const next = [...lines];
  [next[from], next[to]] = [next[to], next[from]];
  return next;
}

/** Rules of a setting, whatever stands there; what is none is left out. */
export function rulesIn(value: unknown): IVocabularyRule[] {
  return Array.isArray(value)
    ? value.filter(
        (rule): rule is IVocabularyRule =>
          !!rule &&
          typeof rule === 'object' &&
          typeof (rule as IVocabularyRule).pattern === 'string' &&
          typeof (rule as IVocabularyRule).bucket === 'string'
      )
    : [];
}
