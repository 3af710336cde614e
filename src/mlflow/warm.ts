/**
 * Pages of MLflow that nobody sees: those whose tab was closed, for a while, and
 * one that is made ready for somebody who uses MLflow.
 *
 * They are asleep: out of sight, reached by neither keyboard nor screen reader,
 * and nothing of theirs is let through, see `Bridge.sleep`.
 */
import type { IDisposable } from '@lumino/disposable';

import type { Bridge, Phase } from './bridge/host';

/** Pages kept at once; each is a process of some 100 MB. */
const LIMIT = 2;
/** Ms after which a closed tab's page ends. */
const KEPT = 10 * 60_000;
/** Ms after which a page that was made ready ends: it is from an old version. */
const READY = 60 * 60_000;
/** Share of the memory that the browser gives the lab, from which none is kept. */
const FULL = 0.8;
/** Gigabytes of a machine that may keep any. */
const ENOUGH = 4;

/** How long a page is worth keeping. */
export type WarmKind = 'kept' | 'ready';

interface IEntry {
  id: string;
  mark: string;
  bridge: Bridge;
  timer: ReturnType<typeof setTimeout>;
}

/** What browsers tell of memory, where they do (Chromium). */
interface IMemory {
  memory?: { usedJSHeapSize: number; jsHeapSizeLimit: number };
}

export class WarmFrames implements IDisposable {
  constructor() {
    document.addEventListener('freeze', this._onPressure);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Ids of the connections whose pages are here, oldest first. */
  get ids(): string[] {
    return this._entries.map(({ id }) => id);
  }

  /** Where such pages are in the document. */
  get node(): HTMLElement {
    if (!this._node) {
      this._node = document.createElement('div');
      this._node.className = 'jp-sg-mlflow-asleep';
      this._node.inert = true;
      this._node.setAttribute('aria-hidden', 'true');
      document.body.appendChild(this._node);
    }
    return this._node;
  }

  /** Whether this machine has room for such pages. */
  get hasRoom(): boolean {
    const { deviceMemory = ENOUGH } = navigator as { deviceMemory?: number };
    const { memory } = performance as IMemory;
    const isFull =
      !!memory && memory.usedJSHeapSize > FULL * memory.jsHeapSizeLimit;
    return deviceMemory >= ENOUGH && !isFull && !this._isDisposed;
  }

  /**
   * Keep a page that is asleep; without room it ends.
   *
   * @param id - of its connection
   * @param mark - what has to be the same when it is wanted again
   */
  put(id: string, mark: string, bridge: Bridge, kind: WarmKind): void {
    this.drop(id);
    if (!this.hasRoom) {
      bridge.dispose();
      return;
    }
    const timer = setTimeout(
      () => this.drop(id),
      kind === 'kept' ? KEPT : READY
    );
    this._entries.push({ id, mark, bridge, timer });
    bridge.phaseChanged.connect(this._onPhase, this);
    while (this._entries.length > LIMIT) {
      this.drop(this._entries[0].id);
    }
  }

  /**
   * The page of a connection, no longer kept here; one that is not as it has to
   * be ends.
   *
   * @returns null when there is none
   */
  take(id: string, mark: string): Bridge | null {
    const entry = this._remove(id);
    if (entry && entry.mark !== mark) {
      entry.bridge.dispose();
      return null;
    }
    return entry?.bridge ?? null;
  }

  /** End the page of a connection. */
  drop(id: string): void {
    this._remove(id)?.bridge.dispose();
  }

  dispose(): void {
    this._isDisposed = true;
    document.removeEventListener('freeze', this._onPressure);
    this._onPressure();
    this._node?.remove();
    this._node = null;
  }

  private _remove(id: string): IEntry | null {
    const entry = this._entries.find(one => one.id === id) ?? null;
    if (entry) {
      this._entries = this._entries.filter(one => one !== entry);
      clearTimeout(entry.timer);
      entry.bridge.phaseChanged.disconnect(this._onPhase, this);
    }
    return entry;
  }

  /** A page that failed or left is not worth showing. */
  private _onPhase(bridge: Bridge, { kind }: Phase): void {
    if (kind !== 'loading' && kind !== 'ready') {
      const entry = this._entries.find(one => one.bridge === bridge);
      if (entry) {
        this.drop(entry.id);
      }
    }
  }

  /** The browser is short of memory, or ends the page. */
  private _onPressure = (): void => {
    for (const id of this.ids) {
      this.drop(id);
    }
  };

  private _entries: IEntry[] = [];
  private _isDisposed = false;
  private _node: HTMLElement | null = null;
}
