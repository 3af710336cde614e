/** The notebook at hand, as far as runs are concerned. */
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Debouncer } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';

import { findExperiment, type IFound } from './experiment';

/** ms of rest before changed code is read. */
const REST = 500;

/** What is known of the current notebook. */
export interface INotebook extends IFound {
  path: string;
}

/** Watches the current notebook. */
export interface INotebookWatch {
  /** null: no notebook is open. */
  readonly current: INotebook | null;
  /** Whether its kernel works on something. */
  readonly isBusy: boolean;
  /** Emits when another notebook is current, or what it says has changed. */
  readonly changed: ISignal<INotebookWatch, void>;
  /** Emits when a cell of it has been executed. */
  readonly executed: ISignal<INotebookWatch, void>;
  /** Emits when a notebook got another path. */
  readonly renamed: ISignal<INotebookWatch, { from: string; to: string }>;
  /** Read the code only while somebody looks. */
  setActive(active: boolean): void;
  dispose(): void;
}

/** The lab's signal that a cell was executed, as far as it matters. */
export type Executed = ISignal<unknown, { notebook: unknown }>;

export class NotebookWatch implements INotebookWatch {
  /**
   * @param tracker null: this lab has no notebooks
   * @param executed `NotebookActions.executed`
   */
  constructor(
    private _tracker: INotebookTracker | null,
    private _executedCells: Executed
  ) {
    _tracker?.currentChanged.connect(this._onCurrent, this);
    _executedCells.connect(this._onExecuted, this);
    this._debouncer = new Debouncer(() => this._read(), REST);
    this._onCurrent();
  }

  get current(): INotebook | null {
    return this._current;
  }

  get isBusy(): boolean {
    const { session } = this._panel?.sessionContext ?? {};
    return session?.kernel?.status === 'busy';
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get executed(): ISignal<this, void> {
    return this._executed;
  }

  get renamed(): ISignal<this, { from: string; to: string }> {
    return this._renamed;
  }

  setActive(active: boolean): void {
    this._active = active;
    if (active) {
      this._read();
    }
  }

  dispose(): void {
    this._watch(null);
    this._debouncer.dispose();
    this._tracker?.currentChanged.disconnect(this._onCurrent, this);
    this._executedCells.disconnect(this._onExecuted, this);
    Signal.clearData(this);
  }

  private _onCurrent(): void {
    this._watch(this._tracker?.currentWidget ?? null);
    this._read();
  }

  private _watch(panel: NotebookPanel | null): void {
    if (this._panel === panel) {
      return;
    }
    if (this._panel && !this._panel.isDisposed) {
      const { content, context } = this._panel;
      content.modelChanged.disconnect(this._onContent, this);
      content.modelContentChanged.disconnect(this._onContent, this);
      context.pathChanged.disconnect(this._onPath, this);
    }
    this._panel = panel;
    if (panel) {
      panel.content.modelChanged.connect(this._onContent, this);
      panel.content.modelContentChanged.connect(this._onContent, this);
      panel.context.pathChanged.connect(this._onPath, this);
    }
  }

  /** Outputs count as content, too: during a training it changes all the time. */
  private _onContent(): void {
    if (this._active) {
      void this._debouncer.invoke();
    }
  }

  private _onPath(_: unknown, to: string): void {
    const from = this._current?.path;
    if (from !== undefined && from !== to) {
      this._renamed.emit({ from, to });
      this._read();
    }
  }

  private _onExecuted(_: unknown, { notebook }: { notebook: unknown }): void {
    if (this._panel && notebook === this._panel.content) {
      this._executed.emit();
    }
  }

  private _read(): void {
    if (!this._active) {
      return;
    }
    const next = this._panel ? readNotebook(this._panel, this._sources) : null;
    if (next && 'same' in next) {
      return;
    }
    this._sources = next?.sources ?? null;
    const before = JSON.stringify(this._current);
    this._current = next?.notebook ?? null;
    if (JSON.stringify(this._current) !== before) {
      this._changed.emit();
    }
  }

  private _panel: NotebookPanel | null = null;
  private _current: INotebook | null = null;
  private _sources: ISources | null = null;
  private _active = false;
  private _debouncer: Debouncer<void, void>;
  private _changed = new Signal<this, void>(this);
  private _executed = new Signal<this, void>(this);
  private _renamed = new Signal<this, { from: string; to: string }>(this);
}

/** Code that was read, to see whether it is still the same. */
interface ISources {
  path: string;
  cells: string[];
}

function readNotebook(
  panel: NotebookPanel,
  known: ISources | null
): { notebook: INotebook; sources: ISources } | { same: true } {
  const { path } = panel.context;
  const cells: string[] = [];
  for (const cell of panel.content.model?.cells ?? []) {
    if (cell.type === 'code') {
      cells.push(cell.sharedModel.getSource());
    }
  }
  if (
    known?.path === path &&
    known.cells.length === cells.length &&
    cells.every((source, i) => source === known.cells[i])
  ) {
    return { same: true };
  }
  return {
    notebook: { path, ...findExperiment(cells) },
    sources: { path, cells }
  };
}
