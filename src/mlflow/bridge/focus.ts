/**
 * Keeps the keyboard where the person is: a script in a frame may call
 * `focus()` at any time, and what is typed next, a password in a terminal, would
 * go to the frame.
 *
 * What happens inside the frame cannot be seen from here, not even whether the
 * pointer is above it. But a click there counts as a person's act for the whole
 * page (`navigator.userActivation`), and keys outside of it are seen here. What
 * this cannot tell from a click: a script that waits for a pause.
 */
import type { IDisposable } from '@lumino/disposable';

/** A key pressed so recently, ms, means: the person is typing elsewhere. */
const TYPING = 2000;
/** So long, ms, Tab or the lab's own wish explain that the focus moves. */
const INVITED = 1000;

export class FocusGuard implements IDisposable {
  constructor(private _frame: HTMLIFrameElement) {
    document.addEventListener('focusin', this._onFocus, true);
    document.addEventListener('keydown', this._onKey, true);
    document.addEventListener('pointermove', this._onPointer, true);
    document.addEventListener('pointerdown', this._onPointer, true);
    this._last = document.activeElement;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    document.removeEventListener('focusin', this._onFocus, true);
    document.removeEventListener('keydown', this._onKey, true);
    document.removeEventListener('pointermove', this._onPointer, true);
    document.removeEventListener('pointerdown', this._onPointer, true);
  }

  /** The lab itself is about to put the focus into the frame. */
  invite(): void {
    this._invited = performance.now();
    this._frame.inert = false;
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
    // It cannot try again until somebody turns to it: trying all the time, it
    // would get a key now and then.
    this._frame.inert = true;
    last.focus({ preventScroll: true });
    return document.activeElement === this._frame;
  }

  private _mayBeClick(): boolean {
    // Browsers without it: a click must be assumed.
    const active = navigator.userActivation?.isActive ?? true;
    if (!active) {
      return false;
    }
    return performance.now() - this._typed > TYPING;
  }

  private _onFocus = (event: FocusEvent): void => {
    if (event.target !== this._frame && event.target instanceof Element) {
      this._last = event.target;
    }
  };

  private _onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Tab' || event.key === 'F6') {
      this.invite();
    } else {
      this._typed = performance.now();
    }
  };

  private _onPointer = ({ clientX: x, clientY: y }: PointerEvent): void => {
    // The hand has left the keys.
    this._typed = -Infinity;
    if (this._frame.inert) {
      // No target of events now: go by the place.
      const { left, right, top, bottom } = this._frame.getBoundingClientRect();
      if (x >= left && x < right && y >= top && y < bottom) {
        this._frame.inert = false;
      }
    }
  };

  private _invited = -Infinity;
  private _isDisposed = false;
  private _last: Element | null;
  private _typed = -Infinity;
}
