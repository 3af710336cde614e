/**
 * Remembers what was written from here until a reading of the console shows it.
 *
 * Kept over a reload. Looks by itself only while something waits, ever more
 * rarely, and ends after a set time with a state of its own: nobody waits for
 * ever, and nothing is called done that no reading has shown.
 */
import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';

import { groupOfArn } from '../../relay';
import { PLUGIN_NAMESPACE, type IGovernance } from '../../tokens';
import {
  type ILinkRecord,
  type IMoveRecord,
  type IRecord,
  isRecord
} from './records';

/** Where it is kept. */
export const TRAIL_KEY = `${PLUGIN_NAMESPACE}:governance:trail`;

/** ms after which somebody should be told that it takes too long. */
export const PATIENCE = 30 * 60_000;

/** ms after which a confirmed record goes, and with it its undoing. */
const KEPT = 24 * 3_600_000;

/** Records kept at most; the oldest go first. */
const MOST = 200;

/** ms between two looks: at first, and at most. */
const FIRST = 5_000;
const SLOWEST = 5 * 60_000;

/** The Poll of the looks rejects with it, so that it backs off. */
class StillWaiting extends Error {}

/** What was written, per group: its last link and its last workflow. */
export class Trail {
  constructor(private _options: Trail.IOptions) {
    this._now = _options.now ?? Date.now;
    _options.governance.changed.connect(this._onReading, this);
    this._loading = this._load();
  }

  /** Emits the ARN of a group whose record has changed. */
  get changed(): ISignal<this, string> {
    return this._changed;
  }

  /** Last link of a group; null: none. Stable until it changes. */
  link(group: string): ILinkRecord | null {
    return (this._records.get(keyOf('link', group)) as ILinkRecord) ?? null;
  }

  /** Last move of a workflow of a group; null: none, or shown by now. */
  move(group: string): IMoveRecord | null {
    return (this._records.get(keyOf('workflow', group)) as IMoveRecord) ?? null;
  }

  /** What an earlier page left is read. */
  get ready(): Promise<void> {
    return this._loading;
  }

  /** Whether a look is due by itself. */
  get looking(): boolean {
    return this._poll !== null;
  }

  /** Keep a record in place of the former one of its group, and look for it. */
  async put(record: IRecord): Promise<void> {
    await this._loading;
    this._set(record);
    this._wake();
    await this._save();
  }

  /** Forget a record. */
  async forget(record: Pick<IRecord, 'kind' | 'group'>): Promise<void> {
    await this._loading;
    if (this._records.delete(keyOf(record.kind, record.group))) {
      this._changed.emit(record.group);
      await this._save();
    }
  }

  /** Wait anew for what came late. */
  async lookAgain(record: IRecord): Promise<void> {
    await this.put({ ...record, state: 'waiting', waitingSince: this._now() });
  }

  /** Read the console and see what it shows. Concurrent calls share one look. */
  look(): Promise<void> {
    this._look ??= (async () => {
      await this._loading;
      try {
        // Its own `changed` comes to `_onReading`, which is not waited for.
        await this._options.governance.refresh();
      } finally {
        await this._compare();
      }
    })().finally(() => {
      this._look = null;
    });
    return this._look;
  }

  dispose(): void {
    this._poll?.dispose();
    this._poll = null;
    Signal.clearData(this);
  }

  private _onReading(): void {
    if (!this._look) {
      void this._compare();
    }
  }

  /** What the last readings show of all that waits. */
  private async _compare(): Promise<void> {
    await this._loading;
    let altered = false;
    for (const record of this._waiting) {
      const shown = await this._shows(record);
      if (this._records.get(keyOf(record.kind, record.group)) !== record) {
        continue;
      }
      if (shown) {
        altered = true;
        if (record.kind === 'link') {
          this._set({ ...record, parts: seen(record), state: 'confirmed' });
        } else {
          this._records.delete(keyOf(record.kind, record.group));
          this._changed.emit(record.group);
        }
      } else if (this._now() - record.waitingSince > PATIENCE) {
        altered = true;
        this._set({ ...record, state: 'late' });
      }
    }
    this._rest();
    if (altered) {
      await this._save();
    }
  }

  /** Whether the reading shows what was written; a failed one shows nothing. */
  private async _shows(record: IRecord): Promise<boolean> {
    const { governance } = this._options;
    try {
      if (record.kind === 'workflow') {
        const useCases = await governance.useCases(record.console);
        const now = useCases.find(({ id }) => id === record.object.id);
        return !!now && moved(record.before, now);
      }
      const objects = await governance.modelGroups(groupOfArn(record));
      const object = objects.find(
        ({ connection, id }) =>
          connection === record.console && id === record.object
      );
      const above = (id: string): boolean =>
        object?.useCases.some(useCase => useCase.id === id) ?? false;
      const gone = record.parts.former?.state === 'written';
      return record.kind === 'link'
        ? above(record.useCase.id) &&
            !(gone && record.former.some(({ id }) => above(id)))
        : // While the association is still ours to take back, a console that
          // lags behind shows nothing yet.
          record.parts.association?.state !== 'written' &&
            !!object &&
            !above(record.useCase.id);
    } catch {
      // The panel and the document tell why the console cannot be read.
      return false;
    }
  }

  private get _waiting(): IRecord[] {
    return [...this._records.values()].filter(
      ({ state }) => state === 'waiting'
    );
  }

  private _set(record: IRecord): void {
    const key = keyOf(record.kind, record.group);
    this._records.delete(key);
    this._records.set(key, record);
    this._changed.emit(record.group);
  }

  /** Look until nothing waits. */
  private _wake(): void {
    if (this._poll || !this._waiting.length) {
      return;
    }
    this._poll = new Poll({
      name: 'sagemaker-governance:trail',
      auto: false,
      factory: async () => {
        await this.look().catch(() => undefined);
        if (this._waiting.length) {
          throw new StillWaiting();
        }
      },
      // A rejected look is followed by a later one.
      frequency: { interval: FIRST, backoff: true, max: SLOWEST },
      standby: this._options.standby ?? 'when-hidden'
    });
    void this._poll.start();
  }

  private _rest(): void {
    if (this._poll && !this._waiting.length) {
      this._poll.dispose();
      this._poll = null;
    }
  }

  private async _load(): Promise<void> {
    let saved: unknown;
    try {
      saved = await this._options.state?.fetch(TRAIL_KEY);
    } catch (error) {
      console.warn('What was linked earlier could not be read.', error);
    }
    const list = (saved as ReadonlyPartialJSONObject | undefined)?.records;
    for (const record of Array.isArray(list) ? list : []) {
      if (isRecord(record) && this._now() - record.at < KEPT) {
        this._records.set(keyOf(record.kind, record.group), record);
      }
    }
    for (const { group } of this._records.values()) {
      this._changed.emit(group);
    }
    this._wake();
  }

  private async _save(): Promise<void> {
    const records = [...this._records.values()].slice(-MOST);
    try {
      await this._options.state?.save(TRAIL_KEY, {
        records: records as unknown as ReadonlyPartialJSONObject[]
      });
    } catch (error) {
      console.warn('What was linked could not be kept for a reload.', error);
    }
  }

  private _now: () => number;
  private _records = new Map<string, IRecord>();
  private _loading: Promise<void>;
  private _look: Promise<void> | null = null;
  private _poll: Poll | null = null;
  private _changed = new Signal<this, string>(this);
}

export namespace Trail {
  export interface IOptions {
    governance: Pick<
      IGovernance,
      'changed' | 'modelGroups' | 'refresh' | 'useCases'
    >;
    /** null: forgotten with the page. */
    state: Pick<IStateDB, 'fetch' | 'save'> | null;
    /** Clock, ms since epoch; the real one when absent. */
    now?: () => number;
    standby?: Poll.Standby;
  }
}

/** A group has a link, or its undoing, and a workflow beside it. */
function keyOf(kind: IRecord['kind'], group: string): string {
  return kind === 'workflow' ? `${group}#workflow` : group;
}

/** The parts once a reading shows the link: an answer that was lost is here. */
function seen({ parts }: ILinkRecord): ILinkRecord['parts'] {
  return parts.association?.state === 'unclear'
    ? { ...parts, association: { state: 'written' } }
    : parts;
}

/** Whether a reading shows that a workflow has moved since. */
function moved(
  before: IMoveRecord['before'],
  now: IMoveRecord['before']
): boolean {
  return (
    before.status !== now.status ||
    before.workflow?.stage !== now.workflow?.stage ||
    before.workflow?.instance !== now.workflow?.instance ||
    (before.modifiedAt !== null &&
      now.modifiedAt !== null &&
      now.modifiedAt > before.modifiedAt)
  );
}
