/** Registering models in the SageMaker registry. */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import {
  CommandIDs,
  IGovernance,
  IMLflow,
  IRegistry,
  IRelay,
  PLUGIN_NAMESPACE
} from '../tokens';
import { addCommand } from './commands';

const ID = `${PLUGIN_NAMESPACE}:register`;

const register: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Registers models from MLflow and S3 in SageMaker.',
  autoStart: true,
  requires: [IRelay, IRegistry],
  optional: [
    IGovernance,
    IMLflow,
    ICommandPalette,
    ISettingRegistry,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    relay: IRelay,
    registry: IRegistry,
    governance: IGovernance | null,
    mlflow: IMLflow | null,
    palette: ICommandPalette | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('sagemaker_governance');
    let composite: ISettingRegistry.ISettings['composite'] = {};
    addCommand(app.commands, {
      relay,
      registry,
      governance,
      mlflow,
      composite: () => composite,
      trans
    });
    palette?.addItem({
      command: CommandIDs.registerModel,
      category: trans.__('Model Governance')
    });
    void settings?.load(ID).then(
      loaded => {
        const use = (): void => {
          composite = loaded.composite;
        };
        loaded.changed.connect(use);
        use();
      },
      (reason: unknown) => {
        Notification.warning(
          trans.__(
            'The settings for registering could not be read, the defaults hold: %1',
            reason instanceof Error ? reason.message : String(reason)
          )
        );
      }
    );
  }
};

const plugins: JupyterFrontEndPlugin<void>[] = [register];
export default plugins;
