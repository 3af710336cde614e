import { governanceStatus, group, useCase, version } from '../../testing';
import type { IPersona } from '../../approvals';
import type { IGovernanceStatus } from '../../tokens';
import {
  attentionOf,
  buildRow,
  orderByName,
  selectRows,
  sortRows
} from '../panel/rows';
import type { IRow, IRowParts } from '../panel/rows';

const ME: IPersona = {
  userProfileName: 'ds-042',
  callerArn: null,
  roleName: 'SageMakerGovernanceDataScientist',
  role: 'data-scientist',
  canDecide: { ok: true, reason: null },
  shared: false,
  consoleUser: null
};

function row(name: string, parts: Partial<IRowParts> = {}): IRow {
  return buildRow({
    group: group({ name, createdBy: null }),
    latest: null,
    latestError: null,
    status: null,
    me: ME,
    ...parts
  });
}

function status(members: Partial<IGovernanceStatus>): IGovernanceStatus {
  return governanceStatus({ useCase: null, bucket: null, ...members });
}

const names = (rows: readonly IRow[]): string[] =>
  rows.map(({ group: { name } }) => name);

describe('attentionOf', () => {
  it('puts what is rejected before what is unknown', () => {
    const order = [
      attentionOf(governanceStatus({ bucket: 'rejected' }), null),
      attentionOf(governanceStatus({ disagreement: true }), null),
      attentionOf(status({ state: 'could-not-read' }), null),
      attentionOf(status({ state: 'not-linked' }), null),
      attentionOf(status({ state: 'no-status' }), null),
      attentionOf(governanceStatus(), null)
    ];
    expect(order).toEqual([...order].sort((a, b) => b - a));
    expect(new Set(order).size).toBe(order.length);
    expect(order[order.length - 1]).toBe(0);
  });

  it('sees a rejected version, and lets retired groups rest', () => {
    const rejected = version({ approval: 'Rejected' });
    expect(attentionOf(null, rejected)).toBeGreaterThan(0);
    expect(attentionOf(governanceStatus({ bucket: 'retired' }), rejected)).toBe(
      0
    );
  });

  it('says nothing while the status is being read', () => {
    expect(attentionOf(status({ state: 'loading' }), undefined)).toBe(0);
  });
});

describe('search', () => {
  const rows = [
    row('credit-risk', { status: governanceStatus() }),
    row('previsión-impagos'),
    row('قروض-scoring'),
    row('churn', {
      status: governanceStatus({
        useCase: useCase({ key: 'CH-1', name: 'Churn', owner: 'Ana Núñez' })
      })
    })
  ];

  it.each([
    ['CREDIT', ['credit-risk']],
    ['prevision', ['previsión-impagos']],
    ['قروض', ['قروض-scoring']],
    ['ana nunez', ['churn']],
    ['ch-1 churn', ['churn']],
    ['churn credit', []],
    ['  ', names(rows)]
  ])('finds %p', (text, found) => {
    expect(names(selectRows(rows, 'all', text).rows)).toEqual(found);
  });

  it('counts every filter under the same search', () => {
    const mine = row('mine', { latest: version() });
    const bad = row('bad', { status: status({ state: 'not-linked' }) });
    const { rows: shown, counts } = selectRows([mine, bad], 'attention', '');
    expect(names(shown)).toEqual(['bad']);
    expect(counts).toEqual({
      all: 2,
      mine: 1,
      starred: 0,
      attention: 1,
      waiting: 1
    });
    expect(selectRows([mine, bad], 'attention', 'mine').counts.attention).toBe(
      0
    );
  });
});

describe('sortRows', () => {
  it('sorts names as people do', () => {
    const groups = ['v10', 'V2', 'a'].map(name => group({ name }));
    expect(orderByName(groups).map(({ name }) => name)).toEqual([
      'a',
      'V2',
      'v10'
    ]);
  });

  it('keeps the order of names', () => {
    const rows = [row('a'), row('b')];
    expect(sortRows(rows, 'name')).toEqual(rows);
  });

  it('puts the last change first', () => {
    const rows = [
      row('old', { latest: version({ lastModifiedAt: 1 }) }),
      row('new', { latest: version({ lastModifiedAt: Date.UTC(2030, 1) }) })
    ];
    expect(names(sortRows(rows, 'changed'))).toEqual(['new', 'old']);
  });

  it('puts what waits for me before what needs attention', () => {
    const rows = [
      row('fine', { status: governanceStatus() }),
      row('unlinked', { status: status({ state: 'not-linked' }) }),
      row('mine', { status: governanceStatus(), latest: version() })
    ];
    expect(names(sortRows(rows, 'attention'))).toEqual([
      'mine',
      'unlinked',
      'fine'
    ]);
  });

  it('orders every status, unknown ones last, equal ones by name', () => {
    const rows = [
      row('a', { status: governanceStatus({ bucket: 'approved' }) }),
      row('b', { status: governanceStatus({ bucket: 'approved' }) }),
      row('c', { status: governanceStatus({ bucket: 'rejected' }) }),
      row('d', { status: status({ state: 'could-not-read' }) }),
      row('e', { status: status({ state: 'loading' }) })
    ];
    expect(names(sortRows(rows, 'status'))).toEqual(['c', 'a', 'b', 'd', 'e']);
  });

  it('leaves its input as it is', () => {
    const rows = [
      row('a', { status: governanceStatus() }),
      row('b', { status: governanceStatus({ bucket: 'rejected' }) })
    ];
    expect(names(sortRows(rows, 'status'))).toEqual(['b', 'a']);
    expect(names(rows)).toEqual(['a', 'b']);
  });
});
