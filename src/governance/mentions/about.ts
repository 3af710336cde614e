/** What is told of a mention in an editor, and the link: a box of DOM. */
import { StateEffect, StateField } from '@codemirror/state';
import { type EditorView, showTooltip, type Tooltip } from '@codemirror/view';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IMention } from './find';
import { mentionText } from './words';

/** Whether the key for links is Cmd (macOS), where Ctrl-click is a right click. */
export const MAC = /mac/i.test(navigator.platform);

const tell = StateEffect.define<Tooltip | null>();

/** The box that was asked for by keyboard; it has the focus. */
export const asked = StateField.define<Tooltip | null>({
  create: () => null,
  update: (tooltip, transaction) => {
    for (const effect of transaction.effects) {
      if (effect.is(tell)) {
        return effect.value;
      }
    }
    return transaction.docChanged ? null : tooltip;
  },
  provide: field => showTooltip.from(field)
});

/** Tell of a mention and put the focus into it; Escape brings it back. */
export function tellOf(
  view: EditorView,
  mention: IMention,
  trans: TranslationBundle
): void {
  const dom = aboutBox(mention, trans, false);
  dom.tabIndex = -1;
  // Keys are the box's: Escape would leave the cell's edit mode, too.
  dom.dataset.lmSuppressShortcuts = 'true';
  dom.addEventListener('keydown', event => {
    event.stopPropagation();
    if (event.key === 'Escape') {
      event.preventDefault();
      view.focus();
    }
  });
  dom.addEventListener('focusout', ({ relatedTarget }) => {
    const stays = relatedTarget instanceof Node && dom.contains(relatedTarget);
    if (!stays && view.state.field(asked, false)) {
      view.dispatch({ effects: tell.of(null) });
    }
  });
  view.dispatch({
    effects: tell.of({
      pos: mention.from,
      end: mention.to,
      above: true,
      create: () => ({
        dom,
        mount: () => (dom.querySelector('a') ?? dom).focus()
      })
    })
  });
}

/**
 * Key, name and facts of a use case, with a link where it has an address.
 *
 * @param hint - tell of the way without the box, by mouse.
 */
export function aboutBox(
  { useCase }: IMention,
  trans: TranslationBundle,
  hint = true
): HTMLDivElement {
  const dom = document.createElement('div');
  dom.className = 'jp-sg-mention-about';
  dom.setAttribute('role', 'dialog');
  const add = (text: string, className = ''): HTMLElement => {
    const line = document.createElement('p');
    line.className = className;
    line.dir = 'auto';
    line.textContent = text;
    dom.append(line);
    return line;
  };
  const [title, ...facts] = mentionText(useCase, trans).split('\n');
  dom.setAttribute('aria-label', title);
  add(title, 'jp-sg-mention-title');
  facts.forEach(fact => add(fact));
  if (useCase.url) {
    const link = document.createElement('a');
    link.className = 'jp-sg-mention-open';
    link.href = useCase.url;
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    link.textContent = trans.__('Open in the governance console');
    const line = add('');
    line.append(link);
    if (hint) {
      const way = document.createElement('span');
      way.className = 'jp-sg-mention-hint';
      way.textContent = MAC ? trans.__('⌘-click') : trans.__('Ctrl-click');
      line.append(' ', way);
    }
  }
  return dom;
}
