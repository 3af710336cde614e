/** Commands for the MLflow page in the lab's current tab. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { CommandIDs } from '../tokens';
import { describedBy } from '../ui';
import type { MLflowWidget } from './widget';

export interface IPageCommandsOptions {
  commands: CommandRegistry;
  palette: ICommandPalette | null;
  shell: JupyterFrontEnd.IShell;
  tracker: WidgetTracker<MLflowWidget>;
  trans: TranslationBundle;
}

/** Add the commands; their shortcuts are in `schema/mlflow.json`. */
export function addPageCommands(options: IPageCommandsOptions): void {
  const { commands, palette, shell, tracker, trans } = options;
  const add = (
    id: string,
    label: string,
    can: (widget: MLflowWidget) => boolean,
    act: (widget: MLflowWidget) => void
  ): void => {
    const current = (): MLflowWidget | null => {
      const { currentWidget: widget } = tracker;
      return widget && widget === shell.currentWidget && can(widget)
        ? widget
        : null;
    };
    commands.addCommand(id, {
      label,
      describedBy: describedBy('none', trans),
      isEnabled: () => current() !== null,
      execute: () => {
        const widget = current();
        if (widget) {
          act(widget);
        }
      }
    });
    palette?.addItem({ command: id, category: trans.__('Model Governance') });
  };
  add(
    CommandIDs.mlflowBack,
    trans.__('MLflow: Back'),
    ({ content }) => content.place.back,
    ({ content }) => content.go(-1)
  );
  add(
    CommandIDs.mlflowForward,
    trans.__('MLflow: Forward'),
    ({ content }) => content.place.forward,
    ({ content }) => content.go(1)
  );
  add(
    CommandIDs.mlflowSwitchFocus,
    trans.__('MLflow: Switch between Page and Toolbar'),
    () => true,
    widget => widget.switchFocus()
  );
  add(
    CommandIDs.mlflowCopyLink,
    trans.__('MLflow: Copy Link'),
    ({ content }) => content.link !== null,
    ({ content }) => {
      void commands.execute(CommandIDs.copy, { text: content.link });
    }
  );
}
