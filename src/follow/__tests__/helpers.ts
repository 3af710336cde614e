/** A follower over a registry and a console that a test moves. */
import { StateDB } from '@jupyterlab/statedb';
import { Signal } from '@lumino/signaling';

import { details, trans } from '../../approvals/__tests__/helpers';
import {
  fakeRelay,
  governance as fakeGovernance,
  governanceStatus,
  group,
  useCase,
  version
} from '../../testing';
import { registryQueries } from '../../registry';
import type {
  IApprovalRequest,
  IConcern,
  IConfig,
  IGovernance,
  IGovernanceStatus,
  IModelPackage,
  IModelPackageDetails,
  IModelPackageGroup,
  IPage,
  IRegistry,
  IRelay
} from '../../tokens';
import { DecisionWatch, type Outcome } from '../decisions';
import { Follower, type INews } from '../follower';
import { DEFAULTS, type IFollowSettings } from '../settings';
import { FollowStore } from '../store';

/** The group that is starred in most tests. */
export const STARRED = group();

/** What a console says of it, freshly. */
export const says = (
  status: string | null,
  members: Partial<IGovernanceStatus> = {}
): IGovernanceStatus =>
  governanceStatus({
    state: status === null ? 'no-status' : 'linked',
    useCase: useCase({ status }),
    ...members
  });

/** What the panel tells, with nothing in it but what is given. */
export const told = (members: Partial<IConcern> = {}): IConcern => ({
  groups: [STARRED],
  complete: [STARRED.connection],
  mine: [],
  waiting: [],
  more: false,
  unread: [],
  ...members
});

const page = (items: IModelPackage[]): IPage<IModelPackage> => ({
  items,
  nextToken: null,
  total: null
});

/** The world outside, which tests change between looks. */
export class World {
  /** ms since epoch. */
  clock = Date.UTC(2026, 10, 21);
  status: IGovernanceStatus = says('Awaiting Approval');
  latest: IModelPackage | null | Error = version();
  /** What a version tells of itself, before the lists show it. */
  described: IModelPackageDetails | Error = details();
  pending: IModelPackage[] = [];
  caller = 'arn:aws:sts::111122223333:assumed-role/DataScientist/ds-042';
  /** What was asked, in order. */
  readonly asked: string[] = [];
  readonly state = new StateDB();

  readonly registry: IRegistry = {
    listGroups: never,
    listSharedGroups: never,
    describeGroup: never,
    latestVersion: async () => {
      this.asked.push('latest');
      if (this.latest instanceof Error) {
        throw this.latest;
      }
      return this.latest;
    },
    listVersions: never,
    versionsFrom: never,
    describeVersion: async () => {
      if (this.described instanceof Error) {
        throw this.described;
      }
      return this.described;
    },
    pendingVersions: async () => {
      this.asked.push('pending');
      return page(this.pending);
    },
    createVersion: never,
    createGroup: never,
    updateVersion: never,
    readTags: never,
    changeTag: never,
    callerIdentity: async () => ({
      account: '111122223333',
      arn: this.caller
    }),
    changed: new Signal<IRegistry, string>({} as IRegistry)
  };

  readonly governance: IGovernance = fakeGovernance({
    resolve: async (groups: readonly IModelPackageGroup[]) =>
      new Map(groups.map(({ arn }) => [arn, this.status])),
    refresh: async () => {
      this.asked.push('consoles');
    }
  });

  /** Members of the configuration that differ. */
  answered: Partial<IConfig> = {};

  /** A lab that was just started: what is kept is what the data base has. */
  async lab(settings: Partial<IFollowSettings> = {}): Promise<Lab> {
    const lab = new Lab(this, settings);
    await lab.store.load();
    return lab;
  }
}

/** One run of the lab. */
export class Lab {
  readonly news: INews[][] = [];
  /** What came of requests. */
  readonly outcomes: Outcome[] = [];
  readonly store: FollowStore;
  readonly watch: DecisionWatch;
  readonly follower: Follower;
  /** The cache is a new one in each lab. */
  private readonly _relay = fakeRelay({}, this._world.answered);

  constructor(
    private _world: World,
    settings: Partial<IFollowSettings>
  ) {
    this.store = new FollowStore(_world.state);
    this.watch = new DecisionWatch({
      registry: _world.registry,
      state: _world.state,
      tell: outcome => this.outcomes.push(outcome)
    });
    this.follower = new Follower({
      relay: this._relay,
      registry: _world.registry,
      governance: _world.governance,
      store: this.store,
      watch: this.watch,
      trans,
      tell: news => this.news.push([...news]),
      now: () => _world.clock
    });
    this.follower.configure({ ...DEFAULTS, ...settings });
  }

  async star(starred = true): Promise<void> {
    const { connection, arn, shared } = STARRED;
    await this.store.setStar({ connection, group: arn, shared }, starred);
  }

  /** Look as the background does, a pace after the last look. */
  async look(): Promise<void> {
    this._world.clock += DEFAULTS.refreshSeconds * 1000;
    // The cache goes by the real clock.
    const client = await this._relay.queries();
    await client.invalidateQueries({ refetchType: 'none' });
    await this.follower.look({ refresh: true });
  }

  /** The list of the registry is read, and the panel tells of it. */
  async panel(latest: IModelPackage): Promise<void> {
    await showInPanel(this._relay, this._world.registry, latest);
    await this.follower.look({ refresh: false });
  }
}

/** Put a latest version where the panel keeps what it has read. */
export async function showInPanel(
  relay: IRelay,
  registry: IRegistry,
  latest: IModelPackage
): Promise<void> {
  const client = await relay.queries();
  const { queryKey } = registryQueries.latest(registry, STARRED);
  client.setQueryData(queryKey, latest);
}

/** A request for approval of what `details()` describes. */
export const request = (): IApprovalRequest => {
  const { arn, groupArn, version: n } = details();
  return {
    connection: STARRED.connection,
    group: groupArn,
    package: arn,
    name: STARRED.name,
    version: n,
    requestedAt: 1
  };
};

function never(): never {
  throw new Error('Following does not ask this.');
}
