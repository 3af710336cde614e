import type { IMLflow, IRelay } from '../tokens';

/** `IMLflow` whose client is loaded with the first call. */
export class LazyMLflow implements IMLflow {
  constructor(private _relay: IRelay) {}

  readonly connections = this._later('connections');
  readonly version = this._later('version');
  readonly searchExperiments = this._later('searchExperiments');
  readonly getExperiment = this._later('getExperiment');
  readonly searchRuns = this._later('searchRuns');
  readonly getRun = this._later('getRun');
  readonly getModel = this._later('getModel');
  readonly searchRegisteredModels = this._later('searchRegisteredModels');
  readonly getModelVersion = this._later('getModelVersion');
  readonly metricHistory = this._later('metricHistory');
  readonly readMLmodel = this._later('readMLmodel');

  /** A method that loads what it calls. */
  private _later<K extends keyof IMLflow>(name: K): IMLflow[K] {
    const call = async (...args: never[]): Promise<unknown> =>
      ((await this._client())[name] as (...a: never[]) => unknown)(...args);
    return call as IMLflow[K];
  }

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
