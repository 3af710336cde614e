import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';

import { moveFor, typeAhead } from './listKeys';
import '../../style/ui.css';

export interface IVirtualListProps<T> {
  /** Accessible name of the list. */
  label: string;
  items: readonly T[];
  /** Stable key of an item. */
  keyOf: (item: T) => string;
  /** Text that typing letters jumps to. */
  textOf: (item: T) => string;
  /** Accessible name of a row. */
  rowLabel: (item: T) => string;
  renderRow: (item: T, selected: boolean) => React.ReactNode;
  /** Height of a row in px until the first one is measured; all are alike. */
  rowHeight: number;
  /** Key of the selected item. */
  selected: string | null;
  onSelect: (item: T) => void;
  /** Double click or Enter. */
  onOpen: (item: T) => void;
  /** A key over the selected item that moves nothing; true: it was meant so. */
  onKey?: (key: string, item: T) => boolean;
  /** Right click, context-menu key or Shift+F10, with a point on the screen. */
  onContextMenu?: (item: T, x: number, y: number) => void;
  /** The rows on screen have changed. */
  onVisible?: (items: readonly T[]) => void;
  /** px scrolled at the start, e.g. after the panel was moved. */
  initialOffset?: number;
  onScroll?: (offset: number) => void;
  /** What is listed and in which order; another value begins at the top. */
  listing?: string;
  className?: string;
}

/** ms of rest after which typed letters start a new word. */
const TYPE_AHEAD_REST = 700;

/**
 * A list box that draws only the rows in view.
 *
 * One tab stop; arrows, Home, End, Page Up and Down move the selection,
 * letters jump, Enter opens.
 */
export function VirtualList<T>(props: IVirtualListProps<T>): JSX.Element {
  const { items, keyOf, selected, onSelect, onOpen, onVisible } = props;
  const scroller = React.useRef<HTMLDivElement>(null);
  const listId = React.useId();
  const [height, setHeight] = React.useState(props.rowHeight);
  const typed = React.useRef({ text: '', at: 0 });

  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: index => keyOf(items[index]),
    initialOffset: props.initialOffset,
    overscan: 6
  });
  const rows = virtualizer.getVirtualItems();

  // Fonts, zoom and width decide how high a row is: measure one, all are alike.
  React.useLayoutEffect(() => {
    const measure = (): void => {
      const row = scroller.current?.querySelector('[role="option"]');
      const measured = row?.getBoundingClientRect().height ?? 0;
      if (measured > 0) {
        setHeight(measured);
      }
    };
    if (!scroller.current || typeof ResizeObserver === 'undefined') {
      return;
    }
    const observer = new ResizeObserver(measure);
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);
  React.useLayoutEffect(() => virtualizer.measure(), [height, virtualizer]);

  const { listing } = props;
  const shown = React.useRef(listing);
  React.useLayoutEffect(() => {
    if (shown.current !== listing && scroller.current) {
      shown.current = listing;
      scroller.current.scrollTop = 0;
    }
  }, [listing]);

  const first = rows[0]?.index ?? 0;
  const last = rows[rows.length - 1]?.index ?? -1;
  React.useEffect(() => {
    onVisible?.(items.slice(first, last + 1));
  }, [items, first, last, onVisible]);

  const current = React.useMemo(
    () => items.findIndex(item => keyOf(item) === selected),
    [items, keyOf, selected]
  );

  const select = (index: number): void => {
    if (index >= 0 && index < items.length) {
      onSelect(items[index]);
      virtualizer.scrollToIndex(index);
    }
  };

  const openMenuAt = (index: number): void => {
    const row = scroller.current?.querySelector(`[data-index="${index}"]`);
    const box = (row ?? scroller.current)?.getBoundingClientRect();
    if (box) {
      props.onContextMenu?.(items[index], box.left + 24, box.top + 24);
    }
  };

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const { key } = event;
    const page = Math.max(
      1,
      Math.floor((scroller.current?.clientHeight ?? 0) / height) - 1
    );
    const target = moveFor(key, current, items.length, page);
    if (target !== null) {
      select(target);
    } else if (key === 'Enter' && current >= 0) {
      onOpen(items[current]);
    } else if (
      (key === 'ContextMenu' || (key === 'F10' && event.shiftKey)) &&
      current >= 0
    ) {
      openMenuAt(current);
    } else if (current >= 0 && props.onKey?.(key, items[current])) {
      // Done.
    } else if (
      key.length === 1 &&
      !event.ctrlKey &&
      !event.metaKey &&
      !event.altKey
    ) {
      const rested = event.timeStamp - typed.current.at > TYPE_AHEAD_REST;
      const text = (rested ? '' : typed.current.text) + key;
      typed.current = { text, at: event.timeStamp };
      select(typeAhead(items.map(props.textOf), text, current));
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const activeIsDrawn = current >= first && current <= last;
  return (
    <div
      ref={scroller}
      role="listbox"
      aria-label={props.label}
      aria-activedescendant={activeIsDrawn ? `${listId}-${current}` : undefined}
      tabIndex={0}
      className={`jp-sg-list ${props.className ?? ''}`}
      onKeyDown={onKeyDown}
      onFocus={event => {
        if (event.target === scroller.current && current < 0) {
          select(first);
        }
      }}
      onScroll={() => props.onScroll?.(scroller.current?.scrollTop ?? 0)}
    >
      <div
        role="presentation"
        className="jp-sg-list-inner"
        style={{ height: virtualizer.getTotalSize() }}
      >
        {rows.map(row => {
          const item = items[row.index];
          return (
            <div
              key={row.key}
              id={`${listId}-${row.index}`}
              data-index={row.index}
              role="option"
              aria-selected={row.index === current}
              aria-setsize={items.length}
              aria-posinset={row.index + 1}
              aria-label={props.rowLabel(item)}
              className="jp-sg-list-row"
              style={{ transform: `translateY(${row.start}px)` }}
              onClick={() => onSelect(item)}
              onDoubleClick={() => onOpen(item)}
              onContextMenu={event => {
                if (props.onContextMenu) {
                  event.preventDefault();
                  event.stopPropagation();
                  onSelect(item);
                  props.onContextMenu(item, event.clientX, event.clientY);
                }
              }}
            >
              {props.renderRow(item, row.index === current)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
