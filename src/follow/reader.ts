/** Reads what one connection has of followed groups. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { readPersona, type IPersona } from '../approvals';
import { registryQueries } from '../registry';
import { groupArnOf } from '../relay';
import type {
  IModelPackage,
  IModelPackageGroup,
  IRegistry,
  IRelay
} from '../tokens';

/** ms for which nobody reads again what somebody has read. */
export const RECENT = 30_000;

/** What a look has found in one connection. */
export interface IFound {
  latest: Map<string, IModelPackage | null>;
  pending: Map<string, IModelPackage>;
  more: boolean;
  error: unknown;
}

/** What reading works with. */
export interface IReaderOptions {
  relay: IRelay;
  registry: IRegistry;
  trans: TranslationBundle;
}

/** Reads one connection at a time, and remembers who we are there. */
export class Reader {
  constructor(private _options: IReaderOptions) {}

  /** Who we are on a connection; null: not asked yet. */
  me(connection: string): IPersona | null {
    return this._me.get(connection) ?? null;
  }

  /** Ask again who we are. */
  forget(): void {
    this._me.clear();
  }

  /**
   * Latest versions of one connection's groups; never rejects.
   *
   * @param pending whether to read what waits for an approver, too
   */
  async read(
    connection: string,
    groups: readonly IModelPackageGroup[],
    pending: boolean
  ): Promise<IFound> {
    const { relay, registry } = this._options;
    const found: IFound = {
      latest: new Map(),
      pending: new Map(),
      more: false,
      error: null
    };
    const client = await relay.queries();
    const note = (error: unknown): void => {
      found.error ??= error;
    };
    await Promise.all([
      // Asked for at once, answered by one read.
      ...groups.map(group =>
        client
          .fetchQuery({
            ...registryQueries.latest(registry, group),
            retry: false,
            staleTime: RECENT
          })
          .then(version => found.latest.set(group.arn, version), note)
      ),
      this._persona(connection)
        .then(me =>
          pending && me.role === 'approver' && me.canDecide.ok
            ? registry.pendingVersions(connection)
            : null
        )
        .then(page => {
          found.more = Boolean(page?.nextToken);
          page?.items.forEach(version => takeNewer(found.pending, version));
        }, note)
    ]);
    return found;
  }

  /** Who we are there; asked for again while STS does not tell. */
  private async _persona(connection: string): Promise<IPersona> {
    const { relay, registry, trans } = this._options;
    const known = this._me.get(connection);
    if (known?.callerArn) {
      return known;
    }
    const me = await readPersona(relay, registry, connection, trans);
    this._me.set(connection, me);
    return me;
  }

  private _me = new Map<string, IPersona>();
}

/** Keep the newer of two pending versions of a group. */
function takeNewer(
  pending: Map<string, IModelPackage>,
  version: IModelPackage
): void {
  const arn = groupArnOf(version.arn) ?? version.groupArn;
  const known = pending.get(arn);
  if (!known || known.version < version.version) {
    pending.set(arn, version);
  }
}
