import { type Answer, fakeRelay } from '../../testing';
import { MLflowClient } from '../client';

const API = 'mlflow/risk/api/2.0/mlflow/';
const BULK = `${API}metrics/get-history-bulk-interval`;
const SINGLE = `${API}metrics/get-history`;

function client(table: Record<string, Answer>) {
  const relay = fakeRelay(table);
  return { mlflow: new MLflowClient(relay), relay };
}

function failure(status: number, code: string): Response {
  return new Response(JSON.stringify({ error_code: code, message: code }), {
    status
  });
}

describe('metricHistory', () => {
  it('asks once for many runs, and orders by step', async () => {
    const { mlflow, relay } = client({
      [BULK]: {
        metrics: [
          { run_id: 'b', key: 'auc', value: 0.7, step: '2', timestamp: '9' },
          { run_id: 'a', key: 'auc', value: 0.5, step: 10, timestamp: 8 },
          { run_id: 'a', key: 'auc', value: 'NaN', timestamp: 7 },
          { run_id: 'a', key: 'auc', value: {} }
        ]
      }
    });
    const found = await mlflow.metricHistory('risk', ['a', 'b', 'c'], 'auc');
    expect(relay.calls.map(({ path }) => path)).toEqual([
      `${BULK}?run_ids=a&run_ids=b&run_ids=c&metric_key=auc&max_results=60`
    ]);
    expect([...found]).toEqual([
      [
        'a',
        [
          { step: 0, value: NaN, timestamp: 7 },
          { step: 10, value: 0.5, timestamp: 8 }
        ]
      ],
      ['b', [{ step: 2, value: 0.7, timestamp: 9 }]],
      ['c', []]
    ]);
  });

  it.each([
    ['a server without the route', failure(404, 'ENDPOINT_NOT_FOUND')],
    ['a gateway without it', new Response('no', { status: 501 })]
  ])('asks %s run by run, and remembers that', async (_, answer) => {
    const { mlflow, relay } = client({
      [BULK]: answer,
      [SINGLE]: ({ path }) => ({
        metrics: path.includes('run_id=a')
          ? Array.from({ length: 200 }, (_, step) => ({ step, value: step }))
          : []
      })
    });
    const found = await mlflow.metricHistory('risk', ['a', 'b'], 'auc');
    const points = found.get('a') ?? [];
    expect(points).toHaveLength(60);
    expect([points[0].step, points[59].step]).toEqual([0, 199]);
    expect(found.get('b')).toEqual([]);
    await mlflow.metricHistory('risk', ['a'], 'auc');
    expect(relay.callsOf('bulk-interval')).toHaveLength(1);
  });

  it('leaves out a run that was deleted since', async () => {
    const { mlflow } = client({
      [BULK]: failure(404, 'RESOURCE_DOES_NOT_EXIST'),
      [SINGLE]: ({ path }) =>
        path.includes('run_id=a')
          ? failure(404, 'RESOURCE_DOES_NOT_EXIST')
          : { metrics: [{ value: 1 }] }
    });
    const found = await mlflow.metricHistory('risk', ['a', 'b'], 'auc');
    expect(found.get('a')).toEqual([]);
    expect(found.get('b')).toHaveLength(1);
  });

  it('hides no other failure', async () => {
    const { mlflow } = client({ [BULK]: failure(403, 'PERMISSION_DENIED') });
    await expect(
      mlflow.metricHistory('risk', ['a'], 'auc')
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('asks nothing for no run', async () => {
    const { mlflow, relay } = client({});
    expect((await mlflow.metricHistory('risk', [], 'auc')).size).toBe(0);
    expect(relay.calls).toEqual([]);
  });
});

describe('getExperiment', () => {
  it('reads by name and by id', async () => {
    const { mlflow, relay } = client({
      [`${API}experiments/get-by-name`]: {
        experiment: {
          experiment_id: '7',
          name: 'a b',
          lifecycle_stage: 'active'
        }
      },
      [`${API}experiments/get`]: {
        experiment: {
          experiment_id: 7,
          name: 'a b',
          lifecycle_stage: 'deleted'
        }
      }
    });
    expect(await mlflow.getExperiment('risk', { name: 'a b' })).toEqual({
      id: '7',
      name: 'a b',
      deleted: false
    });
    expect(await mlflow.getExperiment('risk', { id: '7' })).toMatchObject({
      id: '7',
      deleted: true
    });
    expect(relay.calls[0].path).toContain('experiment_name=a%20b');
  });

  it('tells none from a failure', async () => {
    const { mlflow, relay } = client({
      [`${API}experiments/get-by-name`]: failure(404, 'RESOURCE_DOES_NOT_EXIST')
    });
    expect(await mlflow.getExperiment('risk', { name: 'x' })).toBeNull();
    relay.table[`${API}experiments/get-by-name`] = failure(
      403,
      'PERMISSION_DENIED'
    );
    await expect(
      mlflow.getExperiment('risk', { name: 'x' })
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});
