/** Head, search, filters and foot of the panel. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Age, formatCount, moreIcon, sortIcon } from '../../ui';
import type { IPanelSnapshot } from './snapshot';
import { FILTERS } from './rows';
import type { PanelFilter } from './rows';

interface IHeadProps {
  trans: TranslationBundle;
  busy: boolean;
  onSort: (anchor: DOMRect) => void;
  onRefresh: () => void;
  onMore: (anchor: DOMRect) => void;
}

function ToolButton(props: {
  icon: LabIcon;
  label: string;
  menu?: boolean;
  busy?: boolean;
  onPress: (anchor: DOMRect) => void;
}): JSX.Element {
  const { icon, label, menu, busy, onPress } = props;
  return (
    <button
      type="button"
      className="jp-sg-tool"
      title={label}
      aria-label={label}
      aria-haspopup={menu ? 'menu' : undefined}
      data-busy={busy}
      onClick={event => onPress(event.currentTarget.getBoundingClientRect())}
    >
      <icon.react tag="span" className="jp-sg-tool-icon" />
    </button>
  );
}

/** Title and tools. */
export function Head(props: IHeadProps): JSX.Element {
  const { trans, busy, onSort, onRefresh, onMore } = props;
  return (
    <div className="jp-sg-panel-head">
      <h2 className="jp-sg-panel-title">{trans.__('Model governance')}</h2>
      <div
        className="jp-sg-tools"
        role="group"
        aria-label={trans.__('Tools of model governance')}
      >
        <ToolButton
          icon={sortIcon}
          label={trans.__('Sort')}
          menu
          onPress={onSort}
        />
        <ToolButton
          icon={refreshIcon}
          label={trans.__('Refresh')}
          busy={busy}
          onPress={onRefresh}
        />
        <ToolButton
          icon={moreIcon}
          label={trans.__('More actions')}
          menu
          onPress={onMore}
        />
      </div>
    </div>
  );
}

/** ms of rest before typed text is searched. */
const REST = 120;

/** Search over what rows show, and over owners. */
export function SearchBox(props: {
  value: string;
  trans: TranslationBundle;
  onChange: (text: string) => void;
}): JSX.Element {
  const { value, trans, onChange } = props;
  const [text, setText] = React.useState(value);
  const timer = React.useRef<ReturnType<typeof setTimeout>>();
  React.useEffect(() => setText(value), [value]);
  React.useEffect(() => () => clearTimeout(timer.current), []);
  const change = (next: string, rest: number): void => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next), rest);
  };
  const label = trans.__('Search groups, use cases, owners, statuses');
  return (
    <div className="jp-sg-search">
      <input
        type="search"
        dir="auto"
        className="jp-sg-search-input"
        value={text}
        spellCheck={false}
        placeholder={trans.__('Search groups')}
        aria-label={label}
        title={label}
        onChange={event => change(event.target.value, REST)}
        onKeyDown={event => {
          if (event.key === 'Escape' && text) {
            event.stopPropagation();
            change('', 0);
          }
        }}
      />
    </div>
  );
}

function filterLabel(filter: PanelFilter, trans: TranslationBundle): string {
  switch (filter) {
    case 'all':
      return trans.__('All');
    case 'mine':
      return trans.__('Mine');
    case 'starred':
      return trans.__('Starred');
    case 'attention':
      return trans.__('Needs attention');
    case 'waiting':
      return trans.__('Waiting for me');
  }
}

/** Buttons that narrow the list, with how many each would show. */
export function Filters(props: {
  snapshot: IPanelSnapshot;
  trans: TranslationBundle;
  /** Whether groups can be starred. */
  stars: boolean;
  onChoose: (filter: PanelFilter) => void;
}): JSX.Element {
  const { snapshot, trans, stars, onChoose } = props;
  const { counts, view, pendingMore, loading, total } = snapshot;
  // "0" would be an answer before there is one.
  const counted = total > 0 || !loading;
  return (
    <div
      className="jp-sg-filters"
      role="group"
      aria-label={trans.__('Filter groups')}
    >
      {FILTERS.filter(filter => stars || filter !== 'starred').map(filter => {
        const more = filter === 'waiting' && pendingMore ? '+' : '';
        return (
          <button
            key={filter}
            type="button"
            className="jp-sg-chip"
            aria-pressed={view.filter === filter}
            onClick={() => onChoose(filter)}
          >
            {filterLabel(filter, trans)}{' '}
            {counted && (
              <span className="jp-sg-chip-count">
                {formatCount(counts[filter])}
                {more}
              </span>
            )}
          </button>
        );
      })}
    </div>
  );
}

/** How much is shown, from where, and how old it is. */
export function Footer(props: {
  snapshot: IPanelSnapshot;
  trans: TranslationBundle;
}): JSX.Element {
  const { snapshot, trans } = props;
  const { registries, loading, total, updatedAt } = snapshot;
  const regions = [
    ...new Set(registries.map(({ connection }) => connection.region))
  ];
  return (
    <div className="jp-sg-foot">
      <span className="jp-sg-foot-where">
        {trans._n('%1 registry', '%1 registries', registries.length)}
        {regions.length > 0 && ` · ${regions.join(', ')}`}
      </span>
      <span className="jp-sg-foot-age" role="status">
        {loading ? (
          total > 0 ? (
            trans.__('reading… %1', formatCount(total))
          ) : (
            trans.__('reading…')
          )
        ) : (
          <Age
            at={updatedAt}
            trans={trans}
            say={age => trans.__('updated %1', age)}
          />
        )}
      </span>
    </div>
  );
}
