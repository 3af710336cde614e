/** Keeps the editors' slot in step with readings; loaded after the first one. */
import { Notification } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IGovernance, IRelay } from '../../tokens';
import { mentionsExtension, tellAtCursor } from './editor';
import { KnownUseCases } from './find';
import { RenderedMentions } from './rendered';
import type { EditorSlot } from './slot';

export interface IWatchOptions {
  relay: Pick<IRelay, 'config'>;
  governance: Pick<IGovernance, 'useCases'>;
  slot: EditorSlot;
  /** Notebooks, whose rendered Markdown gets links; null: there are none. */
  notebooks: INotebookTracker | null;
  trans: TranslationBundle;
}

/** What editors show. */
interface IShown {
  /** The use cases as text: only a change of these is work. */
  text: string;
  known: KnownUseCases;
  /** Links in rendered Markdown; null: none so far. */
  rendered: RenderedMentions | null;
  /** Of several calls under way the last one counts. */
  turn: number;
}

const NOTHING: IShown = {
  text: '',
  known: new KnownUseCases([]),
  rendered: null,
  turn: 0
};
const shown = new WeakMap<EditorSlot, IShown>();

/**
 * Put the use cases of the last readings into editors and rendered Markdown.
 *
 * A console that cannot be read takes its use cases out: what it said may have
 * changed.
 *
 * @param on - false: take everything out.
 */
export async function showMentions(
  { relay, governance, notebooks, slot, trans }: IWatchOptions,
  on: () => boolean
): Promise<void> {
  const before = shown.get(slot) ?? NOTHING;
  const turn = before.turn + 1;
  shown.set(slot, { ...before, turn });
  const connections = on()
    ? await relay.config().then(
        config => config.connections,
        // Whatever shows statuses tells why nothing can be read.
        () => []
      )
    : [];
  const lists = await Promise.allSettled(
    connections
      .filter(({ kind }) => kind === 'openpages')
      .map(({ id }) => governance.useCases(id))
  );
  const now = shown.get(slot);
  if (now?.turn !== turn) {
    return;
  }
  const useCases = lists.flatMap(list =>
    on() && list.status === 'fulfilled' ? [...list.value] : []
  );
  const text = useCases.length
    ? JSON.stringify(
        useCases.map(({ id, key, name, owner, riskLevel, status, url }) => [
          id,
          key,
          name,
          owner,
          riskLevel,
          status,
          url
        ])
      )
    : '';
  if (now.text !== text) {
    const known = new KnownUseCases(useCases);
    const rendered =
      now.rendered ?? (notebooks && new RenderedMentions(notebooks, trans));
    shown.set(slot, { text, known, rendered, turn });
    rendered?.show(known);
    slot.content = known.size ? mentionsExtension(known, trans) : [];
  }
}

/**
 * Tell of the use case at the cursor of the editor that had the focus last;
 * where there is none, say so.
 *
 * @param within - where the editor must be.
 */
export function tellUseCase(
  slot: EditorSlot,
  within: Node,
  trans: TranslationBundle
): void {
  const known = shown.get(slot)?.known ?? NOTHING.known;
  const view = slot.lastFocused(within);
  if (!known.size) {
    Notification.info(
      trans.__(
        'No use cases are shown in editors yet. Open the Model governance panel, or look whether the setting is on.'
      ),
      { autoClose: 5000 }
    );
  } else if (!view || !tellAtCursor(view, known, trans)) {
    Notification.info(
      trans.__(
        'No use case at the cursor. Put it into an underlined id, such as CREDIT-001.'
      ),
      { autoClose: 5000 }
    );
  }
}
