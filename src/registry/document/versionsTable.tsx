import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';

import {
  absoluteTime,
  ApprovalBadge,
  dateOf,
  Glyph,
  formatMetric,
  moveFor
} from '../../ui';
import { useServices } from './context';
import { useWidth } from './hooks';
import {
  sortRows,
  type ISort,
  type IVersionRow,
  type SortColumn
} from './model';

/** Height of a row, px; the style sheet has the same. */
const ROW = 36;

/** px of the table from which it says who registered a version. */
const AUTHOR_FROM = 540;

/** How many metrics have room: stages and dates are read before them. */
function metricsFor(width: number): number {
  if (width === 0 || width >= 780) {
    return 3;
  }
  return width >= 660 ? 2 : width >= 440 ? 1 : 0;
}

/** Up to so many rows are all drawn. */
const DRAW_ALL = 40;

export interface IVersionsTableProps {
  rows: readonly IVersionRow[];
  /** Metrics with a column of their own. */
  metrics: readonly string[];
  /** ARN of the chosen version. */
  selected: string | null;
  onSelect: (arn: string) => void;
}

interface IColumn {
  id: SortColumn;
  label: string;
  /** Track of the CSS grid. */
  track: string;
  number?: boolean;
}

/**
 * The versions: a grid with one tab stop, of which only rows in view are
 * drawn. Arrows, Home, End, Page Up and Down choose a version.
 */
export function VersionsTable(props: IVersionsTableProps): JSX.Element {
  const { rows, selected, onSelect } = props;
  const frame = React.useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const metrics = props.metrics.slice(0, metricsFor(width));
  const hasAuthor = width === 0 || width >= AUTHOR_FROM;
  const { trans } = useServices();
  const [sort, setSort] = React.useState<ISort>({
    column: 'version',
    descending: true
  });
  const id = React.useId();
  const sorted = React.useMemo(() => sortRows(rows, sort), [rows, sort]);
  const current = sorted.findIndex(row => row.version.arn === selected);
  const columns: IColumn[] = [
    { id: 'version', label: trans.__('Version'), track: '66px' },
    {
      id: 'approval',
      label: trans.__('Approval'),
      track: '132px'
    },
    { id: 'stage', label: trans.__('Stage'), track: 'minmax(80px, 4fr)' },
    ...metrics.map(name => ({
      id: `metric:${name}` as const,
      label: name,
      track: 'minmax(46px, 60px)',
      number: true
    })),
    { id: 'created', label: trans.__('Created'), track: '88px' },
    ...(hasAuthor
      ? [
          {
            id: 'by' as const,
            label: trans.__('By'),
            track: 'minmax(56px, 1fr)'
          }
        ]
      : [])
  ];
  const tracks = columns.map(column => column.track).join(' ');

  const virtualizer = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    // The head stays over the rows that scroll below it.
    scrollMargin: ROW,
    scrollPaddingStart: ROW,
    getItemKey: index => sorted[index].version.arn,
    overscan: 8
  });
  const all = sorted.length <= DRAW_ALL;
  const drawn = all
    ? sorted.map((_, index) => ({ index, start: index * ROW }))
    : virtualizer
        .getVirtualItems()
        .map(({ index, start }) => ({ index, start: start - ROW }));

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const page = Math.max(
      1,
      Math.floor((frame.current?.clientHeight ?? 0) / ROW) - 2
    );
    const target = moveFor(event.key, current, sorted.length, page);
    if (target === null || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    onSelect(sorted[target].version.arn);
    virtualizer.scrollToIndex(target);
    event.preventDefault();
    event.stopPropagation();
  };

  const isDrawn = drawn.some(({ index }) => index === current);
  return (
    <div
      ref={frame}
      className="jp-sg-doc-table"
      role="grid"
      tabIndex={0}
      aria-label={trans.__('Versions; arrow keys choose one')}
      aria-activedescendant={isDrawn ? `${id}-${current}` : undefined}
      onKeyDown={onKeyDown}
      aria-rowcount={sorted.length + 1}
      style={{ '--jp-sg-tracks': tracks } as React.CSSProperties}
    >
      <div
        className="jp-sg-doc-row jp-sg-mod-head"
        role="row"
        aria-rowindex={1}
      >
        {columns.map(column => {
          const active = sort.column === column.id;
          return (
            <div
              key={column.id}
              role="columnheader"
              className={column.number ? 'jp-sg-mod-number' : undefined}
              aria-sort={
                !active ? 'none' : sort.descending ? 'descending' : 'ascending'
              }
            >
              <button
                type="button"
                title={trans.__('Sort by %1', column.label)}
                onClick={() =>
                  setSort({
                    column: column.id,
                    descending: active ? !sort.descending : true
                  })
                }
              >
                <bdi>{column.label}</bdi>
                {active && (
                  <span aria-hidden="true">
                    {sort.descending ? ' ↓' : ' ↑'}
                  </span>
                )}
              </button>
            </div>
          );
        })}
      </div>
      <div className="jp-sg-doc-rows" role="rowgroup">
        <div style={{ height: sorted.length * ROW }} role="presentation">
          {drawn.map(({ index, start }) => (
            <Row
              key={sorted[index].version.arn}
              id={`${id}-${index}`}
              row={sorted[index]}
              index={index}
              start={start}
              metrics={metrics}
              hasAuthor={hasAuthor}
              chosen={index === current}
              onSelect={onSelect}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function Row(props: {
  id: string;
  row: IVersionRow;
  index: number;
  start: number;
  metrics: readonly string[];
  hasAuthor: boolean;
  chosen: boolean;
  onSelect: (arn: string) => void;
}): JSX.Element {
  const { row, metrics, chosen } = props;
  const { version } = row;
  const { trans } = useServices();
  return (
    // Keys are handled by the group around the rows.
    <div
      id={props.id}
      role="row"
      aria-rowindex={props.index + 2}
      aria-selected={chosen}
      className="jp-sg-doc-row"
      style={{ transform: `translateY(${props.start}px)` }}
      onClick={() => props.onSelect(version.arn)}
    >
      <div role="gridcell" className="jp-sg-doc-version">
        {`v${version.version}`}
        {version.confirming && (
          <span
            className="jp-sg-doc-confirming"
            title={trans.__('Written; SageMaker has not confirmed it yet')}
          >
            <Glyph name="dots" />
          </span>
        )}
      </div>
      <div role="gridcell">
        <ApprovalBadge approval={version.approval} trans={trans} />
      </div>
      <div role="gridcell" title={row.stage ?? undefined}>
        <bdi>{row.stage ?? '–'}</bdi>
      </div>
      {metrics.map(name => (
        <div key={name} role="gridcell" className="jp-sg-mod-number">
          {formatMetric(row.metrics[name])}
        </div>
      ))}
      <div
        role="gridcell"
        title={
          version.createdAt === null
            ? undefined
            : absoluteTime(version.createdAt)
        }
      >
        {version.createdAt === null ? '–' : dateOf(version.createdAt)}
      </div>
      {props.hasAuthor && (
        <div role="gridcell" title={row.by ?? undefined}>
          <bdi>{row.by ?? '–'}</bdi>
        </div>
      )}
    </div>
  );
}
