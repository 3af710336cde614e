/** Provides the relay and what concerns the extension as a whole. */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, IDoctor, IRelay, PLUGIN_NAMESPACE } from '../tokens';
import { describedBy } from '../ui';
import { Relay } from './relay';

const relay: JupyterFrontEndPlugin<IRelay> = {
  id: `${PLUGIN_NAMESPACE}:relay`,
  description:
    'Reaches SageMaker, OpenPages and MLflow through the Jupyter server.',
  autoStart: true,
  provides: IRelay,
  activate: (app: JupyterFrontEnd): IRelay =>
    new Relay({ serverSettings: app.serviceManager.serverSettings })
};

const commands: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_NAMESPACE}:about`,
  description: 'Shows versions, environment and connections; copies text.',
  autoStart: true,
  requires: [IRelay],
  optional: [IDoctor, ICommandPalette, IMainMenu, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    relay: IRelay,
    doctor: IDoctor | null,
    palette: ICommandPalette | null,
    mainMenu: IMainMenu | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('sagemaker_governance');
    app.commands.addCommand(CommandIDs.about, {
      label: trans.__('About Model Governance'),
      caption: trans.__('Versions, environment and connections'),
      describedBy: describedBy('none', trans),
      execute: async () => {
        const { showAbout } = await import('./about');
        await showAbout({
          relay,
          trans,
          lab: app.version,
          last: doctor?.last ?? null,
          check: doctor
            ? () => void app.commands.execute(CommandIDs.checkInstallation)
            : null
        });
      }
    });
    app.commands.addCommand(CommandIDs.copy, {
      label: trans.__('Copy'),
      describedBy: describedBy('copy', trans),
      execute: args => {
        const { text } = args;
        if (typeof text !== 'string') {
          throw new Error(trans.__('There is no text to copy.'));
        }
        Clipboard.copyToSystem(text);
        Notification.success(trans.__('Copied'), { autoClose: 1500 });
      }
    });
    palette?.addItem({
      command: CommandIDs.about,
      category: trans.__('Model Governance')
    });
    mainMenu?.helpMenu.addGroup([{ command: CommandIDs.about }], 20);
  }
};

const plugins: (JupyterFrontEndPlugin<IRelay> | JupyterFrontEndPlugin<void>)[] =
  [relay, commands];
export default plugins;
