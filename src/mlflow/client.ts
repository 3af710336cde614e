/** MLflow's REST API through the relay. */
import { readText, UpstreamError } from '../relay';
import type {
  IMLflow,
  IMLflowConnection,
  IMLflowModel,
  IMLflowRun,
  IMLmodel,
  IMetricPoint,
  IRelay
} from '../tokens';
import { Calls, isMissing } from './calls';
import { isDown, knownServers, listServers } from './servers';
import {
  list,
  member,
  modelsFromTags,
  number,
  parseLoggedModel,
  parseRun,
  text
} from './wire';

/** Largest page of logged models (MLflow's own cap). */
const MODEL_PAGE = 50;
/** Pages of logged models that are joined to a list of runs. */
const MODEL_PAGES = 4;
/** Experiments read at once. */
const EXPERIMENTS = 1000;
/** Longest answer in which a version is looked for, bytes. */
const MAX_VERSION = 1024;

/** Reads MLflow tracking servers, 2.x and 3.x. */
export class MLflowClient implements IMLflow {
  constructor(private _relay: IRelay) {
    this._calls = new Calls(_relay);
  }

  async connections(named?: string | null): Promise<IMLflowConnection[]> {
    const { connections } = await this._relay.config();
    const configured = connections.filter(
      (connection): connection is IMLflowConnection =>
        connection.kind === 'mlflow'
    );
    // Looking takes seconds: nobody waits for it who has a server already.
    const sought =
      named?.startsWith('arn:') && !configured.some(({ arn }) => arn === named);
    const servers =
      configured.length && !sought
        ? await knownServers(this._relay)
        : (await listServers(this._relay)).servers;
    return [
      ...configured,
      ...servers.filter(
        server => server.discovered && (!isDown(server) || server.arn === named)
      )
    ];
  }

  async version(connection: string, signal?: AbortSignal): Promise<string> {
    const response = await this._calls.send(connection, 'version', {}, signal);
    const version = (
      await readText(response, MAX_VERSION).catch(() => '')
    ).trim();
    if (!/^\d[\w.+-]{0,63}$/.test(version)) {
      throw new UpstreamError({
        kind: 'mlflow',
        connection,
        status: response.status,
        message: 'The answer to “version” is not a version: is this MLflow?'
      });
    }
    return version;
  }

  async searchExperiments(
    connection: string,
    signal?: AbortSignal
  ): Promise<{ id: string; name: string; lastUpdate: number | null }[]> {
    const answer = await this._calls.post(
      connection,
      'experiments/search',
      {
        max_results: EXPERIMENTS,
        view_type: 'ACTIVE_ONLY',
        order_by: ['last_update_time DESC']
      },
      signal
    );
    return list(answer, 'experiments').map(experiment => ({
      id: String(experiment.experiment_id ?? ''),
      name: text(experiment.name) ?? String(experiment.experiment_id ?? ''),
      lastUpdate: number(experiment.last_update_time)
    }));
  }

  async getExperiment(
    connection: string,
    which: { id: string } | { name: string },
    signal?: AbortSignal
  ): Promise<{ id: string; name: string; deleted: boolean } | null> {
    const [path, query] =
      'id' in which
        ? ['experiments/get', { experiment_id: which.id }]
        : ['experiments/get-by-name', { experiment_name: which.name }];
    try {
      const answer = await this._calls.get(connection, path, query, signal);
      const experiment = member(answer, 'experiment');
      const id = String(experiment.experiment_id ?? '');
      return {
        id,
        name: text(experiment.name) ?? id,
        deleted: experiment.lifecycle_stage === 'deleted'
      };
    } catch (error) {
      if (isMissing(error)) {
        return null;
      }
      throw error;
    }
  }

  async searchRuns(
    connection: string,
    experimentIds: string[],
    max = 100,
    signal?: AbortSignal
  ): Promise<IMLflowRun[]> {
    if (experimentIds.length === 0) {
      return [];
    }
    const [answer, models] = await Promise.all([
      this._calls.post(
        connection,
        'runs/search',
        {
          experiment_ids: experimentIds,
          max_results: max,
          run_view_type: 'ACTIVE_ONLY',
          order_by: ['attributes.start_time DESC']
        },
        signal
      ),
      this._searchModels(connection, experimentIds, '', signal)
    ]);
    return list(answer, 'runs').map(raw => {
      const { modelIds: _, ...run } = parseRun(connection, raw);
      const logged = (models ?? []).filter(({ runId }) => runId === run.runId);
      return { ...run, models: logged.length ? logged : modelsFromTags(run) };
    });
  }

  async getRun(
    connection: string,
    runId: string,
    signal?: AbortSignal
  ): Promise<IMLflowRun> {
    const answer = await this._calls.get(
      connection,
      'runs/get',
      { run_id: runId },
      signal
    );
    const { modelIds, ...run } = parseRun(connection, member(answer, 'run'));
    const experiment = this._calls.get(
      connection,
      'experiments/get',
      { experiment_id: run.experimentId },
      signal
    );
    const logged = Promise.all(
      modelIds.map(id =>
        this.getModel(connection, id, signal).then(
          model => [model],
          // A model that was deleted since must not hide the run.
          (error: unknown) => {
            if (isMissing(error)) {
              return [];
            }
            throw error;
          }
        )
      )
    );
    const [found, kept] = await Promise.all([experiment, logged]);
    const models = kept.flat();
    return {
      ...run,
      experimentName: text(member(found, 'experiment').name),
      models: models.length
        ? models
        : await this._registrations(connection, modelsFromTags(run), signal)
    };
  }

  async getModel(
    connection: string,
    modelId: string,
    signal?: AbortSignal
  ): Promise<IMLflowModel> {
    const path = `logged-models/${encodeURIComponent(modelId)}`;
    const answer = await this._calls.get(connection, path, {}, signal);
    return parseLoggedModel(member(answer, 'model'));
  }

  async searchRegisteredModels(
    connection: string,
    query = '',
    signal?: AbortSignal
  ): Promise<
    {
      name: string;
      versions: { version: string; runId: string | null; aliases: string[] }[];
    }[]
  > {
    const words = query.trim().replace(/['"\\]/g, '');
    const filter = words ? `name ILIKE '%${words}%'` : undefined;
    const [models, versions] = await Promise.all([
      this._calls.get(
        connection,
        'registered-models/search',
        { max_results: 200, filter },
        signal
      ),
      this._calls.get(
        connection,
        'model-versions/search',
        { max_results: 1000, filter },
        signal
      )
    ]);
    const all = list(versions, 'model_versions');
    return list(models, 'registered_models').map(model => {
      const name = text(model.name) ?? '';
      const aliases = list(model, 'aliases');
      const mine = all.filter(version => version.name === name);
      return {
        name,
        versions: (mine.length ? mine : list(model, 'latest_versions'))
          .map(version => ({
            version: String(version.version ?? ''),
            runId: text(version.run_id),
            aliases: aliases
              .filter(
                alias => String(alias.version) === String(version.version)
              )
              .flatMap(({ alias }) => text(alias) ?? [])
          }))
          .sort((a, b) => Number(b.version) - Number(a.version))
      };
    });
  }

  async getModelVersion(
    connection: string,
    name: string,
    version: string,
    signal?: AbortSignal
  ): Promise<IMLflowModel> {
    const query = { name, version };
    const [found, download] = await Promise.all([
      this._calls.get(connection, 'model-versions/get', query, signal),
      this._calls.get(
        connection,
        'model-versions/get-download-uri',
        query,
        signal
      )
    ]);
    const model = member(found, 'model_version');
    // 3.x: `source` may be `models:/m-...`, a name and not a place.
    const named = /^models:\/(m-[\w-]+)/.exec(text(model.source) ?? '');
    return {
      modelId: text(model.model_id) ?? named?.[1] ?? null,
      name,
      artifactUri: text(download.artifact_uri) ?? text(model.source) ?? '',
      runId: text(model.run_id),
      registered: { name, version }
    };
  }

  async metricHistory(
    connection: string,
    runIds: readonly string[],
    metric: string,
    signal?: AbortSignal
  ): Promise<Map<string, IMetricPoint[]>> {
    const { readHistory } = await import('./history');
    return readHistory(
      {
        get: (path, query) => this._calls.get(connection, path, query, signal),
        isMissing,
        single: this._singleHistory.has(connection),
        setSingle: () => this._singleHistory.add(connection)
      },
      runIds,
      metric
    );
  }

  async readMLmodel(
    connection: string,
    model: IMLflowModel,
    signal?: AbortSignal
  ): Promise<IMLmodel | null> {
    const { readMLmodel } = await import('./mlmodel');
    return readMLmodel(this._calls, connection, model, signal);
  }

  /**
   * Logged models of experiments, newest first; null on a server without them
   * (2.x).
   */
  private async _searchModels(
    connection: string,
    experimentIds: string[],
    filter: string,
    signal?: AbortSignal
  ): Promise<IMLflowModel[] | null> {
    const models: IMLflowModel[] = [];
    let pageToken: string | undefined;
    try {
      for (let page = 0; page < MODEL_PAGES; page++) {
        const answer = await this._calls.post(
          connection,
          'logged-models/search',
          {
            experiment_ids: experimentIds,
            filter: filter || undefined,
            max_results: MODEL_PAGE,
            page_token: pageToken
          },
          signal
        );
        models.push(...list(answer, 'models').map(parseLoggedModel));
        pageToken = text(answer.next_page_token) ?? undefined;
        if (!pageToken) {
          break;
        }
      }
    } catch (error) {
      if (isMissing(error)) {
        return null;
      }
      throw error;
    }
    return models;
  }

  /** Versions in MLflow's registry of models that a 2.x run logged. */
  private async _registrations(
    connection: string,
    models: IMLflowModel[],
    signal?: AbortSignal
  ): Promise<IMLflowModel[]> {
    const [first] = models;
    if (!first?.runId || !/^[\w-]+$/.test(first.runId)) {
      return models;
    }
    const answer = await this._calls.get(
      connection,
      'model-versions/search',
      { filter: `run_id='${first.runId}'`, max_results: 100 },
      signal
    );
    const versions = list(answer, 'model_versions');
    return models.map(model => {
      const version = versions.find(
        ({ source }) => source === model.artifactUri
      );
      const name = text(version?.name);
      return version && name
        ? { ...model, registered: { name, version: String(version.version) } }
        : model;
    });
  }

  private _calls: Calls;
  /** Connections whose server gives the history of one run at a time. */
  private _singleHistory = new Set<string>();
}
