/** Starting a server, and waiting for one to change: no DOM. */
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';

import type { IRelay } from '../tokens';
import {
  findServer,
  gone,
  type IMLflowServer,
  isDown,
  isMoving,
  startServer
} from './servers';

/** What is going on. */
export type WaitPhase =
  /** Nobody waits. */
  | { kind: 'idle' }
  /** SageMaker has been asked to start it and has not answered. */
  | { kind: 'asking' }
  /** Looked at until it changes; `error`: the last look failed. */
  | { kind: 'waiting'; since: number; error: unknown }
  /** It was to start, and is in another state now. */
  | { kind: 'ended' }
  /** Starting it was refused. */
  | { kind: 'refused'; error: unknown };

/** First and longest ms between looks; SageMaker takes minutes. */
const FIRST = 5_000;
const SLOWEST = 30_000;
/** ms for which SageMaker may go on to say what it said before the start. */
const LAG = 60_000;

/** The Poll rejects with it, so that looks become rarer. */
class StillWaiting extends Error {}

/** Waits for a server that does not run. */
export class ServerWait implements IDisposable {
  constructor(private _options: ServerWait.IOptions) {
    this._server = _options.server;
    if (isMoving(this._server)) {
      this.wait();
    }
  }

  /** As the last look showed it. */
  get server(): IMLflowServer {
    return this._server;
  }

  get phase(): WaitPhase {
    return this._phase;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Emits when the server or what is going on changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emits when it runs. */
  get ran(): ISignal<this, void> {
    return this._ran;
  }

  /** Start it, then wait until it runs. Failures become the phase. */
  async start(): Promise<void> {
    if (this._phase.kind === 'asking' || this._phase.kind === 'waiting') {
      return;
    }
    this._set({ kind: 'asking' });
    try {
      await startServer(this._options.relay, this._server.id);
    } catch (error) {
      await this._refused(error);
      return;
    }
    if (this._isDisposed) {
      return;
    }
    this._started = this._now();
    this._moved = false;
    this._server = { ...this._server, state: 'starting', startable: false };
    this.wait();
  }

  /** Look at it until it changes. */
  wait(): void {
    if (this._isDisposed || this._poll) {
      return;
    }
    this._set({ kind: 'waiting', since: this._now(), error: null });
    this._poll = new Poll({
      name: 'sagemaker-governance:mlflow-server',
      auto: false,
      factory: async () => {
        await this._look();
        if (this._poll) {
          throw new StillWaiting();
        }
      },
      frequency: {
        interval: this._options.interval ?? FIRST,
        backoff: 1.5,
        max: SLOWEST
      },
      standby: this._options.standby ?? 'when-hidden'
    });
    void this._poll.start();
  }

  /** Stop waiting; what SageMaker does goes on. */
  cancel(): void {
    if (this._poll) {
      this._rest();
      this._set({ kind: 'idle' });
    }
  }

  dispose(): void {
    this._isDisposed = true;
    this._rest();
    Signal.clearData(this);
  }

  private async _look(): Promise<void> {
    const { relay } = this._options;
    let found: IMLflowServer | null;
    try {
      found = await findServer(relay, this._server.id, { age: 0 });
    } catch (error) {
      if (this._poll && this._phase.kind === 'waiting') {
        this._set({ ...this._phase, error });
      }
      return;
    }
    if (!this._poll || this._isDisposed) {
      return;
    }
    const server = found ?? gone(this._server);
    if (server.state === 'unknown') {
      // It could not be described this time.
      this._say(this._server);
      return;
    }
    this._moved ||= isMoving(server);
    const lags =
      server.state === 'stopped' &&
      this._started !== null &&
      !this._moved &&
      this._now() - this._started < LAG;
    if (lags || isMoving(server)) {
      this._say(lags ? this._server : server);
      return;
    }
    this._server = server;
    this._rest();
    if (isDown(server)) {
      this._set({ kind: this._started === null ? 'idle' : 'ended' });
      this._started = null;
    } else {
      this._set({ kind: 'idle' });
      this._ran.emit();
    }
  }

  private async _refused(error: unknown): Promise<void> {
    // It may have been started by somebody else, or may not be started by us.
    const seen = await findServer(this._options.relay, this._server.id, {
      age: 0
    }).catch(() => null);
    if (this._isDisposed) {
      return;
    }
    this._server = seen ?? this._server;
    if (seen && isMoving(seen)) {
      this.wait();
    } else if (seen && !isDown(seen) && seen.state !== 'unknown') {
      this._set({ kind: 'idle' });
      this._ran.emit();
    } else {
      this._set({ kind: 'refused', error });
    }
  }

  /** Still waiting, with what is known now. */
  private _say(server: IMLflowServer): void {
    this._server = server;
    if (this._phase.kind === 'waiting') {
      this._set({ ...this._phase, error: null });
    }
  }

  private _rest(): void {
    const poll = this._poll;
    this._poll = null;
    poll?.dispose();
  }

  private _set(phase: WaitPhase): void {
    if (!this._isDisposed) {
      this._phase = phase;
      this._changed.emit();
    }
  }

  private _now(): number {
    return (this._options.now ?? Date.now)();
  }

  private _changed = new Signal<this, void>(this);
  private _isDisposed = false;
  /** It was seen to change since the start. */
  private _moved = false;
  private _phase: WaitPhase = { kind: 'idle' };
  private _poll: Poll | null = null;
  private _ran = new Signal<this, void>(this);
  private _server: IMLflowServer;
  /** When we had it started, ms since epoch; null: we did not. */
  private _started: number | null = null;
}

export namespace ServerWait {
  export interface IOptions {
    relay: IRelay;
    /** A server that does not run. */
    server: IMLflowServer;
    /** Override of the first ms between looks. */
    interval?: number;
    standby?: Poll.Standby;
    /** Override of the clock. */
    now?(): number;
  }
}
