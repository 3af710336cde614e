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
  linkIcon,
  listIcon,
  refreshIcon,
  Toolbar,
  ToolbarButton
} from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';

import type { IMLflowConnection } from '../tokens';
import { governanceIcon } from '../ui';
import type { IPoint, ModelAction } from './act';
import { tabWay } from './browserTab';
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
  /** Ask for another server. */
  choose: () => void;
  /** Copy the page's address. */
  copyLink: () => void;
  /** Open MLflow outside the lab; called on a click only. */
  openTab: (connection: IMLflowConnection) => Promise<void>;
}

/** The tab of one connection. */
export class MLflowWidget extends MainAreaWidget<MLflowPanel> {
  constructor(options: IWidgetOptions) {
    const { panel, trans, actions, act, choose, openTab, copyLink } = options;
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
    let asking = false;
    const tab = new ToolbarButton({
      icon: launchIcon,
      tooltip: trans.__('Open MLflow in a new browser tab'),
      enabled: false,
      onClick: () => {
        if (panel.connection && tabWay(panel.connection)) {
          // SageMaker may take seconds: one address for one click.
          asking = true;
          update();
          void openTab(panel.connection).finally(() => {
            asking = false;
            update();
          });
        }
      }
    });
    const copy = new ToolbarButton({
      icon: linkIcon,
      tooltip: trans.__('Copy the link of this page'),
      onClick: copyLink
    });
    const others = new ToolbarButton({
      icon: listIcon,
      tooltip: trans.__('Choose another MLflow server'),
      onClick: choose
    });
    const readOnly = new Chip();
    const pages = new Chip();
    this.toolbar.addItem('back', back);
    this.toolbar.addItem('forward', forward);
    this.toolbar.addItem('reload', reload);
    this.toolbar.addItem('servers', others);
    this.toolbar.addItem('read-only', readOnly);
    this.toolbar.addItem('pages', pages);
    this.toolbar.addItem('spacer', Toolbar.createSpacerItem());
    buttons.forEach(({ action, button }) =>
      this.toolbar.addItem(action, button)
    );
    this.toolbar.addItem('copy-link', copy);
    this.toolbar.addItem('open-in-tab', tab);

    const update = (): void => {
      if (this.isDisposed) {
        return;
      }
      const { place, connection, phase } = panel;
      const ready = phase.kind === 'ready';
      back.enabled = ready && place.back;
      forward.enabled = ready && place.forward;
      const able = ready && subjectOf(place.route) !== null;
      buttons.forEach(({ button }) => {
        button.enabled = able;
      });
      const way = connection && tabWay(connection);
      tab.enabled = way !== null && !asking;
      // A tab is not held by the switch: there is none to wait for.
      tab.setHidden(connection?.readOnly === true && way === null);
      copy.setHidden(panel.link === null);
      readOnly.say(
        connection?.readOnly
          ? {
              text: trans.__('Read only'),
              meaning: trans.__(
                'You can look at everything in MLflow here, and change nothing. Registering a model in SageMaker works.'
              )
            }
          : null
      );
      const { skew } = panel;
      pages.say(
        skew && {
          text: trans.__('Pages of %1', skew.version),
          meaning: skew.text
        }
      );
      const label = connection?.label ?? panel.connectionId;
      this.title.label = label;
      this.title.caption = [trans.__('MLflow: %1', label), panel.pageTitle]
        .filter(Boolean)
        .join('\n');
    };
    panel.changed.connect(update);
    update();
  }

  /** Put the keyboard from the page into the toolbar, and back. */
  switchFocus(): void {
    const { content } = this;
    const toolbar: HTMLElement & { activeIndex?: number } = this.toolbar.node;
    const first = toolbar.querySelector<HTMLElement>(
      'jp-button:not([disabled])'
    );
    if (content.isInPage && first) {
      // From where the arrow keys go on; it does not follow `focus()`.
      toolbar.activeIndex = 0;
      first.focus();
    } else {
      content.activate();
    }
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

/** A short word in the toolbar, with what it means. */
class Chip extends Widget {
  constructor() {
    super({ node: document.createElement('span') });
    this.addClass('jp-sg-mlflow-chip');
    this.node.tabIndex = 0;
    this.node.setAttribute('role', 'note');
    this.hide();
  }

  /** Say this; null: nothing. */
  say(words: { text: string; meaning: string } | null): void {
    if (words) {
      const { text, meaning } = words;
      this.node.textContent = text;
      this.node.title = meaning;
      this.node.setAttribute('aria-label', `${text}. ${meaning}`);
    }
    this.setHidden(words === null);
  }
}
