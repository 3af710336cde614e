import { Signal } from '@lumino/signaling';
import { nullTranslator } from '@jupyterlab/translation';
import { StateDB } from '@jupyterlab/statedb';

import { DEFAULTS, setApprovalSettings } from '../../approvals/settings';
import { RelayError } from '../../relay';
import {
  fakeRelay,
  governance as fakeGovernance,
  governanceStatus,
  group,
  sageMakerConnection,
  version
} from '../../testing';
import type { IFakeRelay } from '../../testing';
import type {
  IModelPackage,
  IModelPackageGroup,
  IPage,
  IRegistry
} from '../../tokens';
import { PanelModel } from '../panel/model';
import { readView } from '../panel/snapshot';
import type { IPanelSnapshot } from '../panel/snapshot';

const trans = nullTranslator.load('sagemaker_governance');

const page = <T>(items: T[], nextToken: string | null = null): IPage<T> => ({
  items,
  nextToken,
  total: null
});

/** A registry of which each test replaces what it is about. */
function fakeRegistry(members: Partial<IRegistry> = {}): IRegistry {
  const unexpected = (): never => {
    throw new Error('This test does not expect the call.');
  };
  const registry: IRegistry = {
    listGroups: async () => page([group()]),
    listSharedGroups: async () => page([]),
    describeGroup: unexpected,
    latestVersion: async () => version(),
    listVersions: unexpected,
    describeVersion: unexpected,
    pendingVersions: async () => page([]),
    versionsFrom: unexpected,
    createVersion: unexpected,
    createGroup: unexpected,
    updateVersion: unexpected,
    readTags: unexpected,
    changeTag: unexpected,
    callerIdentity: async () => ({
      account: '111122223333',
      arn: 'arn:aws:sts::111122223333:assumed-role/DataScientist/ds-042'
    }),
    changed: new Signal<IRegistry, string>({} as IRegistry),
    ...members
  };
  return registry;
}

const models: PanelModel[] = [];
afterEach(() => models.splice(0).forEach(model => model.dispose()));

async function modelOver(
  registry: IRegistry,
  options: Partial<PanelModel.IOptions> & { fake?: IFakeRelay } = {}
): Promise<PanelModel> {
  const relay = options.fake ?? fakeRelay({});
  const model = new PanelModel({
    relay,
    registry,
    governance: null,
    client: await relay.queries(),
    state: null,
    trans,
    defaultSort: 'name',
    ...options
  });
  models.push(model);
  return model;
}

/** Wait until the panel shows something. */
async function until(
  model: PanelModel,
  shown: (snapshot: IPanelSnapshot) => boolean
): Promise<IPanelSnapshot> {
  const deadline = Date.now() + 30_000;
  while (!shown(model.getSnapshot())) {
    if (Date.now() > deadline) {
      throw new Error('The panel never came to that state.');
    }
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  return model.getSnapshot();
}

const names = (snapshot: IPanelSnapshot): string[] =>
  snapshot.rows.map(row => row.group.name);

describe('PanelModel', () => {
  it('shows the first page before the second has come', async () => {
    let second = (_: IPage<IModelPackageGroup>): void => undefined;
    const registry = fakeRegistry({
      listGroups: async (_, token) =>
        token
          ? new Promise(resolve => (second = resolve))
          : page([group({ name: 'a' })], 'next')
    });
    const model = await modelOver(registry);
    void model.start();
    const first = await until(model, ({ rows }) => rows.length === 1);
    expect(first.loading).toBe(true);
    expect(first.updatedAt).toBeNull();
    second(page([group({ name: 'b' })]));
    const all = await until(model, ({ loading }) => !loading);
    expect(names(all)).toEqual(['a', 'b']);
    expect(all.updatedAt).not.toBeNull();
  });

  it('keeps the rows of others when one registry fails', async () => {
    const fake = fakeRelay(
      {},
      {
        connections: [
          sageMakerConnection(),
          sageMakerConnection({ id: 'claims', label: 'claims', own: false })
        ]
      }
    );
    const down = new RelayError({ code: 'upstream_timeout', message: 'late' });
    let broken = true;
    const registry = fakeRegistry({
      listGroups: async connection => {
        if (connection === 'claims' && broken) {
          throw down;
        }
        return page([group({ name: connection, connection })]);
      }
    });
    const model = await modelOver(registry, { fake });
    await model.start();
    const partial = await until(model, ({ loading }) => !loading);
    expect(names(partial)).toEqual(['own']);
    expect(partial.registries.map(({ error }) => error)).toEqual([null, down]);
    broken = false;
    await model.retry('claims');
    const whole = await until(model, ({ total }) => total === 2);
    expect(whole.registries[1].error).toBeNull();
  });

  it('keeps rows and their age when a refresh fails', async () => {
    let broken = false;
    const registry = fakeRegistry({
      listGroups: async () => {
        if (broken) {
          throw new Error('down');
        }
        return page([group({ name: 'a' })]);
      }
    });
    const model = await modelOver(registry);
    await model.start();
    const before = await until(model, ({ loading }) => !loading);
    broken = true;
    await model.refresh();
    const after = await until(
      model,
      ({ registries }) => registries[0].error !== null
    );
    expect(names(after)).toEqual(['a']);
    expect(after.updatedAt).toBe(before.updatedAt);
  });

  it('tells why nothing can be shown, and recovers', async () => {
    const fake = fakeRelay({});
    const { config } = fake;
    const gone = new RelayError({ code: 'not_installed', message: 'gone' });
    fake.config = () => Promise.reject(gone);
    const model = await modelOver(fakeRegistry(), { fake });
    await model.start();
    expect(model.getSnapshot()).toMatchObject({ error: gone, loading: false });
    fake.config = config;
    await model.refresh();
    expect((await until(model, ({ total }) => total === 1)).error).toBeNull();
  });

  it('tells of a server of another contract and still works', async () => {
    const model = await modelOver(fakeRegistry(), {
      fake: fakeRelay({}, { api: 99 })
    });
    await model.start();
    const snapshot = await until(model, ({ total }) => total === 1);
    expect(snapshot.mismatch?.older).toBe('browser');
  });

  it('reads a group once that is shared and also read directly', async () => {
    const claims = { name: 'x', account: '222233334444' };
    const fake = fakeRelay(
      {},
      {
        connections: [
          sageMakerConnection(),
          sageMakerConnection({ id: 'claims', own: false })
        ]
      }
    );
    const model = await modelOver(
      fakeRegistry({
        listGroups: async connection =>
          page(
            connection === 'claims' ? [group({ ...claims, connection })] : []
          ),
        listSharedGroups: async () =>
          page([group({ ...claims, shared: true, tags: null })])
      }),
      { fake }
    );
    await model.start();
    const { rows } = await until(model, ({ loading }) => !loading);
    expect(rows).toHaveLength(1);
    expect(rows[0].group.shared).toBe(false);
  });

  it('fills versions in and asks again after a write of ours', async () => {
    let latest: IModelPackage = version();
    const latestVersion = jest.fn(async () => latest);
    const changed = new Signal<IRegistry, string>({} as IRegistry);
    const model = await modelOver(fakeRegistry({ latestVersion, changed }));
    await model.start();
    // A small registry is read whole, so that filters know every row.
    await until(model, ({ rows }) => rows[0]?.latest?.version === 1);
    latest = version({ approval: 'Approved' });
    changed.emit(group().arn);
    await until(model, ({ rows }) => rows[0]?.latest?.approval === 'Approved');
    expect(latestVersion).toHaveBeenCalledTimes(2);
  });

  it('says per row why its version could not be read', async () => {
    const failure = new Error('no');
    const model = await modelOver(
      fakeRegistry({ latestVersion: () => Promise.reject(failure) })
    );
    await model.start();
    const { rows } = await until(
      model,
      snapshot => snapshot.rows[0]?.latestError !== null
    );
    expect(rows[0].latestError).toBe(failure);
    expect(rows[0].latest).toBeUndefined();
  });

  it('asks for the status of many groups at once', async () => {
    const resolve = jest.fn(
      async (groups: readonly IModelPackageGroup[]) =>
        new Map(groups.map(({ arn }) => [arn, governanceStatus()]))
    );
    const governance = fakeGovernance({ resolve });
    const groups = Array.from({ length: 100 }, (_, i) =>
      group({ name: `g${i}` })
    );
    const model = await modelOver(
      fakeRegistry({ listGroups: async () => page(groups) }),
      { governance }
    );
    await model.start();
    await until(model, ({ rows }) => rows.every(({ status }) => status));
    expect(resolve.mock.calls[0][0]).toHaveLength(100);
    expect(resolve.mock.calls.length).toBeLessThan(10);
  });

  it('shows that governance failed, and the rows all the same', async () => {
    const failure = new Error('lab');
    const governance = fakeGovernance({
      resolve: () => Promise.reject(failure)
    });
    const model = await modelOver(fakeRegistry(), { governance });
    await model.start();
    const snapshot = await until(
      model,
      ({ governanceError }) => governanceError !== null
    );
    expect(snapshot.governanceError).toBe(failure);
    expect(snapshot.rows[0].status).toBeNull();
  });

  it('remembers search, filter and order', async () => {
    const state = new StateDB();
    const one = await modelOver(fakeRegistry(), { state });
    await one.start();
    one.setView({ filter: 'mine', sort: 'status', text: 'credit' });
    await new Promise(resolve => setTimeout(resolve, 0));
    const two = await modelOver(fakeRegistry(), { state });
    await two.start();
    expect(two.getSnapshot().view).toEqual({
      filter: 'mine',
      sort: 'status',
      text: 'credit'
    });
  });

  it('gives functions that work without the object', async () => {
    const model = await modelOver(fakeRegistry());
    const { setVisible, getSnapshot, subscribe } = model;
    await model.start();
    expect(() => setVisible(getSnapshot().rows)).not.toThrow();
    subscribe(() => undefined)();
  });
});

describe('settings of the panel', () => {
  it('order the groups until somebody chooses another order', async () => {
    const state = new StateDB();
    const model = await modelOver(fakeRegistry(), { state });
    await model.start();
    model.setView({ filter: 'mine' });
    model.setDefaultSort('status');
    expect(model.getSnapshot().view).toEqual({
      filter: 'mine',
      sort: 'status',
      text: ''
    });
    const next = await modelOver(fakeRegistry(), {
      state,
      defaultSort: 'changed'
    });
    await next.start();
    expect(next.getSnapshot().view).toMatchObject({
      filter: 'mine',
      sort: 'changed'
    });
    next.setView({ sort: 'name' });
    next.setDefaultSort('attention');
    expect(next.getSnapshot().view.sort).toBe('name');
  });

  it('say which roles are approvers, also while the panel is open', async () => {
    const registry = fakeRegistry({
      latestVersion: async () =>
        version({
          approvalDescription: 'please',
          createdBy: {
            userProfileName: 'somebody-else',
            sourceIdentity: null,
            arn: null
          }
        })
    });
    const model = await modelOver(registry);
    await model.start();
    await until(model, ({ rows }) => rows[0]?.waiting?.who === 'approver');
    setApprovalSettings({
      ...DEFAULTS,
      rolePatterns: { ...DEFAULTS.rolePatterns, approver: /DataScientist/ }
    });
    await until(model, ({ rows }) => rows[0]?.waiting?.who === 'you');
    setApprovalSettings(DEFAULTS);
  });
});

it('keeps rows when reading everything again fails', async () => {
  const fake = fakeRelay({});
  const model = await modelOver(fakeRegistry(), { fake });
  await model.start();
  await until(model, ({ rows }) => rows.length === 1);
  const config = jest
    .spyOn(fake, 'config')
    .mockRejectedValue(new RelayError({ code: 'network', message: 'gone' }));
  await model.refresh();
  expect(model.getSnapshot()).toMatchObject({
    total: 1,
    error: expect.any(RelayError)
  });
  config.mockRestore();
  await model.refresh();
  expect(model.getSnapshot().error).toBeNull();
});

describe('readView', () => {
  it('takes only what makes sense', () => {
    expect(readView({ filter: 'x', sort: 3, text: null })).toEqual({});
    expect(readView({ filter: 'mine', sort: 'status', text: 'a' })).toEqual({
      filter: 'mine',
      sort: 'status',
      text: 'a'
    });
  });
});
