import { RelayError } from '../../relay';
import type { Answer } from '../../testing';
import type { IMLflowServer } from '../servers';
import { ServerWait, type WaitPhase } from '../serverWait';
import { listing, server, stopped, until } from './helpers';

const starting = (): IMLflowServer =>
  server({ status: 'Starting', state: 'starting' });
const failed = (): IMLflowServer =>
  server({ status: 'StartFailed', state: 'failed' });
const unreachable = new RelayError({ code: 'network', message: 'gone' });
const forbidden = new RelayError({
  code: 'upstream_forbidden',
  message: 'sagemaker:StartMlflowTrackingServer is not allowed.'
});

let waits: ServerWait[] = [];
afterEach(() => {
  waits.forEach(wait => wait.dispose());
  waits = [];
});

function setUp(
  looks: (IMLflowServer[] | Error)[],
  options: {
    first?: IMLflowServer;
    start?: Answer;
    now?: () => number;
  } = {}
) {
  const relay = listing(looks, {
    'POST mlflow-start/team': options.start ?? { state: 'starting' }
  });
  const wait = new ServerWait({
    relay,
    server: options.first ?? stopped(),
    interval: 1,
    standby: 'never',
    now: options.now
  });
  waits.push(wait);
  const phases: WaitPhase['kind'][] = [wait.phase.kind];
  const ran = jest.fn();
  wait.changed.connect(() => phases.push(wait.phase.kind));
  wait.ran.connect(ran);
  return { relay, wait, phases, ran };
}

/** Without what repeats. */
function course(phases: string[]): string[] {
  return phases.filter((phase, i) => phase !== phases[i - 1]);
}

describe('ServerWait', () => {
  it('starts a server and waits until it runs', async () => {
    const { relay, wait, phases, ran } = setUp([
      [starting()],
      [starting()],
      [server()]
    ]);
    await wait.start();
    await until(() => ran.mock.calls.length > 0);
    expect(course(phases)).toEqual(['idle', 'asking', 'waiting', 'idle']);
    expect(wait.server.state).toBe('running');
    expect(relay.callsOf('mlflow-start')).toHaveLength(1);
    const looks = relay.callsOf('mlflow-servers').length;
    await new Promise(done => setTimeout(done, 50));
    expect(relay.callsOf('mlflow-servers')).toHaveLength(looks);
    expect(ran).toHaveBeenCalledTimes(1);
  });

  it('starts it once, however often that is pressed', async () => {
    const { relay, wait } = setUp([[starting()]]);
    await Promise.all([wait.start(), wait.start()]);
    await wait.start();
    expect(relay.callsOf('mlflow-start')).toHaveLength(1);
  });

  it.each<[string, IMLflowServer]>([
    ['is started by somebody', starting()],
    ['is created', server({ state: 'creating' })],
    ['is stopped by somebody', server({ state: 'stopping' })]
  ])('waits by itself for a server that %s', async (_, first) => {
    const { relay, wait, ran } = setUp([[first], [server()]], { first });
    expect(wait.phase.kind).toBe('waiting');
    await until(() => ran.mock.calls.length > 0);
    expect(relay.callsOf('mlflow-start')).toEqual([]);
  });

  it('does nothing by itself for a stopped server', async () => {
    const { relay, wait } = setUp([[server()]]);
    await new Promise(done => setTimeout(done, 20));
    expect(wait.phase).toEqual({ kind: 'idle' });
    expect(relay.calls).toEqual([]);
  });

  it.each<[string, (IMLflowServer[] | Error)[], string]>([
    ['did not come up', [[starting()], [failed()]], 'failed'],
    ['stopped again', [[starting()], [stopped()]], 'stopped'],
    ['is not listed any more', [[starting()], []], 'deleting']
  ])('ends the wait for one that %s', async (_, looks, state) => {
    const { wait, ran } = setUp(looks);
    await wait.start();
    await until(() => wait.phase.kind === 'ended');
    expect(wait.server.state).toBe(state);
    expect(ran).not.toHaveBeenCalled();
  });

  it('believes “stopped” just after the start for a minute only', async () => {
    let now = 0;
    const { relay, wait } = setUp([[stopped()]], { now: () => now });
    await wait.start();
    await until(() => relay.callsOf('mlflow-servers').length > 1);
    expect(wait.phase.kind).toBe('waiting');
    expect(wait.server.state).toBe('starting');
    now = 61_000;
    await until(() => wait.phase.kind === 'ended');
    expect(wait.server.state).toBe('stopped');
  });

  it('goes on after a look that failed, and says so meanwhile', async () => {
    const { wait, ran } = setUp([unreachable, unreachable, [server()]]);
    const errors: unknown[] = [];
    wait.changed.connect(({ phase }) => {
      if (phase.kind === 'waiting') {
        errors.push(phase.error);
      }
    });
    await wait.start();
    await until(() => ran.mock.calls.length > 0);
    expect(errors).toContain(unreachable);
  });

  it('shows a refusal, and what may be done after it', async () => {
    const { wait } = setUp([[stopped({ startable: false })]], {
      start: forbidden
    });
    await wait.start();
    expect(wait.phase).toEqual({ kind: 'refused', error: forbidden });
    expect(wait.server.startable).toBe(false);
  });

  it.each<[string, IMLflowServer, string]>([
    ['being started', starting(), 'waiting'],
    ['running', server(), 'idle']
  ])('takes no refusal for one when it is %s already', async (_, now, kind) => {
    const { wait, ran } = setUp([[now]], { start: forbidden });
    await wait.start();
    expect(wait.phase.kind).toBe(kind);
    expect(ran).toHaveBeenCalledTimes(kind === 'idle' ? 1 : 0);
  });

  it('stops waiting, and can wait again', async () => {
    const { relay, wait, ran } = setUp([[starting()]]);
    await wait.start();
    await until(() => relay.callsOf('mlflow-servers').length > 0);
    wait.cancel();
    expect(wait.phase.kind).toBe('idle');
    expect(wait.server.state).toBe('starting');
    const looks = relay.callsOf('mlflow-servers').length;
    await new Promise(done => setTimeout(done, 30));
    expect(relay.callsOf('mlflow-servers').length).toBeLessThanOrEqual(
      looks + 1
    );
    relay.table['mlflow-servers'] = { servers: [server()], notes: [] };
    wait.wait();
    await until(() => ran.mock.calls.length > 0);
  });
});
