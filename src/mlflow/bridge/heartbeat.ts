/**
 * Whether a framed page still answers: no browser tells that a frame's process
 * has crashed, and one that hangs looks the same.
 */
import type { IDisposable } from '@lumino/disposable';

/** Ms between two questions. */
const PERIOD = 5000;
/** Ms after which a page that has not answered counts as silent. */
const LIMIT = 15000;

export class Heartbeat implements IDisposable {
  constructor(private _options: Heartbeat.IOptions) {
    this._timer = setInterval(() => this._beat(), PERIOD);
  }

  get isDisposed(): boolean {
    return this._timer === null;
  }

  /** The page answered, or said anything else. */
  alive(): void {
    this._asked = 0;
    if (this._isSilent) {
      this._isSilent = false;
      this._options.changed(false);
    }
  }

  dispose(): void {
    if (this._timer !== null) {
      clearInterval(this._timer);
      this._timer = null;
    }
  }

  private _beat(): void {
    // Browsers let hidden pages rest, both of them.
    if (document.hidden || !this._options.isAwake()) {
      this._asked = 0;
      return;
    }
    if (this._asked === 0) {
      this._options.ask();
    }
    this._asked += 1;
    if ((this._asked - 1) * PERIOD >= LIMIT && !this._isSilent) {
      this._isSilent = true;
      this._options.changed(true);
    }
  }

  /** Beats since the question that is not answered. */
  private _asked = 0;
  private _isSilent = false;
  private _timer: ReturnType<typeof setInterval> | null;
}

export namespace Heartbeat {
  export interface IOptions {
    /** Ask the page for a sign. */
    ask(): void;
    /** Whether somebody looks at the page. */
    isAwake(): boolean;
    /** It fell silent, or is back. */
    changed(isSilent: boolean): void;
  }
}
