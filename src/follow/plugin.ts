/** Staying current: stars, looks in the background, notifications, status bar. */
import {
  ILabShell,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import {
  CommandIDs,
  IFollowing,
  IGovernance,
  type IGroupArgs,
  IRegistry,
  IRelay,
  PLUGIN_NAMESPACE
} from '../tokens';
import { describedBy } from '../ui';
import { LazyFollowing } from './lazyFollowing';
import { whenOpened } from './opened';

const ID = `${PLUGIN_NAMESPACE}:follow`;

const follow: JupyterFrontEndPlugin<IFollowing> = {
  id: ID,
  description:
    'Keeps stars, reads again in the background and tells of changes.',
  autoStart: true,
  requires: [IRelay, IRegistry],
  optional: [
    IGovernance,
    ISettingRegistry,
    IStateDB,
    IStatusBar,
    ILabShell,
    ITranslator
  ],
  provides: IFollowing,
  activate: (
    app: JupyterFrontEnd,
    relay: IRelay,
    registry: IRegistry,
    governance: IGovernance | null,
    settings: ISettingRegistry | null,
    state: IStateDB | null,
    statusBar: IStatusBar | null,
    shell: ILabShell | null,
    translator: ITranslator | null
  ): IFollowing => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('sagemaker_governance');
    // Without settings the defaults hold.
    const loaded = settings?.load(ID).catch(() => null) ?? null;
    const following = new LazyFollowing(async () => {
      const { Following } = await import('./start');
      const made = new Following({
        relay,
        registry,
        governance,
        state,
        statusBar,
        commands,
        trans
      });
      const found = await loaded;
      const use = (): void => {
        if (found) {
          made.configure(found.composite);
        }
      };
      try {
        use();
        found?.changed.connect(use);
        await made.load();
      } catch (error) {
        // The next call makes another one.
        found?.changed.disconnect(use);
        made.dispose();
        throw error;
      }
      return made;
    });
    following.changed.connect(() =>
      commands.notifyCommandChanged(CommandIDs.toggleStar)
    );
    commands.addCommand(CommandIDs.toggleStar, {
      label: args =>
        following.isStarred(String(args.group))
          ? trans.__('Remove Star')
          : trans.__('Star'),
      caption: trans.__('Starred groups have a filter, and changes are told'),
      describedBy: describedBy('group', trans),
      isToggleable: true,
      isToggled: args => following.isStarred(String(args.group)),
      isEnabled: args => Boolean(args.connection && args.group),
      execute: async args => {
        try {
          return await following.toggle(args as unknown as IGroupArgs);
        } catch (error) {
          Notification.error(
            trans.__('The star could not be kept: %1', String(error))
          );
          return undefined;
        }
      }
    });
    whenOpened(app, shell, () => following.begin());
    void loaded?.then(found => {
      const look = (): void => {
        if (found?.composite.statusBar === 'always') {
          following.begin();
        }
      };
      found?.changed.connect(look);
      look();
    });
    return following;
  }
};

const plugins: JupyterFrontEndPlugin<IFollowing>[] = [follow];
export default plugins;
