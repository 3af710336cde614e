import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { MainAreaWidget } from '@jupyterlab/apputils';

import {
  CommandIDs,
  IGovernance,
  IRegistry,
  IRelay,
  PLUGIN_NAMESPACE
} from '../tokens';

type Make = typeof import('./admin');

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
    { commands, shell }: JupyterFrontEnd,
    relay: IRelay,
    registry: IRegistry,
    governance: IGovernance,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    settings: ISettingRegistry | null,
    state: IStateDB | null,
    translator: ITranslator | null
  ): void => {
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
      command: string,
      label: string,
      caption: string,
      arg: string,
      about: string,
      make: 'setup' | 'vocabulary'
    ): void => {
      const tracker = new WidgetTracker<MainAreaWidget>({
        namespace: `sagemaker-governance-${make}`
      });
      commands.addCommand(command, {
        label,
        caption,
        describedBy: {
          args: {
            type: 'object',
            properties: { [arg]: { type: 'string', description: about } }
          }
        },
        execute: async args => {
          const { open }: Make = await import('./admin');
          return open(make, services, { tracker, shell }, args[arg]);
        }
      });
      palette?.addItem({ command, category: trans.__('Model Governance') });
      if (restorer) {
        void restorer.restore(tracker, {
          command,
          args: ({ id }) => ({ [arg]: id.split(':')[1] }),
          name: ({ id }) => id
        });
      }
    };
    add(
      CommandIDs.setUpConnection,
      trans.__('Set Up Governance Connection…'),
      trans.__('Find out what a governance console calls things'),
      'connection',
      trans.__('Id of the OpenPages connection'),
      'setup'
    );
    add(
      CommandIDs.editVocabulary,
      trans.__('Edit Status Vocabulary…'),
      trans.__('Say what the status words of use cases mean'),
      'word',
      trans.__('Status word to look at'),
      'vocabulary'
    );
  }
};
