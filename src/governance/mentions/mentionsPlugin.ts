import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import {
  CommandIDs,
  IGovernance,
  IRelay,
  PLUGIN_NAMESPACE
} from '../../tokens';
import { describedBy } from '../../ui';
import { EditorSlot } from './slot';

/** Tells in notebooks and files of the use cases that they name. */
export const mentionsPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_NAMESPACE}:mentions`,
  description:
    'Underlines ids of use cases in notebooks and files, with their status.',
  autoStart: true,
  requires: [IRelay, IGovernance],
  optional: [
    IEditorExtensionRegistry,
    ICommandPalette,
    INotebookTracker,
    ISettingRegistry,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    relay: IRelay,
    governance: IGovernance,
    extensions: IEditorExtensionRegistry | null,
    palette: ICommandPalette | null,
    notebooks: INotebookTracker | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null
  ): void => {
    if (!extensions) {
      return;
    }
    const trans = (translator ?? nullTranslator).load('sagemaker_governance');
    const slot = new EditorSlot();
    extensions.addExtension(slot.factory);
    const { commands, shell } = app;
    const command = CommandIDs.showUseCase;
    commands.addCommand(command, {
      label: trans.__('Show Use Case at Cursor'),
      describedBy: describedBy('none', trans),
      execute: async () => {
        const { tellUseCase } = await import('./watch');
        tellUseCase(slot, shell.currentWidget?.node ?? document.body, trans);
      }
    });
    palette?.addItem({ command, category: trans.__('Model Governance') });
    let on = true;
    const show = (): void => {
      // Nothing is read for this: before a reading there are no words.
      if (governance.statusWords().size === 0) {
        return;
      }
      void import('./watch').then(
        ({ showMentions }) =>
          showMentions({ relay, governance, notebooks, slot, trans }, () => on),
        () => {
          // Code that could not be loaded may load with the next change.
        }
      );
    };
    governance.changed.connect(show);
    settings?.load(`${PLUGIN_NAMESPACE}:governance`).then(
      loaded => {
        const apply = (): void => {
          on = loaded.get('mentions').composite !== false;
          show();
        };
        apply();
        loaded.changed.connect(apply);
      },
      () => {
        // The plugin of the settings tells; mentions are on by default.
      }
    );
  }
};
