import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import { Debouncer } from '@lumino/polling';

import type { IMLflowArgs } from '../tokens';
import type { IOpenServices } from './open';
import { WarmFrames } from './warm';
import type { MLflowWidget } from './widget';

/** Ms after which a new route is written into the layout. */
const SAVE_DELAY = 1000;

/** The lab's MLflow tabs, one for each connection. */
export class MLflowTabs {
  constructor(private _options: MLflowTabs.IOptions) {
    this._warm = new WarmFrames();
    this._services = { ..._options.services, warm: this._warm };
  }

  /** Make the page of a connection ready, unless it has a tab. */
  async prepare(id: string): Promise<void> {
    const { prepare } = await import('./prepare');
    await prepare(this._services, this._warm, id, () => !!this._find(id));
  }

  /**
   * Show MLflow.
   *
   * @param restored by the layout: nobody is asked, nothing is activated
   */
  async open(
    args: IMLflowArgs,
    { restored }: { restored: boolean }
  ): Promise<MLflowWidget | undefined> {
    const { shell } = this._options;
    const services = this._services;
    const { chooseConnection, createWidget, openOutside, routeOf } =
      await import('./open');
    const route = routeOf(args);
    let id = args.connection;
    if (!restored || id === undefined) {
      const connection = await chooseConnection(services, id, args.choose);
      if (
        !connection ||
        (connection.ui !== 'bridge' &&
          (await openOutside(
            services,
            connection,
            args.route === undefined ? undefined : route
          )))
      ) {
        return undefined;
      }
      id = connection.id;
    }
    const found = this._find(id);
    if (found) {
      if (args.route !== undefined) {
        found.content.navigate(route);
      }
      shell.activateById(found.id);
      return found;
    }
    const widget = createWidget(
      services,
      id,
      args.route === undefined ? undefined : route
    );
    await this._add(widget, !restored);
    return widget;
  }

  private _find(id: string): MLflowWidget | undefined {
    return this._options.tracker.find(
      ({ content }) => content.connectionId === id
    );
  }

  private async _add(widget: MLflowWidget, activate: boolean): Promise<void> {
    const { shell, tracker } = this._options;
    const { content } = widget;
    const save = new Debouncer(() => tracker.save(widget), SAVE_DELAY);
    let { route } = content.place;
    content.changed.connect(() => {
      if (content.place.route !== route) {
        route = content.place.route;
        void save.invoke();
      }
    });
    // A click in a frame does not reach the lab, which activates by focus.
    content.focused.connect(() => {
      if (shell.currentWidget !== widget) {
        shell.activateById(widget.id);
      }
    });
    widget.disposed.connect(() => save.dispose());
    await tracker.add(widget);
    shell.add(widget, 'main', { activate });
    if (activate) {
      shell.activateById(widget.id);
    }
  }

  private _services: IOpenServices;
  private _warm: WarmFrames;
}

export namespace MLflowTabs {
  export interface IOptions {
    tracker: WidgetTracker<MLflowWidget>;
    shell: JupyterFrontEnd.IShell;
    services: IOpenServices;
  }
}
