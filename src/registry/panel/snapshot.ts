/** What the panel shows at a moment, and what the person chose. */
import type { IMismatch } from '../../relay';
import type { IConfig } from '../../tokens';
import type { IRegistryState } from './loader';
import { FILTERS, SORTS } from './rows';
import type { FilterCounts, IRow, PanelFilter, PanelSort } from './rows';

/** What the person chose; remembered over reloads. */
export interface IPanelView {
  filter: PanelFilter;
  sort: PanelSort;
  text: string;
}

/** Everything that the panel shows; a new object after each change. */
export interface IPanelSnapshot {
  /** null until the server has answered. */
  config: IConfig | null;
  /** Why nothing at all can be shown. */
  error: unknown;
  mismatch: IMismatch | null;
  registries: readonly IRegistryState[];
  /** Rows under search and filter, in order. */
  rows: readonly IRow[];
  counts: FilterCounts;
  /** Groups over all registries. */
  total: number;
  loading: boolean;
  /** Oldest complete read, ms since epoch. */
  updatedAt: number | null;
  /** More versions are pending than were read. */
  pendingMore: boolean;
  governanceError: unknown;
  view: IPanelView;
  /** ARN of the selected group. */
  selected: string | null;
}

/** Before anything was read. */
export function emptySnapshot(view: IPanelView): IPanelSnapshot {
  return {
    config: null,
    error: null,
    mismatch: null,
    registries: [],
    rows: [],
    counts: { all: 0, mine: 0, starred: 0, attention: 0, waiting: 0 },
    total: 0,
    loading: true,
    updatedAt: null,
    pendingMore: false,
    governanceError: null,
    view,
    selected: null
  };
}

/** Remembered choices, as far as they make sense; absent: never chosen. */
export function readView(saved: unknown): Partial<IPanelView> {
  const value = (saved ?? {}) as Partial<Record<keyof IPanelView, unknown>>;
  const filter = FILTERS.find(candidate => candidate === value.filter);
  const sort = SORTS.find(candidate => candidate === value.sort);
  return {
    ...(filter && { filter }),
    ...(sort && { sort }),
    ...(typeof value.text === 'string' && { text: value.text })
  };
}
