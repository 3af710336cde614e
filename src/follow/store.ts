/** What following remembers over a restart of the lab. */
import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { PLUGIN_NAMESPACE, type IGroupArgs } from '../tokens';
import type { ISeen } from './compare';

/** Where it is kept. */
export const STATE_KEY = `${PLUGIN_NAMESPACE}:following`;

/** Groups kept of each kind; the oldest go first. */
export const MOST = 200;

/** A group that is followed. */
export interface IFollowed extends IGroupArgs {
  /** Shared by another account through RAM. */
  shared: boolean;
}

type Groups = ReadonlyMap<string, IFollowed>;

/**
 * Stars, groups of our own, and what was last seen of them.
 *
 * Without a state data base everything holds until the page is reloaded.
 */
export class FollowStore {
  constructor(private _state: Pick<IStateDB, 'fetch' | 'save'> | null) {}

  /** ARN -> starred group, in the order of the stars. */
  get stars(): Groups {
    return this._stars;
  }

  /** ARN -> group of our own. */
  get mine(): Groups {
    return this._mine;
  }

  /** What was last seen of a followed group; undefined: never looked at. */
  seen(arn: string): ISeen | undefined {
    return this._seen.get(arn);
  }

  /**
   * Read what was kept; once.
   *
   * @throws what the data base throws. Nothing is written then: stars that
   * cannot be read must not be lost.
   */
  load(): Promise<void> {
    this._loading ??= this._load().catch((error: unknown) => {
      this._loading = null;
      throw error;
    });
    return this._loading;
  }

  /** Set or take a star. */
  async setStar(group: IFollowed, starred: boolean): Promise<void> {
    this._stars.delete(group.group);
    if (starred) {
      this._stars.set(group.group, group);
      trim(this._stars);
    }
    await this.save();
  }

  /** Add groups of our own; what was ours before stays. @returns any new? */
  addMine(groups: readonly IFollowed[]): boolean {
    const fresh = groups.filter(({ group }) => !this._mine.has(group));
    fresh.forEach(group => this._mine.set(group.group, group));
    trim(this._mine);
    return fresh.length > 0;
  }

  /** Forget groups that are gone. @returns whether there were any */
  drop(isGone: (group: IFollowed) => boolean): boolean {
    let dropped = false;
    for (const groups of [this._stars, this._mine]) {
      for (const [arn, group] of groups) {
        if (isGone(group)) {
          groups.delete(arn);
          dropped = true;
        }
      }
    }
    return dropped;
  }

  /** Note what was seen; `save` keeps it. @returns whether it is new */
  note(arn: string, seen: ISeen): boolean {
    const before = this._seen.get(arn);
    this._seen.set(arn, seen);
    return JSON.stringify(before) !== JSON.stringify(seen);
  }

  /** Keep everything, but what was seen of groups that nobody follows now. */
  async save(): Promise<void> {
    for (const arn of [...this._seen.keys()]) {
      if (!this._stars.has(arn) && !this._mine.has(arn)) {
        this._seen.delete(arn);
      }
    }
    await this._state?.save(STATE_KEY, {
      stars: [...this._stars.values()].map(plain),
      mine: [...this._mine.values()].map(plain),
      seen: JSON.parse(
        JSON.stringify(Object.fromEntries(this._seen))
      ) as ReadonlyPartialJSONObject
    });
  }

  private async _load(): Promise<void> {
    const saved = ((await this._state?.fetch(STATE_KEY)) ??
      {}) as ReadonlyPartialJSONObject;
    this._stars = groupsOf(saved.stars);
    this._mine = groupsOf(saved.mine);
    for (const [arn, seen] of Object.entries(saved.seen ?? {})) {
      if (isSeen(seen)) {
        this._seen.set(arn, seen);
      }
    }
  }

  private _stars = new Map<string, IFollowed>();
  private _mine = new Map<string, IFollowed>();
  private _seen = new Map<string, ISeen>();
  private _loading: Promise<void> | null = null;
}

function trim(groups: Map<string, IFollowed>): void {
  for (const arn of groups.keys()) {
    if (groups.size <= MOST) {
      return;
    }
    groups.delete(arn);
  }
}

function plain({ connection, group, shared }: IFollowed): {
  connection: string;
  group: string;
  shared: boolean;
} {
  return { connection, group, shared };
}

/** What was kept, as far as it makes sense. */
function groupsOf(value: unknown): Map<string, IFollowed> {
  const groups = new Map<string, IFollowed>();
  for (const entry of Array.isArray(value) ? (value as unknown[]) : []) {
    const { connection, group, shared } = (entry ?? {}) as Partial<IFollowed>;
    if (typeof connection === 'string' && typeof group === 'string') {
      groups.set(group, { connection, group, shared: shared === true });
    }
  }
  return groups;
}

const STATES = ['linked', 'no-status', 'not-linked'];
const APPROVALS = ['Approved', 'Rejected', 'PendingManualApproval'];

const isWord = (value: unknown): boolean =>
  value === null || typeof value === 'string';

function isSeen(value: unknown): value is ISeen {
  const { governance, version } = (value ?? {}) as Partial<ISeen>;
  return (
    (governance === null ||
      (typeof governance === 'object' &&
        STATES.includes(governance.state) &&
        isWord(governance.word))) &&
    (version === null ||
      version === 'none' ||
      (typeof version === 'object' &&
        typeof version.arn === 'string' &&
        typeof version.version === 'number' &&
        APPROVALS.includes(version.approval) &&
        isWord(version.lifeCycle)))
  );
}
