/** Reads the groups of one connection, page by page. */
import { isAbort } from '../../relay';
import type {
  IModelPackageGroup,
  IPage,
  IRegistry,
  ISageMakerConnection
} from '../../tokens';

export interface IRegistryState {
  connection: ISageMakerConnection;
  loading: boolean;
  /** Groups of the last complete read, or what has come so far. */
  groups: readonly IModelPackageGroup[];
  /** ms since epoch of the last complete read; null: never. */
  readAt: number | null;
  /** Why the last read stopped; null while the next one is under way. */
  error: unknown;
  /** Whether the last read that came to an end failed. */
  broken: boolean;
  /** Why groups shared by other accounts could not be read. */
  sharedError: unknown;
}

type PageReader = (
  token: string | undefined
) => Promise<IPage<IModelPackageGroup>>;

/**
 * One registry in the panel.
 *
 * The first read shows pages as they come. Later reads replace the list when
 * they are complete; when they fail, the rows stay, with their age.
 */
export class RegistryLoader {
  constructor(
    private _registry: IRegistry,
    connection: ISageMakerConnection,
    private _onChange: (fresh: readonly IModelPackageGroup[]) => void
  ) {
    this._state = {
      connection,
      loading: false,
      groups: [],
      readAt: null,
      error: null,
      broken: false,
      sharedError: null
    };
  }

  get state(): IRegistryState {
    return this._state;
  }

  /** Read everything; a read under way is given up for the new one. */
  async load(): Promise<void> {
    this._abort?.abort();
    const abort = new AbortController();
    this._abort = abort;
    const { connection } = this._state;
    const first = this._state.readAt === null;
    const found = new Map<string, IModelPackageGroup>();
    const known = new Map(
      first ? [] : this._state.groups.map(group => [group.arn, group])
    );
    const take = (items: readonly IModelPackageGroup[]): void => {
      const fresh = items.filter(group => !found.has(group.arn));
      fresh.forEach(group => found.set(group.arn, group));
      this._set(
        first ? { groups: [...found.values()] } : {},
        fresh.filter(group => !known.has(group.arn))
      );
    };
    this._set({ loading: true, error: null });
    try {
      await this._pages(abort, take, token =>
        this._registry.listGroups(connection.id, token, abort.signal)
      );
      const sharedError = connection.own
        ? await this._shared(abort, take)
        : null;
      this._set({
        loading: false,
        groups: [...found.values()],
        readAt: Date.now(),
        broken: false,
        sharedError
      });
    } catch (error) {
      if (this._abort === abort && !isAbort(error)) {
        this._set({ loading: false, broken: true, error });
      }
    }
  }

  /** A group that a write of ours has made. */
  add(group: IModelPackageGroup): void {
    if (!this._state.groups.some(known => known.arn === group.arn)) {
      this._set({ groups: [group, ...this._state.groups] }, [group]);
    }
  }

  dispose(): void {
    this._abort?.abort();
    this._abort = null;
  }

  /** @returns why it failed; null: it did not */
  private async _shared(
    abort: AbortController,
    take: (items: readonly IModelPackageGroup[]) => void
  ): Promise<unknown> {
    try {
      await this._pages(abort, take, token =>
        this._registry.listSharedGroups(
          this._state.connection.id,
          token,
          abort.signal
        )
      );
      return null;
    } catch (error) {
      if (isAbort(error)) {
        throw error;
      }
      return error;
    }
  }

  private async _pages(
    abort: AbortController,
    take: (items: readonly IModelPackageGroup[]) => void,
    read: PageReader
  ): Promise<void> {
    let token: string | undefined;
    do {
      const page = await read(token);
      if (abort.signal.aborted) {
        throw new DOMException('Given up.', 'AbortError');
      }
      take(page.items);
      token = page.nextToken ?? undefined;
    } while (token !== undefined);
  }

  private _set(
    change: Partial<IRegistryState>,
    fresh: readonly IModelPackageGroup[] = []
  ): void {
    this._state = { ...this._state, ...change };
    this._onChange(fresh);
  }

  private _state: IRegistryState;
  private _abort: AbortController | null = null;
}
