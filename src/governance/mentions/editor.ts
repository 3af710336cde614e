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
import { aboutBox, asked, MAC, tellOf } from './about';
import type { IMention, KnownUseCases } from './find';
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
    asked,
    hoverTooltip(
      (view, pos, side) => {
        const mention = mentionAt(view.state, pos, side, known);
        return mention
          ? {
              pos: mention.from,
              end: mention.to,
              above: true,
              create: () => ({ dom: aboutBox(mention, trans) })
            }
          : null;
      },
      { hoverTime: HOVER }
    ),
    EditorView.domEventHandlers({
      mousedown: (event, view) => {
        if (event.button !== 0 || !(MAC ? event.metaKey : event.ctrlKey)) {
          return false;
        }
        const mark =
          event.target instanceof Element
            ? event.target.closest('.jp-sg-mention')
            : null;
        const mention =
          mark && mentionAt(view.state, view.posAtDOM(mark), 1, known);
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

/**
 * Tell of the use case at the cursor, with the focus in what is told.
 *
 * @returns false: none is named there.
 */
export function tellAtCursor(
  view: EditorView,
  known: KnownUseCases,
  trans: TranslationBundle
): boolean {
  const { head } = view.state.selection.main;
  const mention = mentionAt(view.state, head, 0, known);
  if (mention) {
    tellOf(view, mention, trans);
  }
  return mention !== null;
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
