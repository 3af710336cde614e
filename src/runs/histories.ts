/** How metrics went: read for rows on screen, kept for the others. */
import { isAbort } from '../relay';
import type { IMetricPoint, IMLflow, IMLflowRun } from '../tokens';
import { isLive } from './metrics';

/** Runs in one request (MLflow's own cap). */
const MOST_RUNS = 100;

export class Histories {
  constructor(
    private _mlflow: Pick<IMLflow, 'metricHistory'>,
    private _onChange: () => void
  ) {}

  /** Why the last reading failed; null: it did not. */
  get error(): unknown {
    return this._error;
  }

  /** Points of a metric of a run; undefined: not read. */
  points(runId: string, metric: string): readonly IMetricPoint[] | undefined {
    return this._known.get(key(runId, metric))?.points;
  }

  /** What failed may be read again. */
  retry(): void {
    this._failed.clear();
    this._error = null;
  }

  /**
   * Read what is not known of these runs, or has changed since.
   *
   * @param lines metrics of a run that are shown
   */
  async read(
    connection: string,
    runs: readonly IMLflowRun[],
    lines: (run: IMLflowRun) => readonly string[]
  ): Promise<void> {
    const { signal } = this._abort;
    const metrics = new Set(runs.flatMap(lines));
    await Promise.all(
      [...metrics].map(async metric => {
        const wanted = runs
          .filter(
            run => lines(run).includes(metric) && this._wants(run, metric)
          )
          .slice(0, MOST_RUNS);
        if (wanted.length === 0) {
          return;
        }
        wanted.forEach(run => this._asked.add(key(run.runId, metric)));
        try {
          const ids = wanted.map(({ runId }) => runId);
          const found = await this._mlflow.metricHistory(
            connection,
            ids,
            metric,
            signal
          );
          if (signal.aborted) {
            return;
          }
          for (const run of wanted) {
            this._known.set(key(run.runId, metric), {
              points: found.get(run.runId) ?? [],
              state: stateOf(run, metric)
            });
          }
          this._onChange();
        } catch (error) {
          if (!signal.aborted && !isAbort(error)) {
            wanted.forEach(run => this._failed.add(key(run.runId, metric)));
            this._error = error;
            this._onChange();
          }
        } finally {
          wanted.forEach(run => this._asked.delete(key(run.runId, metric)));
        }
      })
    );
  }

  /** Another experiment: nothing of the old one is needed. */
  clear(): void {
    this._abort.abort();
    this._abort = new AbortController();
    this._known.clear();
    this._asked.clear();
    this.retry();
  }

  dispose(): void {
    this._abort.abort();
  }

  private _wants(run: IMLflowRun, metric: string): boolean {
    const id = key(run.runId, metric);
    return (
      metric in run.metrics &&
      !this._asked.has(id) &&
      !this._failed.has(id) &&
      this._known.get(id)?.state !== stateOf(run, metric)
    );
  }

  private _known = new Map<
    string,
    { points: readonly IMetricPoint[]; state: string }
  >();
  private _asked = new Set<string>();
  private _failed = new Set<string>();
  private _abort = new AbortController();
  private _error: unknown = null;
}

function key(runId: string, metric: string): string {
  return `${runId}\n${metric}`;
}

/** As long as it is the same, the history is, too. */
function stateOf(run: IMLflowRun, metric: string): string {
  return `${isLive(run)} ${run.metrics[metric]}`;
}
