/** Status words that outlive the page: shown, with their age, never as status. */
import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { PLUGIN_NAMESPACE } from '../tokens';

/** Where they are kept. */
export const LAST_KNOWN_KEY = `${PLUGIN_NAMESPACE}:governance:last-known`;

/** Groups kept over a reload, per connection; 10 bytes each. */
export const MOST_KEPT = 10_000;

/** Words kept over a reload, per connection; of several readings. */
const MOST_WORDS = 100;

/** A longer word is not kept over a reload, characters. */
const LONGEST_WORD = 200;

/** Length of the short form of an ARN, characters. */
const SHORT = 10;

/** A status word and when it was read, ms since epoch. */
export interface ILastWord {
  status: string;
  readAt: number;
}

interface IEntry extends ILastWord {
  /** Id of the OpenPages connection that said it. */
  connection: string;
}

/** What one connection said, as it is kept. A type, to count as JSON. */
type Kept = {
  status: string;
  readAt: number;
  /** Short forms of the ARNs it said it of, one behind the other. */
  groups: string;
};

type State = Pick<IStateDB, 'fetch' | 'save'>;

/**
 * Last status word per model package group.
 *
 * All of them for as long as the page lives; for the next page the newest of
 * each connection, as `{connections: {<id>: Kept[]}}`. The lab writes its state
 * to the server as a whole, so that ARNs are kept in a short form: about 100 kB
 * at most.
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
      for (const item of Array.isArray(list) ? list.filter(isKept) : []) {
        const { groups, readAt, status } = item;
        for (let i = 0; readAt <= now && i < groups.length; i += SHORT) {
          words.set(groups.slice(i, i + SHORT), { connection, status, readAt });
        }
      }
    }
    return new LastKnown(state, words);
  }

  /** @param arn - key of the group, see `arnKey`. */
  get(arn: string): ILastWord | null {
    const entry = this._words.get(short(arn));
    return entry ? { status: entry.status, readAt: entry.readAt } : null;
  }

  set(arn: string, entry: IEntry): void {
    const key = short(arn);
    const former = this._words.get(key);
    if (former?.status !== entry.status || former.readAt !== entry.readAt) {
      this._words.set(key, entry);
      this._dirty = true;
    }
  }

  /** The console says now that there is no status. */
  forget(arn: string): void {
    this._dirty = this._words.delete(short(arn)) || this._dirty;
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

  private _newest(): Record<string, Kept[]> {
    const kept: Record<string, Kept[]> = {};
    const counts: Record<string, number> = {};
    // Sorting is stable: of one reading, what was asked for first stays.
    const newest = [...this._words].sort(([, a], [, b]) => b.readAt - a.readAt);
    for (const [key, { connection, status, readAt }] of newest) {
      const list = (kept[connection] ??= []);
      const count = (counts[connection] ??= 0);
      if (count >= MOST_KEPT || status.length > LONGEST_WORD) {
        continue;
      }
      let said = list.find(
        one => one.status === status && one.readAt === readAt
      );
      if (!said && list.length < MOST_WORDS) {
        said = { status, readAt, groups: '' };
        list.push(said);
      }
      if (said) {
        said.groups += key;
        counts[connection] = count + 1;
      }
    }
    return kept;
  }

  private _dirty = false;
  private _saving: Promise<void> | null = null;
}

/**
 * Short form of an ARN: two multiplying hashes of 32 bits, 51 bits of them. Any
 * two of 10,000 groups share one with a chance of about 1 in 10^7; one of them
 * would then show the other's last known word, never a status.
 */
function short(arn: string): string {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let i = 0; i < arn.length; i++) {
    const code = arn.charCodeAt(i);
    low = Math.imul(low ^ code, 2654435761);
    high = Math.imul(high ^ code, 1597334677);
  }
  // Bits that only the last characters reached are spread over all.
  low = Math.imul(low ^ (low >>> 16), 2246822507);
  high = Math.imul(high ^ (high >>> 13), 3266489909) ^ (low >>> 15);
  const bits = (high & 0x1fffff) * 2 ** 32 + (low >>> 0);
  return (bits % 36 ** SHORT).toString(36).padStart(SHORT, '0');
}

function isKept(value: unknown): value is Kept {
  const kept = value as Partial<Kept> | null;
  return (
    typeof kept === 'object' &&
    kept !== null &&
    typeof kept.status === 'string' &&
    typeof kept.readAt === 'number' &&
    typeof kept.groups === 'string' &&
    kept.groups.length % SHORT === 0
  );
}
