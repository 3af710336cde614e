import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import {
  CommandIDs,
  IGovernance,
  IRelay,
  PLUGIN_NAMESPACE,
  type IGroupArgs
} from '../tokens';
import { describedBy } from '../ui';
import { adminPlugin } from './adminPlugin';
import { actions } from './actions';
import { LazyGovernance } from './lazyGovernance';
import { mentionsPlugin } from './mentions/mentionsPlugin';

const PLUGIN_ID = `${PLUGIN_NAMESPACE}:governance`;

/** Provides the governance status of model package groups. */
const governance: JupyterFrontEndPlugin<IGovernance> = {
  id: PLUGIN_ID,
  description:
    'Tells the governance status of model package groups from OpenPages, model cards and tags.',
  autoStart: true,
  requires: [IRelay],
  optional: [ISettingRegistry, IStateDB, ITranslator],
  provides: IGovernance,
  activate: (
    app: JupyterFrontEnd,
    relay: IRelay,
    settings: ISettingRegistry | null,
    state: IStateDB | null,
    translator: ITranslator | null
  ): IGovernance => {
    const trans = (translator ?? nullTranslator).load('sagemaker_governance');
    const loaded = settings?.load(PLUGIN_ID) ?? null;
    // Told of when the service is made.
    loaded?.catch(() => undefined);
    const service = new LazyGovernance(async () => {
      const { startGovernance } = await import('./start');
      return startGovernance({ relay, state, settings: loaded, trans });
    });
    app.commands.addCommand(CommandIDs.openUseCase, {
      label: trans.__('Open Use Case in Governance Console'),
      caption: trans.__(
        'Show the use case of the model package group in a new browser tab'
      ),
      describedBy: describedBy('group', trans),
      isEnabled: args =>
        service.known(String(args.group))?.useCase?.url !== null,
      execute: async args => {
        const { openUseCase } = await import('./command');
        await openUseCase(service, args as unknown as IGroupArgs, trans);
      }
    });
    return service;
  }
};

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  governance,
  actions,
  adminPlugin,
  mentionsPlugin
];
export default plugins;
