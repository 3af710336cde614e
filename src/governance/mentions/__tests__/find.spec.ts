import * as fc from 'fast-check';

import { useCase } from '../../../testing';
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

  it('takes the same use case of two readings for one', () => {
    expect(new KnownUseCases([credit, { ...credit }]).size).toBe(1);
  });

  it('leaves use cases without a key and very long texts alone', () => {
    const bare = new KnownUseCases([useCase({ key: null })]);
    expect(bare.find('20001 CREDIT-001')).toEqual([]);
    expect(known.find('CREDIT-001 '.repeat(10_000))).toEqual([]);
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
    const began = Date.now();
    known.find('A-'.repeat(49_000));
    known.find(`${'A'.repeat(90_000)}-`);
    expect(Date.now() - began).toBeLessThan(5000);
  });
});
