/** The panel: what is drawn for each state of the model. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { Menu } from '@lumino/widgets';
import * as React from 'react';

import { CommandIDs } from '../../tokens';
import type { IConnection } from '../../tokens';
import { Loading, SearchBox } from '../../ui';
import { VirtualList } from '../../ui/virtualList';
import { openMoreMenu, openRowMenu, openSortMenu } from './actions';
import { Filters, Footer, Head } from './controls';
import type { PanelModel } from './model';
import { GroupRow } from './row';
import type { IRow } from './rows';
import { rowLabel } from './rowText';
import { Blocked, NoRows, Notices } from './states';

export interface IPanelProps {
  model: PanelModel;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** px of a row before the first one is measured. */
const ROW_HEIGHT = 73;

/** Before the configuration is read. */
const NONE: readonly IConnection[] = [];

const keyOf = (row: IRow): string => row.group.arn;
const textOf = (row: IRow): string => row.group.name;

export function Panel({ model, commands, trans }: IPanelProps): JSX.Element {
  const snapshot = React.useSyncExternalStore(
    model.subscribe,
    model.getSnapshot
  );
  const menu = React.useRef<Menu | null>(null);
  const show = (next: Menu): void => {
    menu.current?.dispose();
    menu.current = next;
  };
  React.useEffect(() => () => menu.current?.dispose(), []);

  const star = React.useCallback(
    ({ group }: IRow): void => {
      void commands.execute(CommandIDs.toggleStar, {
        connection: group.connection,
        group: group.arn
      });
    },
    [commands]
  );

  const refresh = (): void => void commands.execute(CommandIDs.refresh);
  const head = (
    <Head
      trans={trans}
      busy={snapshot.loading}
      onSort={anchor =>
        show(
          openSortMenu(
            snapshot.view.sort,
            sort => model.setView({ sort }),
            trans,
            anchor
          )
        )
      }
      onRefresh={refresh}
      onMore={anchor => show(openMoreMenu(commands, anchor))}
    />
  );

  // With rows there, a failure is a line above them.
  const blocked =
    snapshot.total === 0 &&
    (snapshot.error || (snapshot.config && !snapshot.registries.length));
  if (blocked) {
    return (
      <>
        {head}
        <Blocked
          snapshot={snapshot}
          trans={trans}
          commands={commands}
          onRetry={refresh}
        />
      </>
    );
  }
  const { rows, view } = snapshot;
  const connections = snapshot.config?.connections ?? NONE;
  return (
    <>
      {head}
      <SearchBox
        value={view.text}
        label={trans.__('Search groups, use cases, owners, statuses')}
        placeholder={trans.__('Search groups')}
        onChange={text => model.setView({ text })}
      />
      <Filters
        snapshot={snapshot}
        trans={trans}
        stars={model.stars}
        onChoose={filter => model.setView({ filter })}
      />
      <Notices
        snapshot={snapshot}
        trans={trans}
        commands={commands}
        onRetry={connection => void model.retry(connection)}
        onRefresh={refresh}
      />
      {rows.length > 0 ? (
        <VirtualList
          onKey={
            model.stars
              ? (key, row) => {
                  // Names never begin with it, so that type-ahead misses nothing.
                  if (key !== '*') {
                    return false;
                  }
                  star(row);
                  return true;
                }
              : undefined
          }
          label={trans.__('Model package groups')}
          className="jp-sg-panel-list"
          items={rows}
          keyOf={keyOf}
          textOf={textOf}
          rowLabel={row => rowLabel(row, trans, connections)}
          renderRow={row => (
            <GroupRow
              row={row}
              trans={trans}
              connections={connections}
              governed={model.governed}
              onStar={model.stars ? star : undefined}
            />
          )}
          rowHeight={ROW_HEIGHT}
          selected={snapshot.selected}
          onSelect={row => model.select(keyOf(row))}
          onOpen={row => {
            if (commands.hasCommand(CommandIDs.openGroup)) {
              model.seed(row.group);
              void commands.execute(CommandIDs.openGroup, {
                connection: row.group.connection,
                group: row.group.arn
              });
            }
          }}
          onContextMenu={(row, x, y) =>
            show(openRowMenu(commands, row, trans, x, y))
          }
          onVisible={model.setVisible}
          initialOffset={model.offset}
          listing={`${view.sort} ${view.filter} ${view.text}`}
          onScroll={offset => {
            model.offset = offset;
          }}
        />
      ) : snapshot.loading && snapshot.total === 0 ? (
        <Loading
          trans={trans}
          label={trans.__('Reading model package groups…')}
          rows={6}
        />
      ) : (
        <NoRows
          snapshot={snapshot}
          trans={trans}
          commands={commands}
          onShowAll={() => model.setView({ filter: 'all', text: '' })}
          onRetry={refresh}
        />
      )}
      <Footer snapshot={snapshot} trans={trans} />
    </>
  );
}
