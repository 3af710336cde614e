/** Pieces that the request and the decision dialog share. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Field, Glyph, type GlyphName } from '../../ui';
import type { IModelPackageUpdate } from '../../tokens';
import type { IPersona } from '../persona';
import type {
  IPreflightItem,
  PreflightAction,
  PreflightState
} from '../preflight';
import type { ILifeCyclePair } from '../settings';
import { oneLine, REASON_MAX, writtenLines } from '../write';
import '../../../style/approvals.css';

const GLYPHS: Record<PreflightState, GlyphName> = {
  ok: 'check',
  warn: 'warning',
  block: 'cross',
  unknown: 'question'
};

function stateWord(state: PreflightState, trans: TranslationBundle): string {
  switch (state) {
    case 'ok':
      return trans.__('In order');
    case 'warn':
      return trans.__('Warning');
    case 'block':
      return trans.__('Must be solved first');
    case 'unknown':
      return trans.__('Not known');
  }
}

/** What the fixes of checks do; one that is absent is switched off in this lab. */
export type Fixes = Partial<Record<PreflightAction, () => void>>;

/** The checks, each with its fix. */
export function PreflightList(props: {
  items: readonly IPreflightItem[];
  fixes: Fixes;
  trans: TranslationBundle;
}): JSX.Element {
  const { items, fixes, trans } = props;
  return (
    <ul className="jp-sg-checks" aria-label={trans.__('Checks')}>
      {items.map(({ id, state, text, fix, action }) => (
        <li key={id} data-state={state}>
          <span
            className="jp-sg-checks-icon"
            role="img"
            aria-label={stateWord(state, trans)}
            title={stateWord(state, trans)}
          >
            <Glyph name={GLYPHS[state]} />
          </span>
          <span className="jp-sg-checks-text">
            <bdi>{text}</bdi>
            {fix ? <span className="jp-sg-checks-fix">{fix}</span> : null}
          </span>
          {action && fixes[action] ? (
            <button
              type="button"
              className="jp-sg-link"
              onClick={fixes[action]}
            >
              {action === 'open-use-case'
                ? trans.__('Open use case')
                : trans.__('Register version…')}
            </button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** Field for the reason: one line of text, however long. */
export function ReasonField(props: {
  value: string;
  onChange: (reason: string) => void;
  error?: string;
  required: boolean;
  label: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { value, onChange, error, required, label, trans } = props;
  return (
    <Field
      label={label}
      error={error}
      required={required}
      counter={{ n: value.length, max: REASON_MAX }}
      hint={trans.__(
        'SageMaker keeps it with the version, without line breaks.'
      )}
    >
      <textarea
        className="jp-mod-styled jp-sg-input"
        rows={3}
        dir="auto"
        data-sg-first=""
        value={value}
        onChange={event => onChange(oneLine(event.target.value))}
        onKeyDown={event => {
          if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
            event.preventDefault();
          }
        }}
      />
    </Field>
  );
}

/** Whether to set the life cycle, with the pair in words. */
export function LifeCycleBox(props: {
  pair: ILifeCyclePair;
  checked: boolean;
  onChange: (checked: boolean) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { pair, checked, onChange, trans } = props;
  return (
    <label className="jp-sg-check">
      <input
        type="checkbox"
        checked={checked}
        onChange={event => onChange(event.target.checked)}
      />
      <span>
        {trans.__('Set lifecycle to %1', `${pair.stage} / ${pair.status}`)}
      </span>
    </label>
  );
}

/** SageMaker's name for what is called. */
const OPERATION = 'UpdateModelPackage';

/** Exactly what will be written. */
export function Written(props: {
  target: string;
  update: IModelPackageUpdate;
  trans: TranslationBundle;
}): JSX.Element {
  const { target, update, trans } = props;
  return (
    <details className="jp-sg-written" open>
      <summary>{trans.__('What will be written')}</summary>
      <dl>
        <dt>{OPERATION}</dt>
        <dd>
          <bdi>{target}</bdi>
        </dd>
        {writtenLines(update).map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** Who acts: "as role X · ds-042". */
export function actingAs(me: IPersona, trans: TranslationBundle): string {
  const role = me.roleName
    ? trans.__('as role %1', me.roleName)
    : me.callerArn
      ? trans.__('as %1', me.callerArn)
      : trans.__('role not known');
  return me.userProfileName ? `${role} · ${me.userProfileName}` : role;
}
