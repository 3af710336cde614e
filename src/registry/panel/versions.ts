/** Latest versions of the rows on screen. */
import type { QueryClient } from '@tanstack/react-query';

import { isAbort } from '../../relay';
import type {
  IModelPackage,
  IModelPackageGroup,
  IRegistry
} from '../../tokens';
import { registryKeys, registryQueries } from '../queries';

/** ms until a write that no read has confirmed is looked at again. */
const CONFIRM_AFTER = [3_000, 10_000, 30_000, 120_000];

/**
 * Asks for the versions of visible groups and hears of all that the shared
 * cache learns, also through the group document.
 */
export class LatestVersions {
  constructor(
    private _registry: IRegistry,
    private _client: QueryClient,
    private _onChange: (arns: readonly string[]) => void
  ) {
    this._unsubscribe = _client.getQueryCache().subscribe(event => {
      const [room, kind, arn, what] = event.query.queryKey;
      if (
        event.type === 'updated' &&
        event.action.type === 'success' &&
        room === 'registry' &&
        kind === 'group' &&
        what === 'latest' &&
        typeof arn === 'string'
      ) {
        this._learn(arn, event.query.state.data as IModelPackage | null);
      }
    });
  }

  readonly known = new Map<string, IModelPackage | null>();
  readonly errors = new Map<string, unknown>();

  /** Read what is not known or not fresh. */
  request(groups: readonly IModelPackageGroup[]): void {
    for (const group of groups) {
      const query = registryQueries.latest(this._registry, group);
      this._client.fetchQuery(query).then(
        version => {
          // A fresh answer of the cache makes no event.
          if (this.known.get(group.arn) !== version) {
            this._learn(group.arn, version);
          }
          this._confirm(group, version);
        },
        (error: unknown) => {
          if (!isAbort(error)) {
            this.errors.set(group.arn, error);
            this._onChange([group.arn]);
          }
        }
      );
    }
  }

  /** Take what is known as old; the next request reads again. */
  async invalidate(group: IModelPackageGroup): Promise<void> {
    this._attempts.delete(group.arn);
    await this._client.invalidateQueries({
      queryKey: registryQueries.latest(this._registry, group).queryKey,
      refetchType: 'none'
    });
  }

  /**
   * Take everything as old.
   *
   * What other views of ours show is read again at once; the rows ask for their
   * latest versions themselves, those on screen only.
   */
  async invalidateAll(): Promise<void> {
    this._attempts.clear();
    this.errors.clear();
    await this._client.invalidateQueries({
      queryKey: registryKeys.all,
      refetchType: 'none'
    });
    void this._client.refetchQueries({
      queryKey: registryKeys.all,
      type: 'active',
      predicate: query => query.queryKey[3] !== 'latest'
    });
  }

  dispose(): void {
    this._unsubscribe();
    this._timers.forEach(timer => clearTimeout(timer));
    this._timers.clear();
  }

  private _learn(arn: string, version: IModelPackage | null): void {
    this.known.set(arn, version);
    this.errors.delete(arn);
    this._onChange([arn]);
  }

  private _confirm(
    group: IModelPackageGroup,
    version: IModelPackage | null
  ): void {
    const attempt = this._attempts.get(group.arn) ?? 0;
    if (!version?.confirming || attempt >= CONFIRM_AFTER.length) {
      return;
    }
    if (this._timers.has(group.arn)) {
      return;
    }
    const timer = setTimeout(() => {
      this._timers.delete(group.arn);
      void this._client
        .invalidateQueries({
          queryKey: registryQueries.latest(this._registry, group).queryKey,
          refetchType: 'none'
        })
        .then(() => this.request([group]));
    }, CONFIRM_AFTER[attempt]);
    this._attempts.set(group.arn, attempt + 1);
    this._timers.set(group.arn, timer);
  }

  private _attempts = new Map<string, number>();
  private _timers = new Map<string, ReturnType<typeof setTimeout>>();
  private _unsubscribe: () => void;
}
