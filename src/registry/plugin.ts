/** The registry, its sidebar panel and its document. */
import { ILayoutRestorer } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import {
  CommandIDs,
  IFollowing,
  IGovernance,
  IGovernancePanel,
  IRegistry,
  IRelay,
  PLUGIN_NAMESPACE
} from '../tokens';
import { describedBy, governanceIcon } from '../ui';
import { documentPlugin } from './document/plugin';
import { LazyRegistry } from './lazyRegistry';
import { GovernancePanel } from './panel/widget';

const PANEL_ID = `${PLUGIN_NAMESPACE}:registry`;

/** Left sidebar; 501 to 899 is the range for extensions. */
const RANK = 600;

const client: JupyterFrontEndPlugin<IRegistry> = {
  id: `${PLUGIN_NAMESPACE}:registry-client`,
  description: 'Reads and writes the SageMaker model registries.',
  autoStart: true,
  requires: [IRelay],
  provides: IRegistry,
  activate: (_: JupyterFrontEnd, relay: IRelay): IRegistry =>
    new LazyRegistry(relay)
};

const panel: JupyterFrontEndPlugin<IGovernancePanel> = {
  id: PANEL_ID,
  description: 'The sidebar with model package groups and their status.',
  autoStart: true,
  requires: [IRelay, IRegistry],
  optional: [
    IGovernance,
    IFollowing,
    ICommandPalette,
    ILauncher,
    ILayoutRestorer,
    IMainMenu,
    ISettingRegistry,
    IStateDB,
    ITranslator
  ],
  provides: IGovernancePanel,
  activate: (
    app: JupyterFrontEnd,
    relay: IRelay,
    registry: IRegistry,
    governance: IGovernance | null,
    following: IFollowing | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    restorer: ILayoutRestorer | null,
    mainMenu: IMainMenu | null,
    settings: ISettingRegistry | null,
    state: IStateDB | null,
    translator: ITranslator | null
  ): IGovernancePanel => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('sagemaker_governance');
    const sidebar = new GovernancePanel(trans, async () => {
      // What is needed one after the other is fetched side by side.
      if (registry instanceof LazyRegistry) {
        registry.warm();
      }
      relay.config().catch(() => undefined);
      const { createContent } = await import('./panel/content');
      return createContent({
        relay,
        registry,
        governance,
        following,
        state,
        trans,
        commands,
        // Without settings the defaults hold.
        settings:
          settings?.load(PANEL_ID).catch(() => null) ?? Promise.resolve(null)
      });
    });
    shell.add(sidebar, 'left', { rank: RANK, type: 'Model Governance' });
    restorer?.add(sidebar, sidebar.id);

    commands.addCommand(CommandIDs.openPanel, {
      label: args =>
        args['isLauncher']
          ? trans.__('Model Governance')
          : trans.__('Show Model Governance'),
      caption: trans.__(
        'Model package groups, the status of their use cases, and who has the ball'
      ),
      icon: governanceIcon,
      describedBy: describedBy('panel', trans),
      execute: ({ filter, text }) => {
        shell.activateById(sidebar.id);
        if (filter !== undefined || text !== undefined) {
          sidebar.setView({ filter, text });
        }
      }
    });
    commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Refresh Model Governance'),
      caption: trans.__('Read registries and use cases again'),
      describedBy: describedBy('none', trans),
      execute: () => sidebar.refresh()
    });

    const category = trans.__('Model Governance');
    for (const command of [CommandIDs.openPanel, CommandIDs.refresh]) {
      palette?.addItem({ command, category });
    }
    launcher?.add({
      command: CommandIDs.openPanel,
      category,
      args: { isLauncher: true },
      rank: 0
    });
    mainMenu?.viewMenu.addGroup([{ command: CommandIDs.openPanel }], 9);
    return sidebar;
  }
};

const plugins: (
  | JupyterFrontEndPlugin<IRegistry>
  | JupyterFrontEndPlugin<IGovernancePanel>
  | JupyterFrontEndPlugin<void>
)[] = [client, panel, documentPlugin];
export default plugins;
