import type { IMLflow, IRelay } from '../tokens';

/** `IMLflow` whose client is loaded with the first call. */
export class LazyMLflow implements IMLflow {
  constructor(private _relay: IRelay) {}

  connections: IMLflow['connections'] = async () =>
    (await this._client()).connections();

  version: IMLflow['version'] = async (...args) =>
    (await this._client()).version(...args);

  searchExperiments: IMLflow['searchExperiments'] = async (...args) =>
    (await this._client()).searchExperiments(...args);

  getExperiment: IMLflow['getExperiment'] = async (...args) =>
    (await this._client()).getExperiment(...args);

  searchRuns: IMLflow['searchRuns'] = async (...args) =>
    (await this._client()).searchRuns(...args);

  getRun: IMLflow['getRun'] = async (...args) =>
    (await this._client()).getRun(...args);

  getModel: IMLflow['getModel'] = async (...args) =>
    (await this._client()).getModel(...args);

  searchRegisteredModels: IMLflow['searchRegisteredModels'] = async (...args) =>
    (await this._client()).searchRegisteredModels(...args);

  getModelVersion: IMLflow['getModelVersion'] = async (...args) =>
    (await this._client()).getModelVersion(...args);

  metricHistory: IMLflow['metricHistory'] = async (...args) =>
    (await this._client()).metricHistory(...args);

  readMLmodel: IMLflow['readMLmodel'] = async (...args) =>
    (await this._client()).readMLmodel(...args);

  private _client(): Promise<IMLflow> {
    if (!this._loading) {
      const loading = import('./client').then(
        ({ MLflowClient }) => new MLflowClient(this._relay)
      );
      // A chunk that could not be loaded may load the next time.
      loading.catch(() => {
        this._loading = null;
      });
      this._loading = loading;
    }
    return this._loading;
  }

  private _loading: Promise<IMLflow> | null = null;
}
