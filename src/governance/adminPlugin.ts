import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  WidgetTracker,
  type MainAreaWidget
} from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import {
  CommandIDs,
  IGovernance,
  IRegistry,
  IRelay,
  PLUGIN_NAMESPACE
} from '../tokens';
import type { AdminTab } from './admin';

/** Widgets of one kind of tab, for as long as the lab lives. */
const trackerOf = (what: AdminTab): WidgetTracker<MainAreaWidget> =>
  new WidgetTracker<MainAreaWidget>({
    namespace: `sagemaker-governance-${what}`
  });

/** Sets a console up, and edits what status words mean. */
export const adminPlugin: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_NAMESPACE}:governance-admin`,
  description:
    'Finds out the schema of a governance console, and edits what status words mean.',
  autoStart: true,
  requires: [IRelay, IRegistry, IGovernance],
  optional: [
    ICommandPalette,
    ILayoutRestorer,
    ISettingRegistry,
    IStateDB,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    relay: IRelay,
    registry: IRegistry,
    governance: IGovernance,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    settings: ISettingRegistry | null,
    state: IStateDB | null,
    translator: ITranslator | null
  ): void => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('sagemaker_governance');
    const services = {
      relay,
      registry,
      governance,
      settings,
      state,
      commands,
      trans,
      listed: new Map<string, readonly string[]>()
    };
    const add = (
      what: AdminTab,
      command: string,
      label: string,
      caption: string
    ): void => {
      const tracker = trackerOf(what);
      commands.addCommand(command, {
        label,
        caption,
        describedBy: async () => ({
          args: (await import('./admin')).schemaOf(what, trans)
        }),
        execute: async args =>
          (await import('./admin')).open(what, services, {
            args,
            tracker,
            shell
          })
      });
      palette?.addItem({ command, category: trans.__('Model Governance') });
      if (restorer) {
        void restorer.restore(tracker, {
          command,
          // See the ids in admin.ts.
          args: ({ id }) => ({ connection: id.split(':')[1] ?? '' }),
          name: ({ id }) => id
        });
      }
    };
    add(
      'setup',
      CommandIDs.setUpConnection,
      trans.__('Set Up Governance Connection…'),
      trans.__('Find out what a governance console calls things')
    );
    add(
      'vocabulary',
      CommandIDs.editVocabulary,
      trans.__('Edit Status Vocabulary…'),
      trans.__('Say what the status words of use cases mean')
    );
  }
};
