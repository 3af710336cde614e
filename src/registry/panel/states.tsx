/** Everything but rows: what is wrong or missing, and the way out. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import { consoleFailure, isOfMapping, statusesMissing } from '../../governance';
import { describeError } from '../../relay';
import type { IProblem } from '../../relay';
import { CommandIDs } from '../../tokens';
import { Age, EmptyState, ErrorNotice, Notice } from '../../ui';
import type { IRegistryState } from './loader';
import type { IPanelSnapshot } from './snapshot';

interface IStateProps {
  snapshot: IPanelSnapshot;
  trans: TranslationBundle;
  commands: CommandRegistry;
  onRetry: () => void;
}

/** A button for a command, when a plugin has added it. */
function commandAction(
  commands: CommandRegistry,
  command: string,
  label: string
): { label: string; onClick: () => void }[] {
  return commands.hasCommand(command)
    ? [{ label, onClick: () => void commands.execute(command) }]
    : [];
}

/** Nothing can be read at all. */
export function Blocked(props: IStateProps): JSX.Element {
  const { snapshot, trans, commands, onRetry } = props;
  if (snapshot.error) {
    return (
      <div className="jp-sg-panel-state">
        <ErrorNotice
          problem={describeError(snapshot.error, trans)}
          trans={trans}
          onRetry={onRetry}
        />
      </div>
    );
  }
  return (
    <div className="jp-sg-panel-state">
      <EmptyState
        title={trans.__('No registry is configured')}
        actions={commandAction(
          commands,
          CommandIDs.about,
          trans.__('Check connections')
        )}
      >
        {trans.__(
          'The server names no SageMaker connection. Your administrator adds one in the configuration of “SageMakerGovernance”.'
        )}
        <Problems snapshot={snapshot} />
      </EmptyState>
    </div>
  );
}

/** Parts of the configuration that could not be used. */
function Problems(props: { snapshot: IPanelSnapshot }): JSX.Element {
  return (
    <>
      {props.snapshot.config?.problems.map(({ connection, message, hint }) => (
        <p key={`${connection}${message}`}>
          {connection && <b>{connection}: </b>}
          {message} {hint}
        </p>
      ))}
    </>
  );
}

/** What failed in a registry; the rows of the others stay. */
interface IFailure {
  states: IRegistryState[];
  words: string;
  /** Messages and hints, line by line. */
  title: string;
}

/** Failures of registries in words, those alike together. */
function failuresOf(
  registries: readonly IRegistryState[],
  trans: TranslationBundle
): IFailure[] {
  const failures = new Map<string, IFailure>();
  for (const state of registries) {
    const { connection, error, sharedError, loading } = state;
    if (loading || (!error && !sharedError)) {
      continue;
    }
    const problem = describeError(error ?? sharedError, trans);
    const words = error
      ? problem.title
      : trans.__('groups shared with you could not be read');
    const line = [problem.message, problem.hint].filter(Boolean).join('\n');
    const known = failures.get(words);
    if (known) {
      known.states.push(state);
      known.title += `\n\n${connection.label}: ${line}`;
    } else {
      failures.set(words, {
        states: [state],
        words,
        title: `${connection.label}: ${line}`
      });
    }
  }
  return [...failures.values()];
}

/** One line for registries that failed alike. */
function RegistryNotice(props: {
  failure: IFailure;
  trans: TranslationBundle;
  onRetry: (connection: string) => void;
}): JSX.Element {
  const { failure, trans, onRetry } = props;
  const { states, words, title } = failure;
  const labels = states.map(({ connection }) => connection.label).join(', ');
  const { error, groups, readAt } = states[0];
  return (
    <Notice
      action={{
        label: trans.__('Retry'),
        title: trans.__('Read %1 again', labels),
        onClick: () =>
          states.forEach(({ connection }) => onRetry(connection.id))
      }}
    >
      <span title={title}>
        <b>
          <bdi>{labels}</bdi>
        </b>
        {': '}
        {words}
        {states.length === 1 && error !== null && groups.length > 0 && (
          <>
            {' · '}
            {readAt === null ? (
              trans._n(
                'only %1 group was read',
                'only %1 groups were read',
                groups.length
              )
            ) : (
              <Age
                at={readAt}
                trans={trans}
                say={age =>
                  trans._n(
                    'its %1 group is from %2',
                    'its %1 groups are from %2',
                    groups.length,
                    age
                  )
                }
              />
            )}
          </>
        )}
      </span>
    </Notice>
  );
}

/** What the rows of a governance console have in common: a failure, a doubt. */
function ConsoleNotice(props: {
  snapshot: IPanelSnapshot;
  trans: TranslationBundle;
  commands: CommandRegistry;
  onRetry: () => void;
}): JSX.Element | null {
  const { snapshot, trans, commands, onRetry } = props;
  const { rows, config } = snapshot;
  const { failure, missing } = React.useMemo(() => {
    const statuses = rows.flatMap(({ status }) => (status ? [status] : []));
    let found: ReturnType<typeof consoleFailure> = null;
    for (const status of statuses) {
      found ??= consoleFailure(status);
    }
    return {
      failure: found,
      missing: found ? null : statusesMissing(statuses)
    };
  }, [rows]);
  const connection = (failure ?? missing)?.connection;
  if (!connection) {
    return null;
  }
  const label =
    config?.connections.find(({ id }) => id === connection)?.label ??
    connection;
  const problem = failure ? describeError(failure.error, trans) : null;
  const mapping = missing !== null || isOfMapping(failure?.error);
  const setUp = {
    label: trans.__('Set up'),
    title: trans.__('Read types and fields of %1 from the console', label),
    onClick: () => void commands.execute(CommandIDs.setUpConnection)
  };
  return (
    <Notice
      action={
        mapping && commands.hasCommand(CommandIDs.setUpConnection)
          ? setUp
          : {
              label: trans.__('Retry'),
              title: trans.__('Read %1 again', label),
              onClick: onRetry
            }
      }
    >
      <span
        title={
          problem
            ? [problem.message, problem.hint].filter(Boolean).join('\n')
            : trans.__(
                'The field that is configured as status may be another one: “Set Up Governance Connection” shows what the console has.'
              )
        }
      >
        <b>
          <bdi>{label}</bdi>
        </b>
        {': '}
        {problem?.title ??
          trans.__('none of %1 use cases has a status', missing?.useCases ?? 0)}
      </span>
    </Notice>
  );
}

/** Lines above the list. */
export function Notices(props: {
  snapshot: IPanelSnapshot;
  trans: TranslationBundle;
  commands: CommandRegistry;
  onRetry: (connection: string) => void;
  onRefresh: () => void;
}): JSX.Element {
  const { snapshot, trans, commands, onRetry, onRefresh } = props;
  const { mismatch, registries, governanceError, config, total } = snapshot;
  const failed = snapshot.error ? describeError(snapshot.error, trans) : null;
  return (
    <>
      {failed && (
        <Notice action={{ label: trans.__('Retry'), onClick: onRefresh }}>
          <span title={failed.message}>
            {trans.__('Not read again: %1', failed.title)}
          </span>
        </Notice>
      )}
      {mismatch && (
        <Notice
          action={{
            label: trans.__('Reload'),
            onClick: () => window.location.reload()
          }}
        >
          {mismatch.message} {mismatch.hint}
        </Notice>
      )}
      {config?.problems.map(({ connection, message, hint }) => (
        <Notice key={`${connection}${message}`}>
          <span title={hint}>
            {connection && (
              <b>
                <bdi>{connection}</bdi>
                {': '}
              </b>
            )}
            {message}
          </span>
        </Notice>
      ))}
      {total > 0 &&
        failuresOf(registries, trans).map(failure => (
          <RegistryNotice
            key={failure.words}
            failure={failure}
            trans={trans}
            onRetry={onRetry}
          />
        ))}
      <ConsoleNotice
        snapshot={snapshot}
        trans={trans}
        commands={commands}
        onRetry={onRefresh}
      />
      {governanceError !== null && governanceError !== undefined && (
        <Notice action={{ label: trans.__('Retry'), onClick: onRefresh }}>
          {trans.__(
            'Status of use cases: %1',
            describeError(governanceError, trans).title
          )}
        </Notice>
      )}
    </>
  );
}

/** Failures of registries, those alike together. */
function groupProblems(
  failed: readonly IRegistryState[],
  trans: TranslationBundle
): { labels: string[]; problem: IProblem }[] {
  const groups = new Map<string, { labels: string[]; problem: IProblem }>();
  for (const { connection, error } of failed) {
    const problem = describeError(error, trans);
    const key = `${problem.title}\n${problem.message}`;
    const known = groups.get(key);
    if (known) {
      known.labels.push(connection.label);
      known.problem.details += `\n\n${problem.details}`;
    } else {
      groups.set(key, { labels: [connection.label], problem });
    }
  }
  return [...groups.values()];
}

/** No row to show: nothing there, nothing found, or nothing readable. */
export function NoRows(
  props: IStateProps & { onShowAll: () => void }
): JSX.Element {
  const { snapshot, trans, commands, onRetry, onShowAll } = props;
  const { registries, total, loading, view } = snapshot;
  const failed = registries.filter(({ error }) => error !== null);
  if (total === 0 && failed.length > 0) {
    return (
      <div className="jp-sg-panel-state">
        {groupProblems(failed, trans).map(({ labels, problem }) => (
          <ErrorNotice
            key={labels.join()}
            problem={
              registries.length > 1
                ? {
                    ...problem,
                    title: `${labels.join(', ')}: ${problem.title}`
                  }
                : problem
            }
            trans={trans}
            onRetry={onRetry}
          />
        ))}
      </div>
    );
  }
  if (total === 0) {
    const regions = registries
      .map(({ connection }) => `${connection.label} (${connection.region})`)
      .join(', ');
    return (
      <div className="jp-sg-panel-state">
        <EmptyState
          title={trans.__('No model package groups yet')}
          actions={[
            ...commandAction(
              commands,
              CommandIDs.registerModel,
              trans.__('Register a model')
            ),
            ...commandAction(
              commands,
              CommandIDs.about,
              trans.__('Check connections')
            )
          ]}
        >
          {trans.__('None that you may see in %1.', regions)}
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="jp-sg-panel-state">
      <EmptyState
        title={
          view.text
            ? trans.__('Nothing found')
            : view.filter === 'waiting'
              ? trans.__('Nothing waits for you')
              : view.filter === 'attention'
                ? trans.__('Nothing needs attention')
                : view.filter === 'starred'
                  ? trans.__('No starred group')
                  : trans.__('No group of yours')
        }
        actions={[{ label: trans.__('Show all groups'), onClick: onShowAll }]}
      >
        {loading
          ? trans.__('Reading goes on; it may still appear.')
          : trans._n(
              'None of %1 group matches search and filter.',
              'None of %1 groups matches search and filter.',
              total
            )}
      </EmptyState>
    </div>
  );
}
