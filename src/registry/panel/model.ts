/** State of the panel: reads, keeps and tells. No DOM. */
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { QueryClient } from '@tanstack/react-query';

import { approvalSettingsChanged, readPersona } from '../../approvals';
import type { IPersona } from '../../approvals';
import { unreadConsoles } from '../../governance';
import { chooseGroup } from '../../governance/linking';
import { handshake } from '../../relay';
import { PLUGIN_NAMESPACE } from '../../tokens';
import type {
  IConfig,
  IFollowing,
  IGovernance,
  IGovernanceStatus,
  IModelPackage,
  IModelPackageGroup,
  IRegistry,
  IRelay,
  ISageMakerConnection
} from '../../tokens';
import { followChanges, keepWays, registryQueries } from '../queries';
import { RegistryLoader } from './loader';
import { buildRow, orderByName, passes, selectRows, sortRows } from './rows';
import { searchWords } from './rowText';
import type { IRow, PanelSort } from './rows';
import { emptySnapshot, readView } from './snapshot';
import type { IPanelSnapshot, IPanelView } from './snapshot';
import { LatestVersions } from './versions';
import { mergeRegistries } from '../ways';
import type { IMerged } from '../ways';

/** ms between two looks at what has come in. */
const SETTLE = 120;

/** ms that a row must stay on screen before its version is read. */
const STAY = 100;
/** The same while pages come in and push rows along. */
const STAY_LOADING = 600;

/** ms between two accounts of what was read, for who follows groups. */
const CONCERN = 500;

/** Pages of pending versions that are read for the filter "waiting". */
const PENDING_PAGES = 10;

/** Groups whose versions are read in the background. */
const BACKGROUND = 200;

const STATE_KEY = `${PLUGIN_NAMESPACE}:panel`;

export class PanelModel {
  constructor(private _options: PanelModel.IOptions) {
    const { client, registry, governance } = _options;
    this._defaultSort = _options.defaultSort;
    followChanges(client, registry);
    this._latest = new LatestVersions(registry, client, arns => {
      this._resolveLater(arns);
      this._changedLater();
    });
    registry.changed.connect(this._onWrite, this);
    governance?.changed.connect(this._onGovernance, this);
    _options.following?.changed.connect(this._changedLater, this);
    approvalSettingsChanged.connect(this._onSettings, this);
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  };
  readonly getSnapshot = (): IPanelSnapshot => this._snapshot;

  /** Whether there is a source of statuses at all. */
  get governed(): boolean {
    return this._options.governance !== null;
  }

  /** Whether groups can be starred. */
  get stars(): boolean {
    return Boolean(this._options.following);
  }

  /** px that the list is scrolled, kept while the panel moves. */
  offset = 0;

  /** First read: remembered choices, configuration, registries. */
  async start(): Promise<void> {
    const saved = await this._options.state
      ?.fetch(STATE_KEY)
      .catch(() => undefined);
    // What was chosen while it was read is newer.
    this._chosen = { ...readView(saved), ...this._chosen };
    await this._loadAll();
  }

  /** Read everything again, the configuration too. */
  async refresh(): Promise<void> {
    this._options.relay.reset();
    await this._latest.invalidateAll();
    const governance = this._options.governance?.refresh().then(
      () => {
        this._governanceError = null;
      },
      (error: unknown) => {
        this._governanceError = error;
      }
    );
    await Promise.all([this._loadAll(), governance]);
    this._latest.request(this._visible);
    this._changedLater();
  }

  /** Read one registry again. */
  async retry(connection: string): Promise<void> {
    await this._loaders.get(connection)?.load();
  }

  /** Choose filter, order or search text. */
  setView(change: Partial<IPanelView>): void {
    this._chosen = { ...this._chosen, ...change };
    this._publish();
    void this._options.state
      ?.save(STATE_KEY, { ...this._chosen })
      .catch((error: unknown) => {
        console.warn('The choices of the panel could not be kept.', error);
      });
    if (change.filter === 'waiting') {
      void this._loadPending();
    }
    if (change.filter) {
      this._readDoubtful();
    }
  }

  /** Order while nobody has chosen one. */
  setDefaultSort(sort: PanelSort): void {
    this._defaultSort = sort;
    this._publish();
  }

  select(arn: string | null): void {
    this._selected = arn;
    const group = arn ? this._groups().get(arn) : undefined;
    if (group) {
      chooseGroup({ connection: group.connection, group: group.arn });
    }
    this._publish();
  }

  /**
   * The rows on screen: their versions are read.
   *
   * Only rows that stay for a moment count; while pages come in, and while
   * somebody scrolls, most pass by.
   */
  readonly setVisible = (rows: readonly IRow[]): void => {
    this._visible = rows.map(row => row.group);
    if (this._visibleTimer === undefined && !this._disposed) {
      const before = new Set(this._visible);
      this._visibleTimer = setTimeout(
        () => {
          this._visibleTimer = undefined;
          const stayed = this._visible.filter(group => before.has(group));
          this._latest.request(stayed);
          if (stayed.length < this._visible.length) {
            this.setVisible(this._visible.map(group => this._row(group)));
          }
        },
        this._snapshot.loading ? STAY_LOADING : STAY
      );
    }
  };

  /** Put what is known of a group where the document looks for it. */
  seed(group: IModelPackageGroup): void {
    const { client, registry } = this._options;
    const { queryKey } = registryQueries.group(
      registry,
      group.connection,
      group.arn
    );
    client.setQueryData(queryKey, group);
  }

  dispose(): void {
    this._disposed = true;
    const { registry, governance } = this._options;
    registry.changed.disconnect(this._onWrite, this);
    governance?.changed.disconnect(this._onGovernance, this);
    this._options.following?.changed.disconnect(this._changedLater, this);
    approvalSettingsChanged.disconnect(this._onSettings, this);
    this._loaders.forEach(loader => loader.dispose());
    this._latest.dispose();
    clearTimeout(this._timer);
    clearTimeout(this._resolveTimer);
    clearTimeout(this._concernTimer);
    clearTimeout(this._visibleTimer);
    this._listeners.clear();
  }

  private get _view(): IPanelView {
    return {
      filter: 'all',
      sort: this._defaultSort,
      text: '',
      ...this._chosen
    };
  }

  private async _loadAll(): Promise<void> {
    const { relay, registry } = this._options;
    try {
      this._config = await relay.config();
      this._error = null;
    } catch (error) {
      this._error = error;
      this._publish();
      return;
    }
    if (this._disposed) {
      return;
    }
    const connections = this._config.connections.filter(
      (candidate): candidate is ISageMakerConnection =>
        candidate.kind === 'sagemaker'
    );
    for (const [id, loader] of this._loaders) {
      if (!connections.some(connection => connection.id === id)) {
        loader.dispose();
        this._loaders.delete(id);
      }
    }
    this._publish();
    await Promise.all(
      connections.map(async connection => {
        let loader = this._loaders.get(connection.id);
        if (!loader) {
          loader = new RegistryLoader(registry, connection, fresh =>
            this._onGroups(fresh)
          );
          this._loaders.set(connection.id, loader);
        }
        await Promise.all([loader.load(), this._readPersona(connection.id)]);
      })
    );
    this._readDoubtful();
    await this._loadPending();
  }

  /**
   * Read versions of rows that are out of view, where filters depend on them:
   * of all in a small registry, else of those whose status is in doubt.
   */
  private _readDoubtful(): void {
    const groups = [...this._groups().values()].filter(
      ({ arn }) => !this._latest.known.has(arn)
    );
    if (this._groups().size <= BACKGROUND) {
      this._latest.request(groups);
    } else if (this._view.filter !== 'all') {
      const doubtful = groups.filter(
        ({ arn }) => this._statuses.get(arn)?.state === 'loading'
      );
      this._latest.request(doubtful.slice(0, BACKGROUND));
    }
  }

  private async _loadPending(): Promise<void> {
    const { registry } = this._options;
    const turn = ++this._pendingTurn;
    const pages = this._view.filter === 'waiting' ? PENDING_PAGES : 1;
    const pending = new Map<string, IModelPackage>();
    let more = false;
    await Promise.all(
      [...this._loaders.values()]
        .filter(({ state }) => !state.error)
        .map(async ({ state }) => {
          try {
            let token: string | undefined;
            for (let page = 0; page < pages; page++) {
              const answer = await registry.pendingVersions(
                state.connection.id,
                token
              );
              answer.items.forEach(version => takeNewer(pending, version));
              token = answer.nextToken ?? undefined;
              if (!token) {
                return;
              }
            }
            more = true;
          } catch {
            // Only the count is short; the failure itself shows on reading
            // groups or versions.
            more = true;
          }
        })
    );
    if (turn !== this._pendingTurn) {
      return;
    }
    this._pending = pending;
    this._pendingMore = more;
    this._changedLater();
  }

  private _onGroups(fresh: readonly IModelPackageGroup[]): void {
    if (this._disposed) {
      return;
    }
    this._resolveLater(fresh.map(group => group.arn));
    if (this._snapshot.total === 0) {
      // The first page shows at once.
      this._publish();
    } else {
      this._changedLater();
    }
  }

  private _onWrite(_: IRegistry, arn: string): void {
    this._pending.delete(arn);
    const group = this._groups().get(arn);
    if (group) {
      void this._latest
        .invalidate(group)
        .then(() => this._latest.request([group]));
      return;
    }
    // A group that we have just created: it stands on the first page.
    for (const [id, loader] of this._loaders) {
      this._options.registry.listGroups(id).then(
        page => {
          const created = page.items.find(item => item.arn === arn);
          if (created) {
            loader.add(created);
          }
        },
        () => {
          // The next refresh shows it; a failing registry has its own line.
        }
      );
    }
  }

  /** Who we are on a connection. @throws RelayError */
  private async _readPersona(connection: string): Promise<void> {
    const { relay, registry, trans } = this._options;
    this._me.set(
      connection,
      await readPersona(relay, registry, connection, trans)
    );
    this._changedLater();
  }

  /** Settings say which names of roles mean what. */
  private _onSettings(): void {
    for (const id of this._loaders.keys()) {
      this._readPersona(id).catch(() => {
        // Without configuration nothing else loads either, and that shows.
      });
    }
  }

  private _onGovernance(): void {
    this._resolveLater([...this._groups().keys()]);
  }

  /** Ask for the status of groups, many at once. */
  private _resolveLater(arns: readonly string[]): void {
    if (!this._options.governance || arns.length === 0) {
      return;
    }
    arns.forEach(arn => this._unresolved.add(arn));
    if (this._resolveTimer === undefined) {
      this._resolveTimer = setTimeout(() => {
        this._resolveTimer = undefined;
        void this._resolve();
      }, 30);
    }
  }

  private async _resolve(): Promise<void> {
    const { governance } = this._options;
    const all = this._groups();
    const groups = [...this._unresolved]
      .map(arn => all.get(arn))
      .filter((group): group is IModelPackageGroup => group !== undefined);
    this._unresolved.clear();
    if (!governance || groups.length === 0) {
      return;
    }
    try {
      const statuses = await governance.resolve(groups, this._latest.known);
      statuses.forEach((status, arn) => this._statuses.set(arn, status));
      this._governanceError = null;
    } catch (error) {
      this._governanceError = error;
    }
    this._changedLater();
  }

  /** Groups of all registries by ARN. */
  private _groups(): ReadonlyMap<string, IModelPackageGroup> {
    return this._merge().groups;
  }

  /** Each group once, put together when groups have come or gone. */
  private _merge(): PanelModel.IMergedOrder {
    const states = [...this._loaders.values()].map(({ state }) => state);
    const from = states.flatMap(({ broken, groups }) => [broken, groups]);
    const before = this._merged.from;
    if (
      from.length !== before.length ||
      from.some((part, i) => part !== before[i])
    ) {
      const merged = mergeRegistries(states);
      this._merged = { ...merged, from, ordered: null };
      keepWays(this._options.client, merged.others);
    }
    return this._merged;
  }

  /** Groups in the order of their names. */
  private _ordered(): readonly IModelPackageGroup[] {
    const merged = this._merge();
    merged.ordered ??= orderByName([...merged.groups.values()]);
    return merged.ordered;
  }

  private _row(group: IModelPackageGroup): IRow {
    const { arn } = group;
    const pending = this._pending.get(arn);
    const known = this._latest.known.get(arn);
    const latest = known === undefined ? pending : known;
    const latestError = this._latest.errors.get(arn) ?? null;
    const status = this._statuses.get(arn) ?? null;
    const me = this._me.get(group.connection) ?? null;
    const others = this._merged.others.get(arn);
    const starred = this._options.following?.isStarred(arn) ?? false;
    const parts = [group, others, latest, latestError, status, me, starred];
    const before = this._rows.get(arn);
    if (before && before.parts.every((part, i) => part === parts[i])) {
      return before.row;
    }
    const words = searchWords(status, latest, this._options.trans);
    const row = buildRow({
      group,
      others,
      latest,
      latestError,
      status,
      me,
      starred,
      words
    });
    this._rows.set(arn, { parts, row });
    return row;
  }

  private _changedLater(): void {
    if (this._timer === undefined && !this._disposed) {
      this._timer = setTimeout(() => this._publish(), SETTLE);
    }
  }

  private _publish(): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    if (this._disposed) {
      return;
    }
    const groups = this._ordered();
    const { filter, sort, text } = this._view;
    const rows = groups.map(group => this._row(group));
    const selection = selectRows(rows, filter, text);
    const registries = [...this._loaders.values()].map(({ state }) => state);
    const ages = registries.map(({ readAt }) => readAt);
    const known = ages.filter((at): at is number => at !== null);
    this._snapshot = {
      config: this._config,
      error: this._error,
      mismatch: this._config
        ? handshake(this._config, this._options.trans)
        : null,
      registries,
      rows: sortRows(selection.rows, sort),
      counts: selection.counts,
      total: groups.length,
      loading:
        (!this._config && !this._error) ||
        registries.some(({ loading }) => loading),
      updatedAt: known.length > 0 ? Math.min(...known) : null,
      pendingMore: this._pendingMore,
      governanceError: this._governanceError,
      view: this._view,
      selected: this._selected
    };
    this._listeners.forEach(listener => listener());
    if (this._concernTimer === undefined && this._options.following) {
      this._concernTimer = setTimeout(() => this._concern(), CONCERN);
    }
  }

  /** Tell who follows groups what was read. */
  private _concern(): void {
    this._concernTimer = undefined;
    const { following } = this._options;
    if (!following || this._disposed || this._snapshot.loading) {
      return;
    }
    const { config, registries, pendingMore } = this._snapshot;
    const groups = this._ordered();
    const rows = groups.map(group => this._row(group));
    following.concern({
      groups,
      complete: registries
        .filter(({ readAt, error, sharedError }) =>
          Boolean(readAt && !error && !sharedError)
        )
        .map(({ connection }) => connection.id),
      mine: rows.filter(row => row.mine).map(({ group }) => group),
      waiting: rows
        .filter(row => passes(row, 'waiting'))
        .map(({ group }) => group),
      more: pendingMore,
      unread: [
        ...registries
          .filter(({ error }) => error !== null)
          .map(({ connection }) => connection.label),
        ...(config ? unreadConsoles(this._statuses.values(), config) : [])
      ]
    });
  }

  private _config: IConfig | null = null;
  private _error: unknown = null;
  private _governanceError: unknown = null;
  private _loaders = new Map<string, RegistryLoader>();
  private _latest: LatestVersions;
  private _me = new Map<string, IPersona>();
  private _statuses = new Map<string, IGovernanceStatus>();
  private _pending = new Map<string, IModelPackage>();
  private _pendingMore = false;
  private _concernTimer: ReturnType<typeof setTimeout> | undefined;
  private _rows = new Map<string, { parts: unknown[]; row: IRow }>();
  private _merged: PanelModel.IMergedOrder = {
    from: [],
    groups: new Map(),
    others: new Map(),
    ordered: []
  };
  private _unresolved = new Set<string>();
  private _visible: IModelPackageGroup[] = [];
  private _selected: string | null = null;
  private _defaultSort: PanelSort = 'name';
  /** What somebody chose; the rest is as it comes. */
  private _chosen: Partial<IPanelView> = {};
  private _pendingTurn = 0;
  private _listeners = new Set<() => void>();
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _resolveTimer: ReturnType<typeof setTimeout> | undefined;
  private _visibleTimer: ReturnType<typeof setTimeout> | undefined;
  private _disposed = false;
  private _snapshot: IPanelSnapshot = emptySnapshot(this._view);
}

export namespace PanelModel {
  export interface IOptions {
    relay: IRelay;
    registry: IRegistry;
    /** null: the panel shows approvals only. */
    governance: IGovernance | null;
    /** null or absent: groups have no stars. */
    following?: IFollowing | null;
    client: QueryClient;
    /** null: choices are not remembered. */
    state: IStateDB | null;
    trans: TranslationBundle;
    /** Order until somebody chooses one. */
    defaultSort: PanelSort;
  }

  /** Groups put together, and what they were put together from. */
  export interface IMergedOrder extends IMerged {
    from: readonly unknown[];
    /** By name; null: not needed yet. */
    ordered: readonly IModelPackageGroup[] | null;
  }
}

function takeNewer(
  versions: Map<string, IModelPackage>,
  version: IModelPackage
): void {
  const known = versions.get(version.groupArn);
  if (!known || known.version < version.version) {
    versions.set(version.groupArn, version);
  }
}
