/** MLflow's tab: the panel and its toolbar. */
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  addIcon,
  caretLeftIcon,
  caretRightIcon,
  codeIcon,
  type LabIcon,
  launchIcon,
  refreshIcon,
  Toolbar,
  ToolbarButton
} from '@jupyterlab/ui-components';

import { governanceIcon } from '../ui';
import type { IPoint, ModelAction } from './act';
import { mlflowIcon } from './icon';
import type { MLflowPanel } from './panel';
import { subjectOf } from './routes';
import '../../style/mlflow.css';

export interface IWidgetOptions {
  panel: MLflowPanel;
  trans: TranslationBundle;
  /** What this lab can do with what the page shows. */
  actions: readonly ModelAction[];
  /** Do it. @param at - where a menu may open, px of the page */
  act: (action: ModelAction, at: IPoint) => void;
}

/** The tab of one connection. */
export class MLflowWidget extends MainAreaWidget<MLflowPanel> {
  constructor({ panel, trans, actions, act }: IWidgetOptions) {
    super({ content: panel });
    this.id = `jp-sg-mlflow-${panel.connectionId}`;
    this.title.icon = mlflowIcon;
    this.title.closable = true;
    this.addClass('jp-sg-mlflow-widget');
    this.toolbar.node.setAttribute('aria-label', trans.__('MLflow toolbar'));

    const back = new ToolbarButton({
      icon: caretLeftIcon,
      tooltip: trans.__('Back'),
      enabled: false,
      onClick: () => panel.go(-1)
    });
    const forward = new ToolbarButton({
      icon: caretRightIcon,
      tooltip: trans.__('Forward'),
      enabled: false,
      onClick: () => panel.go(1)
    });
    const reload = new ToolbarButton({
      icon: refreshIcon,
      tooltip: trans.__('Reload MLflow'),
      onClick: () => panel.reload()
    });
    const buttons = actions.map(action => {
      const { icon, label, tooltip, idle } = actionText(action, trans);
      const button: ToolbarButton = new ToolbarButton({
        icon,
        label,
        tooltip,
        disabledTooltip: idle,
        enabled: false,
        onClick: () => {
          const { left, bottom } = button.node.getBoundingClientRect();
          act(action, { x: left, y: bottom });
        }
      });
      return { action, button };
    });
    const tab = new ToolbarButton({
      icon: launchIcon,
      tooltip: trans.__('Open MLflow in a new browser tab'),
      enabled: false,
      onClick: () => {
        const url = publicAddress(panel);
        if (url) {
          window.open(url, '_blank', 'noopener,noreferrer');
        }
      }
    });
    this.toolbar.addItem('back', back);
    this.toolbar.addItem('forward', forward);
    this.toolbar.addItem('reload', reload);
    this.toolbar.addItem('spacer', Toolbar.createSpacerItem());
    buttons.forEach(({ action, button }) =>
      this.toolbar.addItem(action, button)
    );
    this.toolbar.addItem('open-in-tab', tab);

    const update = () => {
      const { place, connection, phase } = panel;
      const ready = phase.kind === 'ready';
      back.enabled = ready && place.back;
      forward.enabled = ready && place.forward;
      const able = ready && subjectOf(place.route) !== null;
      buttons.forEach(({ button }) => {
        button.enabled = able;
      });
      tab.enabled = publicAddress(panel) !== null;
      const label = connection?.label ?? panel.connectionId;
      this.title.label = label;
      this.title.caption = trans.__('MLflow: %1', label);
    };
    panel.changed.connect(update);
    update();
  }
}

/** Words of a button; `idle`: while the page shows neither run nor model. */
function actionText(
  action: ModelAction,
  trans: TranslationBundle
): { icon: LabIcon; label: string; tooltip: string; idle: string } {
  switch (action) {
    case 'register':
      return {
        icon: addIcon,
        label: trans.__('Register this run'),
        tooltip: trans.__('Register what the page shows in SageMaker'),
        idle: trans.__('Open a run or a model to register it in SageMaker')
      };
    case 'insert-code':
      return {
        icon: codeIcon,
        label: trans.__('Insert code'),
        tooltip: trans.__(
          'Insert code that loads this model into the current notebook'
        ),
        idle: trans.__('Open a run or a model to insert code that loads it')
      };
    case 'show-governed':
      return {
        icon: governanceIcon,
        label: trans.__('Show in Model governance'),
        tooltip: trans.__(
          'Open the model package group that was registered from it'
        ),
        idle: trans.__('Open a run or a model to see where it is registered')
      };
  }
}

/** The page's address for people, null when the connection has none. */
function publicAddress(panel: MLflowPanel): string | null {
  const root = panel.connection?.publicUrl;
  return root ? `${root.replace(/[#?].*$/, '')}#${panel.place.route}` : null;
}
