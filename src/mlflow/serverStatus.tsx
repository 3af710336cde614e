/** Instead of MLflow's page: a server that does not run, or opens elsewhere. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { describeError } from '../relay';
import { clockTime, EmptyState, ErrorNotice, Notice } from '../ui';
import type { IMLflowServer } from './servers';
import { stateText } from './serverWords';
import type { WaitPhase } from './serverWait';

export interface IServerStatusProps {
  server: IMLflowServer;
  phase: WaitPhase;
  trans: TranslationBundle;
  onStart: () => void;
  onWait: () => void;
  onCancel: () => void;
  /** Look again whether it runs. */
  onLook: () => void;
}

/** A server that does not run: what it does, and the way out. */
export function ServerStatus(props: IServerStatusProps): JSX.Element {
  const { server, phase, trans } = props;
  const { label } = server;
  switch (phase.kind) {
    case 'asking':
      return (
        <Busy
          text={trans.__('Asking SageMaker to start %1…', label)}
          {...props}
        >
          {null}
        </Busy>
      );
    case 'waiting':
      return (
        <Busy text={movingText(server, trans)} {...props}>
          <p className="jp-sg-mlflow-detail">
            {trans.__(
              'Since %1. It usually takes some minutes; MLflow opens here as soon as it runs.',
              clockTime(phase.since)
            )}
          </p>
          {phase.error !== null && (
            <Notice>
              {trans.__(
                'Its state could not be read just now: %1. It is asked again.',
                describeError(phase.error, trans).title
              )}
            </Notice>
          )}
          <div className="jp-sg-actions">
            <button
              type="button"
              className="jp-mod-styled jp-sg-button"
              title={trans.__('What SageMaker does goes on')}
              onClick={props.onCancel}
            >
              {trans.__('Stop waiting')}
            </button>
          </div>
        </Busy>
      );
    default:
      return (
        <>
          {phase.kind === 'refused' && (
            <div className="jp-sg-mlflow-refused">
              <ErrorNotice
                problem={{
                  ...describeError(phase.error, trans),
                  action: 'none'
                }}
                trans={trans}
              />
            </div>
          )}
          <Resting {...props} />
        </>
      );
  }
}

/** Something goes on. */
function Busy({
  text,
  children
}: {
  text: string;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <div className="jp-sg-mlflow-loading">
      <p role="status">{text}</p>
      <progress aria-label={text} />
      {children}
    </div>
  );
}

/** Nothing goes on, or nobody waits for it. */
function Resting(props: IServerStatusProps): JSX.Element {
  const { server, phase, trans, onStart, onWait, onLook } = props;
  const { label, state, status, startable } = server;
  const look = { label: trans.__('Look again'), onClick: onLook };
  const said = status
    ? trans.__('SageMaker says “%1”.', status)
    : trans.__('SageMaker has nothing to say of it.');
  if (state === 'stopped' && startable) {
    return (
      <EmptyState
        title={trans.__('%1 is stopped', label)}
        actions={[
          { label: trans.__('Start the server'), onClick: onStart },
          look
        ]}
      >
        {phase.kind === 'ended' &&
          `${trans.__('It was started, and has stopped again.')} `}
        {trans.__(
          'Starting takes some minutes. From then on it costs money by the hour, for its owner’s account, until somebody stops it in SageMaker.'
        )}
      </EmptyState>
    );
  }
  if (state === 'stopped') {
    return (
      <EmptyState title={trans.__('%1 is stopped', label)} actions={[look]}>
        {trans.__(
          'It cannot be started from here. Ask its owner to start it in SageMaker.'
        )}
      </EmptyState>
    );
  }
  if (state === 'failed') {
    return (
      <EmptyState title={trans.__('%1 does not run', label)} actions={[look]}>
        {said} {trans.__('Look at it in SageMaker’s console.')}
      </EmptyState>
    );
  }
  if (state === 'deleting') {
    return (
      <EmptyState title={trans.__('%1 is gone', label)} actions={[look]}>
        {trans.__('It has been deleted, or may not be listed any more.')}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={movingText(server, trans)}
      actions={[{ label: trans.__('Wait for it'), onClick: onWait }, look]}
    >
      {trans.__('That goes on, whether you wait or not.')}
    </EmptyState>
  );
}

function movingText(
  { label, state }: IMLflowServer,
  trans: TranslationBundle
): string {
  const word = stateText(state, trans);
  // “team is being started”.
  return word
    ? trans.__('%1 %2', label, word)
    : trans.__('%1 does not run', label);
}

export interface IOutsideProps {
  label: string;
  trans: TranslationBundle;
  /** null: there is no address. */
  onOpen: (() => void) | null;
}

/** A server whose pages are shown in a browser tab. */
export function Outside({ label, trans, onOpen }: IOutsideProps): JSX.Element {
  return (
    <EmptyState
      title={trans.__('%1 runs', label)}
      actions={
        onOpen
          ? [{ label: trans.__('Open in a browser tab'), onClick: onOpen }]
          : []
      }
    >
      {trans.__('Its pages are not shown in the lab.')}
    </EmptyState>
  );
}
