import * as fc from 'fast-check';

import { useCase, workOf } from '../../../testing';
import { KnownUseCases } from '../find';

const credit = useCase();
const claims = useCase({ id: '2', key: 'CLM-014', name: 'Claims' });
const known = new KnownUseCases([credit, claims]);

describe('mentions in a text', () => {
  it.each([
    ['CREDIT-001', ['CREDIT-001']],
    ['see credit-001.', ['credit-001']],
    ['(CREDIT-001), CLM-014;', ['CREDIT-001', 'CLM-014']],
    ["id = 'CREDIT-001'  # CLM-014", ['CREDIT-001', 'CLM-014']],
    ['use_case:CREDIT-001/v2', ['CREDIT-001']],
    ['für CREDIT-001: “CLM-014”', ['CREDIT-001', 'CLM-014']],
    // Longer words are other words.
    ['CREDIT-0011', []],
    ['XCREDIT-001', []],
    ['CREDIT-001-B', []],
    ['A-CREDIT-001', []],
    ['s3://bucket/CREDIT-001', []],
    ['CREDIT-001_old', []],
    ['my_CREDIT-001', []],
    // Nobody knows these.
    ['CREDIT-002 and UTF-8 and ISO-8601', []],
    ['CREDIT 001', []],
    ['', []]
  ])('%s', (text, found) => {
    expect(
      known.find(text).map(({ from, to }) => text.slice(from, to))
    ).toEqual(found);
  });

  it('tells which use case is meant', () => {
    expect(known.find('a CLM-014')).toEqual([
      { from: 2, to: 9, useCase: claims }
    ]);
    expect(known.get(' clm-014 ')).toBe(claims);
    expect(known.get('CLM-015')).toBeNull();
  });

  it('does not guess where several bear a key', () => {
    const other = useCase({ id: '3', key: 'credit-001' });
    const both = new KnownUseCases([credit, other, credit]);
    expect(both.find('CREDIT-001')).toEqual([]);
    expect(both.size).toBe(0);
    // The one of the group at hand is meant there.
    expect(
      new KnownUseCases([credit, other], [other, null]).get('CREDIT-001')
    ).toBe(other);
  });

  it('takes the same use case of two readings for one, not of two consoles', () => {
    expect(new KnownUseCases([credit, { ...credit }]).size).toBe(1);
    const elsewhere = { ...credit, url: 'https://other.example/20001' };
    expect(new KnownUseCases([credit, elsewhere]).get('20001')).toBeNull();
  });

  it('knows a use case by its Resource ID where a field holds one', () => {
    expect(known.get('20001')).toBe(credit);
    expect(known.get(' 2 ')).toBe(claims);
    expect(known.find('20001, 2')).toEqual([]);
  });

  it('leaves use cases without a key and very long texts alone', () => {
    const bare = new KnownUseCases([useCase({ key: null })]);
    expect(bare.find('20001 CREDIT-001')).toEqual([]);
    expect(known.find('CREDIT-001 '.repeat(10_000))).toEqual([]);
  });

  describe('names in prose', () => {
    const triage = useCase({ id: '3', key: null, name: 'Claims triage' });
    const longer = useCase({
      id: '4',
      key: null,
      name: 'Claims triage, motor – véhicules légers'
    });
    const prose = new KnownUseCases([
      useCase({ name: 'Credit risk assessment' }),
      triage,
      longer,
      // One word, or a few letters, are in texts that do not mean them.
      useCase({ id: '5', key: null, name: 'Attrition' }),
      useCase({ id: '6', key: null, name: 'To do' }),
      // Two of one name.
      useCase({ id: '7', key: null, name: 'Card fraud' }),
      useCase({ id: '8', key: null, name: 'card Fraud' })
    ]);
    it.each([
      ['For Credit risk assessment.', ['Credit risk assessment']],
      ['for credit risk Assessment', ['credit risk Assessment']],
      [
        'CREDIT-001 Credit risk assessment',
        ['CREDIT-001', 'Credit risk assessment']
      ],
      ['“Claims triage”; Claims triage', ['Claims triage', 'Claims triage']],
      [
        'Claims triage, motor – véhicules légers!',
        ['Claims triage, motor – véhicules légers']
      ],
      ['Claims triage, motor', ['Claims triage']],
      ['Claims triaged, PreClaims triage, Claims triage_2', []],
      ['Attrition. To do: Card fraud', []],
      ['Claims  triage', []],
      ['', []]
    ])('%s', (text, found) => {
      expect(
        prose.findNamed(text).map(({ from, to }) => text.slice(from, to))
      ).toEqual(found);
    });

    it('are not looked for in code', () => {
      expect(prose.find('Claims triage')).toEqual([]);
    });

    it('are found among very many in time', () => {
      const many = new KnownUseCases(
        Array.from({ length: 10_000 }, (_, n) =>
          useCase({ id: `${n}`, key: null, name: `Credit score no ${n}` })
        )
      );
      const work = workOf(() =>
        expect(many.findNamed('Credit score no 77 '.repeat(500))).toHaveLength(
          500
        )
      );
      expect(work).toBeLessThan(5000);
    });
  });

  it('finds in any text only known keys, in order, and in time', () => {
    const part = fc.oneof(
      fc.constantFrom('CREDIT-001', 'CLM-014', 'credit-001', '-', ' ', '/'),
      fc.string()
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), parts => {
        const text = parts.join('');
        let at = 0;
        for (const { from, to, useCase: found } of known.find(text)) {
          expect(from).toBeGreaterThanOrEqual(at);
          expect(text.slice(from, to).toLowerCase()).toBe(
            found.key?.toLowerCase()
          );
          at = to;
        }
        expect(at).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 500, seed: 20261121 }
    );
    const work = workOf(() => {
      known.find('A-'.repeat(49_000));
      known.find(`${'A'.repeat(90_000)}-`);
    });
    expect(work).toBeLessThan(5000);
  });
});
