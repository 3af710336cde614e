/** Head, filters and foot of the panel. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';

import { Age, formatCount, moreIcon, sortIcon, ToolButton } from '../../ui';
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
