import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';

import {
  CommandIDs,
  IGovernance,
  IRelay,
  PLUGIN_NAMESPACE,
  type IGroupArgs
} from '../tokens';
// What `bucketOf` and others need at once; the readers load with the first question.
import { Governance } from './service';
import { VocabularyError, type IVocabularyRule } from './vocabulary';

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
    const service = new Governance({ relay, state });
    if (settings) {
      void settings.load(PLUGIN_ID).then(
        loaded => {
          const apply = () => applySettings(service, loaded, trans);
          apply();
          loaded.changed.connect(apply);
        },
        (error: unknown) => {
          Notification.warning(
            trans
              .__(
                'The settings of governance status could not be read; defaults are used. %1',
                String(error)
              )
              .slice(0, 140)
          );
        }
      );
    }
    app.commands.addCommand(CommandIDs.openUseCase, {
      label: trans.__('Open Use Case in Governance Console'),
      caption: trans.__(
        'Show the use case of the model package group in a new browser tab'
      ),
      describedBy: {
        args: {
          type: 'object',
          required: ['connection', 'group'],
          properties: {
            connection: {
              type: 'string',
              description: trans.__('Id of the SageMaker connection')
            },
            group: {
              type: 'string',
              description: trans.__('ARN of the model package group')
            }
          }
        }
      },
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

/** Take settings over; a pattern that cannot be used leaves the former ones. */
function applySettings(
  service: Governance,
  loaded: ISettingRegistry.ISettings,
  trans: TranslationBundle
): void {
  const { vocabulary, staleAfterMinutes, tagKey } = loaded.composite;
  try {
    service.configure({
      vocabulary: vocabulary as unknown as IVocabularyRule[],
      staleAfterMinutes: staleAfterMinutes as number,
      tagKey: tagKey as string
    });
  } catch (error) {
    if (!(error instanceof VocabularyError)) {
      throw error;
    }
    Notification.error(
      trans
        .__(
          'Status vocabulary, line %1: %2. The former vocabulary stays.',
          error.index + 1,
          error.message
        )
        .slice(0, 140),
      { autoClose: false }
    );
  }
}

const plugins: JupyterFrontEndPlugin<unknown>[] = [governance];
export default plugins;
