/** Where a framed page is and what it is called, as it says itself. */
import type { IDisposable } from '@lumino/disposable';

import type { IPlace } from './phase';
import type { FrameMessage } from './protocol';

/** Ms after which a new route and title are passed on. */
const TELL = 50;

/**
 * Passes on a page's route and title, once for many messages: drawing the
 * toolbar for each would let a page that never rests slow the lab down.
 */
export class Report implements IDisposable {
  constructor(private _options: Report.IOptions) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get place(): IPlace {
    return this._place;
  }

  /** A page is loaded anew at a route. */
  begin(route: string): void {
    this._place = { route, back: false, forward: false };
  }

  route(message: Extract<FrameMessage, { kind: 'route' }>): void {
    const { route, index, length } = message;
    this._place = { route, back: index > 0, forward: index < length - 1 };
    this._tell();
  }

  title(title: string): void {
    this._title = title;
    this._tell();
  }

  /** Tell all of it again, to somebody who has not heard it. */
  again(): void {
    this._told = '';
    this._tell();
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._telling);
  }

  private _tell(): void {
    this._telling ??= setTimeout(() => {
      this._telling = undefined;
      this._options.placed(this._place);
      if (this._title !== this._told) {
        this._told = this._title;
        this._options.titled(this._title);
      }
    }, TELL);
  }

  private _isDisposed = false;
  private _place: IPlace = { route: '/', back: false, forward: false };
  private _telling: ReturnType<typeof setTimeout> | undefined;
  private _title = '';
  private _told = '';
}

export namespace Report {
  export interface IOptions {
    placed(place: IPlace): void;
    /** Only with a title that was not told before. */
    titled(title: string): void;
  }
}
