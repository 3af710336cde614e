/** The main-area content: one framed MLflow with its states. */
import {
  Notification,
  Printing,
  ReactWidget,
  UseSignal
} from '@jupyterlab/apputils';
import type { Message } from '@lumino/messaging';
import { type ISignal, Signal } from '@lumino/signaling';
import { PanelLayout, Widget } from '@lumino/widgets';

import type { RelayError } from '../relay';
import { CommandIDs, type IMLflowConnection } from '../tokens';
import type { IPlace } from './bridge/host';
import { openInBrowserTab, publicAddress, tabWay } from './browserTab';
import { FramedPage } from './framedPage';
import { noteUse } from './lastUse';
import { type IPageServices, pageTitle } from './page';
import {
  type INotice,
  noticeOf,
  type PanelPhase,
  PanelStatus
} from './panelStatus';
import { isDownError, proveApi } from './proof';
import { HOME_ROUTE } from './routes';
import { ServerWatch } from './serverWatch';
import { type ISkew, skewText } from './serverWords';
import type { WarmFrames } from './warm';
import { hasGesture } from './wishes';

/**
 * MLflow of one connection.
 *
 * While the widget is not attached, moved to another place for one, its page is
 * asleep. Where the browser cannot move a frame without loading it anew, the page
 * is built again at the route it had.
 */
export class MLflowPanel extends Widget implements Printing.IPrintable {
  constructor(options: MLflowPanel.IOptions) {
    super();
    this._options = options;
    this._isPlaced = options.route !== undefined;
    this._place = {
      route: options.route ?? HOME_ROUTE,
      back: false,
      forward: false
    };
    this.addClass('jp-sg-mlflow');
    // The lab lays a shield over frames of this class while something is dragged.
    this.addClass('jp-IFrame');
    this.node.tabIndex = -1;
    const layout = (this.layout = new PanelLayout());
    const host = new Widget();
    host.addClass('jp-sg-mlflow-frame');
    const status = ReactWidget.create(
      <UseSignal signal={this.changed}>{() => this._renderStatus()}</UseSignal>
    );
    status.addClass('jp-sg-mlflow-status');
    layout.addWidget(status);
    layout.addWidget(host);
    const { id, relay } = options;
    this._watch = new ServerWatch({ id, relay });
    this._watch.changed.connect(this._onServer, this);
    this._watch.fell.connect(() => {
      this._close();
      this._setPhase({ kind: 'down' });
    });
    this._watch.ran.connect(this._onRunning, this);
    this._page = new FramedPage({
      ...options,
      host: host.node,
      around: this.node,
      reload: () => this.reload(false)
    });
    this._page.phaseChanged.connect((_, phase) => this._setPhase(phase));
    this._page.placeChanged.connect((_, place) => {
      this._place = place;
      this._isPlaced = true;
      this._changed.emit();
    });
    this._page.titleChanged.connect((_, title) => this._onTitle(title));
    this._page.troubled.connect((_, error) => this._onTrouble(error));
  }

  /** Id of the connection. */
  get connectionId(): string {
    return this._options.id;
  }

  /** The connection, once it is known. */
  get connection(): IMLflowConnection | null {
    return this._connection;
  }

  get place(): IPlace {
    return this._place;
  }

  get phase(): PanelPhase {
    return this._phase;
  }

  /** Pages of another version than the server's, in words; null: they fit. */
  get skew(): ISkew | null {
    const { server, wait } = this._watch;
    return server && !wait ? skewText(server, this._options.trans) : null;
  }

  /** Emits when the route, the phase, the connection or a notice changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What MLflow calls its page, empty while it is not there. */
  get pageTitle(): string {
    return this._pageTitle;
  }

  /** Emits when the browser's focus went into the frame. */
  get focused(): ISignal<unknown, void> {
    return this._page.focused;
  }

  /** Build the page anew where it is. */
  reload(fresh = true): void {
    this._close();
    this._watch.reset();
    void this._open(fresh);
  }

  /** Back (-1) and forward (1). */
  go(delta: number): void {
    this._page.go(delta);
  }

  /** Print MLflow's page alone; null while there is none. */
  [Printing.symbol](): Printing.OptionalAsyncThunk {
    const page = this._page;
    return page.isOpen && this._phase.kind === 'ready'
      ? async () => page.print()
      : null;
  }

  /** Address of the page outside the lab; null: it has none. */
  get link(): string | null {
    const connection = this._connection;
    return connection && tabWay(connection) === 'address'
      ? publicAddress(connection, this._place.route)
      : null;
  }

  /** Whether the keyboard is in MLflow's page. */
  get isInPage(): boolean {
    return this._page.hasFocus;
  }

  /** Go to a fragment route. */
  navigate(route: string): void {
    if (this._page.isOpen && this._phase.kind === 'ready') {
      this._page.navigate(route);
    } else {
      this._goTo(route);
      if (this._page.isOpen) {
        this.reload(false);
      }
    }
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._turn += 1;
      this._page.dispose();
      this._watch.dispose();
      Signal.clearData(this);
      super.dispose();
    }
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._page.wake();
    this._openIfVisible();
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._openIfVisible();
  }

  protected onBeforeDetach(msg: Message): void {
    if (!this._page.sleep()) {
      this._close();
    }
    super.onBeforeDetach(msg);
  }

  protected onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    if (this._page.isOpen) {
      this._page.focus();
    } else {
      this.node.focus();
    }
  }

  /** A tab that was restored but never looked at loads nothing. */
  private _openIfVisible(): void {
    const isDue = !this._page.isOpen && !this._opening && !this._watch.wait;
    if (this.isVisible && isDue) {
      void this._open(false);
    }
  }

  private async _open(fresh: boolean): Promise<void> {
    const turn = ++this._turn;
    this._opening = true;
    this._notice = null;
    this._setPhase({ kind: 'loading', done: 0, total: 0 });
    let connection: IMLflowConnection;
    try {
      connection = await this._find(fresh);
    } catch (error) {
      if (turn === this._turn) {
        this._opening = false;
        this._setPhase({ kind: 'failed', error });
      }
      return;
    }
    if (turn !== this._turn || this.isDisposed) {
      return;
    }
    this._opening = false;
    if (connection.ui !== 'bridge') {
      this._setPhase({ kind: 'outside' });
      return;
    }
    if (connection.assets === 'installed') {
      void this._prove(connection, turn);
    }
    const { route } = this._place;
    const wanted = this._isPlaced ? route : undefined;
    await this._page.open(connection, route, wanted, fresh);
  }

  /** Where the page shall be once it is there. */
  private _goTo(route: string): void {
    this._place = { route, back: false, forward: false };
    this._isPlaced = true;
  }

  /**
   * The page of an installed mlflow shows whether or not its server answers: a
   * server that does not is said here, as for those that send their own page.
   */
  private async _prove({ id }: IMLflowConnection, turn: number): Promise<void> {
    try {
      await proveApi(this._options.relay, id);
    } catch (error) {
      if (isDownError(error)) {
        await this._watch.check(true);
      }
      if (turn !== this._turn || this.isDisposed || this._watch.wait) {
        return;
      }
      this._close();
      this._setPhase({ kind: 'failed', error });
    }
  }

  /** Find the connection, and see whether its server runs. */
  private async _find(fresh: boolean): Promise<IMLflowConnection> {
    const connection = await this._options.find().catch((error: unknown) => {
      // One that was found, and is not any more: its server tells why.
      if (this._connection?.discovered) {
        return this._connection;
      }
      throw error;
    });
    this._connection = connection;
    if (connection.arn !== null || connection.assets === 'installed') {
      // Mostly it runs: the page comes meanwhile.
      const checked = this._watch.check(fresh);
      if (await this._watch.isKnownDown()) {
        await checked;
      }
    }
    return connection;
  }

  /** The server was seen: the page of another version than its own is said. */
  private _onServer(): void {
    const { skew, _told } = this;
    if (skew?.kind === 'warning' && skew.text !== _told && !this._notice) {
      this._told = skew.text;
      this._notice = skew;
    }
    this._changed.emit();
  }

  private _onRunning(): void {
    const { commands, id, trans } = this._options;
    if (this.isVisible) {
      void this._open(false);
      return;
    }
    const label = this._connection?.label ?? id;
    Notification.success(trans.__('%1 runs now.', label), {
      actions: [
        {
          label: trans.__('Open MLflow'),
          callback: () => {
            void commands.execute(CommandIDs.openMLflow, { connection: id });
          }
        }
      ]
    });
  }

  private _onTrouble(error: RelayError): void {
    const { trans, id } = this._options;
    if (isDownError(error)) {
      this._watch.doubt();
      return;
    }
    const label = this._connection?.label ?? id;
    const notice = noticeOf(error, label, hasGesture(), trans);
    if (notice) {
      this._tell(notice);
    }
  }

  private _tell(notice: INotice | null): void {
    this._notice = notice;
    this._changed.emit();
  }

  private _close(): void {
    this._turn += 1;
    this._opening = false;
    this._page.close();
  }

  private _onTitle(title: string): void {
    const { trans, id } = this._options;
    this._pageTitle = pageTitle(title);
    const name = trans.__('MLflow: %1', this._connection?.label ?? id);
    this._page.setName(this._pageTitle ? `${name}, ${this._pageTitle}` : name);
    this._changed.emit();
  }

  private _setPhase(phase: PanelPhase): void {
    this._phase = phase;
    if (phase.kind === 'ready') {
      noteUse(this._options.id);
    }
    this.node.dataset.phase = phase.kind;
    if (phase.kind !== 'ready') {
      this._pageTitle = '';
    }
    this._changed.emit();
  }

  private _renderStatus(): JSX.Element {
    const { trans, id } = this._options;
    const connection = this._connection;
    return (
      <PanelStatus
        phase={this._phase}
        notice={this._notice}
        wait={this._watch.wait}
        label={connection?.label ?? id}
        trans={trans}
        onClose={() => this._tell(null)}
        onReload={() => this.reload()}
        onHome={() => {
          this._goTo(HOME_ROUTE);
          this.reload();
        }}
        onWait={() => this._page.wait()}
        onTab={connection && tabWay(connection) ? () => this._openTab() : null}
      />
    );
  }

  private _openTab(): void {
    const { relay, trans } = this._options;
    if (this._connection) {
      const { route } = this._place;
      void openInBrowserTab(relay, this._connection, route, trans);
    }
  }

  private _changed = new Signal<this, void>(this);
  private _connection: IMLflowConnection | null = null;
  private _notice: INotice | null = null;
  private _opening = false;
  private _options: MLflowPanel.IOptions;
  private _page: FramedPage;
  private _pageTitle = '';
  private _phase: PanelPhase = { kind: 'loading', done: 0, total: 0 };
  private _place: IPlace;
  /** Whether a place was asked for or seen; else a kept page keeps its own. */
  private _isPlaced: boolean;
  /** What was said of the version of the page. */
  private _told: string | null = null;
  private _turn = 0;
  private _watch: ServerWatch;
}

export namespace MLflowPanel {
  export interface IOptions extends IPageServices {
    /** Id of the connection. */
    id: string;
    /** The connection itself. @throws RelayError */
    find(): Promise<IMLflowConnection>;
    /** Fragment route to start at; default: where a kept page is, else home. */
    route?: string;
    /** Pages that nobody sees; none are kept without. */
    warm?: WarmFrames;
  }
}
