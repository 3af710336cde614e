/** MLflow: its REST client, and its pages in a tab of the lab. */
import { ILayoutRestorer } from '@jupyterlab/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  IThemeManager,
  WidgetTracker
} from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import {
  CommandIDs,
  type IMLflowArgs,
  IMLflow,
  IRegistry,
  IRelay,
  PLUGIN_NAMESPACE
} from '../tokens';
import { describedBy } from '../ui';
import { mlflowIcon } from './icon';
import { onceWanted } from './intent';
import { lastUse } from './lastUse';
import { LazyMLflow } from './lazyClient';
import { addPageCommands } from './pageCommands';
import type { MLflowTabs } from './tabs';
import type { MLflowWidget } from './widget';

const client: JupyterFrontEndPlugin<IMLflow> = {
  id: `${PLUGIN_NAMESPACE}:mlflow-client`,
  description: 'Reads experiments, runs and models from MLflow.',
  autoStart: true,
  requires: [IRelay],
  provides: IMLflow,
  activate: (_: JupyterFrontEnd, relay: IRelay): IMLflow =>
    new LazyMLflow(relay)
};

const pages: JupyterFrontEndPlugin<void> = {
  id: `${PLUGIN_NAMESPACE}:mlflow`,
  description: 'Shows MLflow, isolated, in a tab of the lab.',
  autoStart: true,
  requires: [IRelay, IMLflow],
  optional: [
    IRegistry,
    INotebookTracker,
    ICommandPalette,
    ILauncher,
    ILayoutRestorer,
    ISettingRegistry,
    IThemeManager,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    relay: IRelay,
    mlflow: IMLflow,
    registry: IRegistry | null,
    notebooks: INotebookTracker | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    restorer: ILayoutRestorer | null,
    settings: ISettingRegistry | null,
    themes: IThemeManager | null,
    translator: ITranslator | null
  ): void => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('sagemaker_governance');
    const tracker = new WidgetTracker<MLflowWidget>({
      namespace: 'sagemaker-governance-mlflow'
    });
    // Side by side: one needs the other, and far away each is a round trip.
    const load = () =>
      Promise.all([
        import('./tabs'),
        import('./open'),
        relay.config().catch(() => null)
      ]);
    let made: MLflowTabs | null = null;
    const tabs = async (): Promise<MLflowTabs> => {
      const [{ MLflowTabs }] = await load();
      return (made ??= new MLflowTabs({
        tracker,
        shell,
        services: {
          relay,
          mlflow,
          registry,
          notebooks,
          trans,
          commands,
          shell,
          themes,
          settings
        }
      }));
    };
    const caption = trans.__(
      'Experiments, runs and models, in a tab of the lab'
    );
    commands.addCommand(CommandIDs.openMLflow, {
      label: args =>
        args.choose
          ? trans.__('Choose MLflow server…')
          : args.isPalette || !args.isLauncher
            ? trans.__('Open MLflow')
            : trans.__('MLflow'),
      caption,
      icon: args => (args.isPalette ? undefined : mlflowIcon),
      describedBy: describedBy('mlflow', trans),
      execute: async args =>
        (await tabs()).open(args as IMLflowArgs, {
          restored: args.isRestored === true
        })
    });
    addPageCommands({ commands, palette, shell, tracker, trans });
    const category = trans.__('Model Governance');
    palette?.addItem({
      command: CommandIDs.openMLflow,
      category,
      args: { isPalette: true }
    });
    palette?.addItem({
      command: CommandIDs.openMLflow,
      category,
      args: { isPalette: true, choose: true }
    });
    launcher?.add({
      command: CommandIDs.openMLflow,
      category,
      args: { isLauncher: true },
      rank: 1
    });
    if (launcher) {
      // What fails here is said when it is opened.
      onceWanted(caption, () => void load().catch(() => undefined));
    }
    const used = lastUse();
    if (used !== null) {
      void app.restored
        .then(() => idle())
        .then(() => settings?.load(pages.id))
        .then(async mine => {
          if (mine?.composite.keepReady !== false) {
            await (await tabs()).prepare(used);
          }
        })
        // Whoever opens MLflow sees what is wrong.
        .catch(() => undefined);
    }
    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.openMLflow,
        args: ({ content }) => ({
          connection: content.connectionId,
          route: content.place.route,
          isRestored: true
        }),
        name: ({ content }) => content.connectionId
      });
    }
  }
};

/** Once the lab has nothing better to do and somebody sees it. */
async function idle(): Promise<void> {
  await new Promise<void>(resolve => {
    if ('requestIdleCallback' in window) {
      window.requestIdleCallback(() => resolve());
    } else {
      setTimeout(resolve, 5000);
    }
  });
  while (document.hidden) {
    await new Promise(resolve =>
      document.addEventListener('visibilitychange', resolve, { once: true })
    );
  }
}

const plugins: JupyterFrontEndPlugin<IMLflow | void>[] = [client, pages];
export default plugins;
