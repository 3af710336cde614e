import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import {
  act,
  cleanup,
  fireEvent,
  render,
  screen
} from '@testing-library/react';

import type { IActServices } from '../../mlflow';
import { RelayError } from '../../relay';
import { mlflowConnection, mlflowRun } from '../../testing';
import { CommandIDs, type IMetricPoint, type IMLflow } from '../../tokens';
import { RunActions } from '../actions';
import { RunRow } from '../row';
import { RunsView } from '../view';
import { courseText, modelsText, rowLabel, stateText } from '../words';
import { API, type ISetup, setUp, until, wireRun } from './helpers';

const trans = nullTranslator.load('sagemaker_governance');

// The virtual list draws what fits; jsdom lays nothing out.
beforeAll(() => {
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', {
    configurable: true,
    value: 400
  });
});
afterAll(() => {
  // What is defined above it comes back.
  Reflect.deleteProperty(HTMLElement.prototype, 'clientHeight');
});

let open: ISetup[] = [];
afterEach(() => {
  cleanup();
  open.forEach(({ model }) => model.dispose());
  open = [];
  document.querySelectorAll('.lm-Menu').forEach(menu => menu.remove());
});

async function show(
  code: string | null,
  setup: ISetup,
  path: string | null = 'a.ipynb'
) {
  open.push(setup);
  const { model, watch } = setup;
  const executed: [string, object][] = [];
  const commands = new CommandRegistry();
  for (const id of [CommandIDs.registerModel, CommandIDs.openMLflow]) {
    commands.addCommand(id, {
      execute: args => void executed.push([id, { ...args }])
    });
  }
  const services = {
    commands,
    trans,
    mlflow: {} as IMLflow,
    registry: null,
    notebooks: null
  } as unknown as IActServices;
  watch.say(path, ...(code === null ? [] : [code]));
  model.setVisible(true);
  const actions = new RunActions(model, services);
  render(<RunsView model={model} actions={actions} trans={trans} />);
  fireEvent.click(screen.getByRole('button', { name: /^Runs/ }));
  await act(async () => {
    await until(() => {
      const { loading, readAt, error } = model.getSnapshot();
      return !loading && (readAt !== null || error !== null);
    });
  });
  return { executed };
}

const CREDIT = 'mlflow.set_experiment("credit")';

describe('the section', () => {
  it('sends to MLflow when its server is stopped', async () => {
    const down = new RelayError({
      code: 'server_not_running',
      message: 'Team does not run: SageMaker says Stopped.',
      hint: 'Ask its owner.',
      connection: 'team'
    });
    const { executed } = await show(
      CREDIT,
      setUp([], { table: { [`${API}experiments/get-by-name`]: down } })
    );
    expect(screen.queryByRole('alert')).toBeNull();
    expect(document.body).toHaveTextContent('Open MLflow to start it');
    fireEvent.click(screen.getByRole('button', { name: 'Open MLflow' }));
    expect(executed).toEqual([[CommandIDs.openMLflow, { connection: 'team' }]]);
  });

  it('is closed at first, and says which experiment it would show', () => {
    const setup = setUp([]);
    open.push(setup);
    setup.watch.say('a.ipynb', CREDIT);
    render(
      <RunsView
        model={setup.model}
        actions={new RunActions(setup.model, { trans } as IActServices)}
        trans={trans}
      />
    );
    const toggle = screen.getByRole('button', { name: 'Runs credit' });
    expect(toggle).toHaveAttribute('aria-expanded', 'false');
    expect(screen.queryByRole('searchbox')).toBeNull();
  });

  it('lists runs with state and metrics, also for the ear', async () => {
    await show(
      CREDIT,
      setUp(
        [
          wireRun('a', { metrics: { auc: 0.83125 }, at: 2 }),
          wireRun('b', { status: 'FAILED', at: 1 })
        ],
        {
          table: {
            [`${API}metrics/get-history-bulk-interval`]: {
              metrics: [
                { run_id: 'a', value: 0.5, step: 0 },
                { run_id: 'a', value: 0.83125, step: 9 }
              ]
            }
          }
        }
      )
    );
    const list = screen.getByRole('listbox', { name: 'Runs of credit' });
    expect(list).toBeVisible();
    await screen.findByRole('option', {
      name: /^run a, Finished, .*auc 0\.8313 \(from 0\.5000 to 0\.8313 over 2 points, lowest 0\.5000, highest 0\.8313\)$/
    });
    expect(
      screen.getByRole('option', { name: /^run b, Failed/ })
    ).toBeVisible();
    expect(screen.getByText('Failed')).toBeVisible();
    expect(screen.getByText('from the notebook')).toBeVisible();
  });

  it('opens with Enter, registers with +, and has a menu', async () => {
    const { executed } = await show(CREDIT, setUp([wireRun('a')]));
    const list = screen.getByRole('listbox');
    fireEvent.focus(list);
    fireEvent.keyDown(list, { key: 'Enter' });
    fireEvent.keyDown(list, { key: '+' });
    expect(executed).toEqual([
      [
        CommandIDs.openMLflow,
        { connection: 'mlflow', route: '/experiments/7/runs/a' }
      ],
      [CommandIDs.registerModel, { mlflow: 'mlflow', runId: 'a' }]
    ]);
    fireEvent.keyDown(list, { key: 'F10', shiftKey: true });
    const labels = Array.from(
      document.querySelectorAll('.lm-Menu-itemLabel'),
      ({ textContent }) => textContent
    ).filter(Boolean);
    expect(labels).toEqual([
      'Open in MLflow',
      'Register This Run…',
      'Copy Run ID'
    ]);
  });

  it('registers what it can where MLflow’s pages are switched off', async () => {
    const { executed } = await show(
      CREDIT,
      setUp([wireRun('a')], { connections: [mlflowConnection({ ui: 'none' })] })
    );
    expect(screen.queryByTitle('Open in MLflow (Enter)')).toBeNull();
    const list = screen.getByRole('listbox');
    fireEvent.focus(list);
    fireEvent.keyDown(list, { key: 'Enter' });
    expect(executed.map(([id]) => id)).toEqual([CommandIDs.registerModel]);
  });

  it('is as high as one makes it, also with the keyboard', async () => {
    const setup = setUp([wireRun('a')]);
    await show(CREDIT, setup);
    const edge = screen.getByRole('separator', { name: 'Height of runs' });
    expect(edge).toHaveAttribute('aria-valuenow', '45');
    fireEvent.keyDown(edge, { key: 'ArrowUp' });
    expect(edge).toHaveAttribute('aria-valuenow', '50');
    for (let i = 0; i < 20; i++) {
      fireEvent.keyDown(edge, { key: 'ArrowDown' });
    }
    expect(edge).toHaveAttribute('aria-valuenow', '20');
    expect(setup.store.share).toBe(20);
  });

  it('finds, and finds its way back', async () => {
    await show(CREDIT, setUp([wireRun('a', { metrics: { auc: 0.5 } })]));
    const search = screen.getByRole('searchbox');
    fireEvent.change(search, { target: { value: 'auc > 0.9' } });
    expect(await screen.findByText('Nothing found')).toBeVisible();
    expect(screen.getByText(/None of 1 run matches/)).toBeVisible();
    fireEvent.click(screen.getByText('Show all runs'));
    expect(screen.getByRole('listbox')).toBeVisible();
    expect(search).toHaveValue('');
  });

  it.each<[string, string | null, string | null, string, string | null]>([
    ['no notebook', null, null, 'No notebook is open', 'Choose experiment…'],
    [
      'a notebook without a word of it',
      'x = 1',
      'a.ipynb',
      'The notebook names no experiment',
      'Choose experiment…'
    ],
    [
      'a name that only runs tell',
      'mlflow.set_experiment(pick())',
      'a.ipynb',
      'The experiment is not written out',
      'Choose experiment…'
    ],
    [
      'an experiment to be made',
      'mlflow.set_experiment("new")',
      'a.ipynb',
      '“new” does not exist yet',
      'Read again'
    ],
    [
      'an experiment without runs',
      CREDIT,
      'a.ipynb',
      'No runs yet',
      'Read again'
    ]
  ])('says what to do about %s', async (_, code, path, title, button) => {
    await show(code, setUp([]), path);
    expect(screen.getByText(title)).toBeVisible();
    if (button) {
      expect(screen.getByRole('button', { name: button })).toBeVisible();
    }
  });

  it('says that there is no MLflow', async () => {
    await show(CREDIT, setUp([], { connections: [] }));
    expect(screen.getByText('MLflow is not set up')).toBeVisible();
  });

  it('names a failure, and reads again', async () => {
    const setup = setUp([wireRun('a')]);
    const runs = setup.relay.table[`${API}runs/search`];
    setup.relay.table[`${API}runs/search`] = new Response(
      JSON.stringify({ error_code: 'PERMISSION_DENIED', message: 'not yours' }),
      { status: 403 }
    );
    await show(CREDIT, setup);
    expect(screen.getByRole('alert')).toHaveTextContent('not yours');
    setup.relay.table[`${API}runs/search`] = runs;
    fireEvent.click(screen.getByRole('button', { name: 'Read runs again' }));
    expect(await screen.findByRole('listbox')).toBeVisible();
  });

  it('warns of a failure above the runs that are there', async () => {
    const setup = setUp([wireRun('a')]);
    await show(CREDIT, setup);
    setup.relay.table[`${API}runs/search`] = new Error('gone');
    fireEvent.click(screen.getByRole('button', { name: 'Read runs again' }));
    expect(await screen.findByText(/^Not read again/)).toBeVisible();
    expect(screen.getByRole('listbox')).toBeVisible();
  });

  it('warns of an experiment that was deleted', async () => {
    await show(
      CREDIT,
      setUp([wireRun('a')], {
        table: {
          [`${API}experiments/get-by-name`]: {
            experiment: {
              experiment_id: '7',
              name: 'credit',
              lifecycle_stage: 'deleted'
            }
          }
        }
      })
    );
    expect(screen.getByText('“credit” was deleted in MLflow.')).toBeVisible();
  });
});

describe('a row', () => {
  const points: IMetricPoint[] = [
    { step: 0, value: 1, timestamp: null },
    { step: 1, value: 2, timestamp: null }
  ];

  it('draws a line only where there is one', () => {
    const { container } = render(
      <RunRow
        run={mlflowRun({ metrics: { auc: 2, gini: 1 } })}
        lines={['auc', 'gini', 'ks']}
        height={3}
        points={name => (name === 'auc' ? points : [])}
        trans={trans}
      />
    );
    expect(container.querySelectorAll('svg.jp-sg-spark')).toHaveLength(1);
    expect(container).toHaveTextContent('ks–');
  });

  it('acts with one click, without choosing the row', () => {
    const register = jest.fn();
    const openRun = jest.fn();
    const select = jest.fn();
    const run = mlflowRun();
    render(
      <div role="presentation" onClick={select}>
        <RunRow
          run={run}
          lines={[]}
          height={0}
          points={() => undefined}
          trans={trans}
          onRegister={register}
          onOpen={openRun}
        />
      </div>
    );
    fireEvent.click(screen.getByText('Register…'));
    fireEvent.click(screen.getByTitle('Open in MLflow (Enter)'));
    expect(register).toHaveBeenCalledWith(run);
    expect(openRun).toHaveBeenCalledWith(run);
    expect(select).not.toHaveBeenCalled();
  });

  it.each([
    ['FINISHED', 'Finished', null],
    ['RUNNING', 'Running', 'progress'],
    ['SCHEDULED', 'Scheduled', 'progress'],
    ['FAILED', 'Failed', 'rejected'],
    ['KILLED', 'Stopped', 'retired'],
    ['PAUSED', 'PAUSED', 'retired']
  ])(
    'of state %s says %s, never in the colour of approval',
    (status, word, tone) => {
      expect(stateText(status, trans)).toMatchObject({ word, tone });
    }
  );

  it('says everything that is drawn', () => {
    const run = mlflowRun({
      startTime: null,
      metrics: { auc: 2, gini: NaN },
      models: [
        {
          modelId: 'm-1',
          name: 'model',
          artifactUri: '',
          runId: 'r1',
          registered: { name: 'pd', version: '3' }
        }
      ]
    });
    expect(
      rowLabel(
        run,
        ['auc', 'gini', 'ks'],
        name => (name === 'auc' ? points : undefined),
        trans
      )
    ).toBe(
      'baseline, Finished, auc 2 (from 1 to 2 over 2 points, lowest 1, highest 2), gini –, Models: model (pd version 3)'
    );
    expect(courseText([], trans)).toBeNull();
    expect(modelsText(mlflowRun(), trans)).toBe('');
  });
});
