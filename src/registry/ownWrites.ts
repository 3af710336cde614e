/**
 * Our own writes until reads agree.
 *
 * `Search` is an index that follows writes with a delay. What we wrote is laid
 * over its answers and marked, until it says the same, says something newer,
 * or the write is too old to be still on its way.
 */
import type {
  IModelPackage,
  IModelPackageGroup,
  IModelPackageUpdate
} from '../tokens';
import { parseCard } from './card';

/** ms after which the index must have caught up. */
const PATIENCE = 10 * 60_000;

type Written = Pick<
  IModelPackage,
  'approval' | 'approvalDescription' | 'lifeCycle' | 'metadata' | 'card'
> & { lastModifiedAt: number | null };

/** A tag that we wrote; null: taken away. */
interface ITagWrite {
  value: string | null;
  at: number;
}

interface IChange {
  written: Partial<Written>;
  at: number;
}

/** Members that a write sets and a read can confirm. */
function writtenBy(update: IModelPackageUpdate): Partial<Written> {
  const { approval, approvalDescription, lifeCycle, metadata, card } = update;
  return {
    ...(approval !== undefined && { approval }),
    ...(approvalDescription !== undefined && { approvalDescription }),
    ...(lifeCycle !== undefined && {
      lifeCycle: {
        stage: lifeCycle.stage,
        status: lifeCycle.status,
        description: lifeCycle.description ?? null
      }
    }),
    ...(metadata !== undefined && { metadata }),
    ...(card && { card: parseCard(card.content, card.status) })
  };
}

function contains(
  all: Record<string, string>,
  some: Record<string, string>
): boolean {
  return Object.entries(some).every(([key, value]) => all[key] === value);
}

function agrees(read: IModelPackage, written: Partial<Written>): boolean {
  const { approval, approvalDescription, lifeCycle, metadata, card } = written;
  return (
    // Lists leave the card out: that is no disagreement.
    (!card ||
      !read.card ||
      JSON.stringify(read.card.raw) === JSON.stringify(card.raw)) &&
    (approval === undefined || read.approval === approval) &&
    (approvalDescription === undefined ||
      (read.approvalDescription ?? '') === (approvalDescription ?? '')) &&
    (!lifeCycle ||
      (read.lifeCycle?.stage === lifeCycle.stage &&
        read.lifeCycle.status === lifeCycle.status)) &&
    (!metadata || contains(read.metadata, metadata))
  );
}

export class OwnWrites {
  /** @param now ms since epoch, replaceable in tests */
  constructor(private _now: () => number = Date.now) {}

  /** A change of a version has been accepted. */
  changed(arn: string, update: IModelPackageUpdate): void {
    const before = this._changes.get(arn)?.written ?? {};
    const written = { ...before, ...writtenBy(update) };
    if (before.metadata && written.metadata) {
      written.metadata = { ...before.metadata, ...written.metadata };
    }
    // The time of an earlier change says nothing about this one.
    delete written.lastModifiedAt;
    this._changes.set(arn, { written, at: this._now() });
  }

  /** A version has been registered. */
  registered(version: IModelPackage): void {
    this._versions.set(version.groupArn, {
      version: { ...version, confirming: true },
      at: this._now()
    });
  }

  /** A tag of a group was set, or taken away (null). */
  tagged(arn: string, key: string, value: string | null): void {
    const tags = this._tags.get(arn) ?? new Map<string, ITagWrite>();
    tags.set(key, { value, at: this._now() });
    this._tags.set(arn, tags);
  }

  /** Lay tags that we wrote over what the index says of a group. */
  tags(group: IModelPackageGroup): IModelPackageGroup {
    const written = this._tags.get(group.arn);
    if (!written || !group.tags) {
      return group;
    }
    const tags = { ...group.tags };
    for (const [key, { value, at }] of written) {
      if ((tags[key] ?? null) === value || this._now() - at > PATIENCE) {
        written.delete(key);
      } else if (value === null) {
        delete tags[key];
      } else {
        tags[key] = value;
      }
    }
    return { ...group, tags };
  }

  /** A group has been created. */
  created(group: IModelPackageGroup): void {
    this._groups.set(group.arn, { group, at: this._now() });
  }

  /**
   * What the service itself said, not its index: the truth about a change.
   */
  direct<T extends IModelPackage>(version: T): T {
    const change = this._changes.get(version.arn);
    if (change) {
      change.written = {
        approval: version.approval,
        approvalDescription: version.approvalDescription,
        lifeCycle: version.lifeCycle,
        metadata: version.metadata,
        ...(change.written.card !== undefined && { card: version.card }),
        lastModifiedAt: version.lastModifiedAt
      };
    }
    const own = this._versions.get(version.groupArn);
    if (own && own.version.arn === version.arn) {
      own.version = { ...version, confirming: true };
    }
    return version;
  }

  /** Lay our change over what the index says of a version. */
  indexed(version: IModelPackage): IModelPackage {
    const change = this._changes.get(version.arn);
    if (!change) {
      return version;
    }
    const { written, at } = change;
    const newer =
      written.lastModifiedAt !== undefined &&
      written.lastModifiedAt !== null &&
      version.lastModifiedAt !== null &&
      version.lastModifiedAt > written.lastModifiedAt;
    if (newer || agrees(version, written) || this._now() - at > PATIENCE) {
      this._changes.delete(version.arn);
      return version;
    }
    return {
      ...version,
      ...written,
      lastModifiedAt: written.lastModifiedAt ?? version.lastModifiedAt,
      metadata: { ...version.metadata, ...written.metadata },
      confirming: true
    };
  }

  /** The newer of what the index says is latest and what we registered. */
  latest(
    groupArn: string,
    version: IModelPackage | null
  ): IModelPackage | null {
    const own = this._versions.get(groupArn);
    const read = version ? this.indexed(version) : null;
    if (!own) {
      return read;
    }
    const caughtUp = version !== null && version.version >= own.version.version;
    if (caughtUp || this._now() - own.at > PATIENCE) {
      this._versions.delete(groupArn);
      return read;
    }
    return this.indexed(own.version);
  }

  /** The first page of versions with what we registered on top. */
  versions(groupArn: string, page: IModelPackage[]): IModelPackage[] {
    const read = page.map(version => this.indexed(version));
    const latest = this.latest(groupArn, page[0] ?? null);
    return latest && latest.arn !== read[0]?.arn ? [latest, ...read] : read;
  }

  /** The first page of groups with those that we created on top. */
  groups(connection: string, page: IModelPackageGroup[]): IModelPackageGroup[] {
    const missing: IModelPackageGroup[] = [];
    for (const [arn, { group, at }] of this._groups) {
      if (group.connection !== connection) {
        continue;
      }
      const known = page.some(read => read.arn === arn);
      if (known || this._now() - at > PATIENCE) {
        this._groups.delete(arn);
      } else {
        missing.push(group);
      }
    }
    return missing.length > 0 ? [...missing.reverse(), ...page] : page;
  }

  private _changes = new Map<string, IChange>();
  private _tags = new Map<string, Map<string, ITagWrite>>();
  private _versions = new Map<string, { version: IModelPackage; at: number }>();
  private _groups = new Map<
    string,
    { group: IModelPackageGroup; at: number }
  >();
}
