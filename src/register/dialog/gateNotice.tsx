/** What the use case of a group means for registering, and the way out. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Glyph, Notice } from '../../ui';
import type { IGate } from '../gate';

export interface IGateNoticeProps {
  gate: IGate;
  /** Ask the sources again; absent: that would change nothing. */
  readAgain?: () => void;
  trans: TranslationBundle;
}

/** Nothing when the gate is open. */
export function GateNotice(props: IGateNoticeProps): JSX.Element | null {
  const { gate, readAgain, trans } = props;
  const { verdict, why, next } = gate;
  if (verdict === 'open') {
    return null;
  }
  const again =
    gate.again && readAgain
      ? { label: trans.__('Read again'), onClick: readAgain }
      : undefined;
  if (verdict === 'warn') {
    return (
      <Notice kind="warning" action={again}>
        <bdi>{why}</bdi> {next}
      </Notice>
    );
  }
  return (
    <div className="jp-sg-register-refused" role="status">
      <Glyph name="cross" />
      <div>
        <strong>
          {gate.state === 'new-group'
            ? trans.__('Settings refuse new groups')
            : trans.__('Settings refuse this group')}
        </strong>
        <p>
          <bdi>{why}</bdi>
        </p>
        {next ? <p>{next}</p> : null}
        {again ? (
          <button type="button" className="jp-sg-link" onClick={again.onClick}>
            {again.label}
          </button>
        ) : null}
      </div>
    </div>
  );
}
