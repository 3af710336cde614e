/** One framed document: its element, its port, and how it can end. */
import type { IDisposable } from '@lumino/disposable';

import { FRAME_POLICY } from './document';
import { Flood } from './flood';
import { FocusGuard } from './focus';
import {
  type FrameMessage,
  type HostMessage,
  isHello,
  parseMessage
} from './protocol';

/** Messages of MLflow itself: tens a second, hundreds at a start. */
const BURST = 4000;
const RATE = 400;

/** Ms between looks whether a frame that nobody sees has taken the keyboard. */
const LOOK = 200;

/** Why a frame ended by itself. */
export type FrameEnd =
  /** The page went elsewhere. */
  | 'left'
  /** It sent more than the lab can take, or fought for the keyboard. */
  | 'flooded'
  /** Somebody took it out of the page and put it in again: it loads anew. */
  | 'moved';

/** `moveBefore` keeps a frame alive where `appendChild` would load it anew. */
interface IMover {
  moveBefore?(node: Node, before: Node | null): void;
}

/** A sandboxed frame of an opaque origin that loads one document of ours. */
export class Frame implements IDisposable {
  constructor(private _options: Frame.IOptions) {
    const { html, nonce, route, title } = _options;
    const page = new Blob([html], { type: 'text/html' });
    this._url = URL.createObjectURL(page);
    const frame = (this._element = document.createElement('iframe'));
    frame.title = title;
    // Never `allow-same-origin`, `allow-popups` or any `allow-top-navigation`.
    frame.setAttribute('sandbox', 'allow-scripts allow-forms allow-modals');
    frame.referrerPolicy = 'no-referrer';
    frame.allow = '';
    // A page that the frame goes to would have to agree to our policy: where
    // the browser knows this (Chromium), a foreign one is never shown.
    frame.setAttribute('csp', FRAME_POLICY);
    frame.addEventListener('load', this._onLoad);
    this._nonce = nonce;
    window.addEventListener('message', this._onHello);
    frame.src = `${this._url}#${encodeURI(decodeRoute(route))}`;
    this._guard = new FocusGuard(frame);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Put the frame into the page, which loads it. */
  attach(node: HTMLElement): void {
    node.appendChild(this._element);
  }

  /** Accessible name. */
  setName(name: string): void {
    this._element.title = name;
  }

  /**
   * Move the frame without loading it anew.
   *
   * @returns false where the browser cannot, or one of both is not in the page
   */
  move(node: HTMLElement): boolean {
    const mover = node as HTMLElement & IMover;
    if (!mover.moveBefore || !node.isConnected || !this._element.isConnected) {
      return false;
    }
    mover.moveBefore(this._element, null);
    return true;
  }

  post(message: HostMessage, transfer: Transferable[] = []): void {
    this._port?.postMessage(message, transfer);
  }

  /** Whether the browser's focus is in the frame. */
  get hasFocus(): boolean {
    return document.activeElement === this._element;
  }

  /** Whether the focus in the frame may stay; see `FocusGuard`. */
  keepsFocus(): boolean {
    if (!this.hasFocus) {
      return false;
    }
    const kept = this._guard.admit();
    if (this._guard.isBesieged) {
      this._end('flooded');
    }
    return kept;
  }

  /**
   * Whether nobody sees the frame: then it does not keep the keyboard, nor take
   * it. Nothing that a person does explains it, and being inert and out of sight
   * keeps no script from it (Chromium 156).
   */
  setAsleep(asleep: boolean): void {
    window.removeEventListener('blur', this._onBlur);
    clearInterval(this._looking);
    if (asleep) {
      window.addEventListener('blur', this._onBlur);
      // From one frame to another the focus goes without any event here.
      this._looking = setInterval(() => this._refuse(), LOOK);
      // Who closes a tab leaves the focus in its page: that is no theft.
      if (this.hasFocus) {
        this._guard.release();
      }
    }
  }

  focus(): void {
    this._guard.invite();
    this._element.focus();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.removeEventListener('message', this._onHello);
    window.removeEventListener('blur', this._onBlur);
    clearInterval(this._looking);
    if (this._port) {
      this._port.onmessage = null;
      this._port.close();
      this._port = null;
    }
    this._guard.dispose();
    this._element.remove();
    URL.revokeObjectURL(this._url);
  }

  private _end(reason: FrameEnd): void {
    if (!this._isDisposed) {
      this.dispose();
      this._options.ended(reason);
    }
  }

  private _refuse(): void {
    if (this.hasFocus) {
      this._guard.refuse();
      if (this._guard.isBesieged) {
        this._end('flooded');
      }
    }
  }

  // The browser moves the focus after this event.
  private _onBlur = (): void => {
    setTimeout(() => this._refuse(), 0);
  };

  private _onLoad = (): void => {
    const { contentWindow } = this._element;
    if (!this._window) {
      this._window = contentWindow;
    } else if (contentWindow === this._window) {
      // A policy cannot stop a page from navigating itself away.
      this._end('left');
    } else {
      // Only what the lab does to the element gives it another window.
      this._end('moved');
    }
  };

  private _onHello = (event: MessageEvent): void => {
    if (event.source !== this._element.contentWindow || !event.source) {
      return;
    }
    if (!this._flood.take()) {
      this._end('flooded');
    } else if (
      !this._port &&
      event.ports.length === 1 &&
      isHello(event.data, this._nonce)
    ) {
      this._port = event.ports[0];
      this._port.onmessage = ({ data }) => this._receive(data);
    }
  };

  private _receive(data: unknown): void {
    if (!this._flood.take()) {
      this._end('flooded');
      return;
    }
    const message = parseMessage(data);
    if (message && !this._isDisposed) {
      this._options.receive(message);
    }
  }

  private _element: HTMLIFrameElement;
  private _flood = new Flood(BURST, RATE);
  private _guard: FocusGuard;
  private _isDisposed = false;
  private _looking: ReturnType<typeof setInterval> | undefined;
  private _nonce: string;
  private _port: MessagePort | null = null;
  private _url: string;
  /** What the first load made. */
  private _window: Window | null = null;
}

export namespace Frame {
  export interface IOptions {
    /** The document. */
    html: string;
    /** Proves that the first message comes from that document. */
    nonce: string;
    /** Fragment route to start at. */
    route: string;
    /** Accessible name. */
    title: string;
    /** A checked message came. */
    receive(message: FrameMessage): void;
    /** The frame had to be removed. */
    ended(reason: FrameEnd): void;
  }
}

/** A route that is encoded already must not be encoded twice. */
function decodeRoute(route: string): string {
  try {
    return decodeURI(route);
  } catch {
    return route;
  }
}
