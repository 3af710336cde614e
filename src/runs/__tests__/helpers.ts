import { Signal } from '@lumino/signaling';

import { MLflowClient } from '../../mlflow/client';
import {
  type Answer,
  fakeRelay,
  type IFakeRelay,
  mlflowConnection
} from '../../testing';
import type { IMLflowConnection } from '../../tokens';
import { findExperiment } from '../experiment';
import { RunsModel } from '../model';
import type { INotebook, INotebookWatch } from '../notebook';
import { RunsStore } from '../store';

export const API = 'mlflow/mlflow/api/2.0/mlflow/';

/** A notebook of which a test says what is in it. */
export class FakeWatch implements INotebookWatch {
  current: INotebook | null = null;
  isBusy = false;
  active = false;
  readonly changed: Signal<INotebookWatch, void> = new Signal(this);
  readonly executed: Signal<INotebookWatch, void> = new Signal(this);
  readonly renamed: Signal<INotebookWatch, { from: string; to: string }> =
    new Signal(this);
  setActive(active: boolean): void {
    this.active = active;
  }
  dispose(): void {
    Signal.clearData(this);
  }
  say(path: string | null, ...cells: string[]): void {
    this.current = path === null ? null : { path, ...findExperiment(cells) };
    this.changed.emit();
  }
}

/** A run as MLflow writes it. */
export function wireRun(
  id: string,
  members: {
    metrics?: Record<string, number>;
    status?: string;
    at?: number;
  } = {}
): Record<string, unknown> {
  return {
    info: {
      run_id: id,
      run_name: `run ${id}`,
      experiment_id: '7',
      status: members.status ?? 'FINISHED',
      start_time: members.at ?? Date.UTC(2026, 10, 20),
      artifact_uri: `mlflow-artifacts:/7/${id}/artifacts`
    },
    data: {
      metrics: Object.entries(members.metrics ?? {}).map(([key, value]) => ({
        key,
        value
      }))
    }
  };
}

export function missing(): Response {
  return new Response(
    JSON.stringify({ error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'none' }),
    { status: 404 }
  );
}

export interface ISetup {
  model: RunsModel;
  watch: FakeWatch;
  relay: IFakeRelay;
  store: RunsStore;
}

/** A model over a fake transport: experiment 7 is “credit”. */
export function setUp(
  runs: Record<string, unknown>[],
  options: {
    table?: Record<string, Answer>;
    connections?: IMLflowConnection[];
    store?: RunsStore;
    preferred?: string;
  } = {}
): ISetup {
  const connections = options.connections ?? [mlflowConnection()];
  const relay = fakeRelay(
    {
      [`${API}experiments/get-by-name`]: ({ path }) =>
        path.endsWith('=credit')
          ? { experiment: { experiment_id: '7', name: 'credit' } }
          : missing(),
      [`${API}experiments/get`]: ({ path }) =>
        path.endsWith('=7')
          ? { experiment: { experiment_id: '7', name: 'credit' } }
          : missing(),
      [`${API}runs/search`]: { runs },
      [`${API}logged-models/search`]: { models: [] },
      [`${API}metrics/get-history-bulk-interval`]: { metrics: [] },
      ...options.table
    },
    { connections }
  );
  const mlflow = new MLflowClient(relay);
  if (!options.table?.['mlflow-servers']) {
    // Which connections there are is told by the test alone.
    mlflow.connections = async () => connections;
  }
  const watch = new FakeWatch();
  const store = options.store ?? new RunsStore(null);
  const model = new RunsModel({
    mlflow,
    watch,
    store,
    preferred: async () => options.preferred ?? ''
  });
  return { model, watch, relay, store };
}

/** Wait until something holds; real time, real promises. */
export async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    if (holds()) {
      return;
    }
    await new Promise(done => setTimeout(done, 5));
  }
  throw new Error('It never came to hold.');
}
