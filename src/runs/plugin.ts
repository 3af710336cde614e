/** Runs of the notebook's experiment, in the sidebar. */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import {
  IGovernancePanel,
  IMLflow,
  IRegistry,
  IRelay,
  PLUGIN_NAMESPACE
} from '../tokens';

const runs: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_NAMESPACE}:runs`,
  description: 'Shows runs of the notebook’s experiment.',
  autoStart: true,
  requires: [IRelay, IMLflow, IGovernancePanel],
  optional: [
    IRegistry,
    INotebookTracker,
    ISettingRegistry,
    IStateDB,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    relay: IRelay,
    mlflow: IMLflow,
    panel: IGovernancePanel,
    registry: IRegistry | null,
    notebooks: INotebookTracker | null,
    settings: ISettingRegistry | null,
    state: IStateDB | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('sagemaker_governance');
    panel.addSection(async () => {
      const { createSection } = await import('./section');
      return createSection({
        relay,
        mlflow,
        registry,
        notebooks,
        settings,
        state,
        commands: app.commands,
        shell: app.shell,
        trans
      });
    });
  }
};

const plugins: JupyterFrontEndPlugin<void>[] = [runs];
export default plugins;
