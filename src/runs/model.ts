/** Runs of the notebook's experiment: what is read when, and what is shown. */
import { Debouncer, Poll } from '@lumino/polling';

import { isAbort } from '../relay';
import type { IMetricPoint, IMLflow, IMLflowRun } from '../tokens';
import { Histories } from './histories';
import {
  type IRunSort,
  isLive,
  keyMetrics,
  linesOf,
  makeFilter,
  metricNames,
  MOST_METRICS,
  sortRuns
} from './metrics';
import type { INotebook, INotebookWatch } from './notebook';
import type { IChoice, RunsStore } from './store';
import { choiceInForce, findTarget, mentionKey, type Target } from './target';

/** Runs read of an experiment. */
export const MOST_RUNS = 100;

/** ms between two readings while something goes on. */
export const INTERVAL = 15_000;

/** Longest ms between two readings while they fail. */
const MOST_WAIT = 300_000;

/** ms between a reading and the next one that a cell brings about. */
const CELL_INTERVAL = 10_000;

/** ms after which a reading is old when the section comes into view again. */
const OLD = 60_000;

/** ms of rest before a dragged height is kept. */
const SAVE_DELAY = 500;

/** Everything that the section shows; a new object after each change. */
export interface IRunsSnapshot {
  open: boolean;
  /** Percent of the panel's height that the open section takes. */
  share: number;
  notebook: INotebook | null;
  target: Target;
  loading: boolean;
  /** Why the last reading failed; runs of an earlier one may be there. */
  error: unknown;
  /** All runs that were read; null: none yet. */
  runs: readonly IMLflowRun[] | null;
  /** Runs under the search, in order. */
  rows: readonly IMLflowRun[];
  /** ms since epoch; null: never. */
  readAt: number | null;
  /** Names of all metrics. */
  names: readonly string[];
  /** Metrics that rows show. */
  shown: readonly string[];
  text: string;
  sort: IRunSort;
  /** Id of the selected run. */
  selected: string | null;
  /** Why sparklines could not be read. */
  historyError: unknown;
}

export class RunsModel {
  constructor(private _options: RunsModel.IOptions) {
    const { mlflow, watch, store } = _options;
    this._histories = new Histories(mlflow, () => this._set({}));
    this._snapshot = {
      open: store.open,
      share: store.share,
      notebook: watch.current,
      target: { kind: 'reading' },
      loading: false,
      error: null,
      runs: null,
      rows: [],
      readAt: null,
      names: [],
      shown: [],
      text: '',
      sort: store.sort,
      selected: null,
      historyError: null
    };
    this._save = new Debouncer(() => store.save(), SAVE_DELAY);
    this._poll = new Poll({
      auto: false,
      factory: () => this._read(),
      frequency: { interval: INTERVAL, backoff: true, max: MOST_WAIT },
      standby: () => !this._isLive,
      name: 'jupyterlab-sagemaker-governance:runs'
    });
    watch.changed.connect(this._onNotebook, this);
    watch.executed.connect(this._onExecuted, this);
    watch.renamed.connect(this._onRenamed, this);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  };

  readonly getSnapshot = (): IRunsSnapshot => this._snapshot;

  /** Points of a metric; undefined: not read. */
  points(runId: string, metric: string): readonly IMetricPoint[] | undefined {
    return this._histories.points(runId, metric);
  }

  /** The choice that holds for the notebook. */
  get choice(): IChoice | null {
    const { notebook } = this._snapshot;
    return choiceInForce(
      this._options.store.choice(notebook?.path ?? ''),
      notebook?.experiment ?? null
    );
  }

  /** Whether the section is on screen, open or not. */
  setVisible(visible: boolean): void {
    if (visible === this._visible) {
      return;
    }
    this._visible = visible;
    this._options.watch.setActive(visible);
    this._attend();
  }

  setOpen(open: boolean): void {
    const { store } = this._options;
    if (open === this._snapshot.open) {
      return;
    }
    store.open = open;
    store.save();
    this._set({ open });
    this._attend();
  }

  /** Read again, now. */
  async refresh(): Promise<void> {
    try {
      await this._read();
    } catch {
      // The snapshot has it.
    }
  }

  /** Choose an experiment for the notebook; null: as the notebook says. */
  choose(choice: Omit<IChoice, 'instead'> | null): void {
    const { notebook } = this._snapshot;
    const instead = mentionKey(notebook?.experiment ?? null);
    this._options.store.choose(
      notebook?.path ?? '',
      choice && { ...choice, instead }
    );
    this._forget();
    void this.refresh();
  }

  setText(text: string): void {
    this._set({ text });
  }

  /** Order the list; a metric that it is ordered by is shown, too. */
  setSort(sort: IRunSort): void {
    const { store } = this._options;
    store.sort = sort;
    store.save();
    this._set({ sort });
    this._readHistories();
  }

  /** Show a metric in rows, or take it out; the first one gives way. */
  toggleMetric(name: string): void {
    const { target, shown } = this._snapshot;
    if (target.kind !== 'found') {
      return;
    }
    const next = shown.includes(name)
      ? shown.filter(one => one !== name)
      : [...shown, name].slice(-MOST_METRICS);
    this._options.store.setMetrics(keyOf(target), next);
    this._set({});
    this._readHistories();
  }

  /** Give the open section another part of the panel's height, percent. */
  setShare(share: number): void {
    const { store } = this._options;
    store.share = share;
    this._set({ share });
    void this._save.invoke();
  }

  select(runId: string): void {
    this._set({ selected: runId });
  }

  /** The rows that are on screen. */
  readonly setRows = (rows: readonly IMLflowRun[]): void => {
    this._rows = rows;
    this._readHistories();
  };

  dispose(): void {
    const { watch } = this._options;
    watch.changed.disconnect(this._onNotebook, this);
    watch.executed.disconnect(this._onExecuted, this);
    watch.renamed.disconnect(this._onRenamed, this);
    this._poll.dispose();
    this._save.dispose();
    this._abort?.abort();
    this._histories.dispose();
    clearTimeout(this._soon);
    this._listeners.clear();
  }

  /** The section is there to be looked at. */
  private get _attended(): boolean {
    return this._visible && this._snapshot.open;
  }

  /** Something may change by itself. */
  private get _isLive(): boolean {
    const { runs } = this._snapshot;
    return (
      this._attended &&
      !document.hidden &&
      ((runs ?? []).some(isLive) || this._options.watch.isBusy)
    );
  }

  private _attend(): void {
    if (!this._attended) {
      clearTimeout(this._soon);
      this._soon = undefined;
      void this._poll.stop();
      return;
    }
    void this._poll.schedule({ phase: 'started', interval: INTERVAL });
    const { readAt, loading, error } = this._snapshot;
    if (!loading && (error !== null || Date.now() - (readAt ?? 0) > OLD)) {
      void this.refresh();
    }
  }

  private _onNotebook(): void {
    const { watch } = this._options;
    const before = this._snapshot.notebook;
    const notebook = watch.current;
    this._set({ notebook });
    const same =
      before?.path === notebook?.path &&
      mentionKey(before?.experiment ?? null) ===
        mentionKey(notebook?.experiment ?? null) &&
      before?.trackingUri === notebook?.trackingUri;
    if (!same) {
      this._forget();
      if (this._attended) {
        void this.refresh();
      }
    }
  }

  /** Another experiment may be meant now. */
  private _forget(): void {
    this._abort?.abort();
    this._abort = null;
    this._histories.clear();
    this._set({
      target: { kind: 'reading' },
      runs: null,
      readAt: null,
      error: null,
      loading: false,
      selected: null
    });
  }

  private _onExecuted(): void {
    if (!this._attended || this._soon !== undefined) {
      return;
    }
    // Cells of a second do not ask as often.
    const since = Date.now() - (this._snapshot.readAt ?? 0);
    this._soon = setTimeout(
      () => {
        this._soon = undefined;
        void this.refresh();
      },
      Math.max(1000, CELL_INTERVAL - since)
    );
  }

  private _onRenamed(
    _: INotebookWatch,
    { from, to }: { from: string; to: string }
  ): void {
    this._options.store.rename(from, to);
  }

  /** @throws what the reading throws; the snapshot has it then */
  private async _read(): Promise<void> {
    const { mlflow, watch, store, preferred } = this._options;
    this._abort?.abort();
    const abort = new AbortController();
    this._abort = abort;
    const { signal } = abort;
    const { current } = watch;
    this._set({ loading: true, notebook: current });
    try {
      const target = await findTarget(
        mlflow,
        current,
        store.choice(current?.path ?? ''),
        await preferred(),
        signal
      );
      const runs =
        target.kind === 'found'
          ? await mlflow.searchRuns(
              target.connection.id,
              [target.id],
              MOST_RUNS,
              signal
            )
          : null;
      if (this._abort !== abort) {
        return;
      }
      this._set({
        target,
        runs,
        loading: false,
        error: null,
        readAt: Date.now()
      });
      this._histories.retry();
      this._readHistories();
    } catch (error) {
      if (this._abort === abort && !isAbort(error)) {
        this._set({ loading: false, error });
        throw error;
      }
    }
  }

  private _readHistories(): void {
    const { target, runs, shown, names } = this._snapshot;
    if (target.kind !== 'found' || !runs || !this._attended) {
      return;
    }
    // Rows on screen may be of the reading before this one.
    const now = new Map(runs.map(run => [run.runId, run]));
    const rows = this._rows.flatMap(({ runId }) => now.get(runId) ?? []);
    const { id } = target.connection;
    void this._histories.read(id, rows, run => linesOf(run, shown, names));
  }

  private _set(change: Partial<IRunsSnapshot>): void {
    const next = { ...this._snapshot, ...change };
    const { runs, target, sort, text } = next;
    next.historyError = this._histories?.error ?? null;
    if (runs !== this._snapshot.runs) {
      next.names = runs ? metricNames(runs) : [];
    }
    next.shown = this._shown(next.names, target, sort);
    const { runs: had, sort: order, text: sought } = this._snapshot;
    // The same rows as long as nothing is different: the list looks at that.
    if (runs !== had || sort !== order || text !== sought) {
      next.rows = runs ? sortRuns(runs.filter(makeFilter(text)), sort) : [];
    }
    this._snapshot = next;
    this._listeners.forEach(listener => listener());
  }

  /** Metrics of rows; the one that the list is ordered by comes first. */
  private _shown(
    names: readonly string[],
    target: Target,
    { by }: IRunSort
  ): readonly string[] {
    const chosen =
      target.kind === 'found'
        ? this._options.store.metrics(keyOf(target))
        : null;
    const base = chosen
      ? chosen.filter(name => names.includes(name))
      : keyMetrics(names);
    const shown =
      by !== null && names.includes(by)
        ? [by, ...base.filter(name => name !== by)].slice(0, MOST_METRICS)
        : base;
    const before = this._snapshot.shown;
    const same =
      shown.length === before.length &&
      shown.every((name, i) => name === before[i]);
    return same ? before : shown;
  }

  private _snapshot: IRunsSnapshot;
  private _listeners = new Set<() => void>();
  private _histories: Histories;
  private _poll: Poll;
  private _save: Debouncer<void, void>;
  private _abort: AbortController | null = null;
  private _visible = false;
  private _rows: readonly IMLflowRun[] = [];
  private _soon: ReturnType<typeof setTimeout> | undefined;
}

export namespace RunsModel {
  export interface IOptions {
    mlflow: IMLflow;
    watch: INotebookWatch;
    /** Loaded. */
    store: RunsStore;
    /** Id of the MLflow connection that the settings prefer; empty: none. */
    preferred(): Promise<string>;
  }
}

function keyOf(target: Extract<Target, { kind: 'found' }>): string {
  return `${target.connection.id}/${target.id}`;
}
