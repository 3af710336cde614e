/** The page of MLflow in a tab: woken or made, shown, moved, and given away. */
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { RelayError } from '../relay';
import type { IMLflowConnection } from '../tokens';
import type { Bridge, IPlace, Phase } from './bridge/host';
import { FrameStorage } from './bridge/storage';
import { openBeside } from './browserTab';
import { shortcutsAt } from './keys';
import { type IPageServices, isDark, makeBridge, markOf } from './page';
import type { WarmFrames } from './warm';
import { Wishes } from './wishes';

/**
 * At most one page at a time, in the element it is given. The lab's theme and
 * shortcuts are passed on to it, and what it may ask of the lab is granted.
 */
export class FramedPage implements IDisposable {
  constructor(options: FramedPage.IOptions) {
    this._options = options;
    this._storage = new FrameStorage(options.id);
    options.themes?.themeChanged.connect(this._onTheme, this);
    options.commands.keyBindingChanged.connect(this._onShortcuts, this);
    window.addEventListener('blur', this._onBlur);
  }

  /** Whether there is one, whatever its state. */
  get isOpen(): boolean {
    return this._bridge !== null;
  }

  /** Whether the keyboard is in it. */
  get hasFocus(): boolean {
    return this._bridge?.hasFocus ?? false;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  readonly phaseChanged: ISignal<this, Phase> = new Signal<this, Phase>(this);
  readonly placeChanged: ISignal<this, IPlace> = new Signal<this, IPlace>(this);
  readonly titleChanged: ISignal<this, string> = new Signal<this, string>(this);
  /** Emits when the browser's focus went into it. */
  readonly focused: ISignal<this, void> = new Signal<this, void>(this);
  /** Emits what the relay refused it. */
  readonly troubled: ISignal<this, RelayError> = new Signal<this, RelayError>(
    this
  );

  /**
   * Show the page of a connection; resolves when it is loaded or has failed,
   * which `phaseChanged` tells.
   *
   * @param route - fragment route of a page that is made
   * @param wanted - route that a kept page has to be at; undefined: where it is
   * @param fresh - take no kept page and no kept file
   */
  async open(
    connection: IMLflowConnection,
    route: string,
    wanted: string | undefined,
    fresh: boolean
  ): Promise<void> {
    this.close();
    this._connection = connection;
    if (!this._reopen(connection, wanted, fresh)) {
      const { _options: services, _storage: storage } = this;
      const bridge = makeBridge(services, connection, storage, services.around);
      this._use(bridge, connection);
      await bridge.start(services.host, route, fresh);
    }
  }

  /** Sleep while the element is away; false: it cannot. */
  sleep(): boolean {
    const { warm } = this._options;
    return !!(warm && this._bridge?.sleep(warm.node));
  }

  /** The element is back. A page that cannot be moved into it ends. */
  wake(): void {
    if (this._bridge?.isAsleep && !this._bridge.wake(this._options.host)) {
      this.close();
    }
  }

  /** End it. */
  close(): void {
    this._bridge?.dispose();
    this._bridge = null;
  }

  /** Back (-1) and forward (1). */
  go(delta: number): void {
    this._bridge?.go(delta);
  }

  /** Go to a fragment route. */
  navigate(route: string): void {
    this._bridge?.navigate(route);
  }

  /** Wait on for a page that is slow. */
  wait(): void {
    this._bridge?.wait();
  }

  print(): void {
    this._bridge?.print();
  }

  focus(): void {
    this._bridge?.focus();
  }

  /** Name it for screen readers. */
  setName(name: string): void {
    this._bridge?.setName(name);
  }

  /** The tab is closed: a page that is asleep is kept for a while. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.removeEventListener('blur', this._onBlur);
    const { id, warm } = this._options;
    const { _bridge: bridge, _connection: connection } = this;
    if (warm && connection && bridge?.isAsleep && !bridge.isDisposed) {
      this._bridge = null;
      Signal.disconnectSender(bridge);
      warm.put(id, markOf(connection), bridge, 'kept');
    }
    this.close();
    this._storage.flush();
    Signal.clearData(this);
  }

  /** Show a page that was kept or made ready; false: there is none. */
  private _reopen(
    connection: IMLflowConnection,
    wanted: string | undefined,
    fresh: boolean
  ): boolean {
    const { host, id, warm } = this._options;
    if (fresh) {
      warm?.drop(id);
      return false;
    }
    const bridge = warm?.take(id, markOf(connection));
    if (!bridge) {
      return false;
    }
    this._storage = bridge.storage;
    this._use(bridge, connection);
    if (!bridge.wake(host)) {
      this.close();
      return false;
    }
    // What changed while nobody saw the page.
    this._onShortcuts();
    this._onTheme();
    if (wanted !== undefined && wanted !== bridge.place.route) {
      bridge.navigate(wanted);
    }
    return true;
  }

  private _use(bridge: Bridge, connection: IMLflowConnection): void {
    const { around, commands, reload, trans } = this._options;
    this._bridge = bridge;
    this._shortcuts = shortcutsAt(commands, around);
    const wishes = new Wishes({
      connection: connection.id,
      base: bridge.base,
      isFocused: () => bridge.hasFocus,
      trans,
      shortcut: keystroke => {
        const binding = this._shortcuts.get(keystroke);
        if (binding && commands.isEnabled(binding.command, binding.args)) {
          void commands.execute(binding.command, binding.args);
        }
      },
      reload,
      copied: (id, done) => bridge.copied(id, done),
      beside: route => openBeside(connection, route, to => bridge.navigate(to))
    });
    bridge.phaseChanged.connect((_, phase) =>
      (this.phaseChanged as Signal<this, Phase>).emit(phase)
    );
    bridge.placeChanged.connect((_, place) =>
      (this.placeChanged as Signal<this, IPlace>).emit(place)
    );
    bridge.titleChanged.connect((_, title) =>
      (this.titleChanged as Signal<this, string>).emit(title)
    );
    bridge.troubled.connect((_, error) =>
      (this.troubled as Signal<this, RelayError>).emit(error)
    );
    bridge.wished.connect((_, wish) => void wishes.grant(wish));
  }

  private _onTheme(): void {
    const { themes } = this._options;
    if (themes) {
      this._bridge?.setDark(isDark(themes));
    }
  }

  /** Shortcuts were added or changed. */
  private _onShortcuts(): void {
    const { around, commands } = this._options;
    if (this._bridge) {
      this._shortcuts = shortcutsAt(commands, around);
      this._bridge.setKeystrokes(new Set(this._shortcuts.keys()));
    }
  }

  private _onBlur = (): void => {
    // The browser moves the focus after this event.
    setTimeout(() => {
      if (this._bridge?.keepsFocus()) {
        (this.focused as Signal<this, void>).emit();
      }
    }, 0);
  };

  private _bridge: Bridge | null = null;
  private _connection: IMLflowConnection | null = null;
  private _isDisposed = false;
  private _options: FramedPage.IOptions;
  private _shortcuts = new Map<string, CommandRegistry.IKeyBinding>();
  private _storage: FrameStorage;
}

export namespace FramedPage {
  export interface IOptions extends IPageServices {
    /** Id of the connection. */
    id: string;
    /** Element that holds the page. */
    host: HTMLElement;
    /** Element whose shortcuts the page gives back. */
    around: Element;
    /** Pages that nobody sees; none are kept without. */
    warm?: WarmFrames;
    /** The page wants to be built anew. */
    reload(): void;
  }
}
