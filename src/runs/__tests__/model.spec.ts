import { RelayError } from '../../relay';
import { mlflowConnection } from '../../testing';
import { INTERVAL, type RunsModel } from '../model';
import { RunsStore } from '../store';
import { API, type ISetup, missing, setUp, until, wireRun } from './helpers';

const models: RunsModel[] = [];
afterEach(() => {
  models.splice(0).forEach(model => model.dispose());
  jest.useRealTimers();
});

/** Opened, on screen, with a notebook that says `code`. */
async function shown(code: string | null, setup: ISetup): Promise<ISetup> {
  const { model, watch } = setup;
  models.push(model);
  watch.say('a.ipynb', ...(code === null ? [] : [code]));
  model.setVisible(true);
  model.setOpen(true);
  await until(() => {
    const { loading, readAt, error } = model.getSnapshot();
    return !loading && (readAt !== null || error !== null);
  });
  return setup;
}

const CREDIT = 'mlflow.set_experiment("credit")';
const RUNS = [
  wireRun('a', { metrics: { auc: 0.7, valid_auc: 0.6 }, at: 2 }),
  wireRun('b', { metrics: { auc: 0.9, gini: 0.8 }, at: 1 })
];

describe('which experiment', () => {
  it('is the one that the notebook names', async () => {
    const { model, relay } = await shown(CREDIT, setUp(RUNS));
    const { target, rows, shown: metrics } = model.getSnapshot();
    expect(target).toMatchObject({
      kind: 'found',
      id: '7',
      name: 'credit',
      from: 'notebook'
    });
    expect(rows.map(({ runId }) => runId)).toEqual(['a', 'b']);
    expect(metrics).toEqual(['auc', 'valid_auc']);
    expect(relay.callsOf('runs/search')[0].body).toMatchObject({
      experiment_ids: ['7'],
      max_results: 100
    });
  });

  it.each<[string, string | null, object]>([
    ['nothing', null, { kind: 'none' }],
    [
      'one that is not there',
      'mlflow.set_experiment("new")',
      { kind: 'missing', name: 'new', isId: false, asked: ['MLflow'] }
    ],
    [
      'an id that is not there',
      'mlflow.set_experiment(experiment_id="9")',
      { kind: 'missing', name: '9', isId: true, asked: ['MLflow'] }
    ],
    [
      'code',
      'mlflow.set_experiment(pick())',
      { kind: 'dynamic', code: 'pick()' }
    ]
  ])('is told apart when the notebook names %s', async (_, code, target) => {
    const { model, relay } = await shown(code, setUp(RUNS));
    expect(model.getSnapshot()).toMatchObject({ target, runs: null });
    expect(relay.callsOf('runs/search')).toEqual([]);
  });

  it('is told apart when there is no MLflow', async () => {
    const { model } = await shown(CREDIT, setUp([], { connections: [] }));
    expect(model.getSnapshot().target).toEqual({ kind: 'no-connection' });
  });

  it('follows the notebook', async () => {
    const { model, watch } = await shown(CREDIT, setUp(RUNS));
    watch.say('a.ipynb', 'mlflow.set_experiment("new")');
    expect(model.getSnapshot().runs).toBeNull();
    await until(() => model.getSnapshot().target.kind === 'missing');
    watch.say('b.ipynb', CREDIT);
    await until(() => model.getSnapshot().target.kind === 'found');
  });

  it('is chosen where the notebook says nothing, and remembered for it', async () => {
    const { model, watch, store } = await shown(null, setUp(RUNS));
    model.choose({ connection: 'mlflow', experiment: '7', name: 'credit' });
    await until(() => model.getSnapshot().target.kind === 'found');
    expect(model.getSnapshot().target).toMatchObject({ from: 'choice' });
    watch.say('b.ipynb');
    await until(() => model.getSnapshot().target.kind === 'none');
    watch.renamed.emit({ from: 'a.ipynb', to: 'c.ipynb' });
    expect(store.choice('a.ipynb')).toBeNull();
    watch.say('c.ipynb');
    await until(() => model.getSnapshot().target.kind === 'found');
  });

  it('is the notebook’s again when the notebook changes its word', async () => {
    const { model, watch } = await shown(
      'mlflow.set_experiment("new")',
      setUp(RUNS)
    );
    model.choose({ connection: 'mlflow', experiment: '7', name: 'credit' });
    await until(() => model.getSnapshot().target.kind === 'found');
    watch.say('a.ipynb', 'mlflow.set_experiment("newer")');
    await until(() => model.getSnapshot().target.kind === 'missing');
    expect(model.choice).toBeNull();
  });

  it('is that of the server which the notebook names, and of no other', async () => {
    const arn =
      'arn:aws:sagemaker:eu-west-1:111122223333:mlflow-tracking-server/team';
    const TEAM = API.replace('mlflow/mlflow', 'mlflow/team');
    const team = {
      ...mlflowConnection({ id: 'team', label: 'Team' }),
      ...{ discovered: true, arn, trackingUri: arn },
      ...{ state: 'running', status: 'Created', startable: false }
    };
    const table = {
      'mlflow-servers': { servers: [team], notes: [] },
      [`${TEAM}experiments/get-by-name`]: missing()
    };
    // It is looked for, though another server is configured.
    const { model, relay } = await shown(
      `mlflow.set_tracking_uri("${arn}")\n${CREDIT}`,
      setUp(RUNS, { table })
    );
    expect(model.getSnapshot().target).toMatchObject({
      kind: 'missing',
      asked: ['Team']
    });
    expect(relay.callsOf(`${API}experiments/get-by-name`)).toEqual([]);
    // One that runs no more is named all the same.
    const stopped = { ...team, state: 'stopped', status: 'Stopped' };
    const down = new RelayError({
      code: 'server_not_running',
      message: 'Team does not run.',
      connection: 'team'
    });
    const two = await shown(
      `mlflow.set_tracking_uri("${arn}")\n${CREDIT}`,
      setUp(RUNS, {
        table: {
          'mlflow-servers': { servers: [stopped], notes: [] },
          [`${TEAM}experiments/get-by-name`]: down
        }
      })
    );
    expect(two.model.getSnapshot().error).toBe(down);
  });

  it('is looked for at every server, first where the notebook points', async () => {
    const OTHER = API.replace('mlflow/mlflow', 'mlflow/other');
    const connections = [
      mlflowConnection(),
      mlflowConnection({
        id: 'other',
        label: 'Other',
        publicUrl: 'https://other.example/'
      })
    ];
    const table = {
      [`${OTHER}experiments/get-by-name`]: {
        experiment: { experiment_id: '1', name: 'credit' }
      },
      [`${OTHER}runs/search`]: { runs: [] },
      [`${OTHER}logged-models/search`]: { models: [] }
    };
    const one = await shown(CREDIT, setUp(RUNS, { connections, table }));
    expect(one.model.getSnapshot().target).toMatchObject({ id: '7' });
    const two = await shown(
      `mlflow.set_tracking_uri("https://other.example")\n${CREDIT}`,
      setUp(RUNS, { connections, table })
    );
    expect(two.model.getSnapshot().target).toMatchObject({ id: '1' });
    const three = await shown(
      CREDIT,
      setUp(RUNS, { connections, table, preferred: 'other' })
    );
    expect(three.model.getSnapshot().target).toMatchObject({ id: '1' });
    const four = await shown(
      CREDIT,
      setUp(RUNS, {
        connections,
        table: { ...table, [`${API}experiments/get-by-name`]: missing() }
      })
    );
    expect(four.model.getSnapshot().target).toMatchObject({ id: '1' });
  });

  it('is not called missing while a server does not answer', async () => {
    const { model } = await shown(
      CREDIT,
      setUp(RUNS, {
        table: {
          [`${API}experiments/get-by-name`]: new Response(
            JSON.stringify({ error_code: 'PERMISSION_DENIED', message: 'no' }),
            { status: 403 }
          )
        }
      })
    );
    expect(model.getSnapshot()).toMatchObject({
      target: { kind: 'reading' },
      error: { code: 'PERMISSION_DENIED' }
    });
  });
});

describe('reading', () => {
  it('begins when the section is open and on screen', async () => {
    const { model, watch, relay } = setUp(RUNS);
    models.push(model);
    watch.say('a.ipynb', CREDIT);
    model.setVisible(true);
    expect(watch.active).toBe(true);
    await new Promise(done => setTimeout(done, 20));
    expect(relay.calls).toEqual([]);
    model.setOpen(true);
    await until(() => model.getSnapshot().readAt !== null);
  });

  it('keeps the runs when a later one fails, and says so', async () => {
    const { model, relay } = await shown(CREDIT, setUp(RUNS));
    relay.table[`${API}runs/search`] = new Error('gone');
    await model.refresh();
    expect(model.getSnapshot().error).toMatchObject({ message: 'gone' });
    expect(model.getSnapshot().rows).toHaveLength(2);
    relay.table[`${API}runs/search`] = { runs: RUNS.slice(0, 1) };
    await model.refresh();
    expect(model.getSnapshot()).toMatchObject({ error: null });
    expect(model.getSnapshot().rows).toHaveLength(1);
  });

  it('goes on by itself only while a run goes on and somebody looks', async () => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    const { model, watch, relay } = setUp([
      wireRun('a', { status: 'RUNNING' })
    ]);
    models.push(model);
    watch.say('a.ipynb', CREDIT);
    const reads = () => relay.callsOf('runs/search').length;
    model.setVisible(true);
    model.setOpen(true);
    await jest.advanceTimersByTimeAsync(100);
    expect(reads()).toBe(1);
    expect(INTERVAL).toBeGreaterThanOrEqual(10_000);
    await jest.advanceTimersByTimeAsync(INTERVAL + 1000);
    expect(reads()).toBe(2);
    model.setVisible(false);
    await jest.advanceTimersByTimeAsync(5 * INTERVAL);
    expect(reads()).toBe(2);
    relay.table[`${API}runs/search`] = { runs: RUNS };
    model.setVisible(true);
    await jest.advanceTimersByTimeAsync(INTERVAL + 1000);
    expect(reads()).toBe(3);
    // Everything has finished.
    await jest.advanceTimersByTimeAsync(5 * INTERVAL);
    expect(reads()).toBe(3);
    // A long cell may begin a run.
    watch.isBusy = true;
    await jest.advanceTimersByTimeAsync(INTERVAL + 1000);
    expect(reads()).toBe(4);
  });

  it('comes soon after a cell, but not after each of many', async () => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    const { model, watch, relay } = setUp(RUNS);
    models.push(model);
    watch.say('a.ipynb', CREDIT);
    model.setVisible(true);
    model.setOpen(true);
    await jest.advanceTimersByTimeAsync(100);
    for (let i = 0; i < 5; i++) {
      watch.executed.emit();
    }
    await jest.advanceTimersByTimeAsync(11_000);
    expect(relay.callsOf('runs/search')).toHaveLength(2);
    model.setOpen(false);
    watch.executed.emit();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(relay.callsOf('runs/search')).toHaveLength(2);
  });
});

describe('sparklines', () => {
  const HISTORY = `${API}metrics/get-history-bulk-interval`;
  const history = {
    metrics: [
      { run_id: 'a', value: 0.1, step: 0 },
      { run_id: 'a', value: 0.7, step: 1 }
    ]
  };

  it('are read for rows on screen, once', async () => {
    const { model, relay } = await shown(
      CREDIT,
      setUp(RUNS, { table: { [HISTORY]: history } })
    );
    expect(relay.callsOf('get-history')).toEqual([]);
    const [first, second] = model.getSnapshot().rows;
    model.setRows([first]);
    await until(() => model.points('a', 'auc') !== undefined);
    await until(() => model.points('a', 'valid_auc') !== undefined);
    expect(model.points('a', 'auc')).toHaveLength(2);
    model.setRows([first]);
    expect(relay.callsOf('get-history')).toHaveLength(2);
    model.setRows([first, second]);
    await until(() => model.points('b', 'auc') !== undefined);
    // `b` has no valid_auc: nobody is asked for that.
    expect(relay.callsOf('get-history')).toHaveLength(3);
    expect(relay.callsOf('get-history')[2].path).not.toContain('run_ids=a');
  });

  it('are read again when the metric has changed', async () => {
    const { model, relay } = await shown(
      CREDIT,
      setUp([wireRun('a', { status: 'RUNNING', metrics: { auc: 0.1 } })], {
        table: { [HISTORY]: history }
      })
    );
    model.setRows(model.getSnapshot().rows);
    await until(() => model.points('a', 'auc') !== undefined);
    await model.refresh();
    expect(relay.callsOf('get-history')).toHaveLength(1);
    relay.table[`${API}runs/search`] = {
      runs: [wireRun('a', { status: 'RUNNING', metrics: { auc: 0.2 } })]
    };
    await model.refresh();
    await until(() => relay.callsOf('get-history').length === 2);
  });

  it('that fail are said, and not asked for again and again', async () => {
    const { model, relay } = await shown(
      CREDIT,
      setUp(RUNS, { table: { [HISTORY]: new Error('gone') } })
    );
    const { rows } = model.getSnapshot();
    model.setRows(rows);
    await until(() => model.getSnapshot().historyError !== null);
    const asked = relay.callsOf('get-history').length;
    model.setRows(rows);
    await new Promise(done => setTimeout(done, 20));
    expect(relay.callsOf('get-history')).toHaveLength(asked);
    relay.table[HISTORY] = history;
    await model.refresh();
    await until(() => model.points('a', 'auc') !== undefined);
    expect(model.getSnapshot().historyError).toBeNull();
  });
});

describe('what is chosen', () => {
  it('orders, finds and picks metrics', async () => {
    const { model } = await shown(CREDIT, setUp(RUNS));
    const rows = () => model.getSnapshot().rows.map(({ runId }) => runId);
    model.setSort({ by: 'gini', ascending: false });
    expect(rows()).toEqual(['b', 'a']);
    expect(model.getSnapshot().shown).toEqual(['gini', 'auc', 'valid_auc']);
    model.setText('auc < 0.8');
    expect(rows()).toEqual(['a']);
    model.setSort({ by: null, ascending: false });
    model.toggleMetric('auc');
    expect(model.getSnapshot().shown).toEqual(['valid_auc']);
  });

  it('is the same rows as long as nothing of it changes', async () => {
    const { model } = await shown(CREDIT, setUp(RUNS));
    const { rows } = model.getSnapshot();
    model.select('a');
    expect(model.getSnapshot().rows).toBe(rows);
  });

  it('comes back after a restart of the lab', async () => {
    let kept: unknown;
    const state = {
      fetch: async () => kept as never,
      save: async (_: string, value: unknown) => {
        kept = JSON.parse(JSON.stringify(value));
      }
    };
    const before = new RunsStore(state);
    await before.load();
    const one = await shown(null, setUp(RUNS, { store: before }));
    one.model.choose({ connection: 'mlflow', experiment: '7', name: 'credit' });
    await until(() => one.model.getSnapshot().target.kind === 'found');
    one.model.setSort({ by: 'auc', ascending: true });
    one.model.toggleMetric('gini');

    const after = new RunsStore(state);
    await after.load();
    const two = await shown(null, setUp(RUNS, { store: after }));
    expect(two.model.getSnapshot()).toMatchObject({
      open: true,
      sort: { by: 'auc', ascending: true },
      shown: ['auc', 'valid_auc', 'gini'],
      target: { kind: 'found', from: 'choice' }
    });
  });

  it.each([
    ['nothing', undefined],
    ['rubbish', { open: 'yes', sort: 3, choices: { a: 1 }, metrics: { b: 2 } }],
    ['a text', 'x']
  ])('begins anew over %s', async (_, value) => {
    const store = new RunsStore({
      fetch: async () => value as never,
      save: async () => undefined
    });
    expect(await store.load()).toBeNull();
    expect(store.open).toBe(false);
    expect(store.sort.by).toBeNull();
    expect(store.choice('a')).toBeNull();
  });
});
