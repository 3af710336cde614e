import type { IEditorExtensionFactory } from '@jupyterlab/codemirror';
import { Compartment, type Extension } from '@codemirror/state';
import { type EditorView, ViewPlugin } from '@codemirror/view';

/**
 * A place in every editor that is empty until there is something to put in.
 *
 * An editor takes extensions when it is made, and notebooks are made with the
 * lab; what goes in here may come at any time later, and may be taken out.
 */
export class EditorSlot {
  /** For `IEditorExtensionRegistry`. */
  readonly factory: Readonly<IEditorExtensionFactory<undefined>> = {
    name: 'sagemaker-governance:mentions',
    factory: () => ({
      instance: () => [this._slot.of(this._content), this._follow],
      reconfigure: () => null
    })
  };

  /** What editors have in their place; `[]`: nothing. */
  get content(): Extension {
    return this._content;
  }
  set content(content: Extension) {
    if (content !== this._content) {
      this._content = content;
      const effects = this._slot.reconfigure(content);
      this._views.forEach(view => view.dispatch({ effects }));
    }
  }

  /** The editor of a part of the page that had the focus last; null: none. */
  lastFocused(within: Node): EditorView | null {
    return this._last && within.contains(this._last.dom) ? this._last : null;
  }

  private _slot = new Compartment();
  private _content: Extension = [];
  private _views = new Set<EditorView>();
  private _last: EditorView | null = null;
  private _follow = ViewPlugin.define(
    view => {
      this._views.add(view);
      return {
        destroy: () => {
          this._views.delete(view);
          this._last = this._last === view ? null : this._last;
        }
      };
    },
    {
      eventHandlers: {
        focus: (_, view) => {
          this._last = view;
        }
      }
    }
  );
}
