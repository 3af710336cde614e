/** Everything that the panel shows but MLflow's own page. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { RelayError } from '../relay';
import { Notice } from '../ui';
import type { Phase } from './bridge/host';
import { Outside, ServerStatus } from './serverStatus';
import type { ServerWait } from './serverWait';
import { Status } from './status';

/** What the panel shows. */
export type PanelPhase =
  | Phase
  /** The server does not run. */
  | { kind: 'down' }
  /** It runs, and its pages are shown in a browser tab. */
  | { kind: 'outside' };

/** A line over the page. */
export interface INotice {
  kind: 'info' | 'warning';
  text: string;
  /** A reload of the lab ends what it tells of; else it can be put away. */
  reload?: boolean;
}

/**
 * What to say beside the page when the relay refused something; null: what the
 * page itself says is enough.
 *
 * @param isAsked - a person has just done something: what MLflow's page tries by
 *   itself is nobody's loss
 */
export function noticeOf(
  { code }: RelayError,
  label: string,
  isAsked: boolean,
  trans: TranslationBundle
): INotice | null {
  if (code === 'signed_out') {
    return {
      kind: 'warning',
      text: trans.__(
        'Your session in the lab has ended: MLflow cannot read or write until you sign in again.'
      ),
      reload: true
    };
  }
  if (code === 'read_only' && isAsked) {
    return {
      kind: 'info',
      text: trans.__(
        '%1 is read only in this lab: the change was refused, nothing was written.',
        label
      )
    };
  }
  return null;
}

export interface IPanelStatusProps {
  phase: PanelPhase;
  notice: INotice | null;
  /** While the server does not run. */
  wait: ServerWait | null;
  /** What people call the connection. */
  label: string;
  trans: TranslationBundle;
  /** Put the notice away. */
  onClose: () => void;
  onReload: () => void;
  onHome: () => void;
  onWait: () => void;
  /** Open it in a browser tab; null: that is not possible. */
  onTab: (() => void) | null;
}

export function PanelStatus(props: IPanelStatusProps): JSX.Element {
  const { notice, trans, onClose } = props;
  return (
    <>
      {notice && (
        <Notice
          kind={notice.kind}
          action={
            notice.reload
              ? {
                  label: trans.__('Reload the page'),
                  onClick: () => window.location.reload()
                }
              : { label: trans.__('Close'), onClick: onClose }
          }
        >
          {notice.text}
        </Notice>
      )}
      <PhaseStatus {...props} />
    </>
  );
}

function PhaseStatus(props: IPanelStatusProps): JSX.Element | null {
  const { phase, wait, trans, onReload, onTab } = props;
  switch (phase.kind) {
    case 'down':
      return (
        wait && (
          <ServerStatus
            server={wait.server}
            phase={wait.phase}
            trans={trans}
            onStart={() => void wait.start()}
            onWait={() => wait.wait()}
            onCancel={() => wait.cancel()}
            onLook={onReload}
          />
        )
      );
    case 'outside':
      return <Outside label={props.label} trans={trans} onOpen={onTab} />;
    default:
      return <Status {...props} phase={phase} />;
  }
}
