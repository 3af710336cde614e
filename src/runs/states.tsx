/** Everything but rows: what is wrong or missing, and the way out. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { describeError, RelayError } from '../relay';
import { EmptyState, ErrorNotice, Loading, Notice } from '../ui';
import { noConnection } from './actions';
import type { IRunsSnapshot } from './model';

export interface IStateProps {
  snapshot: IRunsSnapshot;
  trans: TranslationBundle;
  onRetry: () => void;
  onChoose: () => void;
  onClearSearch: () => void;
  /** Open MLflow of a connection; null: its pages are not shown here. */
  onOpen: ((connection: string) => void) | null;
}

/** Instead of rows. */
export function NoRuns(props: IStateProps): JSX.Element {
  const { snapshot, trans, onRetry, onChoose, onClearSearch, onOpen } = props;
  const { target, notebook, error, runs, text } = snapshot;
  const choose = { label: trans.__('Choose experiment…'), onClick: onChoose };
  const again = { label: trans.__('Read again'), onClick: onRetry };
  if (isStopped(error) && !runs) {
    const { connection, message } = error;
    return (
      <EmptyState
        title={trans.__('The MLflow server does not run')}
        actions={[
          ...(onOpen && connection
            ? [
                {
                  label: trans.__('Open MLflow'),
                  onClick: () => onOpen(connection)
                }
              ]
            : []),
          again
        ]}
      >
        <bdi>{message}</bdi>{' '}
        {onOpen
          ? trans.__('Open MLflow to start it, or to see what it does.')
          : error.hint}
      </EmptyState>
    );
  }
  if (error && !runs) {
    return (
      <ErrorNotice
        problem={describeError(error, trans)}
        trans={trans}
        onRetry={onRetry}
      />
    );
  }
  switch (target.kind) {
    case 'reading':
      return (
        <Loading trans={trans} label={trans.__('Reading runs…')} rows={2} />
      );
    case 'no-connection':
      return (
        <EmptyState title={trans.__('MLflow is not set up')}>
          {noConnection(trans)}
        </EmptyState>
      );
    case 'none':
      return (
        <EmptyState
          title={
            notebook
              ? trans.__('The notebook names no experiment')
              : trans.__('No notebook is open')
          }
          actions={[choose]}
        >
          {notebook
            ? trans.__(
                'Its runs show as soon as a cell says mlflow.set_experiment("…") or sets MLFLOW_EXPERIMENT_NAME.'
              )
            : trans.__(
                'Runs of the experiment that the notebook uses appear here. You can also choose one.'
              )}
        </EmptyState>
      );
    case 'dynamic':
      return (
        <EmptyState
          title={trans.__('The experiment is not written out')}
          actions={[choose]}
        >
          {trans.__('Only when the code runs it is known what this gives:')}{' '}
          <code dir="ltr">{target.code}</code>
        </EmptyState>
      );
    case 'missing':
      return (
        <EmptyState
          title={
            target.isId
              ? trans.__('No experiment has the id %1', target.name)
              : trans.__('“%1” does not exist yet', target.name)
          }
          actions={[again, choose]}
        >
          {target.isId
            ? trans.__('Not one that you may see in %1.', where(target.asked))
            : trans.__(
                'Not in %1. MLflow makes it when the cell that names it runs.',
                where(target.asked)
              )}
        </EmptyState>
      );
    case 'found':
      break;
  }
  if (!runs) {
    return <Loading trans={trans} label={trans.__('Reading runs…')} rows={2} />;
  }
  return runs.length === 0 ? (
    <EmptyState title={trans.__('No runs yet')} actions={[again, choose]}>
      {trans.__('“%1” has none that you may see.', target.name)}
    </EmptyState>
  ) : (
    <EmptyState
      title={trans.__('Nothing found')}
      actions={[{ label: trans.__('Show all runs'), onClick: onClearSearch }]}
    >
      {trans._n(
        'None of %1 run matches “%2”.',
        'None of %1 runs matches “%2”.',
        runs.length,
        text
      )}
    </EmptyState>
  );
}

/** SageMaker says that it does not run: nothing went wrong. */
function isStopped(error: unknown): error is RelayError {
  return error instanceof RelayError && error.code === 'server_not_running';
}

function where(labels: readonly string[]): string {
  return labels.join(', ');
}

/** Lines above the list. */
export function RunNotices(props: {
  snapshot: IRunsSnapshot;
  trans: TranslationBundle;
  onRetry: () => void;
}): JSX.Element {
  const { snapshot, trans, onRetry } = props;
  const { error, runs, target, historyError } = snapshot;
  const retry = { label: trans.__('Retry'), onClick: onRetry };
  const failed = error && runs ? describeError(error, trans) : null;
  const lines = historyError ? describeError(historyError, trans) : null;
  return (
    <>
      {failed && (
        <Notice action={retry}>
          <span title={failed.message}>
            {trans.__('Not read again: %1', failed.title)}
          </span>
        </Notice>
      )}
      {target.kind === 'found' && target.deleted && (
        <Notice>{trans.__('“%1” was deleted in MLflow.', target.name)}</Notice>
      )}
      {lines && (
        <Notice action={retry}>
          <span title={lines.message}>
            {trans.__('How metrics went could not be read: %1', lines.title)}
          </span>
        </Notice>
      )}
    </>
  );
}
