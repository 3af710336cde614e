import { Notification } from '@jupyterlab/apputils';
import { StateDB } from '@jupyterlab/statedb';
import { CommandRegistry } from '@lumino/commands';
import type { IApprovalRequest, IModelPackageDetails } from '../../tokens';
import { CommandIDs } from '../../tokens';
import { details, trans } from '../../approvals/__tests__/helpers';
import { tellOutcome } from '../decisionNews';
import { DecisionWatch, type Outcome } from '../decisions';

const pending = details();
const decided = details({
  approval: 'Approved',
  approvalDescription: 'Fine',
  lastModifiedBy: {
    userProfileName: 'apr-007',
    sourceIdentity: null,
    arn: null
  }
});

const record: IApprovalRequest = {
  connection: 'own',
  group: pending.groupArn,
  package: pending.arn,
  name: 'credit-risk-scoring',
  version: 12,
  requestedAt: 1
};

function setUp(state = new StateDB()) {
  let now: IModelPackageDetails | Error = pending;
  const told: Outcome[] = [];
  const describeVersion = jest.fn(async () => {
    if (now instanceof Error) {
      throw now;
    }
    return now;
  });
  const make = (): DecisionWatch =>
    new DecisionWatch({
      registry: { describeVersion },
      state,
      tell: outcome => told.push(outcome)
    });
  return {
    make,
    told,
    describeVersion,
    become: (next: IModelPackageDetails | Error) => {
      now = next;
    }
  };
}

describe('DecisionWatch', () => {
  it('tells of a decision once', async () => {
    const { make, told, become, describeVersion } = setUp();
    const watch = make();
    await watch.add(record);
    await watch.check();
    expect(told).toEqual([]);
    become(decided);
    await Promise.all([watch.check(), watch.check()]);
    expect(told).toEqual([{ kind: 'decided', record, now: decided }]);
    describeVersion.mockClear();
    await watch.check();
    expect(told).toHaveLength(1);
    expect(describeVersion).not.toHaveBeenCalled();
  });

  it('loses no request that is made while the earlier ones are read', async () => {
    const { make } = setUp();
    const watch = make();
    await Promise.all([watch.check(), watch.add(record), watch.waiting()]);
    expect(await watch.waiting()).toEqual([record]);
  });

  it('goes on without a place to keep requests', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const state = new StateDB();
    jest.spyOn(state, 'fetch').mockRejectedValue(new Error('no answer'));
    jest.spyOn(state, 'save').mockRejectedValue(new Error('full'));
    const { make, told, become } = setUp(state);
    const watch = make();
    await watch.add(record);
    become(decided);
    await watch.check();
    expect(told).toHaveLength(1);
    expect(warn).toHaveBeenCalled();
    warn.mockRestore();
  });

  it('remembers over a restart', async () => {
    const { make, told, become } = setUp();
    await make().add(record);
    become(decided);
    await make().check();
    expect(told).toHaveLength(1);
    await make().check();
    expect(told).toHaveLength(1);
  });

  it('asks again after a failure', async () => {
    const { make, told, become } = setUp();
    const watch = make();
    await watch.add(record);
    become(new Error('throttled'));
    await watch.check();
    expect(told).toEqual([]);
    expect(await watch.waiting()).toHaveLength(1);
    become(decided);
    await watch.check();
    expect(told).toHaveLength(1);
  });

  it('tells when the version is gone', async () => {
    const { make, told, become } = setUp();
    const watch = make();
    await watch.add(record);
    become(
      Object.assign(new Error('ModelPackage x does not exist.'), {
        name: 'ValidationException'
      })
    );
    await watch.check();
    expect(told).toEqual([{ kind: 'gone', record }]);
  });

  it('keeps one record a version, and drops rubbish', async () => {
    const state = new StateDB();
    const { make } = setUp(state);
    await state.save('jupyterlab-sagemaker-governance:approvals:requests', {
      requests: [{ package: 1 }, null, { ...record }]
    });
    const watch = make();
    await watch.add({ ...record, requestedAt: 2 });
    expect(await watch.waiting()).toEqual([{ ...record, requestedAt: 2 }]);
  });
});

describe('tellOutcome', () => {
  afterEach(() => Notification.dismiss());

  it.each([
    [
      'Approved' as const,
      'credit-risk-scoring v12 is approved: Fine (last changed by apr-007)'
    ],
    [
      'Rejected' as const,
      'credit-risk-scoring v12 is rejected: Fine (last changed by apr-007)'
    ]
  ])('%s', (approval, text) => {
    const commands = new CommandRegistry();
    const execute = jest.fn();
    commands.addCommand(CommandIDs.openGroup, { execute });
    tellOutcome(
      { commands, trans },
      { kind: 'decided', record, now: { ...decided, approval } }
    );
    const [shown] = Notification.manager.notifications;
    expect(shown.message).toBe(text);
    const [action] = shown.options.actions ?? [];
    action.callback(new MouseEvent('click'));
    expect(execute).toHaveBeenCalledWith({
      connection: 'own',
      group: record.group
    });
  });
});
