/** The lab's side of the bridge: one framed MLflow. */
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { newToken, type RelayError } from '../../relay';
import type { IMLflowConnection, IRelay } from '../../tokens';
import { routeIn } from '../routes';
import { baseOf, resolveAddress } from './address';
import { type Assets, isAsset, readPage } from './assets';
import { isHttp1, whenIdle } from './browser';
import { frameDocument, parseIndex } from './document';
import { Frame } from './frame';
import { Heartbeat } from './heartbeat';
import type { FrameWish, IPlace, Phase } from './phase';
import type { FrameMessage, HostMessage } from './protocol';
import { READ_ONLY_STYLE, REFUSED_STYLE } from './readOnly';
import { Report } from './report';
import { type FrameStorage, STORAGE_LIMIT } from './storage';
import { MAX_IN_FLIGHT_HTTP1, Traffic } from './traffic';

export type { FrameWish, IPlace, Phase } from './phase';

/** No sign of the page for so long, ms, is worth saying. */
const STALL = 20000;
/** Requests for files at once where the browser has six connections. */
const LANES_HTTP1 = 2;

export class Bridge implements IDisposable {
  constructor(options: Bridge.IOptions) {
    this._options = options;
    this._base = baseOf(options.connection);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get phase(): Phase {
    return this._phase;
  }

  get place(): IPlace {
    return this._report.place;
  }

  /** Address that the frame believes to be MLflow's root. */
  get base(): string {
    return this._base;
  }

  readonly phaseChanged: ISignal<this, Phase> = new Signal<this, Phase>(this);
  readonly placeChanged: ISignal<this, IPlace> = new Signal<this, IPlace>(this);
  readonly titleChanged: ISignal<this, string> = new Signal<this, string>(this);
  /** The frame asks for something that only the lab may do. */
  readonly wished: ISignal<this, FrameWish> = new Signal<this, FrameWish>(this);
  /** A request was refused, with the reason. */
  readonly refused: ISignal<this, string> = new Signal<this, string>(this);
  /** The relay could not do a request; MLflow shows it in its own way. */
  readonly troubled: ISignal<this, RelayError> = new Signal<this, RelayError>(
    this
  );

  /**
   * Load MLflow into a frame within `node`. Failures become the phase.
   *
   * @param route fragment route to start at
   * @param fresh do not use kept assets
   */
  async start(node: HTMLElement, route: string, fresh = false): Promise<void> {
    this._report.begin(route);
    this._setPhase({ kind: 'loading', done: 0, total: 0 });
    this._watch();
    this._node = node;
    try {
      await this._load(route, fresh);
    } catch (error) {
      if (!this._isDisposed) {
        this._remove();
        this._setPhase({ kind: 'failed', error });
      }
    }
  }

  /** What the page keeps; belongs to it for as long as it lives. */
  get storage(): FrameStorage {
    return this._options.storage;
  }

  /** Whether nobody sees the page: its requests wait and it may do nothing. */
  get isAsleep(): boolean {
    return this._isAsleep;
  }

  /**
   * Start out of sight. MLflow's code runs up to its first request for data, which
   * waits: nothing but static files, and what MLflow 3 says that it can do, is read
   * before somebody opens it.
   */
  async prepare(node: HTMLElement, route: string): Promise<void> {
    this._isAsleep = true;
    await this.start(node, route);
  }

  /**
   * Put the page away as it is, without loading it anew.
   *
   * @param node - out of sight and inert
   * @returns false when that is not possible; the page is where it was then
   */
  sleep(node: HTMLElement): boolean {
    if (this._phase.kind !== 'ready' || !this._frame?.move(node)) {
      return false;
    }
    this._isAsleep = true;
    this._frame.setAsleep(true);
    this._traffic?.hold();
    return true;
  }

  /**
   * Show a page again that was put away.
   *
   * @returns false when it has to be loaded anew
   */
  wake(node: HTMLElement): boolean {
    if (this._frame && !this._frame.move(node)) {
      return false;
    }
    this._isAsleep = false;
    this._node = node;
    this._frame?.setAsleep(false);
    this._traffic?.resume();
    this._watch();
    this._setPhase(this._phase);
    // Whoever shows it now has not heard its title.
    this._report.again();
    return true;
  }

  /** Give it more time after a stall. */
  wait(): void {
    if (this._phase.kind === 'stalled') {
      const { done, total } = this._phase;
      this._setPhase({ kind: 'loading', done, total });
      this._watch();
    }
  }

  /** Back (-1) and forward (1) in the frame's own history. */
  go(delta: number): void {
    this._post({ kind: 'go', delta });
  }

  /**
   * Go to a route, as MLflow's version has it; a page that is not there yet goes
   * when it is.
   */
  navigate(route: string): void {
    this._next = route;
    this._catchUp();
  }

  /**
   * Tell the page the lab's theme. It changes as it is; a page that does not
   * know how wishes to be loaded anew.
   */
  setDark(dark: boolean): void {
    this._options.storage.setDark(dark);
    this._dark = dark;
    this._catchUp();
  }

  /** Keystrokes of the lab that the page gives back from now on. */
  setKeystrokes(keystrokes: ReadonlySet<string>): void {
    this._keystrokes = [...keystrokes];
    this._catchUp();
  }

  /** Accessible name of the frame. */
  setName(name: string): void {
    this._frame?.setName(name);
  }

  /** Print the page alone. */
  print(): void {
    this._post({ kind: 'print' });
  }

  /** Answer the wish to copy. */
  copied(id: number, done: boolean): void {
    this._post({ kind: 'copied', copy: id, done });
  }

  /** Whether the browser's focus is in the frame. */
  get hasFocus(): boolean {
    return this._frame?.hasFocus ?? false;
  }

  /**
   * Whether the browser's focus is in the frame because somebody put it there;
   * a frame that took it has to give it back.
   */
  keepsFocus(): boolean {
    return this._frame?.keepsFocus() ?? false;
  }

  focus(): void {
    this._frame?.focus();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._report.dispose();
    this._remove();
    this._options.storage.flush();
    Signal.clearData(this);
  }

  private async _load(route: string, fresh: boolean): Promise<void> {
    const { relay, connection, storage } = this._options;
    const { html, version, assets } = await readPage({
      relay,
      connection: connection.id,
      server: `${connection.assets} ${connection.trackingUri}`,
      caches: this._options.caches ?? null,
      fresh,
      lanes: isHttp1() ? LANES_HTTP1 : undefined
    });
    if (this._isDisposed) {
      return;
    }
    const index = parseIndex(html);
    this._version = version;
    this._assets = assets;
    const nonce = newToken();
    this._traffic = new Traffic({
      relay,
      connection: connection.id,
      base: this._base,
      assets,
      lanes: isHttp1() ? MAX_IN_FLIGHT_HTTP1 : undefined,
      post: (message, transfer) => this._post(message, transfer),
      refused: reason => (this.refused as Signal<this, string>).emit(reason),
      problem: error => (this.troubled as Signal<this, RelayError>).emit(error),
      words: this._options.words
    });
    if (this._isAsleep) {
      this._traffic.hold(true);
    }
    // Ahead of the frame: by the time its script asks, the bytes are here.
    this._ahead(assets, [...index.styles, ...index.scripts]);
    const boot = {
      nonce,
      base: this._base,
      storage: {
        local: storage.snapshot('local'),
        session: storage.snapshot('session')
      },
      storageLimit: STORAGE_LIMIT,
      scripts: index.scripts,
      styles: index.styles,
      keystrokes: [...this._options.keystrokes]
    };
    this._frame = new Frame({
      html: frameDocument(
        index,
        boot,
        REFUSED_STYLE + (connection.readOnly ? READ_ONLY_STYLE : '')
      ),
      nonce,
      route: routeIn(version, route),
      title: this._options.title,
      receive: message => this._receive(message),
      ended: reason => {
        this._remove();
        if (reason !== 'moved') {
          this._setPhase({ kind: reason });
        } else if (this._isAsleep) {
          // Nobody hears a wish: it must not pass for a page that is there.
          this._setPhase({ kind: 'left' });
        } else {
          this._wish({ kind: 'reload' });
        }
      }
    });
    this._frame.attach(this._node ?? document.body);
    this._frame.setAsleep(this._isAsleep);
  }

  /** Say so when nothing happens for a while; each progress starts it anew. */
  private _watch(): void {
    clearTimeout(this._stall);
    if (this._isAsleep || this._phase.kind !== 'loading') {
      return;
    }
    const limit = this._options.stall ?? STALL;
    this._stall = setTimeout(() => {
      if (this._phase.kind === 'loading') {
        const { done, total } = this._phase;
        const seconds = Math.round(limit / 1000);
        this._setPhase({ kind: 'stalled', done, total, seconds });
      }
    }, limit);
  }

  private _ahead(assets: Assets, addresses: string[]): void {
    const paths = addresses
      .map(address => resolveAddress(address, this._base))
      .flatMap(address =>
        address.kind === 'inside' && isAsset(address.path) ? [address.path] : []
      );
    const total = paths.length;
    const isLoading = () =>
      this._phase.kind === 'loading' || this._phase.kind === 'stalled';
    const tell = (done: number) => {
      if (isLoading()) {
        this._setPhase({ kind: 'loading', done, total });
        this._watch();
      }
    };
    tell(0);
    assets.ahead(paths, tell).catch((error: unknown) => {
      if (isLoading() && !this._isDisposed) {
        this._remove();
        this._setPhase({ kind: 'failed', error });
      }
    });
  }

  private _receive(message: FrameMessage): void {
    const { storage } = this._options;
    this._heart?.alive();
    switch (message.kind) {
      case 'fetch':
        this._traffic?.fetch(message);
        break;
      case 'abort':
        this._traffic?.abort(message.id);
        break;
      case 'ack':
        this._traffic?.ack(message.id, message.bytes);
        break;
      case 'store':
        storage.store(message.area, message.key, message.value);
        break;
      case 'clear':
        storage.clear(message.area);
        break;
      case 'route':
        this._report.route(message);
        break;
      case 'title':
        this._report.title(message.title);
        break;
      case 'ready':
        if (this._phase.kind !== 'ready') {
          this._setPhase({ kind: 'ready' });
          this._catchUp();
          this._heart ??= new Heartbeat({
            ask: () => this._post({ kind: 'ping' }),
            isAwake: () => !this._isAsleep && !!this._node?.offsetParent,
            changed: isSilent => {
              this._setPhase({ kind: isSilent ? 'silent' : 'ready' });
              this._catchUp();
            }
          });
          whenIdle(() => void this._assets?.settle().catch(() => undefined));
        }
        break;
      case 'pong':
        break;
      case 'themed':
        if (!message.done) {
          this._wish({ kind: 'reload' });
        }
        break;
      default:
        this._wish(message);
    }
  }

  /** Tell the page what it could not hear before it was there. */
  private _catchUp(): void {
    if (this._phase.kind !== 'ready') {
      return;
    }
    if (this._keystrokes) {
      this._post({ kind: 'keys', keystrokes: this._keystrokes });
    }
    if (this._dark !== null) {
      this._post({ kind: 'theme', dark: this._dark });
    }
    if (this._next !== null) {
      const route = routeIn(this._version, this._next);
      this._post({ kind: 'navigate', route });
    }
    this._keystrokes = this._dark = this._next = null;
  }

  private _wish(wish: FrameWish): void {
    if (this._isAsleep) {
      return;
    }
    (this.wished as Signal<this, FrameWish>).emit(wish);
  }

  private _post(message: HostMessage, transfer: Transferable[] = []): void {
    this._frame?.post(message, transfer);
  }

  private _remove(): void {
    clearTimeout(this._stall);
    this._heart?.dispose();
    this._heart = null;
    this._traffic?.dispose();
    this._traffic = null;
    this._frame?.dispose();
    this._frame = null;
  }

  private _setPhase(phase: Phase): void {
    if (this._isDisposed) {
      return;
    }
    this._phase = phase;
    (this.phaseChanged as Signal<this, Phase>).emit(phase);
  }

  private _assets: Assets | null = null;
  private _base: string;
  private _dark: boolean | null = null;
  private _frame: Frame | null = null;
  private _heart: Heartbeat | null = null;
  private _isAsleep = false;
  /** Of these three: what the page has to be told; null: nothing. */
  private _keystrokes: string[] | null = null;
  private _next: string | null = null;
  private _isDisposed = false;
  private _node: HTMLElement | null = null;
  private _options: Bridge.IOptions;
  private _phase: Phase = { kind: 'loading', done: 0, total: 0 };
  private _report = new Report({
    placed: place => (this.placeChanged as Signal<this, IPlace>).emit(place),
    titled: title => (this.titleChanged as Signal<this, string>).emit(title)
  });
  private _stall: ReturnType<typeof setTimeout> | undefined;
  private _traffic: Traffic | null = null;
  /** Of MLflow's pages. */
  private _version = 'unknown';
}

export namespace Bridge {
  export interface IOptions {
    relay: IRelay;
    connection: IMLflowConnection;
    storage: FrameStorage;
    /** Accessible name of the frame. */
    title: string;
    /** Keystrokes of the lab that the frame gives back. */
    keystrokes: ReadonlySet<string>;
    caches?: CacheStorage | null;
    /** Words in which MLflow's page says a failure of the relay. */
    words?(error: RelayError): string;
    /** Override of the time after which silence is said, ms. */
    stall?: number;
  }
}
