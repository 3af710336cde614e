import { group, version } from '../../testing';
import type { IModelPackage } from '../../tokens';
import { diffVersions, lastApproved, readLastApproved } from '../compare';
import { details as complete } from './helpers';

const details: typeof complete = members =>
  complete({
    metrics: { AUC: 0.86 },
    card: null,
    containers: [
      {
        image: 'image:1',
        modelDataUrl: 's3://b/m.tar.gz',
        framework: null,
        frameworkVersion: null
      }
    ],
    ...members
  });

describe('diff', () => {
  const before = details({
    version: 11,
    metadata: {
      'param.depth': '3',
      'param.gone': 'x',
      'metric.AUC': '1',
      owner: 'a'
    },
    card: card({ intended_uses: { intended_uses: 'old' }, list: ['a'] })
  });
  const after = details({
    version: 12,
    metrics: { AUC: 0.87, KS: 1 },
    metadata: { 'param.depth': '4', 'metric.AUC': '2', owner: 'a', added: 'y' },
    containers: [{ ...before.containers[0], image: 'image:2' }],
    card: card({
      intended_uses: { intended_uses: 'new' },
      list: ['a', 'b'],
      evaluation_details: [{ x: 1 }]
    })
  });
  function card(raw: Record<string, unknown>) {
    return {
      status: 'Draft',
      intendedUses: null,
      riskRating: null,
      useCaseId: null,
      useCaseName: null,
      useCaseStage: null,
      raw
    };
  }

  it('finds added, removed and changed facts, by section', () => {
    expect(
      diffVersions(before, after).map(d => [
        d.section,
        d.name,
        d.change,
        d.before,
        d.after
      ])
    ).toEqual([
      ['metric', 'AUC', 'changed', 0.86, 0.87],
      ['metric', 'KS', 'added', null, 1],
      ['param', 'depth', 'changed', '3', '4'],
      ['param', 'gone', 'removed', 'x', null],
      ['container', 'image', 'changed', 'image:1', 'image:2'],
      ['metadata', 'added', 'added', null, 'y'],
      ['card', 'intended_uses.intended_uses', 'changed', 'old', 'new'],
      ['card', 'list[1]', 'added', null, 'b']
    ]);
  });
  it('lists metrics even when nothing differs', () => {
    expect(diffVersions(before, before)).toEqual([
      {
        section: 'metric',
        name: 'AUC',
        change: 'same',
        before: 0.86,
        after: 0.86
      }
    ]);
  });
});

describe('last approved version', () => {
  const versions = ([1, 2, 3, 4] as const).map(n =>
    version({ version: n, approval: n % 2 ? 'Approved' : 'Rejected' })
  );
  it.each([
    [4, 3],
    [3, 1],
    [1, 3]
  ])('for v%d is v%d', (of, expected) => {
    expect(lastApproved(versions, versions[of - 1])?.version).toBe(expected);
  });
  it('is none when nothing was approved', () => {
    const lone = version({ version: 1, approval: 'Approved' });
    expect(lastApproved([lone], lone)).toBeNull();
  });
});

describe('reading the last approved version', () => {
  const numbered = (n: number): IModelPackage =>
    version({ version: n, approval: n % 10 === 1 ? 'Approved' : 'Rejected' });
  const read = (of: number, pages: IModelPackage[][], endless = false) => {
    const listVersions = jest.fn(async (_: unknown, token?: string) => {
      const page = Number(token ?? 0);
      return {
        items: pages[Math.min(page, pages.length - 1)],
        nextToken: endless || page + 1 < pages.length ? String(page + 1) : null,
        total: null
      };
    });
    return readLastApproved({ listVersions }, group(), numbered(of)).then(
      found => ({
        found: found?.version ?? null,
        calls: listVersions.mock.calls.length
      })
    );
  };
  const pages = [
    [25, 24, 21].map(numbered),
    [20, 15, 11].map(numbered),
    [10, 1].map(numbered)
  ];

  it.each([
    ['on the first page', 25, 21, 1],
    ['on a later page', 20, 11, 2],
    ['past a newer approved one', 21, 11, 2],
    ['only newer ones', 1, 21, 3]
  ])('%s', async (_, of, found, calls) => {
    expect(await read(of, pages)).toEqual({ found, calls });
  });
  it('gives up after five pages without one', async () => {
    expect(await read(9, [[numbered(8)]], true)).toEqual({
      found: null,
      calls: 5
    });
  });
});
