import { RelayError, UpstreamError } from '../../relay';
import { type Answer, fakeRelay, mlflowConnection } from '../../testing';
import { MLflowClient } from '../client';

const API = 'mlflow/risk/api/2.0/mlflow/';

const RUN = {
  info: {
    run_id: 'r1',
    run_name: 'logreg',
    experiment_id: '7',
    status: 'FINISHED',
    start_time: '1795251235854',
    end_time: 1795251239081,
    artifact_uri: 'mlflow-artifacts:/7/r1/artifacts'
  },
  data: {
    metrics: [
      { key: 'auc', value: 0.83 },
      { key: 'gini', value: '0.66' },
      { key: 'loss', value: 'NaN' },
      { key: 'broken', value: {} }
    ],
    params: [{ key: 'C', value: '0.1' }],
    tags: [{ key: 'mlflow.user', value: 'ana' }]
  },
  outputs: { model_outputs: [{ model_id: 'm-1', step: '0' }] }
};

const MODEL = {
  info: {
    model_id: 'm-1',
    name: 'model',
    artifact_uri: 'mlflow-artifacts:/7/models/m-1/artifacts',
    source_run_id: 'r1',
    tags: [
      {
        key: 'mlflow.modelVersions',
        value: '[{"name": "pd", "version": 2}, {"name": "pd", "version": "10"}]'
      }
    ]
  }
};

const MLMODEL = 'flavors:\n  sklearn: {sklearn_version: 1.5.2}\n';

function failure(status: number, code: string): Response {
  return new Response(
    JSON.stringify({ error_code: code, message: `no: ${code}` }),
    { status }
  );
}

function client(table: Record<string, Answer>): {
  mlflow: MLflowClient;
  relay: ReturnType<typeof fakeRelay>;
} {
  const relay = fakeRelay(table);
  return { mlflow: new MLflowClient(relay), relay };
}

describe('MLflowClient', () => {
  it('lists only connections of its kind', async () => {
    const connection = mlflowConnection();
    const relay = fakeRelay({}, { connections: [connection] });
    expect(await new MLflowClient(relay).connections()).toEqual([connection]);
  });

  it('reads a run with its models; int64 may be text', async () => {
    const { mlflow } = client({
      [`${API}runs/get`]: { run: RUN },
      [`${API}experiments/get`]: { experiment: { name: 'Credit risk' } },
      [`${API}logged-models/m-1`]: { model: MODEL }
    });
    expect(await mlflow.getRun('risk', 'r1')).toEqual({
      connection: 'risk',
      experimentId: '7',
      experimentName: 'Credit risk',
      runId: 'r1',
      runName: 'logreg',
      status: 'FINISHED',
      startTime: 1795251235854,
      endTime: 1795251239081,
      artifactUri: 'mlflow-artifacts:/7/r1/artifacts',
      metrics: { auc: 0.83, gini: 0.66, loss: NaN },
      params: { C: '0.1' },
      tags: { 'mlflow.user': 'ana' },
      models: [
        {
          modelId: 'm-1',
          name: 'model',
          artifactUri: 'mlflow-artifacts:/7/models/m-1/artifacts',
          runId: 'r1',
          registered: { name: 'pd', version: '10' }
        }
      ]
    });
  });

  it('shows a run whose model was deleted', async () => {
    const { mlflow } = client({
      [`${API}runs/get`]: { run: RUN },
      [`${API}experiments/get`]: { experiment: { name: 'x' } },
      [`${API}logged-models/m-1`]: failure(404, 'RESOURCE_DOES_NOT_EXIST')
    });
    expect((await mlflow.getRun('risk', 'r1')).models).toEqual([]);
  });

  it('does not hide that a model may not be read', async () => {
    const { mlflow } = client({
      [`${API}runs/get`]: { run: RUN },
      [`${API}experiments/get`]: { experiment: { name: 'x' } },
      [`${API}logged-models/m-1`]: failure(403, 'PERMISSION_DENIED')
    });
    await expect(mlflow.getRun('risk', 'r1')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED'
    });
  });

  it('finds models of a 2.x run in its tags, with their versions', async () => {
    const history = JSON.stringify([
      { artifact_path: 'model' },
      { artifact_path: 'model' }
    ]);
    const { outputs: _, ...old } = RUN;
    const { mlflow } = client({
      [`${API}runs/get`]: {
        run: {
          ...old,
          data: { tags: [{ key: 'mlflow.log-model.history', value: history }] }
        }
      },
      [`${API}experiments/get`]: { experiment: {} },
      [`${API}model-versions/search`]: {
        model_versions: [
          {
            name: 'pd',
            version: '3',
            source: 'mlflow-artifacts:/7/r1/artifacts/model'
          }
        ]
      }
    });
    expect((await mlflow.getRun('risk', 'r1')).models).toEqual([
      {
        modelId: null,
        name: 'model',
        artifactUri: 'mlflow-artifacts:/7/r1/artifacts/model',
        runId: 'r1',
        registered: { name: 'pd', version: '3' }
      }
    ]);
  });

  it('lists runs of a server without logged models', async () => {
    const { mlflow, relay } = client({
      [`${API}runs/search`]: { runs: [RUN] },
      [`${API}logged-models/search`]: new Response('<h1>Not Found</h1>', {
        status: 404
      })
    });
    const [run] = await mlflow.searchRuns('risk', ['7'], 5);
    expect(run).toMatchObject({ runId: 'r1', models: [] });
    expect(relay.callsOf('runs/search')[0].body).toMatchObject({
      experiment_ids: ['7'],
      max_results: 5
    });
  });

  it('joins models of all pages to their runs', async () => {
    let page = 0;
    const { mlflow, relay } = client({
      [`${API}runs/search`]: { runs: [RUN] },
      [`${API}logged-models/search`]: () =>
        page++ ? { models: [MODEL] } : { models: [], next_page_token: 'n' }
    });
    const [run] = await mlflow.searchRuns('risk', ['7']);
    expect(run.models.map(({ modelId }) => modelId)).toEqual(['m-1']);
    expect(relay.callsOf('logged-models')[1].body).toMatchObject({
      page_token: 'n'
    });
  });

  it('asks nothing for no experiments', async () => {
    const { mlflow, relay } = client({});
    expect(await mlflow.searchRuns('risk', [])).toEqual([]);
    expect(relay.calls).toEqual([]);
  });

  it('groups registered versions, newest first, with aliases', async () => {
    const { mlflow, relay } = client({
      [`${API}registered-models/search`]: {
        registered_models: [
          { name: 'pd', aliases: [{ alias: 'champion', version: '2' }] },
          { name: 'empty' }
        ]
      },
      [`${API}model-versions/search`]: {
        model_versions: [
          { name: 'pd', version: '2', run_id: 'r2' },
          { name: 'pd', version: '10', run_id: '' }
        ]
      }
    });
    expect(await mlflow.searchRegisteredModels('risk', " p'd ")).toEqual([
      {
        name: 'pd',
        versions: [
          { version: '10', runId: null, aliases: [] },
          { version: '2', runId: 'r2', aliases: ['champion'] }
        ]
      },
      { name: 'empty', versions: [] }
    ]);
    const [call] = relay.callsOf('registered-models/search');
    expect(decodeURIComponent(call.path)).toContain("filter=name ILIKE '%pd%'");
  });

  it('resolves the storage address of a version', async () => {
    const { mlflow } = client({
      [`${API}model-versions/get`]: {
        model_version: { name: 'pd', source: 'models:/m-9f', run_id: 'r1' }
      },
      [`${API}model-versions/get-download-uri`]: {
        artifact_uri: 's3://bucket/7/models/m-9f'
      }
    });
    expect(await mlflow.getModelVersion('risk', 'pd', '1')).toEqual({
      modelId: 'm-9f',
      name: 'pd',
      artifactUri: 's3://bucket/7/models/m-9f',
      runId: 'r1',
      registered: { name: 'pd', version: '1' }
    });
  });

  it('reads MLmodel where the server has it', async () => {
    const { mlflow, relay } = client({
      'mlflow/risk/ajax-api/2.0/mlflow/logged-models/m-1/artifacts/files':
        failure(404, 'ENDPOINT_NOT_FOUND'),
      'mlflow/risk/get-artifact': new Response(MLMODEL)
    });
    const model = {
      modelId: 'm-1',
      name: 'model',
      artifactUri: 's3://b/7/r1/artifacts/my model/',
      runId: 'r1',
      registered: null
    };
    expect(await mlflow.readMLmodel('risk', model)).toMatchObject({
      framework: 'SKLEARN',
      frameworkVersion: '1.5.2'
    });
    expect(relay.calls[1].path).toBe(
      'mlflow/risk/get-artifact?run_uuid=r1&path=my%20model%2FMLmodel'
    );
  });

  it.each([
    ['nothing is there', failure(404, 'RESOURCE_DOES_NOT_EXIST')],
    ['it is too large', new Response(`a: ${'x'.repeat(1024 * 1024)}`)],
    ['it is no YAML', new Response('{{')]
  ])('reads no MLmodel when %s', async (_, answer) => {
    const { mlflow } = client({ 'mlflow/risk/get-artifact': answer });
    const model = {
      modelId: null,
      name: 'model',
      artifactUri: 's3://b/7/r1/artifacts/model',
      runId: 'r1',
      registered: null
    };
    expect(await mlflow.readMLmodel('risk', model)).toBeNull();
  });

  it('says when the server is not MLflow', async () => {
    const { mlflow } = client({
      'mlflow/risk/version': new Response('<html>Sign in</html>'),
      [`${API}runs/get`]: new Response('<html>Sign in</html>')
    });
    await expect(mlflow.version('risk')).rejects.toThrow(UpstreamError);
    await expect(mlflow.getRun('risk', 'r1')).rejects.toThrow('not JSON');
  });

  it('passes a failure of the relay on', async () => {
    const error = new RelayError({
      code: 'upstream_unreachable',
      message: 'down'
    });
    const { mlflow } = client({ [`${API}experiments/search`]: error });
    await expect(mlflow.searchExperiments('risk')).rejects.toBe(error);
  });
});
