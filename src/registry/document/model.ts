/** What the document derives from versions. Pure. */
import type { IPersona } from '../../approvals';
import { isRequested, samePerson } from '../../approvals';
import { runRoute as routeOf } from '../../mlflow';
import type {
  IGovernanceStatus,
  IModelPackage,
  IModelPackageDetails
} from '../../tokens';
import { metricsOf } from '../card';

/** Column that the table is sorted by; `metric:<name>` for a metric. */
export type SortColumn =
  'version' | 'approval' | 'stage' | 'created' | 'by' | `metric:${string}`;

export interface ISort {
  column: SortColumn;
  descending: boolean;
}

/** A row of the table. */
export interface IVersionRow {
  version: IModelPackage;
  metrics: Record<string, number>;
  /** `Development / Complete`, verbatim; null: none. */
  stage: string | null;
  by: string | null;
}

/** Stage and status as they are; null when the version has none. */
export function stageText(version: IModelPackage): string | null {
  const { lifeCycle } = version;
  return lifeCycle
    ? [lifeCycle.stage, lifeCycle.status].filter(Boolean).join(' / ') || null
    : null;
}

export function rowOf(
  version: IModelPackage,
  nameOf: (version: IModelPackage) => string | null
): IVersionRow {
  return {
    version,
    metrics: metricsOf(version.card, version.metadata),
    stage: stageText(version),
    by: nameOf(version)
  };
}

/**
 * Names of the metrics that most versions have, most frequent first.
 *
 * @param max - at most so many.
 */
export function commonMetrics(
  rows: readonly IVersionRow[],
  max = Infinity
): string[] {
  const counts = new Map<string, number>();
  for (const { metrics } of rows) {
    for (const name of Object.keys(metrics)) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || a.localeCompare(b))
    .slice(0, max)
    .map(([name]) => name);
}

function sortKey(row: IVersionRow, column: SortColumn): number | string | null {
  switch (column) {
    case 'version':
      return row.version.version;
    case 'approval':
      return row.version.approval;
    case 'stage':
      return row.stage;
    case 'created':
      return row.version.createdAt;
    case 'by':
      return row.by;
    default:
      return row.metrics[column.slice('metric:'.length)] ?? null;
  }
}

/** Sorted copy; rows without a value come last, ties by version, newest first. */
export function sortRows(
  rows: readonly IVersionRow[],
  { column, descending }: ISort
): IVersionRow[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const x = sortKey(a, column);
    const y = sortKey(b, column);
    const newest = b.version.version - a.version.version;
    if (x === null || y === null) {
      return x === y ? newest : x === null ? 1 : -1;
    }
    const order =
      typeof x === 'number' && typeof y === 'number'
        ? x - y
        : String(x).localeCompare(String(y));
    return sign * order || newest;
  });
}

/** The next sensible step. */
export type PrimaryAction = 'request' | 'decide' | 'register';

/**
 * The one action offered first.
 *
 * Only arranges the view (the role is guessed from its name): IAM decides.
 *
 * @param status - null: governance is off or not read yet
 * @returns null: nothing to do for this person here.
 */
export function primaryAction(
  version: IModelPackage | null,
  me: IPersona | null,
  status: IGovernanceStatus | null = null
): PrimaryAction | null {
  // Registering is offered, but not first, while a use case is not approved.
  const register = !status || status.bucket === 'approved' ? 'register' : null;
  if (me?.role === 'reader') {
    return null;
  }
  if (version?.approval !== 'PendingManualApproval') {
    return me?.role === 'approver' ? null : register;
  }
  if (me && !me.canDecide.ok) {
    return null;
  }
  if (me?.role === 'approver') {
    return samePerson(version.createdBy, me) === 'same' ? null : 'decide';
  }
  return isRequested(version) ? register : 'request';
}

/** Route in MLflow to the run behind a version; null: no run is recorded. */
export function runRoute(run: IModelPackageDetails['run']): string | null {
  return run?.experimentId ? routeOf(run.experimentId, run.runId) : null;
}
