/** Makes the service of the room; loaded with the first question. */
import { Notification } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRelay } from '../tokens';
import { Governance } from './service';
import { VocabularyError, type IVocabularyRule } from './vocabulary';

/** What the service is made of. */
export interface IStartOptions {
  relay: IRelay;
  /** null: last known words are not kept over a reload. */
  state: IStateDB | null;
  /** null: there are none, the defaults hold. */
  settings: Promise<ISettingRegistry.ISettings> | null;
  trans: TranslationBundle;
}

/** Make the service; settings that cannot be read or used are told of. */
export async function startGovernance(
  options: IStartOptions
): Promise<Governance> {
  const { relay, state, settings, trans } = options;
  const service = new Governance({ relay, state });
  try {
    const loaded = await settings;
    if (loaded) {
      const apply = (): void => applySettings(service, loaded, trans);
      apply();
      loaded.changed.connect(apply);
    }
  } catch (error) {
    Notification.warning(
      trans
        .__(
          'The settings of governance status could not be read; defaults are used. %1',
          String(error)
        )
        .slice(0, 140)
    );
  }
  return service;
}

/** Take settings over; a pattern that cannot be used leaves the former ones. */
function applySettings(
  service: Governance,
  loaded: ISettingRegistry.ISettings,
  trans: TranslationBundle
): void {
  const { vocabulary, staleAfterMinutes, tagKey } = loaded.composite;
  // A line of the vocabulary that cannot be used spoils nothing else.
  service.configure({
    staleAfterMinutes: staleAfterMinutes as number,
    tagKey: tagKey as string
  });
  try {
    service.configure({
      vocabulary: vocabulary as unknown as IVocabularyRule[]
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
