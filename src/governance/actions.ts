import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
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
import { describedBy } from '../ui';
import { provideActions } from './trail/services';

/** Acts on governance: links groups to use cases, moves workflows. */
export const actions: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_NAMESPACE}:governance-actions`,
  description:
    'Links model package groups to use cases, and starts and moves workflows.',
  autoStart: true,
  requires: [IRelay, IRegistry, IGovernance],
  optional: [ICommandPalette, ISettingRegistry, IStateDB, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    relay: IRelay,
    registry: IRegistry,
    governance: IGovernance,
    palette: ICommandPalette | null,
    settings: ISettingRegistry | null,
    state: IStateDB | null,
    translator: ITranslator | null
  ): void => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('sagemaker_governance');
    const services = {
      relay,
      registry,
      governance,
      state,
      settings,
      commands,
      trans
    };
    provideActions(services);
    const add = (
      command: string,
      label: string,
      schema: 'chosen' | 'workflow',
      act: 'link' | 'undo' | 'move'
    ): void => {
      commands.addCommand(command, {
        label,
        describedBy: describedBy(schema, trans),
        execute: async args => (await import('./act'))[act](services, args)
      });
      palette?.addItem({ command, category: trans.__('Model Governance') });
    };
    add(
      CommandIDs.linkUseCase,
      trans.__('Link to Use Case…'),
      'chosen',
      'link'
    );
    add(CommandIDs.undoLink, trans.__('Undo Link…'), 'chosen', 'undo');
    add(
      CommandIDs.moveWorkflow,
      trans.__('Move Workflow…'),
      'workflow',
      'move'
    );
  }
};
