/** The registry as the lab's start sees it: AWS clients load on the first call. */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  IModelPackage,
  IModelPackageDetails,
  IModelPackageGroup,
  IModelPackageUpdate,
  IPage,
  IRegistry,
  IRelay
} from '../tokens';
import type { SageMakerRegistry } from './client';

export class LazyRegistry implements IRegistry {
  constructor(private _relay: IRelay) {}

  get changed(): ISignal<this, string> {
    return this._changed;
  }

  /** Load the code now: somebody is about to ask. */
  warm(): void {
    // A failure shows on the first call, which tries again.
    this._load().catch(() => undefined);
  }

  async listGroups(
    connection: string,
    nextToken?: string,
    signal?: AbortSignal
  ): Promise<IPage<IModelPackageGroup>> {
    return (await this._load()).listGroups(connection, nextToken, signal);
  }

  async listSharedGroups(
    connection: string,
    nextToken?: string,
    signal?: AbortSignal
  ): Promise<IPage<IModelPackageGroup>> {
    return (await this._load()).listSharedGroups(connection, nextToken, signal);
  }

  async describeGroup(
    connection: string,
    arn: string,
    signal?: AbortSignal
  ): Promise<IModelPackageGroup> {
    return (await this._load()).describeGroup(connection, arn, signal);
  }

  async latestVersion(
    group: IModelPackageGroup,
    signal?: AbortSignal
  ): Promise<IModelPackage | null> {
    return (await this._load()).latestVersion(group, signal);
  }

  async listVersions(
    group: IModelPackageGroup,
    nextToken?: string,
    signal?: AbortSignal
  ): Promise<IPage<IModelPackage>> {
    return (await this._load()).listVersions(group, nextToken, signal);
  }

  async describeVersion(
    connection: string,
    arn: string,
    signal?: AbortSignal
  ): Promise<IModelPackageDetails> {
    return (await this._load()).describeVersion(connection, arn, signal);
  }

  async pendingVersions(
    connection: string,
    nextToken?: string,
    signal?: AbortSignal
  ): Promise<IPage<IModelPackage>> {
    return (await this._load()).pendingVersions(connection, nextToken, signal);
  }

  versionsFrom: IRegistry['versionsFrom'] = async (...args) =>
    (await this._load()).versionsFrom(...args);

  async createVersion(
    connection: string,
    input: Record<string, unknown>
  ): Promise<{ arn: string; version: number | null }> {
    return (await this._load()).createVersion(connection, input);
  }

  async createGroup(
    connection: string,
    input: Record<string, unknown>
  ): Promise<{ arn: string }> {
    return (await this._load()).createGroup(connection, input);
  }

  async updateVersion(
    connection: string,
    arn: string,
    update: IModelPackageUpdate
  ): Promise<void> {
    return (await this._load()).updateVersion(connection, arn, update);
  }

  async readTags(
    connection: string,
    arn: string,
    signal?: AbortSignal
  ): Promise<Record<string, string>> {
    return (await this._load()).readTags(connection, arn, signal);
  }

  async changeTag(
    connection: string,
    arn: string,
    key: string,
    value: string | null
  ): Promise<void> {
    return (await this._load()).changeTag(connection, arn, key, value);
  }

  async callerIdentity(
    connection: string
  ): Promise<{ account: string; arn: string }> {
    return (await this._load()).callerIdentity(connection);
  }

  private _load(): Promise<SageMakerRegistry> {
    if (!this._registry) {
      this._registry = import('./client').then(({ SageMakerRegistry }) => {
        const registry = new SageMakerRegistry(this._relay);
        registry.changed.connect((_, arn) => this._changed.emit(arn), this);
        return registry;
      });
      // A chunk that could not be loaded may load the next time.
      this._registry.catch(() => {
        this._registry = null;
      });
    }
    return this._registry;
  }

  private _registry: Promise<SageMakerRegistry> | null = null;
  private _changed = new Signal<this, string>(this);
}
