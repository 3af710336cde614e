/** Status words that outlive the page: shown, with their age, never as status. */
import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { PLUGIN_NAMESPACE } from '../tokens';

/** Where they are kept. */
export const LAST_KNOWN_KEY = `${PLUGIN_NAMESPACE}:governance:last-known`;

/** Groups kept over a reload, per connection; about 60 kB. */
export const MOST_KEPT = 500;

/** A longer word is not kept over a reload, characters. */
const LONGEST_WORD = 200;

/** A status word and when it was read, ms since epoch. */
export interface ILastWord {
  status: string;
  readAt: number;
}

interface IEntry extends ILastWord {
  /** Id of the OpenPages connection that said it. */
  connection: string;
}

type State = Pick<IStateDB, 'fetch' | 'save'>;

/**
 * Last status word per model package group.
 *
 * All of them for as long as the page lives; for the next page the newest of
 * each connection, as `{connections: {<id>: [[<ARN key>, <word>, <ms>], ...]}}`.
 */
export class LastKnown {
  private constructor(
    private _state: State | null,
    private _words: Map<string, IEntry>
  ) {}

  /**
   * Read what the page before this one left.
   *
   * @param connections - ids of OpenPages connections that are configured;
   * words of others are forgotten.
   * @param now - ms since epoch; a word from the future is none.
   */
  static async load(
    state: State | null,
    connections: readonly string[],
    now: number
  ): Promise<LastKnown> {
    const words = new Map<string, IEntry>();
    // Without the memory nothing but the last words are missing.
    const saved = await state?.fetch(LAST_KNOWN_KEY).catch(() => undefined);
    const kept = (saved as ReadonlyPartialJSONObject | undefined)?.connections;
    for (const connection of connections) {
      const list = (kept as Record<string, unknown> | undefined)?.[connection];
      for (const item of Array.isArray(list) ? list : []) {
        const [key, status, readAt] = Array.isArray(item) ? item : [];
        if (
          typeof key === 'string' &&
          typeof status === 'string' &&
          typeof readAt === 'number' &&
          readAt <= now
        ) {
          words.set(key, { connection, status, readAt });
        }
      }
    }
    return new LastKnown(state, words);
  }

  get(key: string): ILastWord | null {
    const entry = this._words.get(key);
    return entry ? { status: entry.status, readAt: entry.readAt } : null;
  }

  set(key: string, entry: IEntry): void {
    const former = this._words.get(key);
    if (former?.status !== entry.status || former.readAt !== entry.readAt) {
      this._words.set(key, entry);
      this._dirty = true;
    }
  }

  /** The console says now that there is no status. */
  forget(key: string): void {
    this._dirty = this._words.delete(key) || this._dirty;
  }

  /**
   * Keep changes for the next page; never rejects.
   *
   * While one is being kept, further changes wait and go together.
   */
  save(): Promise<void> {
    this._saving ??= this._save().finally(() => {
      this._saving = null;
    });
    return this._saving;
  }

  private async _save(): Promise<void> {
    while (this._dirty && this._state) {
      this._dirty = false;
      try {
        await this._state.save(LAST_KNOWN_KEY, {
          connections: this._newest()
        });
      } catch {
        // This page still has the words; only the next one lacks them.
        return;
      }
    }
  }

  private _newest(): Record<string, [string, string, number][]> {
    const kept: Record<string, [string, string, number][]> = {};
    // Sorting is stable: of one reading, what was asked for first stays.
    const newest = [...this._words].sort(([, a], [, b]) => b.readAt - a.readAt);
    for (const [key, { connection, status, readAt }] of newest) {
      const list = (kept[connection] ??= []);
      if (list.length < MOST_KEPT && status.length <= LONGEST_WORD) {
        list.push([key, status, readAt]);
      }
    }
    return kept;
  }

  private _dirty = false;
  private _saving: Promise<void> | null = null;
}
