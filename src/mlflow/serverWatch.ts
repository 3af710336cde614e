/** Whether the server behind a tab runs, and what is shown for it: no DOM. */
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { IRelay } from '../tokens';
import {
  gone,
  type IMLflowServer,
  isDown,
  knownServers,
  listServers
} from './servers';
import { ServerWait } from './serverWait';

/** ms for which nobody needs to search again. */
const RECENT = 10_000;

export class ServerWatch implements IDisposable {
  constructor(private _options: ServerWatch.IOptions) {}

  /** As it was last seen; null: not yet, or there is none. */
  get server(): IMLflowServer | null {
    return this._wait?.server ?? this._server;
  }

  /** While it does not run: what can be done. */
  get wait(): ServerWait | null {
    return this._wait;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Emits when anything of it changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emits when it turns out not to run. */
  get fell(): ISignal<this, void> {
    return this._fell;
  }

  /** Emits when it runs again. */
  get ran(): ISignal<this, void> {
    return this._ran;
  }

  /** Whether an earlier look has shown that it does not run. */
  async isKnownDown(): Promise<boolean> {
    const { relay, id } = this._options;
    const servers = await knownServers(relay);
    return servers.some(server => server.id === id && isDown(server));
  }

  /**
   * Look at it. What cannot be learnt changes nothing: MLflow's page meets it
   * itself, and says so.
   *
   * @param search - ask SageMaker, and look for installed UIs, again
   */
  check(search: boolean): Promise<void> {
    if (this._checking) {
      return this._checking;
    }
    const checking = this._check(search).finally(() => {
      if (this._checking === checking) {
        this._checking = null;
      }
    });
    this._checking = checking;
    return checking;
  }

  /** MLflow failed: see whether its server still runs. */
  doubt(): void {
    const now = (this._options.now ?? Date.now)();
    const search = now - this._doubted >= RECENT;
    if (search) {
      this._doubted = now;
    }
    void this.check(search);
  }

  /** Forget that it does not run. */
  reset(): void {
    this._turn += 1;
    this._checking = null;
    this._wait?.dispose();
    this._wait = null;
  }

  dispose(): void {
    this._isDisposed = true;
    this.reset();
    Signal.clearData(this);
  }

  private async _check(search: boolean): Promise<void> {
    const turn = this._turn;
    let server: IMLflowServer | null;
    try {
      server = await this._look(search);
    } catch {
      return;
    }
    if (turn !== this._turn || this._wait || this._isDisposed) {
      return;
    }
    this._server = server;
    if (server && isDown(server)) {
      this._wait = new ServerWait({ ...this._options, server });
      this._wait.changed.connect(() => this._changed.emit());
      this._wait.ran.connect(({ server }) => {
        this.reset();
        this._server = server;
        this._ran.emit();
      });
      this._fell.emit();
    }
    this._changed.emit();
  }

  private async _look(search: boolean): Promise<IMLflowServer | null> {
    const { relay, id } = this._options;
    const { servers, notes } = await listServers(relay, { search });
    const found = servers.find(server => server.id === id);
    const last = this._server;
    if (found || !last) {
      return found ?? null;
    }
    // Where its account could not be searched, nobody knows.
    return notes.some(({ connection }) => connection === last.registry)
      ? last
      : gone(last);
  }

  private _changed = new Signal<this, void>(this);
  private _checking: Promise<void> | null = null;
  private _doubted = -RECENT;
  private _fell = new Signal<this, void>(this);
  private _isDisposed = false;
  private _ran = new Signal<this, void>(this);
  private _server: IMLflowServer | null = null;
  private _turn = 0;
  private _wait: ServerWait | null = null;
}

export namespace ServerWatch {
  export interface IOptions extends Omit<ServerWait.IOptions, 'server'> {
    relay: IRelay;
    /** Id of the connection. */
    id: string;
  }
}
