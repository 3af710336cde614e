import { RelayError } from '../../relay';
import { fakeRelay } from '../../testing';
import type { IMLflowServer } from '../servers';
import { ServerWatch } from '../serverWatch';
import { listing, server, stopped, until } from './helpers';

let watches: ServerWatch[] = [];
afterEach(() => {
  watches.forEach(watch => watch.dispose());
  watches = [];
});

function setUp(looks: (IMLflowServer[] | Error)[]) {
  const relay = listing(looks, {
    'POST mlflow-start/team': { state: 'starting' }
  });
  const watch = new ServerWatch({
    relay,
    id: 'team',
    interval: 1,
    standby: 'never'
  });
  watches.push(watch);
  const fell = jest.fn();
  const ran = jest.fn();
  watch.fell.connect(fell);
  watch.ran.connect(ran);
  return { relay, watch, fell, ran };
}

describe('ServerWatch', () => {
  it.each<[string, (IMLflowServer[] | Error)[], boolean]>([
    ['runs', [[server()]], false],
    ['is stopped', [[stopped()]], true],
    ['failed', [[server({ state: 'failed' })]], true],
    ['is changed, and may answer', [[server({ state: 'updating' })]], false],
    ['could not be described', [[server({ state: 'unknown' })]], false],
    ['is not listed', [[]], false],
    ['cannot be looked at', [new Error('no')], false]
  ])('tells a server that %s', async (_, looks, down) => {
    const { watch, fell } = setUp(looks);
    await watch.check(false);
    expect(watch.wait !== null).toBe(down);
    expect(fell).toHaveBeenCalledTimes(down ? 1 : 0);
    expect(await watch.isKnownDown()).toBe(down);
  });

  it('tells a server that was there and is gone', async () => {
    const { watch, fell } = setUp([[server()], []]);
    await watch.check(false);
    await watch.check(true);
    expect(fell).toHaveBeenCalledTimes(1);
    expect(watch.server).toMatchObject({ state: 'deleting', status: null });
    // Nothing will come of it: nobody waits.
    expect(watch.wait?.phase.kind).toBe('idle');
  });

  it('takes no server for gone whose account could not be searched', async () => {
    const { watch, fell } = setUp([[server()], []]);
    await watch.check(false);
    const note = { connection: 'own', operation: 'x', code: 'denied' };
    const relay = fakeRelay({
      'mlflow-servers': { servers: [], notes: [note] }
    });
    Object.assign(watch, { _options: { id: 'team', relay } });
    await watch.check(true);
    expect(fell).not.toHaveBeenCalled();
    expect(watch.server).toEqual(server());
  });

  it('searches again when MLflow fails, but not with every failure', async () => {
    const { relay, watch } = setUp([[server()]]);
    await watch.check(false);
    for (let i = 0; i < 5; i++) {
      watch.doubt();
      await watch.check(false);
    }
    expect(relay.calls.map(({ path }) => path)).toEqual([
      'mlflow-servers',
      'mlflow-servers?fresh'
    ]);
  });

  it('looks once at a time', async () => {
    const { relay, watch } = setUp([[server()]]);
    await Promise.all([watch.check(true), watch.check(true)]);
    expect(relay.calls).toHaveLength(1);
  });

  it('forgets the wait when the server runs', async () => {
    const { watch, ran } = setUp([[stopped()], [server()]]);
    await watch.check(false);
    await watch.wait?.start();
    await until(() => ran.mock.calls.length > 0);
    expect(watch.wait).toBeNull();
    expect(watch.server?.state).toBe('running');
  });

  it('does not take a look that was given up', async () => {
    const { watch, fell } = setUp([[stopped()]]);
    const look = watch.check(false);
    watch.reset();
    await look;
    expect(fell).not.toHaveBeenCalled();
    await watch.check(false);
    expect(fell).toHaveBeenCalledTimes(1);
  });

  it('waits for nothing once its tab is closed', async () => {
    const { watch } = setUp([[server({ state: 'starting' })]]);
    watch.dispose();
    await watch.check(false);
    expect(watch.wait).toBeNull();
  });

  it('keeps what was seen when a later look fails', async () => {
    const { watch } = setUp([
      [server()],
      new RelayError({ code: 'network', message: 'gone' })
    ]);
    await watch.check(false);
    await watch.check(true);
    expect(watch.server).toEqual(server());
  });
});
