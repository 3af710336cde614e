/**
 * Tells the requester of the decision, once, also after a restart of the lab.
 *
 * Requests made here are remembered; each look asks only for those versions. No
 * look happens before the governance panel or a group was opened.
 */
import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import {
  PLUGIN_NAMESPACE,
  type ApprovalStatus,
  type IApprovalRequest,
  type IModelPackageDetails,
  type IRegistry
} from '../tokens';

/** Where requests are remembered. */
const KEY = `${PLUGIN_NAMESPACE}:approvals:requests`;

/** Requests remembered at most; the oldest goes first. */
const MOST = 100;

/** What came of a request. */
export type Outcome =
  | { kind: 'decided'; record: IApprovalRequest; now: IModelPackageDetails }
  | { kind: 'gone'; record: IApprovalRequest };

/** What the watch works with. */
export interface IWatchOptions {
  registry: Pick<IRegistry, 'describeVersion'>;
  /** null: requests are remembered until the page is reloaded. */
  state: Pick<IStateDB, 'fetch' | 'save'> | null;
  /** Called once per outcome, after it was taken off the memory. */
  tell: (outcome: Outcome) => void;
}

/** Remembers requests and looks for their decisions. */
export class DecisionWatch {
  constructor(private _options: IWatchOptions) {}

  /** Remember a request; a later one for the same version replaces it. */
  async add(record: IApprovalRequest): Promise<void> {
    this._told.delete(record.package);
    await this._change(records =>
      [...records.filter(r => r.package !== record.package), record].slice(
        -MOST
      )
    );
  }

  /** Requests still waiting. */
  async waiting(): Promise<readonly IApprovalRequest[]> {
    return this._load();
  }

  /**
   * The decision on a package that was told in this session, until a list shows
   * one; undefined: none.
   */
  told(arn: string): ApprovalStatus | undefined {
    return this._told.get(arn);
  }

  /** A list shows a decision on the package: what follows is another change. */
  shown(arn: string): void {
    this._told.delete(arn);
  }

  /**
   * Look for decisions. Concurrent calls share one look.
   *
   * A version that cannot be read now is asked for again the next time.
   */
  check(): Promise<void> {
    this._checking ??= this._check().finally(() => {
      this._checking = null;
    });
    return this._checking;
  }

  private async _check(): Promise<void> {
    for (const record of await this._load()) {
      const outcome = await this._look(record);
      if (outcome) {
        if (outcome.kind === 'decided') {
          // Before it is forgotten, so that it is never in neither.
          this._told.set(record.package, outcome.now.approval);
        }
        // Forget first: better to tell nothing twice than something twice.
        await this._change(records =>
          records.filter(r => r.package !== record.package)
        );
        this._options.tell(outcome);
      }
    }
  }

  private async _look(record: IApprovalRequest): Promise<Outcome | null> {
    try {
      const now = await this._options.registry.describeVersion(
        record.connection,
        record.package
      );
      return now.approval === 'PendingManualApproval'
        ? null
        : { kind: 'decided', record, now };
    } catch (error) {
      return isGone(error) ? { kind: 'gone', record } : null;
    }
  }

  private async _load(): Promise<readonly IApprovalRequest[]> {
    this._loading ??= this._fetch();
    await this._loading;
    return this._records;
  }

  private async _fetch(): Promise<void> {
    try {
      const saved = await this._options.state?.fetch(KEY);
      const list = (saved as ReadonlyPartialJSONObject | undefined)?.requests;
      this._records = Array.isArray(list) ? list.filter(isRecord) : [];
    } catch (error) {
      console.warn('Earlier requests for approval could not be read.', error);
    }
  }

  /** Change what is remembered; it holds until a reload where it cannot be kept. */
  private async _change(
    change: (
      records: readonly IApprovalRequest[]
    ) => readonly IApprovalRequest[]
  ): Promise<void> {
    this._records = change(await this._load());
    try {
      await this._options.state?.save(KEY, {
        requests: this._records.map(r => ({ ...r }))
      });
    } catch (error) {
      console.warn('The requests for approval could not be kept.', error);
    }
  }

  private _records: readonly IApprovalRequest[] = [];
  /** ARN of a package -> the decision told. */
  private _told = new Map<string, ApprovalStatus>();
  private _loading: Promise<void> | null = null;
  private _checking: Promise<void> | null = null;
}

/** SageMaker answers a deleted package with a validation error. */
function isGone(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'ResourceNotFound' ||
      (error.name === 'ValidationException' &&
        /does not exist/i.test(error.message)))
  );
}

function isRecord(value: unknown): value is IApprovalRequest {
  const r = value as Partial<IApprovalRequest> | null;
  return (
    typeof r === 'object' &&
    r !== null &&
    typeof r.connection === 'string' &&
    typeof r.group === 'string' &&
    typeof r.package === 'string' &&
    typeof r.name === 'string' &&
    typeof r.version === 'number' &&
    typeof r.requestedAt === 'number'
  );
}
