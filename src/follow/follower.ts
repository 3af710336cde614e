/**
 * Looks at the groups that somebody follows, in the background.
 *
 * A look costs, whatever the number of groups in the registries:
 *
 * - one reading of the governance sources (`IGovernance.refresh`), unless they
 *   were read a moment ago, as by the panel that was just opened;
 * - for each SageMaker connection with a followed group one read of latest
 *   versions (one per 1,024 characters of names; a group shared by RAM has one
 *   of its own), and for an approver one page of pending versions;
 * - one read for each request for approval that was made here and is open.
 *
 * At the default pace of 300 s that is at most twelve times an hour.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';

import { approvalSettingsChanged, waitingOn, waitsForMe } from '../approvals';
import { unreadConsoles } from '../governance';
import { registryQueries } from '../registry';
import { groupOfArn } from '../relay';
import type {
  IConcern,
  IConfig,
  IGovernance,
  IGovernanceStatus,
  IModelPackage,
  IModelPackageGroup,
  IRegistry,
  IRelay,
  ISageMakerConnection
} from '../tokens';
import {
  compare,
  governanceFact,
  versionFact,
  type Change,
  type IOwn
} from './compare';
import type { DecisionWatch } from './decisions';
import { Reader, RECENT } from './reader';
import { DEFAULTS, type IFollowSettings } from './settings';
import type { FollowStore, IFollowed } from './store';

/** ms that our own linking or workflow step may take to be seen. */
const OWN_ACTION = 15 * 60_000;

/** ms of rest after the panel has told of groups. */
const SETTLE = 1_000;

/** ms until the first look, so that it does not hold up what is being opened. */
const FIRST = 5_000;

/** Part of the pace that is added by chance, so that labs do not look in step. */
const JITTER = 0.1;

/** Longest pause after failures, in paces. */
const LONGEST = 12;

/** A group in which something has changed. */
export interface INews {
  group: IModelPackageGroup;
  changes: readonly Change[];
  /** null: governance could not tell. */
  status: IGovernanceStatus | null;
  starred: boolean;
}

/** What waits for the person, as the last look shows it. */
export interface IWaitingForMe {
  groups: readonly IModelPackageGroup[];
  /** More is pending than was read. */
  more: boolean;
  /** Labels of what could not be read; then there may be more. */
  unread: readonly string[];
}

/** What a look works with. */
export interface IFollowerOptions {
  relay: IRelay;
  registry: IRegistry;
  /** null: switched off. */
  governance: IGovernance | null;
  store: FollowStore;
  watch: Pick<DecisionWatch, 'check' | 'waiting'>;
  trans: TranslationBundle;
  /** Tell of what has changed, all of a look at once; never empty. */
  tell: (news: readonly INews[]) => void;
  /** Clock, ms since epoch; the real one when absent. */
  now?: () => number;
}

/** Follows groups; see the file. */
export class Follower {
  constructor(private _options: IFollowerOptions) {
    this._now = _options.now ?? Date.now;
    this._reader = new Reader(_options);
    _options.registry.changed.connect(this._onWrite, this);
    _options.governance?.changed.connect(this._onGovernance, this);
    approvalSettingsChanged.connect(this._onPersona, this);
  }

  /** Emits after a look, with what waits for the person. */
  get looked(): ISignal<this, IWaitingForMe | null> {
    return this._looked;
  }

  /** What waits for the person; null: no look has succeeded yet. */
  get waiting(): IWaitingForMe | null {
    return this._waiting;
  }

  /** Take settings over; a new pace holds from the next look on. */
  configure(settings: IFollowSettings): void {
    this._settings = settings;
  }

  /** From now on look again and again, while the page is visible. */
  begin(): void {
    if (this._poll) {
      return;
    }
    this._poll = new Poll({
      name: 'sagemaker-governance:following',
      auto: false,
      factory: async () => {
        this._pace();
        await this.look({ refresh: true });
      },
      standby: 'when-hidden',
      linger: 0
    });
    this._pace();
    void this._poll.schedule({ phase: 'started', interval: FIRST });
  }

  /**
   * Look once; looks come one after the other.
   *
   * @param refresh false: only compare what has been read already
   * @throws the first failure when nothing at all could be read
   */
  look({ refresh }: { refresh: boolean }): Promise<void> {
    const look = this._last.then(() => (refresh ? this._read() : this._know()));
    // The next one goes on whatever became of this.
    this._last = look.catch(() => undefined);
    return look;
  }

  /** What the panel has read. */
  async concern(told: IConcern): Promise<void> {
    const { groups, complete, mine, waiting, more, unread } = told;
    const { store } = this._options;
    await store.load();
    this._toldAt = this._now();
    const all = new Map(groups.map(group => [group.arn, group]));
    const added = store.addMine(mine.map(followed));
    const dropped = store.drop(
      ({ connection, group }) =>
        complete.includes(connection) && !all.has(group)
    );
    this._known = all;
    this._around = new Set(waiting.map(({ arn }) => arn));
    this._tellWaiting({ groups: waiting, more, unread });
    if (added || dropped) {
      void this._save();
    }
    clearTimeout(this._settling);
    this._settling = setTimeout(() => {
      // Whatever cannot be told now, the next look tells.
      this.look({ refresh: false }).catch(() => undefined);
    }, SETTLE);
  }

  /** Whether another account shares the group, as far as anybody has seen. */
  isShared(group: string): boolean {
    return this._known.get(group)?.shared ?? false;
  }

  /** The next change of governance in the group is our own work. */
  actedOn(group: string): void {
    this._acted.set(group, this._now() + OWN_ACTION);
  }

  dispose(): void {
    this._poll?.dispose();
    this._poll = null;
    clearTimeout(this._settling);
    this._options.registry.changed.disconnect(this._onWrite, this);
    this._options.governance?.changed.disconnect(this._onGovernance, this);
    approvalSettingsChanged.disconnect(this._onPersona, this);
    Signal.clearData(this);
  }

  /** Compare what is in the cache; asks no registry. */
  private async _know(): Promise<void> {
    const { relay, registry, governance, store, watch } = this._options;
    await store.load();
    const awaited = await this._awaited();
    const groups = this._groups(await relay.config());
    const client = await relay.queries();
    const latest = new Map<string, IModelPackage | null>();
    for (const group of groups) {
      const version = client.getQueryData(
        registryQueries.latest(registry, group).queryKey
      );
      if (version !== undefined) {
        latest.set(group.arn, version);
      }
    }
    const [statuses] = await this._resolve(governance, groups, latest);
    const decided = [...latest.values()].some(
      version =>
        version !== null &&
        awaited.has(version.arn) &&
        version.approval !== 'PendingManualApproval'
    );
    if (decided) {
      await watch.check();
    }
    this._compare(groups, latest, statuses, awaited);
  }

  /** Read everything that is followed, compare, and count what waits. */
  private async _read(): Promise<void> {
    const { relay, governance, store, watch, trans } = this._options;
    await store.load();
    const config = await relay.config();
    const awaited = await this._awaited();
    const connections = config.connections.filter(
      (candidate): candidate is ISageMakerConnection =>
        candidate.kind === 'sagemaker'
    );
    const groups = this._groups(config);
    // The panel has read more than a look does.
    const told = this._now() - this._toldAt < RECENT;
    const [found, governanceError] = await Promise.all([
      Promise.all(
        connections.map(({ id }) =>
          this._reader.read(
            id,
            groups.filter(({ connection }) => connection === id),
            !told
          )
        )
      ),
      this._refresh(),
      watch.check()
    ]);
    const latest = new Map(found.flatMap(part => [...part.latest]));
    const all = new Map(groups.map(group => [group.arn, group]));
    for (const [arn, version] of found.flatMap(part => [...part.pending])) {
      if (!all.has(arn)) {
        all.set(arn, this._group(version.connection, arn));
        latest.set(arn, version);
      }
    }
    const [statuses, resolveError] = await this._resolve(
      governance,
      [...all.values()],
      latest
    );
    this._compare(groups, latest, statuses, awaited);

    if (!told) {
      this._tellWaiting({
        groups: [...all.values()].filter(({ arn, connection }) =>
          waitsForMe(
            waitingOn({
              latest: latest.get(arn),
              status: statuses.get(arn) ?? null,
              me: this._reader.me(connection)
            })
          )
        ),
        more: found.some(({ more }) => more),
        unread: [
          ...connections
            .filter((_, i) => found[i].error !== null)
            .map(({ label }) => label),
          ...unreadConsoles(statuses.values(), config),
          ...((governanceError ?? resolveError) ? [trans.__('use cases')] : [])
        ]
      });
    }
    const failed = found.filter(({ error }) => error !== null);
    if (failed.length > 0 && failed.length === found.length) {
      throw failed[0].error;
    }
  }

  /** Packages whose decision the watch tells of. */
  private async _awaited(): Promise<ReadonlySet<string>> {
    const requests = await this._options.watch.waiting();
    return new Set(requests.map(request => request.package));
  }

  private _tellWaiting(waiting: IWaitingForMe): void {
    this._waiting = waiting;
    this._looked.emit(waiting);
  }

  /** Groups to look at: followed ones, and those that the panel shows waiting. */
  private _groups({ environment, connections }: IConfig): IModelPackageGroup[] {
    const { store } = this._options;
    // In a shared space nobody can say which groups are whose.
    const mine =
      environment.kind === 'studio-shared' ? [] : store.mine.values();
    const groups = new Map<string, IModelPackageGroup>();
    for (const { connection, group, shared } of [
      ...store.stars.values(),
      ...mine
    ]) {
      groups.set(group, this._group(connection, group, shared));
    }
    for (const arn of this._around) {
      const group = this._known.get(arn);
      if (group) {
        groups.set(arn, group);
      }
    }
    const there = new Set(connections.map(({ id }) => id));
    return [...groups.values()].filter(({ connection }) =>
      there.has(connection)
    );
  }

  /** As the panel has read it, else what its ARN tells. */
  private _group(
    connection: string,
    arn: string,
    shared = false
  ): IModelPackageGroup {
    return (
      this._known.get(arn) ?? {
        ...groupOfArn({ connection, group: arn }),
        shared
      }
    );
  }

  /**
   * Read the governance sources again, unless that was just done.
   *
   * @returns why not; null: done
   */
  private async _refresh(): Promise<unknown> {
    if (this._now() - this._governedAt < RECENT) {
      return null;
    }
    try {
      await this._options.governance?.refresh();
      return null;
    } catch (error) {
      return error;
    }
  }

  private async _resolve(
    governance: IGovernance | null,
    groups: readonly IModelPackageGroup[],
    latest: ReadonlyMap<string, IModelPackage | null>
  ): Promise<[Map<string, IGovernanceStatus>, unknown]> {
    if (!governance || groups.length === 0) {
      return [new Map<string, IGovernanceStatus>(), null];
    }
    try {
      return [await governance.resolve(groups, latest), null];
    } catch (error) {
      return [new Map<string, IGovernanceStatus>(), error];
    }
  }

  /** Compare with what was seen, keep what is seen now, tell of changes. */
  private _compare(
    groups: readonly IModelPackageGroup[],
    latest: ReadonlyMap<string, IModelPackage | null>,
    statuses: ReadonlyMap<string, IGovernanceStatus>,
    awaited: ReadonlySet<string>
  ): void {
    const { store, tell } = this._options;
    const news: INews[] = [];
    let fresh = false;
    for (const group of groups) {
      const { arn } = group;
      const starred = store.stars.has(arn);
      if (!starred && !store.mine.has(arn)) {
        continue;
      }
      const status = statuses.get(arn);
      const version = latest.get(arn);
      const reading = {
        governance: governanceFact(group, status),
        version: versionFact(version)
      };
      const before = store.seen(arn);
      const { seen, changes } = compare(
        before,
        reading,
        this._own(arn, version, awaited)
      );
      if (
        before?.governance &&
        reading.governance &&
        JSON.stringify(before.governance) !== JSON.stringify(reading.governance)
      ) {
        // Our own step is seen now; what comes next is somebody else's.
        this._acted.delete(arn);
      }
      if (reading.version && !version?.confirming) {
        this._written.delete(arn);
      }
      fresh = store.note(arn, seen) || fresh;
      const { notify } = this._settings;
      if (
        changes.length > 0 &&
        (notify === 'all' || (notify === 'starred' && starred))
      ) {
        news.push({ group, changes, status: status ?? null, starred });
      }
    }
    if (fresh) {
      void this._save();
    }
    if (news.length > 0) {
      tell(news);
    }
  }

  private _own(
    arn: string,
    version: IModelPackage | null | undefined,
    awaited: ReadonlySet<string>
  ): IOwn {
    return {
      governance: (this._acted.get(arn) ?? 0) > this._now(),
      version: this._written.has(arn) || Boolean(version?.confirming),
      awaited
    };
  }

  /** Keep what is remembered; it holds until a reload where that fails. */
  private async _save(): Promise<void> {
    try {
      await this._options.store.save();
    } catch (error) {
      console.warn('What was seen of followed groups cannot be kept.', error);
    }
  }

  /** Set the pause until the next look, a little longer by chance. */
  private _pace(): void {
    const pace = this._settings.refreshSeconds * 1000;
    if (this._poll) {
      this._poll.frequency = {
        interval: Math.round(pace * (1 + Math.random() * JITTER)),
        backoff: true,
        max: pace * LONGEST
      };
    }
  }

  private _onWrite(_: IRegistry, arn: string): void {
    this._written.add(arn);
  }

  private _onGovernance(): void {
    this._governedAt = this._now();
  }

  private _onPersona(): void {
    this._reader.forget();
  }

  private _reader: Reader;
  private _now: () => number;
  private _settings: IFollowSettings = DEFAULTS;
  private _poll: Poll | null = null;
  /** When the panel last told of groups, ms since epoch. */
  private _toldAt = -Infinity;
  /** When governance last told of a reading, ms since epoch. */
  private _governedAt = -Infinity;
  private _last: Promise<void> = Promise.resolve();
  private _settling: ReturnType<typeof setTimeout> | undefined;
  /** Groups as the panel has read them. */
  private _known = new Map<string, IModelPackageGroup>();
  /** ARNs of groups that the panel shows as waiting for the person. */
  private _around = new Set<string>();
  /** ARNs of groups that we have written to, until a read shows it. */
  private _written = new Set<string>();
  /** ARN -> until when a change of governance is our own work, ms. */
  private _acted = new Map<string, number>();
  private _waiting: IWaitingForMe | null = null;
  private _looked = new Signal<this, IWaitingForMe | null>(this);
}

const followed = ({
  connection,
  arn,
  shared
}: IModelPackageGroup): IFollowed => ({
  connection,
  group: arn,
  shared
});
