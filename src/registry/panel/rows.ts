/** What the panel lists: rows, filters, search and order. No DOM, no requests. */
import { samePerson, waitingOn, waitsForMe } from '../../approvals';
import type { IPersona, IWaiting } from '../../approvals';
import type {
  IGovernanceStatus,
  IModelPackage,
  IModelPackageGroup
} from '../../tokens';
import { language } from '../../ui';

export type PanelFilter = 'all' | 'mine' | 'starred' | 'attention' | 'waiting';
export type PanelSort = 'name' | 'changed' | 'attention' | 'status';

export const FILTERS: readonly PanelFilter[] = [
  'all',
  'mine',
  'starred',
  'attention',
  'waiting'
];
export const SORTS: readonly PanelSort[] = [
  'name',
  'changed',
  'attention',
  'status'
];

/** A group with everything that is known of it by now. */
export interface IRow {
  group: IModelPackageGroup;
  /** The same group as other connections show it. */
  others: readonly IModelPackageGroup[];
  /** undefined: not read yet; null: the group has no version. */
  latest: IModelPackage | null | undefined;
  /** Why the latest version could not be read. */
  latestError: unknown;
  /** null: governance is not installed, or not asked yet. */
  status: IGovernanceStatus | null;
  waiting: IWaiting | null;
  mine: boolean;
  starred: boolean;
  /** How much it needs somebody, 0 for not at all. */
  attention: number;
  /** Lower-case words to search in. */
  text: string;
}

/** What a row is made of. */
export interface IRowParts {
  group: IModelPackageGroup;
  others?: readonly IModelPackageGroup[];
  latest: IModelPackage | null | undefined;
  latestError: unknown;
  status: IGovernanceStatus | null;
  me: IPersona | null;
  starred?: boolean;
  /** Further words that the row shows, for the search. */
  words?: readonly string[];
}

/** Fold case and accents, so that "prevision" finds "Previsión". */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLocaleLowerCase();
}

/**
 * How much a group needs somebody.
 *
 * 5 rejected, 4 sources disagree, 3 could not be read, 2 not linked or not
 * where it is synchronised, 1 linked to a use case without a status; 0 nothing
 * to do. Retired groups are at rest.
 */
export function attentionOf(
  status: IGovernanceStatus | null,
  latest: IModelPackage | null | undefined
): number {
  if (status?.bucket === 'retired') {
    return 0;
  }
  if (status?.bucket === 'rejected' || latest?.approval === 'Rejected') {
    return 5;
  }
  if (status?.disagreement) {
    return 4;
  }
  switch (status?.state) {
    case 'could-not-read':
      return 3;
    case 'not-linked':
      return 2;
    default:
      break;
  }
  if (status?.outsideEntity) {
    return 2;
  }
  return status?.state === 'no-status' ? 1 : 0;
}

/** Put a row together. */
export function buildRow(parts: IRowParts): IRow {
  const { group, latest, latestError, status, me } = parts;
  const useCase = status?.useCase ?? null;
  const actors = [group.createdBy, latest?.createdBy ?? null];
  return {
    group,
    others: parts.others ?? [],
    latest,
    latestError,
    status,
    waiting: waitingOn({ latest, status, me }),
    mine: me !== null && actors.some(who => samePerson(who, me) === 'same'),
    starred: parts.starred ?? false,
    attention: attentionOf(status, latest),
    text: fold(
      [
        group.name,
        group.description,
        useCase?.key,
        useCase?.name,
        useCase?.owner,
        ...actors.map(who => who?.userProfileName),
        ...(parts.words ?? [])
      ]
        .filter(Boolean)
        .join('\n')
    )
  };
}

/** Whether a row holds every word of the search text. */
export function matches(row: IRow, text: string): boolean {
  return fold(text)
    .split(/\s+/)
    .every(word => row.text.includes(word));
}

/** Whether a row belongs to a filter. */
export function passes(row: IRow, filter: PanelFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'mine':
      return row.mine;
    case 'starred':
      return row.starred;
    case 'attention':
      return row.attention > 0;
    case 'waiting':
      return waitsForMe(row.waiting);
  }
}

/** Buckets and states in the order of "status": what blocks comes first. */
const STATUS_ORDER = [
  'rejected',
  'pending',
  'progress',
  'draft',
  'other',
  'approved',
  'retired',
  'could-not-read',
  'no-status',
  'not-linked',
  'loading'
];
const STATUS_RANK = new Map(STATUS_ORDER.map((name, rank) => [name, rank]));

function statusRank({ status }: IRow): number {
  const key =
    status === null
      ? 'loading'
      : status.state === 'linked'
        ? (status.bucket ?? 'other')
        : status.state;
  return STATUS_RANK.get(key) ?? STATUS_ORDER.length;
}

function changedAt({ group, latest }: IRow): number {
  return latest?.lastModifiedAt ?? latest?.createdAt ?? group.createdAt ?? 0;
}

const collator = new Intl.Collator(language(), {
  numeric: true,
  sensitivity: 'base'
});

/**
 * Groups in the order of their names, as people sort (`v2` before `v10`).
 *
 * Comparing words is slow, so it is done when groups come, not on each change
 * of a row; the other orders build on it.
 */
export function orderByName(
  groups: readonly IModelPackageGroup[]
): IModelPackageGroup[] {
  return [...groups].sort(
    (a, b) =>
      collator.compare(a.name, b.name) ||
      (a.arn < b.arn ? -1 : a.arn > b.arn ? 1 : 0)
  );
}

const ORDERS: Record<
  Exclude<PanelSort, 'name'>,
  (a: IRow, b: IRow) => number
> = {
  changed: (a, b) => changedAt(b) - changedAt(a),
  attention: (a, b) =>
    Number(waitsForMe(b.waiting)) - Number(waitsForMe(a.waiting)) ||
    b.attention - a.attention,
  status: (a, b) => statusRank(a) - statusRank(b)
};

/**
 * Order rows.
 *
 * @param rows in the order of their names: equal ones stay so, and the list
 * never flickers
 */
export function sortRows(rows: readonly IRow[], sort: PanelSort): IRow[] {
  return sort === 'name' ? [...rows] : [...rows].sort(ORDERS[sort]);
}

/** How many rows each filter would show under the same search. */
export type FilterCounts = Record<PanelFilter, number>;

/** Apply search and filter; count all filters. */
export function selectRows(
  rows: readonly IRow[],
  filter: PanelFilter,
  text: string
): { rows: IRow[]; counts: FilterCounts } {
  const found = text.trim()
    ? rows.filter(row => matches(row, text.trim()))
    : rows;
  const counts = Object.fromEntries(
    FILTERS.map(name => [name, 0])
  ) as FilterCounts;
  for (const row of found) {
    for (const name of FILTERS) {
      if (passes(row, name)) {
        counts[name]++;
      }
    }
  }
  return { rows: found.filter(row => passes(row, filter)), counts };
}
