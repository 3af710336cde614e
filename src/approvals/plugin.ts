/** Requesting and deciding approvals. */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import {
  CommandIDs,
  IFollowing,
  IGovernance,
  IRegistry,
  IRelay,
  PLUGIN_NAMESPACE
} from '../tokens';
import { addCommands } from './commands';
import { giveSettings } from './given';

const ID = `${PLUGIN_NAMESPACE}:approvals`;

const approvals: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Requests approval of model versions and decides on them.',
  autoStart: true,
  requires: [IRelay, IRegistry],
  optional: [
    IGovernance,
    IFollowing,
    ICommandPalette,
    ISettingRegistry,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    relay: IRelay,
    registry: IRegistry,
    governance: IGovernance | null,
    following: IFollowing | null,
    palette: ICommandPalette | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('sagemaker_governance');
    const { commands } = app;
    addCommands({ relay, registry, governance, following, trans, commands });

    const category = trans.__('Model Governance');
    for (const command of [CommandIDs.requestApproval, CommandIDs.decide]) {
      palette?.addItem({ command, category });
    }

    const tell = (problems: readonly string[]): void => {
      Notification.warning(
        trans.__(
          'Model Governance settings that cannot be used, the defaults hold: %1',
          problems.join(', ')
        ),
        { autoClose: false }
      );
    };
    void settings?.load(ID).then(
      loaded => {
        const give = (): void =>
          giveSettings({ composite: loaded.composite, tell });
        loaded.changed.connect(give);
        give();
      },
      (reason: unknown) => {
        Notification.warning(
          trans.__(
            'The approval settings could not be read, the defaults hold: %1',
            reason instanceof Error ? reason.message : String(reason)
          )
        );
      }
    );
  }
};

const plugins: JupyterFrontEndPlugin<void>[] = [approvals];
export default plugins;
