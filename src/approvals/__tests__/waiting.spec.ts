import { nullTranslator } from '@jupyterlab/translation';
import { governanceStatus, useCase, version } from '../../testing';
import type { IActor, IGovernanceStatus, IModelPackage } from '../../tokens';
import type { IPersona } from '../persona';
import {
  isRequested,
  type IWaiting,
  waitingLabel,
  waitingOn,
  waitingStep
} from '../waiting';

const trans = nullTranslator.load('test');

const person = (name: string): IActor => ({
  userProfileName: name,
  sourceIdentity: null,
  arn: null
});

const PIPELINE: IActor = {
  userProfileName: null,
  sourceIdentity: null,
  arn: 'arn:aws:sts::111122223333:assumed-role/Pipelines/run'
};

const me = (members: Partial<IPersona> = {}): IPersona => ({
  userProfileName: 'ds-042',
  callerArn: 'arn:aws:sts::111122223333:assumed-role/DataScientist/SageMaker',
  roleName: 'DataScientist',
  role: 'data-scientist',
  canDecide: { ok: true, reason: null },
  shared: false,
  ...members
});
const approver = me({ userProfileName: 'apr-007', role: 'approver' });

const CREATED = Date.UTC(2026, 10, 1);
const CHANGED = Date.UTC(2026, 10, 2);

const v = (members: Partial<IModelPackage> = {}): IModelPackage =>
  version({
    createdAt: CREATED,
    lastModifiedAt: CHANGED,
    createdBy: person('ds-042'),
    ...members
  });
const requested = (members: Partial<IModelPackage> = {}): IModelPackage =>
  v({ approvalDescription: 'Better data', ...members });

const status = (
  bucket: IGovernanceStatus['bucket'],
  members: Partial<IGovernanceStatus> = {}
): IGovernanceStatus => governanceStatus({ bucket, ...members });

type Row = [
  name: string,
  latest: IModelPackage | null,
  status: IGovernanceStatus | null,
  me: IPersona | null,
  expected: [IWaiting['who'], IWaiting['reason'], number | null] | null
];

const ROWS: Row[] = [
  ['retired', requested(), status('retired'), approver, null],
  [
    'use case rejected',
    requested(),
    status('rejected'),
    approver,
    ['nobody', 'use-case-rejected', null]
  ],
  [
    'use case awaits approval, version approved',
    v({ approval: 'Approved' }),
    status('pending'),
    me(),
    ['use-case-approver', 'use-case-decision', null]
  ],
  [
    'use case awaits approval, no version',
    null,
    status('pending'),
    me(),
    ['use-case-approver', 'use-case-decision', null]
  ],
  ['no version', null, status('approved'), me(), null],
  ['nothing known', null, null, null, null],
  ['approved', v({ approval: 'Approved' }), status('approved'), me(), null],
  [
    'rejected, mine',
    v({ approval: 'Rejected' }),
    status('approved'),
    me(),
    ['you', 'rejected', CHANGED]
  ],
  [
    'rejected, of somebody else',
    v({ approval: 'Rejected', createdBy: person('ds-107') }),
    status('approved'),
    me(),
    ['author', 'rejected', CHANGED]
  ],
  [
    'requested, seen by its author',
    requested(),
    status('approved'),
    me(),
    ['approver', 'decision', CHANGED]
  ],
  [
    'requested, seen by an approver',
    requested(),
    status('approved'),
    approver,
    ['you', 'decision', CHANGED]
  ],
  [
    'requested by an approver who is its author',
    requested({ createdBy: person('apr-007') }),
    status('approved'),
    approver,
    ['approver', 'decision', CHANGED]
  ],
  [
    'requested, approver in a shared space',
    requested(),
    status('approved'),
    me({
      userProfileName: null,
      role: 'approver',
      canDecide: { ok: false, reason: 'shared' },
      shared: true
    }),
    ['approver', 'decision', CHANGED]
  ],
  [
    'requested by life cycle alone',
    v({
      lifeCycle: {
        stage: 'Development',
        status: 'PendingApproval',
        description: null
      }
    }),
    null,
    approver,
    ['you', 'decision', CHANGED]
  ],
  [
    'registered by a pipeline',
    v({ createdBy: PIPELINE, lastModifiedAt: null }),
    null,
    approver,
    ['you', 'decision', CREATED]
  ],
  [
    'registered by a person, not requested',
    v({ lastModifiedAt: null }),
    status('approved'),
    me(),
    ['you', 'request', CREATED]
  ],
  [
    'the same, seen by an approver',
    v(),
    status('approved'),
    approver,
    ['author', 'request', CHANGED]
  ],
  [
    'author unknown',
    v({ createdBy: null }),
    null,
    me(),
    ['author', 'request', CHANGED]
  ],
  [
    'use case could not be read: the version counts',
    requested(),
    governanceStatus({ state: 'could-not-read', bucket: null, useCase: null }),
    approver,
    ['you', 'decision', CHANGED]
  ],
  [
    'not linked, not requested',
    v(),
    governanceStatus({ state: 'not-linked', bucket: null, useCase: null }),
    me(),
    ['you', 'request', CHANGED]
  ],
  [
    'nobody known to ask',
    requested(),
    null,
    null,
    ['approver', 'decision', CHANGED]
  ]
];

describe('waitingOn', () => {
  it.each(ROWS)('%s', (_, latest, state, who, expected) => {
    const found = waitingOn({ latest, status: state, me: who });
    expect(found && [found.who, found.reason, found.since]).toEqual(expected);
  });

  it('has words for every answer', () => {
    for (const [, latest, state, who] of ROWS) {
      const found = waitingOn({ latest, status: state, me: who });
      if (found) {
        expect(waitingLabel(found, trans)).toMatch(/\w/);
        expect(waitingStep(found, trans)).toMatch(/\.$/);
      }
    }
  });

  it('takes only a pending version for requested', () => {
    expect(isRequested(requested())).toBe(true);
    expect(isRequested(requested({ approval: 'Rejected' }))).toBe(false);
    expect(isRequested(v({ approvalDescription: '  ' }))).toBe(false);
  });

  it('names the use case in nothing but its own state', () => {
    expect(
      waitingOn({
        latest: v({ approval: 'Approved' }),
        status: status('progress', { useCase: useCase({ status: 'New' }) }),
        me: me()
      })
    ).toBeNull();
  });
});
