import { nullTranslator } from '@jupyterlab/translation';

import { personaOf } from '../../../approvals';
import { config, governanceStatus, version } from '../../../testing';
import type { ApprovalStatus } from '../../../tokens';
import {
  commonMetrics,
  primaryAction,
  rowOf,
  runRoute,
  sortRows,
  type ISort
} from '../model';
import { stagesOf } from '../sideSections';

const trans = nullTranslator.load('sagemaker_governance');

const row = (n: number, members: Parameters<typeof version>[0] = {}) =>
  rowOf(
    version({ version: n, ...members }),
    v => v.createdBy?.userProfileName ?? null
  );
const metric = (value: number) => ({ 'metric.AUC': String(value) });

describe('rows', () => {
  const rows = [
    row(1, { metadata: metric(0.8), approval: 'Approved' }),
    row(2, { metadata: metric(0.9), approval: 'Rejected' }),
    row(3, {
      createdBy: null,
      lifeCycle: { stage: 'QA', status: 'Approved', description: null }
    })
  ];

  it.each<[ISort, number[]]>([
    [{ column: 'version', descending: true }, [3, 2, 1]],
    [{ column: 'version', descending: false }, [1, 2, 3]],
    [{ column: 'metric:AUC', descending: true }, [2, 1, 3]],
    [{ column: 'metric:AUC', descending: false }, [1, 2, 3]],
    [{ column: 'stage', descending: true }, [3, 2, 1]],
    [{ column: 'by', descending: false }, [2, 1, 3]],
    [{ column: 'approval', descending: false }, [1, 3, 2]]
  ])('sort by %j, those without a value last', (sort, order) => {
    expect(sortRows(rows, sort).map(r => r.version.version)).toEqual(order);
  });

  it('count metrics', () => {
    const more = [
      ...rows,
      row(4, { metadata: { 'metric.AUC': '1', 'metric.Gini': '2' } })
    ];
    expect(commonMetrics(more)).toEqual(['AUC', 'Gini']);
    expect(commonMetrics(more, 1)).toEqual(['AUC']);
    expect(commonMetrics([])).toEqual([]);
  });
});

describe('primary action', () => {
  const persona = (role: string, shared = false, user = 'me') =>
    personaOf({
      environment: {
        ...config().environment,
        kind: shared ? 'studio-shared' : 'studio-private',
        userProfileName: user
      },
      callerArn: `arn:aws:sts::111122223333:assumed-role/${role}/SageMaker`,
      trans
    });
  const DS = persona('SageMakerGovernanceDataScientist');
  const APPROVER = persona('SageMakerGovernanceApprover');
  const READER = persona('SageMakerGovernanceReader');
  const pending: ApprovalStatus = 'PendingManualApproval';

  it.each([
    ['new version of a data scientist', DS, { approval: pending }, 'request'],
    [
      'requested',
      DS,
      { approval: pending, approvalDescription: 'please' },
      'register'
    ],
    ['approved', DS, { approval: 'Approved' as const }, 'register'],
    ['rejected', DS, { approval: 'Rejected' as const }, 'register'],
    ['pending for an approver', APPROVER, { approval: pending }, 'decide'],
    [
      'own version of an approver',
      persona('SageMakerGovernanceApprover', false, 'ds-042'),
      { approval: pending },
      null
    ],
    [
      'approved for an approver',
      APPROVER,
      { approval: 'Approved' as const },
      null
    ],
    ['reader', READER, { approval: pending }, null],
    [
      'shared space',
      persona('SageMakerGovernanceDataScientist', true),
      { approval: pending },
      null
    ],
    ['nobody known', null, { approval: pending }, 'request']
  ])('%s', (_, me, members, action) => {
    expect(primaryAction(version(members), me)).toBe(action);
  });

  it.each([
    ['no governance', null, 'register'],
    ['an approved use case', governanceStatus(), 'register'],
    ['one that is not', governanceStatus({ bucket: 'pending' }), null],
    ['a stale approval', governanceStatus({ bucket: 'other' }), null]
  ])('offers registering first with %s', (_, status, action) => {
    const decided = version({ approval: 'Approved' });
    expect(primaryAction(decided, DS, status)).toBe(action);
    expect(primaryAction(null, DS, status)).toBe(action);
    // Asking for approval stays the next step of a version.
    expect(primaryAction(version(), DS, status)).toBe('request');
  });

  it('registers into an empty group', () => {
    expect(primaryAction(null, DS)).toBe('register');
    expect(primaryAction(null, APPROVER)).toBeNull();
  });
});

it.each([
  [
    { connection: 'm', experimentId: '1', runId: 'ab' },
    '/experiments/1/runs/ab'
  ],
  [
    { connection: null, experimentId: 'a/b', runId: '#x' },
    '/experiments/a%2Fb/runs/%23x'
  ],
  [{ connection: null, experimentId: null, runId: 'ab' }, null],
  [null, null]
])('route of %j', (run, route) => {
  expect(runRoute(run)).toBe(route);
});

it('orders stages as the template does, others after', () => {
  const of = (stage: string) =>
    version({ lifeCycle: { stage, status: 'x', description: null } });
  expect(
    stagesOf([
      of('Production'),
      of('DataPrep'),
      of('Development'),
      of('Production')
    ])
  ).toEqual(['Development', 'Production', 'DataPrep']);
});
