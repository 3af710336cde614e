import { VOCABULARY } from '../../defaults';
import type { IVocabularyRule } from '../../vocabulary';
import {
  dangers,
  judgeOf,
  lineProblem,
  moved,
  NO_APPROVALS,
  patternOf,
  preview,
  rulesIn,
  same
} from '../editing';

const rule = (
  pattern: string,
  bucket: IVocabularyRule['bucket'] = 'approved'
): IVocabularyRule => ({ bucket, pattern });

describe('a pattern', () => {
  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['x'.repeat(501), 'long'],
    ['x'.repeat(500), null],
    ['approved', null],
    ['(approved', 'syntax'],
    ['[z-a]', 'syntax'],
    ['*', 'syntax'],
    ['\\', 'syntax'],
    ['(a+)+$', 'slow'],
    ['(a*)*', 'slow'],
    ['(\\w+\\s?)+x', 'slow'],
    ['(x+){2,}', 'slow'],
    ['(ab)+', null],
    ['(data )?gathering', null],
    ['(a\\+)+', null]
  ])('%j: %s', (pattern, code) => {
    expect(lineProblem(rule(pattern))?.code ?? null).toBe(code);
  });

  it('of the defaults can always be used', () => {
    expect(VOCABULARY.map(lineProblem)).toEqual(VOCABULARY.map(() => null));
  });
});

describe('the pattern of a word', () => {
  it.each([
    ['Parked until Q3 committee', '^parked until q3 committee$'],
    ['In-Review (v2.1)', '^in review v2 1$'],
    ['تقييم', '^تقييم$'],
    ['???', null],
    ['x'.repeat(600), null]
  ])('%s: %s', (word, pattern) => {
    expect(patternOf(word)).toBe(pattern);
  });
});

describe('the verdict', () => {
  it('names the line, passing over those that cannot be used', () => {
    const judge = judgeOf([
      rule('(', 'rejected'),
      rule('await', 'pending'),
      rule('approv')
    ]);
    expect(judge('Awaiting approval')).toEqual({ bucket: 'pending', line: 1 });
    expect(judge('Approved')).toEqual({ bucket: 'approved', line: 2 });
    expect(judge('Parked')).toEqual({ bucket: 'other', line: -1 });
  });
});

describe('the preview', () => {
  const words = new Map([
    ['Approved', 3],
    ['Parked', 9],
    ['Awaiting approval', 1],
    ['Frozen', 0]
  ]);

  it('shows what changes, words that no line knows last', () => {
    const rows = preview(
      words,
      [rule('^approved'), rule('frozen', 'retired')],
      VOCABULARY
    );
    expect(
      rows.map(({ word, now, saved, changed }) => [
        word,
        now.bucket,
        saved.bucket,
        changed
      ])
    ).toEqual([
      ['Approved', 'approved', 'approved', false],
      ['Frozen', 'retired', 'other', true],
      ['Parked', 'other', 'other', false],
      ['Awaiting approval', 'other', 'pending', true]
    ]);
  });

  it('tells no change where another line says the same', () => {
    const [row] = preview(
      new Map([['Approved', 1]]),
      [rule('never', 'draft'), rule('approved')],
      [rule('approved')]
    );
    expect([row.changed, row.now.line, row.saved.line]).toEqual([false, 1, 0]);
  });
});

describe('the warning', () => {
  const of = (
    rules: readonly IVocabularyRule[],
    words: string[] = [],
    saved: readonly IVocabularyRule[] = VOCABULARY
  ) =>
    dangers(
      preview(new Map(words.map(word => [word, 1])), rules, saved),
      rules
    );

  it('has nothing to say about the defaults', () => {
    expect(of(VOCABULARY, ['Approved', 'Approved for Development'])).toEqual(
      []
    );
  });

  it.each(NO_APPROVALS)('comes when “%s” turns green', word => {
    const rules = [rule('.')];
    expect(of(rules).find(danger => danger.word === word)).toEqual({
      word,
      line: 0,
      kind: 'negative',
      seen: false
    });
  });

  it.each([
    ['an unanchored pattern', [rule('approv')], 'Not approved'],
    [
      'an approval before what takes it back',
      [rule('^approved'), ...VOCABULARY],
      'Approved subject to conditions'
    ]
  ])('comes with %s', (_, rules, word) => {
    expect(of(rules).map(danger => danger.word)).toContain(word);
  });

  it.each([
    ['Unapproved', 'negative'],
    ['Disapproved', 'negative'],
    ['Parked until Q3 committee', 'turned'],
    ['Under Development', 'turned'],
    ['Unit tested', 'turned'],
    ['Discussed', 'turned']
  ])('tells %s from its like: %s', (word, kind) => {
    const lines = [rule(`^${word.toLowerCase()}$`)];
    const rows = preview(new Map([[word, 1]]), lines, []);
    expect(dangers(rows, lines)).toMatchObject([{ word, kind }]);
  });

  it('comes with a seen word that turns green', () => {
    const found = of([...VOCABULARY, rule('signed off')], ['Signed off']);
    expect(found).toEqual([
      {
        word: 'Signed off',
        line: VOCABULARY.length,
        kind: 'turned',
        seen: true
      }
    ]);
    expect(
      of(
        [...VOCABULARY, rule('signed off')],
        ['Signed off'],
        [rule('signed off')]
      )
    ).toEqual([]);
  });

  it('stays for a negative word that was green before', () => {
    const rules = [rule('refusal')];
    expect(of(rules, ['No refusal'], rules)).toMatchObject([
      { word: 'No refusal', kind: 'negative', seen: true }
    ]);
  });
});

describe('the order', () => {
  const lines = ['a', 'b', 'c'].map((pattern, key) => ({
    key,
    ...rule(pattern)
  }));

  it.each([
    [0, 1, 'bac'],
    [2, -1, 'acb'],
    [0, -1, 'abc'],
    [2, 1, 'abc'],
    [9, 1, 'abc']
  ] as const)('line %i by %i: %s', (key, by, order) => {
    expect(
      moved(lines, key, by)
        .map(({ pattern }) => pattern)
        .join('')
    ).toBe(order);
  });

  it('counts as a change', () => {
    expect(same(lines, moved(lines, 0, 1))).toBe(false);
    expect(same(lines, lines.slice())).toBe(true);
  });
});

describe('a setting', () => {
  it.each([
    [null, 0],
    ['text', 0],
    [[null, 1, { bucket: 'draft' }, rule('x')], 1]
  ])('%j: %i lines', (value, n) => {
    expect(rulesIn(value)).toHaveLength(n);
  });
});
