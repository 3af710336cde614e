/** Which group the version goes to. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';
import { statusLabel } from '../../governance';
import { describeError } from '../../relay';
import { Field, Loading, Notice, StatusBadge } from '../../ui';
import type {
  IGovernanceStatus,
  IModelPackageGroup,
  ISageMakerConnection
} from '../../tokens';
import {
  findChoices,
  type IGroupChoice,
  isGoverned,
  readChoices
} from '../groups';
import type { IRegisterValue, ITarget } from '../model';
import { slug } from '../sanitise';
import type { IRegisterServices } from '../services';
import { useLoad } from '../useLoad';

/** Rows shown at once; typing narrows. */
const SHOWN = 50;

export interface ITargetProps {
  services: IRegisterServices;
  registries: readonly ISageMakerConnection[];
  value: IRegisterValue;
  /** Status of the chosen group; null: not known. */
  status: IGovernanceStatus | null;
  /** Name to suggest for a new group. */
  suggestion: string;
  errors: Readonly<Record<string, string>>;
  pick: (group: IModelPackageGroup) => void;
  setTarget: (target: ITarget) => void;
  trans: TranslationBundle;
}

/** Choose the group. */
export function Target(props: ITargetProps): JSX.Element {
  const { value, status, setTarget, suggestion, trans } = props;
  const { target } = value;
  const [changing, setChanging] = useState(target.group === null);
  return (
    <section className="jp-sg-register-part">
      <h3>{trans.__('Model package group')}</h3>
      {!changing && target.group ? (
        <>
          <p className="jp-sg-register-chosen">
            <bdi>{target.group.name}</bdi>
            <small>{registryOf(props, target.connection)}</small>
          </p>
          <button
            type="button"
            className="jp-sg-link"
            onClick={() => setChanging(true)}
          >
            {trans.__('Choose another')}
          </button>
        </>
      ) : (
        <>
          <fieldset className="jp-sg-choice">
            <legend>{trans.__('Register into')}</legend>
            <label>
              <input
                type="radio"
                name="jp-sg-target"
                checked={!target.isNew}
                onChange={() => setTarget({ ...target, isNew: false })}
              />
              {trans.__('Existing group')}
            </label>
            <label>
              <input
                type="radio"
                name="jp-sg-target"
                checked={target.isNew}
                onChange={() =>
                  setTarget({
                    ...target,
                    isNew: true,
                    newName: target.newName || slug(suggestion)
                  })
                }
              />
              {trans.__('New group')}
            </label>
          </fieldset>
          {target.isNew ? <NewGroup {...props} /> : <Existing {...props} />}
        </>
      )}
      {target.group && !target.isNew && !value.readingTarget ? (
        <Governance status={status} trans={trans} />
      ) : null}
      {target.isNew ? (
        <Notice kind="info">
          {trans.__(
            'A new group has no use case yet. Link it in the governance console before you request approval.'
          )}
        </Notice>
      ) : null}
    </section>
  );
}

function registryOf({ registries }: ITargetProps, id: string): string {
  return registries.find(r => r.id === id)?.label ?? id;
}

function Governance(props: {
  status: IGovernanceStatus | null;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { status, trans } = props;
  if (isGoverned(status)) {
    return null;
  }
  const name = status?.useCase?.key ?? status?.useCase?.name;
  return (
    <Notice kind="warning">
      {!status
        ? trans.__('Whether the use case is approved is not known.')
        : status.state === 'linked'
          ? trans.__(
              'Use case %1 is not known to be approved: %2.',
              name ?? '',
              statusLabel(status, trans)
            )
          : trans.__(
              'No approved use case is known for this group (%1).',
              statusLabel(status, trans)
            )}
    </Notice>
  );
}

function NewGroup(props: ITargetProps): JSX.Element {
  const { registries, value, setTarget, errors, trans } = props;
  const { target } = value;
  const proposal = slug(target.newName);
  return (
    <>
      {registries.length > 1 ? (
        <Field label={trans.__('Registry')}>
          <select
            value={target.connection}
            onChange={event =>
              setTarget({ ...target, connection: event.target.value })
            }
          >
            {registries.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </Field>
      ) : null}
      <Field
        label={trans.__('Name of the new group')}
        required
        error={target.newName ? errors.newName : undefined}
        hint={trans.__('Letters, digits and hyphens, at most 63.')}
      >
        <input
          type="text"
          className="jp-mod-styled jp-sg-input"
          spellCheck={false}
          value={target.newName}
          onChange={event =>
            setTarget({ ...target, newName: event.target.value })
          }
        />
      </Field>
      {errors.newName && proposal && proposal !== target.newName ? (
        <button
          type="button"
          className="jp-sg-link"
          onClick={() => setTarget({ ...target, newName: proposal })}
        >
          {trans.__('Use %1', proposal)}
        </button>
      ) : null}
    </>
  );
}

function Existing(props: ITargetProps): JSX.Element {
  const { services, registries, value, pick, trans } = props;
  const [text, setText] = useState('');
  const groups = useLoad(registries.map(({ id }) => id).join(), signal =>
    readChoices(services.registry, services.governance, registries, signal)
  );
  if (!groups.data) {
    return <Loading label={trans.__('Reading groups…')} trans={trans} />;
  }
  const { choices, failures, partial } = groups.data;
  const found = findChoices(choices, text);
  return (
    <>
      {failures.map(({ registry, error }) => (
        <Notice
          key={registry}
          kind="warning"
          action={{ label: trans.__('Try again'), onClick: groups.again }}
        >
          {trans.__('%1: %2', registry, describeError(error, trans).message)}
        </Notice>
      ))}
      {partial.map(registry => (
        <Notice key={registry} kind="info">
          {trans.__('%1 has more groups; the newest are listed.', registry)}
        </Notice>
      ))}
      <input
        type="search"
        className="jp-mod-styled jp-sg-input"
        dir="auto"
        aria-label={trans.__('Search groups')}
        placeholder={trans.__('Search groups, use cases')}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      {found.length === 0 ? (
        <p>
          {text
            ? trans.__('No group matches.')
            : trans.__('No group that you may see; make a new one.')}
        </p>
      ) : (
        <fieldset className="jp-sg-picks">
          <legend>{trans.__('Groups')}</legend>
          {found.slice(0, SHOWN).map(choice => (
            <Choice
              key={choice.group.arn}
              choice={choice}
              checked={value.target.group?.arn === choice.group.arn}
              several={registries.length > 1}
              pick={pick}
              trans={trans}
            />
          ))}
          {found.length > SHOWN ? (
            <p>
              {trans.__(
                '%1 more; type to narrow them down.',
                found.length - SHOWN
              )}
            </p>
          ) : null}
        </fieldset>
      )}
    </>
  );
}

function Choice(props: {
  choice: IGroupChoice;
  checked: boolean;
  /** More than one registry: say which. */
  several: boolean;
  pick: (group: IModelPackageGroup) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { choice, checked, several, pick, trans } = props;
  const { group, registry, status } = choice;
  const facts = [
    several ? registry : null,
    status?.useCase?.key ?? status?.useCase?.name
  ].filter(Boolean);
  return (
    <label>
      <input
        type="radio"
        name="jp-sg-group"
        checked={checked}
        onChange={() => pick(group)}
      />
      <bdi>{group.name}</bdi>
      {status ? (
        <StatusBadge
          state={status.state}
          bucket={status.bucket}
          stale={status.stale}
          label={statusLabel(status, trans)}
        />
      ) : null}
      {facts.length ? <small>{facts.join(' · ')}</small> : null}
    </label>
  );
}
