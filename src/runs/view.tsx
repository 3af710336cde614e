/** The section: head, where the runs are from, search, list. */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretRightIcon,
  refreshIcon
} from '@jupyterlab/ui-components';
import type { Menu } from '@lumino/widgets';
import * as React from 'react';

import type { IMLflowRun } from '../tokens';
import {
  Age,
  formatCount,
  moreIcon,
  SearchBox,
  sortIcon,
  ToolButton
} from '../ui';
import { VirtualList } from '../ui/virtualList';
import type { RunActions } from './actions';
import { linesOf } from './metrics';
import { MOST_RUNS, type IRunsSnapshot, type RunsModel } from './model';
import { Resizer } from './resizer';
import { RunRow } from './row';
import { NoRuns, RunNotices } from './states';
import { rowLabel } from './words';

export interface IRunsViewProps {
  model: RunsModel;
  actions: RunActions;
  trans: TranslationBundle;
}

/** px of a row before the first one is measured: head, and each metric. */
const ROW_HEAD = 36;
const ROW_METRIC = 18;

/** Where a menu of a button opens. */
const below = ({ left, bottom }: DOMRect): { x: number; y: number } => ({
  x: left,
  y: bottom
});

const keyOf = (run: IMLflowRun): string => run.runId;
const textOf = (run: IMLflowRun): string => run.runName;

export function RunsView(props: IRunsViewProps): JSX.Element {
  const { model, actions, trans } = props;
  const snapshot = React.useSyncExternalStore(
    model.subscribe,
    model.getSnapshot
  );
  const id = React.useId();
  const menu = React.useRef<Menu | null>(null);
  const show = (next: Menu): void => {
    menu.current?.dispose();
    menu.current = next;
  };
  React.useEffect(() => () => menu.current?.dispose(), []);
  const { open, loading } = snapshot;
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <>
      {open && (
        <Resizer
          share={snapshot.share}
          controls={id}
          trans={trans}
          onChange={share => model.setShare(share)}
        />
      )}
      <div className="jp-sg-runs-head">
        <h2 className="jp-sg-runs-title">
          <button
            type="button"
            className="jp-sg-runs-toggle"
            aria-expanded={open}
            aria-controls={id}
            onClick={() => model.setOpen(!open)}
          >
            <Caret.react tag="span" className="jp-sg-tool-icon" />
            <span>{trans.__('Runs')}</span>
            {!open && <Hint snapshot={snapshot} />}
          </button>
        </h2>
        {open && (
          <div
            className="jp-sg-tools"
            role="group"
            aria-label={trans.__('Tools of runs')}
          >
            <ToolButton
              icon={sortIcon}
              label={trans.__('Sort runs')}
              menu
              onPress={at => show(actions.openSortMenu(below(at)))}
            />
            <ToolButton
              icon={refreshIcon}
              label={trans.__('Read runs again')}
              busy={loading}
              onPress={() => void model.refresh()}
            />
            <ToolButton
              icon={moreIcon}
              label={trans.__('Experiment and metrics')}
              menu
              onPress={at => show(actions.openMoreMenu(below(at)))}
            />
          </div>
        )}
      </div>
      <div id={id} className="jp-sg-runs-body" hidden={!open}>
        {open && <Body {...props} snapshot={snapshot} show={show} />}
      </div>
    </>
  );
}

/** What the closed section would show. */
function Hint({ snapshot }: { snapshot: IRunsSnapshot }): JSX.Element | null {
  const { target, notebook } = snapshot;
  const mention = notebook?.experiment;
  const name =
    target.kind === 'found'
      ? target.name
      : mention?.kind === 'name'
        ? mention.name
        : null;
  return name ? <bdi className="jp-sg-runs-hint">{name}</bdi> : null;
}

function Body(
  props: IRunsViewProps & {
    snapshot: IRunsSnapshot;
    show: (menu: Menu) => void;
  }
): JSX.Element {
  const { model, actions, trans, snapshot, show } = props;
  const { target, rows, runs, shown, names, sort, text } = snapshot;
  const found = target.kind === 'found' ? target : null;
  const retry = (): void => void model.refresh();
  const choose = (): void => void actions.choose();
  const opens = found !== null && actions.opens(found);
  const register = actions.registers
    ? (run: IMLflowRun) => actions.register(run)
    : undefined;
  const open = opens ? (run: IMLflowRun) => actions.open(run) : undefined;
  return (
    <>
      {found && <Source {...props} onChoose={choose} />}
      {found && runs && runs.length > 0 && (
        <SearchBox
          value={text}
          label={trans.__(
            'Search runs by name, user, model, parameter (C=0.5) or metric (auc > 0.8)'
          )}
          placeholder={trans.__('Search runs, or auc > 0.8')}
          onChange={next => model.setText(next)}
        />
      )}
      <RunNotices snapshot={snapshot} trans={trans} onRetry={retry} />
      {found && rows.length > 0 ? (
        <VirtualList
          // Rows are as high as they have metrics: others are measured anew.
          key={shown.length}
          label={trans.__('Runs of %1', found.name)}
          className="jp-sg-runs-list"
          items={rows}
          keyOf={keyOf}
          textOf={textOf}
          rowLabel={run =>
            rowLabel(
              run,
              linesOf(run, shown, names),
              name => model.points(run.runId, name),
              trans
            )
          }
          renderRow={run => (
            <RunRow
              run={run}
              lines={linesOf(run, shown, names)}
              height={shown.length}
              points={name => model.points(run.runId, name)}
              trans={trans}
              onRegister={register}
              onOpen={open}
            />
          )}
          rowHeight={ROW_HEAD + shown.length * ROW_METRIC}
          selected={snapshot.selected}
          onSelect={run => model.select(run.runId)}
          onOpen={run => (open ?? register)?.(run)}
          onKey={(key, run) => {
            if (key !== '+' || !register) {
              return false;
            }
            register(run);
            return true;
          }}
          onContextMenu={(run, x, y) =>
            show(actions.openRunMenu(run, found, { x, y }))
          }
          onVisible={model.setRows}
          listing={`${found.id} ${sort.by} ${sort.ascending} ${text}`}
        />
      ) : (
        <div className="jp-sg-runs-state">
          <NoRuns
            snapshot={snapshot}
            trans={trans}
            onRetry={retry}
            onChoose={choose}
            onClearSearch={() => model.setText('')}
            onOpen={actions.opensPages ? id => actions.openServer(id) : null}
          />
        </div>
      )}
    </>
  );
}

/** Whose runs these are, who says so, and how old the list is. */
function Source(props: {
  snapshot: IRunsSnapshot;
  trans: TranslationBundle;
  onChoose: () => void;
}): JSX.Element | null {
  const { snapshot, trans, onChoose } = props;
  const { target, runs, rows, readAt, notebook, text } = snapshot;
  if (target.kind !== 'found') {
    return null;
  }
  const { name, connection, from } = target;
  const count =
    runs &&
    (text
      ? trans.__('%1 of %2', formatCount(rows.length), formatCount(runs.length))
      : runs.length >= MOST_RUNS
        ? trans.__('newest %1', formatCount(runs.length))
        : formatCount(runs.length));
  return (
    <div className="jp-sg-runs-source">
      <button
        type="button"
        className="jp-sg-link jp-sg-runs-experiment"
        aria-label={trans.__('Experiment %1: choose another one', name)}
        title={[
          trans.__('%1 in %2', name, connection.label),
          from === 'notebook'
            ? trans.__('As %1 says', notebook?.path ?? '')
            : trans.__('Chosen by you'),
          trans.__('Press to choose another one')
        ].join('\n')}
        onClick={onChoose}
      >
        <bdi>{name}</bdi>
      </button>
      <span className="jp-sg-runs-from">
        {from === 'notebook'
          ? trans.__('from the notebook')
          : trans.__('your choice')}
      </span>
      <span className="jp-sg-runs-age" role="status">
        {count}
        {readAt !== null && (
          <>
            {' · '}
            <Age at={readAt} trans={trans} />
          </>
        )}
      </span>
    </div>
  );
}
