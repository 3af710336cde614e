/**
 * Keeps the keyboard where the person is: a script in a frame may call
 * `focus()` at any time, and what is typed next, a password in a terminal, would
 * go to the frame.
 *
 * What happens inside the frame cannot be seen from here, not even whether the
 * pointer is above it. But a click there counts as a person's act for the whole
 * page (`navigator.userActivation`), and every other such act is seen here. What
 * this cannot tell from a click: a script that waits until the pointer moves.
 */
import type { IDisposable } from '@lumino/disposable';

import { Flood } from './flood';

/** So long, ms, an act of a person counts; browsers' own time. */
const ACTIVE = 5000;
/** So many thefts at once, and so many a second after that, are an attack. */
const BURST = 10;
const RATE = 0.5;
/** So long, ms, Tab or the lab's own wish explain that the focus moves. */
const INVITED = 1000;

export class FocusGuard implements IDisposable {
  constructor(private _frame: HTMLIFrameElement) {
    document.addEventListener('focusin', this._onFocus, true);
    document.addEventListener('keydown', this._onKey, true);
    document.addEventListener('pointermove', this._onMove, true);
    document.addEventListener('pointerdown', this._onDown, true);
    this._last = document.activeElement;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    document.removeEventListener('focusin', this._onFocus, true);
    document.removeEventListener('keydown', this._onKey, true);
    document.removeEventListener('pointermove', this._onMove, true);
    document.removeEventListener('pointerdown', this._onDown, true);
  }

  /** The lab itself is about to put the focus into the frame. */
  invite(): void {
    this._invited = performance.now();
  }

  /** Whether the frame goes on trying: it would get a key now and then. */
  get isBesieged(): boolean {
    return this._isBesieged;
  }

  /**
   * Decide about the focus that is in the frame now.
   *
   * @returns false when it was taken; it is back where it was then
   */
  admit(): boolean {
    const last = this._last;
    if (
      performance.now() - this._invited < INVITED ||
      this._mayBeClick() ||
      !(last instanceof HTMLElement) ||
      last === document.body ||
      last === this._frame ||
      !last.isConnected
    ) {
      return true;
    }
    this.refuse();
    return document.activeElement === this._frame;
  }

  /** Take the focus out of the frame, and count it as taken. */
  refuse(): void {
    this._isBesieged = !this._thefts.take() || this._isBesieged;
    this.release();
  }

  /** Take the focus out of the frame, where nobody did wrong. */
  release(): void {
    const last = this._last;
    if (last instanceof HTMLElement && last.isConnected) {
      last.focus({ preventScroll: true });
    }
    if (document.activeElement === this._frame) {
      this._frame.blur();
    }
  }

  private _mayBeClick(): boolean {
    // Browsers without it: a click must be assumed.
    const active = navigator.userActivation?.isActive ?? true;
    if (!active) {
      return false;
    }
    // Nothing here explains the act, or the pointer has moved on since.
    return this._moved || performance.now() - this._acted > ACTIVE;
  }

  private _act(): void {
    this._acted = performance.now();
    this._invited = -Infinity;
    this._moved = false;
  }

  private _onFocus = (event: FocusEvent): void => {
    if (event.target !== this._frame && event.target instanceof Element) {
      this._last = event.target;
    }
  };

  private _onKey = (event: KeyboardEvent): void => {
    this._act();
    if (event.key === 'Tab' || event.key === 'F6') {
      this.invite();
    }
  };

  private _onDown = (event: PointerEvent): void => {
    // A finger goes from here to the frame without moving over the page.
    if (event.pointerType !== 'touch') {
      this._act();
    }
  };

  private _onMove = (): void => {
    this._moved = true;
  };

  private _acted = -Infinity;
  private _invited = -Infinity;
  private _isBesieged = false;
  private _isDisposed = false;
  private _last: Element | null;
  private _moved = false;
  private _thefts = new Flood(BURST, RATE);
}
