/** Keeps the editors' slot in step with readings; loaded after the first one. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IGovernance, IRelay } from '../../tokens';
import { mentionsExtension } from './editor';
import { KnownUseCases } from './find';
import type { EditorSlot } from './slot';

export interface IWatchOptions {
  relay: Pick<IRelay, 'config'>;
  governance: Pick<IGovernance, 'useCases'>;
  slot: EditorSlot;
  trans: TranslationBundle;
}

/** Use cases that editors show, as text: only a change of these is work. */
const shown = new WeakMap<EditorSlot, string>();

/**
 * Put the use cases of the last readings into the editors.
 *
 * A console that cannot be read takes its use cases out: what it said may have
 * changed.
 *
 * @param on - false: take everything out.
 */
export async function showMentions(
  { relay, governance, slot, trans }: IWatchOptions,
  on: () => boolean
): Promise<void> {
  const { connections } = await relay.config();
  const lists = await Promise.allSettled(
    connections
      .filter(({ kind }) => kind === 'openpages')
      .map(({ id }) => governance.useCases(id))
  );
  const useCases = lists.flatMap(list =>
    list.status === 'fulfilled' ? [...list.value] : []
  );
  if (!on()) {
    shown.delete(slot);
    slot.content = [];
    return;
  }
  const text = JSON.stringify(
    useCases.map(({ id, key, name, owner, riskLevel, status, url }) => [
      id,
      key,
      name,
      owner,
      riskLevel,
      status,
      url
    ])
  );
  if (shown.get(slot) !== text) {
    shown.set(slot, text);
    const known = new KnownUseCases(useCases);
    slot.content = known.size ? mentionsExtension(known, trans) : [];
  }
}
