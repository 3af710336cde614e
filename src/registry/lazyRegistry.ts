/** The registry as the lab's start sees it: AWS clients load on the first call. */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IRegistry, IRelay } from '../tokens';
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

  readonly listGroups = this._later('listGroups');
  readonly listSharedGroups = this._later('listSharedGroups');
  readonly describeGroup = this._later('describeGroup');
  readonly latestVersion = this._later('latestVersion');
  readonly listVersions = this._later('listVersions');
  readonly describeVersion = this._later('describeVersion');
  readonly pendingVersions = this._later('pendingVersions');
  readonly versionsFrom = this._later('versionsFrom');
  readonly createVersion = this._later('createVersion');
  readonly createGroup = this._later('createGroup');
  readonly updateVersion = this._later('updateVersion');
  readonly readTags = this._later('readTags');
  readonly changeTag = this._later('changeTag');
  readonly callerIdentity = this._later('callerIdentity');

  /** A method that loads what it calls. */
  private _later<K extends Exclude<keyof IRegistry, 'changed'>>(
    name: K
  ): IRegistry[K] {
    const call = async (...args: never[]): Promise<unknown> =>
      ((await this._load())[name] as (...a: never[]) => unknown)(...args);
    return call as IRegistry[K];
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
