/** Use cases in notebooks and files: underlined, told of, opened. */
import type { EditorState, Extension, Range } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  hoverTooltip,
  ViewPlugin,
  type ViewUpdate
} from '@codemirror/view';
import type { TranslationBundle } from '@jupyterlab/translation';

import { openAddress } from '../link';
import type { IMention, KnownUseCases } from './find';
import { mentionText } from './words';
import '../../../style/mentions.css';

/** ms that the pointer rests on a mention before it is told of. */
const HOVER = 300;

/** What editors get for the use cases that are known. */
export function mentionsExtension(
  known: KnownUseCases,
  trans: TranslationBundle
): Extension {
  return [
    underline(known),
    hoverTooltip(
      (view, pos, side) => {
        const mention = mentionAt(view.state, pos, side, known);
        return mention
          ? {
              pos: mention.from,
              end: mention.to,
              above: true,
              create: () => ({ dom: tooltip(mention, trans) })
            }
          : null;
      },
      { hoverTime: HOVER }
    ),
    EditorView.domEventHandlers({
      mousedown: (event, view) => {
        if (event.button !== 0 || !(event.ctrlKey || event.metaKey)) {
          return false;
        }
        const pos = view.posAtCoords({ x: event.clientX, y: event.clientY });
        const mention =
          pos === null ? null : mentionAt(view.state, pos, 0, known);
        if (!mention?.useCase.url) {
          return false;
        }
        // Otherwise the editor would begin a second cursor.
        event.preventDefault();
        openAddress(mention.useCase.url);
        return true;
      }
    })
  ];
}

/**
 * The mention at a place of a text.
 *
 * @param side - of two neighbours the one before (-1) or behind it (1).
 */
export function mentionAt(
  state: EditorState,
  pos: number,
  side: number,
  known: KnownUseCases
): IMention | null {
  const line = state.doc.lineAt(pos);
  for (const { from, to, useCase } of known.find(line.text)) {
    const mention = { from: line.from + from, to: line.from + to, useCase };
    const before = side < 0 ? mention.from < pos : mention.from <= pos;
    const behind = side > 0 ? pos < mention.to : pos <= mention.to;
    if (before && behind) {
      return mention;
    }
  }
  return null;
}

/** Marks of the part of the text that is on screen. */
function underline(known: KnownUseCases): Extension {
  const marks = ({ state, visibleRanges }: EditorView): DecorationSet => {
    const ranges: Range<Decoration>[] = [];
    for (const visible of visibleRanges) {
      // Whole lines, so that an id is not cut in two.
      const start = state.doc.lineAt(visible.from).from;
      const end = state.doc.lineAt(visible.to).to;
      for (const mention of known.find(state.sliceDoc(start, end))) {
        const { from, to, useCase } = mention;
        ranges.push(
          (useCase.url ? LINK : PLAIN).range(start + from, start + to)
        );
      }
    }
    return Decoration.set(ranges, true);
  };
  return ViewPlugin.define(
    view => ({
      marks: marks(view),
      update(update: ViewUpdate) {
        if (update.docChanged || update.viewportChanged) {
          this.marks = marks(update.view);
        }
      }
    }),
    { decorations: plugin => plugin.marks }
  );
}

const PLAIN = Decoration.mark({ class: 'jp-sg-mention' });
const LINK = Decoration.mark({ class: 'jp-sg-mention jp-mod-link' });

function tooltip(
  { useCase }: IMention,
  trans: TranslationBundle
): HTMLDivElement {
  const dom = document.createElement('div');
  dom.className = 'jp-sg-mention-about';
  const add = (text: string, className = ''): void => {
    const line = document.createElement('p');
    line.className = className;
    line.dir = 'auto';
    line.textContent = text;
    dom.append(line);
  };
  const [title, ...facts] = mentionText(useCase, trans).split('\n');
  add(title, 'jp-sg-mention-title');
  facts.forEach(fact => add(fact));
  if (useCase.url) {
    add(
      trans.__('Ctrl/Cmd-click opens the governance console.'),
      'jp-sg-mention-hint'
    );
  }
  return dom;
}
