/** The section of the sidebar. Loaded when the panel is first shown. */
import { ReactWidget } from '@jupyterlab/apputils';
import { NotebookActions } from '@jupyterlab/notebook';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { IStateDB } from '@jupyterlab/statedb';
import type { Message } from '@lumino/messaging';

import type { IActServices } from '../mlflow';
import { PLUGIN_NAMESPACE } from '../tokens';
import { RunActions } from './actions';
import { RunsModel } from './model';
import { NotebookWatch } from './notebook';
import { RunsStore } from './store';
import { RunsView } from './view';
import '../../style/panel.css';
import '../../style/runs.css';

export interface ISectionOptions extends IActServices {
  /** null: choices hold until the page is reloaded. */
  state: IStateDB | null;
  settings: ISettingRegistry | null;
}

class RunsSection extends ReactWidget {
  constructor(
    private _model: RunsModel,
    private _services: ISectionOptions,
    private _onDispose: () => void
  ) {
    super();
    const { trans } = _services;
    this.id = 'jp-sg-runs';
    this.addClass('jp-sg-runs');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Runs of the experiment'));
    this._actions = new RunActions(_model, _services);
    const mark = (): void => {
      const { open, share } = _model.getSnapshot();
      this.toggleClass('jp-mod-open', open);
      this.node.style.flexBasis = open ? `${share}%` : '';
    };
    _model.subscribe(mark);
    mark();
  }

  dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      this._onDispose();
    }
  }

  protected render(): JSX.Element {
    return (
      <RunsView
        model={this._model}
        actions={this._actions}
        trans={this._services.trans}
      />
    );
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._model.setVisible(this.isVisible);
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._model.setVisible(true);
  }

  protected onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._model.setVisible(false);
  }

  protected onBeforeDetach(msg: Message): void {
    this._model.setVisible(false);
    super.onBeforeDetach(msg);
  }

  private _actions: RunActions;
}

/** Make the section; nothing is read before it is open and on screen. */
export async function createSection(
  options: ISectionOptions
): Promise<ReactWidget> {
  const { mlflow, notebooks, state, settings } = options;
  const store = new RunsStore(state);
  const broken = await store.load();
  if (broken !== null) {
    console.warn('What was chosen for runs could not be read.', broken);
  }
  const watch = new NotebookWatch(notebooks, NotebookActions.executed);
  const model = new RunsModel({
    mlflow,
    watch,
    store,
    preferred: async () => {
      // Without settings no connection is preferred.
      const mine = await settings
        ?.load(`${PLUGIN_NAMESPACE}:mlflow`)
        .catch(() => null);
      return String(mine?.composite.defaultConnection ?? '');
    }
  });
  return new RunsSection(model, options, () => {
    model.dispose();
    watch.dispose();
  });
}
