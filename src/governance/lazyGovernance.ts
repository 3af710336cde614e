import { type ISignal, Signal } from '@lumino/signaling';

import type { IGovernance, IGovernanceStatus, StatusBucket } from '../tokens';
import type { Governance } from './service';

/** Governance as the lab's start sees it: the code loads with the first question. */
export class LazyGovernance implements IGovernance {
  /** @param _make loads and makes the service, settings applied */
  constructor(private _make: () => Promise<Governance>) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  resolve: IGovernance['resolve'] = async (...args) =>
    (await this._load()).resolve(...args);

  refresh: IGovernance['refresh'] = async () => (await this._load()).refresh();

  useCases: IGovernance['useCases'] = async (...args) =>
    (await this._load()).useCases(...args);

  modelGroups: IGovernance['modelGroups'] = async (...args) =>
    (await this._load()).modelGroups(...args);

  statusWords(): ReadonlyMap<string, number> {
    return this._service?.statusWords() ?? new Map<string, number>();
  }

  /** `other` until the vocabulary is there; `changed` tells when it is. */
  bucketOf(status: string): StatusBucket {
    if (!this._service) {
      this._guessed = true;
      // A failure shows with the first question, which tries again.
      this._load().catch(() => undefined);
    }
    return this._service?.bucketOf(status) ?? 'other';
  }

  /** Status that the last `resolve` gave for a group, undefined: never. */
  known(arn: string): IGovernanceStatus | undefined {
    return this._service?.known(arn);
  }

  private _load(): Promise<Governance> {
    if (!this._loading) {
      this._loading = this._make().then(service => {
        this._service = service;
        service.changed.connect(() => this._changed.emit());
        if (this._guessed) {
          this._changed.emit();
        }
        return service;
      });
      // A chunk that could not be loaded may load the next time.
      this._loading.catch(() => {
        this._loading = null;
      });
    }
    return this._loading;
  }

  private _guessed = false;
  private _service: Governance | null = null;
  private _loading: Promise<Governance> | null = null;
  private _changed = new Signal<this, void>(this);
}
