/** What is shown over the frame: loading, and every way it can fail. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { describeError, type IProblem } from '../relay';
import { EmptyState, ErrorNotice } from '../ui';
import type { Phase } from './bridge/host';

export interface IStatusProps {
  phase: Phase;
  /** What people call the connection. */
  label: string;
  trans: TranslationBundle;
  onReload: () => void;
  onHome: () => void;
  onWait: () => void;
  /** Open it in a browser tab; null: that is not possible. */
  onTab: (() => void) | null;
}

export function Status(props: IStatusProps): JSX.Element | null {
  const { phase, label, trans, onReload, onHome, onWait, onTab } = props;
  const reload = { label: trans.__('Reload'), onClick: onReload };
  const tab = onTab
    ? [{ label: trans.__('Open in a browser tab'), onClick: onTab }]
    : [];
  switch (phase.kind) {
    case 'ready':
      return null;
    case 'loading':
      return (
        <div className="jp-sg-mlflow-loading" role="status">
          <p>{trans.__('Loading %1…', label)}</p>
          <progress
            aria-label={trans.__('Files of MLflow that have been loaded')}
            value={phase.total ? phase.done : undefined}
            max={phase.total || undefined}
          />
          <p className="jp-sg-mlflow-detail">
            {phase.total
              ? trans.__('%1 of %2 files', phase.done, phase.total)
              : ' '}
          </p>
        </div>
      );
    case 'stalled':
      return (
        <EmptyState
          title={trans.__('%1 takes long to show', label)}
          actions={[
            reload,
            { label: trans.__('Keep waiting'), onClick: onWait },
            ...tab
          ]}
        >
          {stallText(phase, trans)}
        </EmptyState>
      );
    case 'silent':
      return (
        <EmptyState
          title={trans.__('The page of %1 does not answer', label)}
          actions={[reload, ...tab]}
        >
          {trans.__(
            'It has crashed or is very busy; if it answers, it is shown again. Nothing in the lab was touched. A reload loses what you have not saved in MLflow.'
          )}
        </EmptyState>
      );
    case 'left':
      return (
        <EmptyState
          title={trans.__('The page left MLflow')}
          actions={[
            reload,
            { label: trans.__('To the experiments'), onClick: onHome }
          ]}
        >
          {trans.__(
            'It went to another address or loaded itself again, so it was closed. Nothing in the lab was touched.'
          )}
        </EmptyState>
      );
    case 'flooded':
      return (
        <EmptyState
          title={trans.__('The page was closed')}
          actions={[
            reload,
            { label: trans.__('To the experiments'), onClick: onHome }
          ]}
        >
          {trans.__(
            'It sent more messages than the lab can take, or took the keyboard again and again. Content shown by MLflow, such as an artifact, may be the cause.'
          )}
        </EmptyState>
      );
    case 'failed':
      return (
        <div className="jp-sg-mlflow-failed">
          <ErrorNotice
            problem={problemOf(phase.error, label, trans)}
            trans={trans}
            onRetry={onReload}
          />
          {onTab && (
            <div className="jp-sg-actions">
              <button
                type="button"
                className="jp-mod-styled jp-sg-button"
                onClick={onTab}
              >
                {trans.__('Open in a browser tab')}
              </button>
            </div>
          )}
        </div>
      );
  }
}

/** What has not happened for so long. */
function stallText(
  { done, total, seconds }: Extract<Phase, { kind: 'stalled' }>,
  trans: TranslationBundle
): string {
  if (total === 0) {
    return trans.__('The server has not answered for %1 seconds.', seconds);
  }
  return done < total
    ? trans.__(
        '%1 of %2 files are here; no other has come for %3 seconds.',
        done,
        total,
        seconds
      )
    : trans.__(
        'All files are here, but nothing has appeared for %1 seconds.',
        seconds
      );
}

/** The failure in words. */
export function problemOf(
  error: unknown,
  label: string,
  trans: TranslationBundle
): IProblem {
  const problem = describeError(error, trans);
  if (error instanceof Error && error.name === 'NotMLflowError') {
    return {
      ...problem,
      title: trans.__('%1 did not answer with MLflow’s page', label),
      message: trans.__(
        'Another page came back: “%1”. Mostly this is a login page or a proxy in between.',
        error.message
      ),
      hint: trans.__(
        'Ask your administrator to check the address and the login of this connection.'
      ),
      action: 'retry',
      retryable: true
    };
  }
  return problem;
}
