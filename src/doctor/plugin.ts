/** Checks the installation, in a tab of the lab. */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, IDoctor, IRelay, PLUGIN_NAMESPACE } from '../tokens';
import type { ICheckSummary } from '../tokens';
import { describedBy } from '../ui';

const doctor: JupyterFrontEndPlugin<IDoctor> = {
  id: `${PLUGIN_NAMESPACE}:doctor`,
  description: 'Checks the installation and says what to do.',
  autoStart: true,
  requires: [IRelay],
  optional: [ICommandPalette, IMainMenu, ITranslator],
  provides: IDoctor,
  activate: (
    app: JupyterFrontEnd,
    relay: IRelay,
    palette: ICommandPalette | null,
    mainMenu: IMainMenu | null,
    translator: ITranslator | null
  ): IDoctor => {
    const trans = (translator ?? nullTranslator).load('sagemaker_governance');
    const known: { last: ICheckSummary | null } = { last: null };
    const command = CommandIDs.checkInstallation;
    app.commands.addCommand(command, {
      label: trans.__('Check This Installation…'),
      caption: trans.__('What works, what does not, and what to do about it'),
      describedBy: describedBy('none', trans),
      execute: async () =>
        (await import('./widget')).show({ app, relay, trans, known })
    });
    palette?.addItem({ command, category: trans.__('Model Governance') });
    mainMenu?.helpMenu.addGroup([{ command }], 20);
    return known;
  }
};

export default [doctor];
