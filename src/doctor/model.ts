/** One check of the installation after the other; no DOM. */
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { isAbort } from '../relay';
import type { ICheckSummary, IConnection, IRelay } from '../tokens';
import { countStates } from './order';
import { runChecks } from './stream';
import type { IFinding, IPageFacts } from './stream';

/** What the view shows. */
export interface IDoctorSnapshot {
  /** `idle`: nothing was run yet. */
  state: 'idle' | 'running' | 'done' | 'cancelled' | 'failed';
  findings: readonly IFinding[];
  finished: number;
  /** Number of checks; null: not told yet. */
  total: number | null;
  /** ms since epoch at which the last run began. */
  startedAt: number;
  /** ms that it took; null: it did not come to its end. */
  ms: number | null;
  /** Why it failed. */
  error: unknown;
  connections: readonly IConnection[];
}

const IDLE: IDoctorSnapshot = {
  state: 'idle',
  findings: [],
  finished: 0,
  total: null,
  startedAt: 0,
  ms: null,
  error: null,
  connections: []
};

/** Runs the checks and keeps what they found. */
export class DoctorModel {
  /**
   * @param page - versions of this front end
   * @param onEnd - told when a run has ended, in whatever way
   */
  constructor(
    private _relay: IRelay,
    readonly page: IPageFacts,
    private _onEnd: (summary: ICheckSummary) => void = () => undefined
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get snapshot(): IDoctorSnapshot {
    return this._snapshot;
  }

  /** What the run has found so far. */
  get summary(): ICheckSummary {
    const { findings, startedAt, state } = this._snapshot;
    return {
      at: startedAt,
      counts: countStates(findings),
      complete: state === 'done'
    };
  }

  /** Run all checks; a run that is under way is given up. */
  async run(): Promise<void> {
    this._abort?.abort();
    const abort = new AbortController();
    this._abort = abort;
    this._set({
      ...IDLE,
      connections: this._snapshot.connections,
      state: 'running',
      startedAt: Date.now()
    });
    const current = (): boolean => this._abort === abort;
    // Labels only; what is wrong with the configuration the checks tell.
    this._relay.config().then(
      ({ connections }) => current() && this._set({ connections }),
      () => undefined
    );
    try {
      await runChecks(this._relay, this.page, abort.signal, news => {
        if (!current()) {
          return;
        }
        const { finding, total, finished, done } = news;
        this._set({
          ...(total !== undefined && { total }),
          ...(finished !== undefined && { finished }),
          ...(done !== undefined && { ms: done, state: 'done' }),
          ...(finding && { findings: [...this._snapshot.findings, finding] })
        });
      });
    } catch (error) {
      if (current()) {
        this._set(
          abort.signal.aborted || isAbort(error)
            ? { state: 'cancelled' }
            : { state: 'failed', error }
        );
      }
    }
    if (current()) {
      this._abort = null;
      this._onEnd(this.summary);
    }
  }

  /** Give the run up; what it has found stays. */
  cancel(): void {
    this._abort?.abort();
  }

  /** Stop for good. */
  dispose(): void {
    this.cancel();
    Signal.clearData(this);
  }

  private _set(change: Partial<IDoctorSnapshot>): void {
    this._snapshot = { ...this._snapshot, ...change };
    this._changed.emit();
  }

  private _snapshot = IDLE;
  private _abort: AbortController | null = null;
  private _changed = new Signal<this, void>(this);
}
