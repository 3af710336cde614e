/** Requesting and deciding approvals, and telling of decisions. */
import {
  ILabShell,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
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
import { addCommands } from './commands';
import { LazyWatch } from './lazyWatch';
import { parseSettings, setApprovalSettings } from './settings';
import { startLooking } from './looking';

const ID = `${PLUGIN_NAMESPACE}:approvals`;

const approvals: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Requests approval of model versions and decides on them.',
  autoStart: true,
  requires: [IRelay, IRegistry],
  optional: [
    IGovernance,
    ICommandPalette,
    ISettingRegistry,
    IStateDB,
    ITranslator,
    ILabShell
  ],
  activate: (
    app: JupyterFrontEnd,
    relay: IRelay,
    registry: IRegistry,
    governance: IGovernance | null,
    palette: ICommandPalette | null,
    settings: ISettingRegistry | null,
    state: IStateDB | null,
    translator: ITranslator | null,
    shell: ILabShell | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('sagemaker_governance');
    const { commands } = app;
    const watch = new LazyWatch({
      registry,
      state,
      tell: outcome => {
        void import('./news').then(({ tellOutcome }) =>
          tellOutcome({ commands, trans }, outcome)
        );
      }
    });
    addCommands({ relay, registry, governance, trans, commands, watch });

    const category = trans.__('Model Governance');
    for (const command of [CommandIDs.requestApproval, CommandIDs.decide]) {
      palette?.addItem({ command, category });
    }

    const looking = startLooking({ app, shell, watch });
    void settings?.load(ID).then(
      loaded => {
        const use = (): void => {
          const { settings: parsed, problems } = parseSettings(
            loaded.composite
          );
          setApprovalSettings(parsed);
          looking.every(parsed.watchMinutes);
          if (problems.length > 0) {
            Notification.warning(
              trans.__(
                'Model Governance settings that cannot be used, the defaults hold: %1',
                problems.join(', ')
              ),
              { autoClose: false }
            );
          }
        };
        loaded.changed.connect(use);
        use();
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
