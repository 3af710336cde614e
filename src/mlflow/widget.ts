/** MLflow's tab: the panel and its toolbar. */
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  addIcon,
  caretLeftIcon,
  caretRightIcon,
  launchIcon,
  refreshIcon,
  Toolbar,
  ToolbarButton
} from '@jupyterlab/ui-components';

import { mlflowIcon } from './icon';
import type { MLflowPanel } from './panel';
import { subjectOf } from './routes';
import '../../style/mlflow.css';

export interface IWidgetOptions {
  panel: MLflowPanel;
  trans: TranslationBundle;
  /** Register what the page shows; null: not in this lab. */
  register: (() => void) | null;
}

/** The tab of one connection. */
export class MLflowWidget extends MainAreaWidget<MLflowPanel> {
  constructor({ panel, trans, register }: IWidgetOptions) {
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
    const registerButton = new ToolbarButton({
      icon: addIcon,
      label: trans.__('Register this run'),
      tooltip: trans.__('Open a run or a model to register it in SageMaker'),
      enabled: false,
      onClick: register ?? undefined
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
    this.toolbar.addItem('register', registerButton);
    registerButton.setHidden(!register);
    this.toolbar.addItem('open-in-tab', tab);

    const update = () => {
      const { place, connection, phase } = panel;
      const ready = phase.kind === 'ready';
      back.enabled = ready && place.back;
      forward.enabled = ready && place.forward;
      registerButton.enabled = ready && subjectOf(place.route) !== null;
      tab.enabled = publicAddress(panel) !== null;
      const label = connection?.label ?? panel.connectionId;
      this.title.label = label;
      this.title.caption = trans.__('MLflow: %1', label);
    };
    panel.changed.connect(update);
    update();
  }
}

/** The page's address for people, null when the connection has none. */
function publicAddress(panel: MLflowPanel): string | null {
  const root = panel.connection?.publicUrl;
  return root ? `${root.replace(/[#?].*$/, '')}#${panel.place.route}` : null;
}
