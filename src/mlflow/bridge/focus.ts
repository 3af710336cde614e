/**
 * Keeps the keyboard where the person is: a script in a frame may call
 * `focus()` at any time, and what is typed next, a password in a terminal, would
 * go to the frame.
 */
import type { IDisposable } from '@lumino/disposable';

/** A key pressed so recently, ms, means: the person is typing elsewhere. */
const TYPING = 500;
/** So long, ms, Tab or the lab's own wish explain that the focus moves. */
const INVITED = 1000;

export class FocusGuard implements IDisposable {
  constructor(private _frame: HTMLIFrameElement) {
    document.addEventListener('focusin', this._onFocus, true);
    document.addEventListener('keydown', this._onKey, true);
    this._last = document.activeElement;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    document.removeEventListener('focusin', this._onFocus, true);
    document.removeEventListener('keydown', this._onKey, true);
  }

  /** The lab itself is about to put the focus into the frame. */
  invite(): void {
    this._invited = performance.now();
  }

  /**
   * Decide about the focus that is in the frame now.
   *
   * @returns false when it was taken; it is back where it was then
   */
  admit(): boolean {
    const now = performance.now();
    const invited = now - this._invited < INVITED;
    // A click lands in the frame, unseen here; the pointer is above it then.
    const pointed = this._frame.matches(':hover') && now - this._typed > TYPING;
    const last = this._last;
    if (
      invited ||
      pointed ||
      !(last instanceof HTMLElement) ||
      last === document.body ||
      last === this._frame ||
      !last.isConnected
    ) {
      return true;
    }
    last.focus({ preventScroll: true });
    return document.activeElement === this._frame;
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

  private _invited = -Infinity;
  private _isDisposed = false;
  private _last: Element | null;
  private _typed = -Infinity;
}
