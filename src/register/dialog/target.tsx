/** Which group the version goes to. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';
import { waitingOn, waitingText } from '../../approvals';
import { statusLabel } from '../../governance';
import { describeError } from '../../relay';
import { Field, Loading, Notice, StatusBadge } from '../../ui';
import type {
  IGovernanceStatus,
  IModelPackageGroup,
  ISageMakerConnection
} from '../../tokens';
import { gateOf } from '../gate';
import {
  findChoices,
  type GroupSection,
  type IGroupChoice,
  readChoices,
  sectionOf
} from '../groups';
import type { IRegisterValue, ITarget } from '../model';
import { slug } from '../sanitise';
import type { IRegisterServices } from '../services';
import type { IRegisterSettings } from '../settings';
import { useLoad } from '../useLoad';
import { GateNotice } from './gateNotice';
import { PickList } from './pickList';

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
  /** Ask the sources again what the group's use case says. */
  readAgain: (group: IModelPackageGroup) => void;
  setTarget: (target: ITarget) => void;
  trans: TranslationBundle;
}

/** Choose the group. */
export function Target(props: ITargetProps): JSX.Element {
  const { value, status, setTarget, suggestion, trans } = props;
  const { target } = value;
  const [changing, setChanging] = useState(target.group === null);
  const gate = gateOf(
    {
      status,
      governed: props.services.governance !== null,
      isNew: target.isNew
    },
    props.services.settings(),
    trans
  );
  return (
    <section className="jp-sg-register-part">
      <h3>{trans.__('Model package group')}</h3>
      {!changing && target.group ? (
        <>
          <div className="jp-sg-register-chosen">
            <bdi>{target.group.name}</bdi>
            {status ? (
              <StatusBadge
                state={status.state}
                bucket={status.bucket}
                stale={status.stale}
                label={statusLabel(status, trans)}
              />
            ) : null}
            <small>{factsOf(props).join(' · ')}</small>
          </div>
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
      {target.isNew ? (
        <GateNotice gate={gate} trans={trans} />
      ) : target.group && !value.readingTarget ? (
        <GateNotice
          gate={gate}
          readAgain={() => target.group && props.readAgain(target.group)}
          trans={trans}
        />
      ) : null}
    </section>
  );
}

/** Registry and use case of the chosen group. */
function factsOf({ registries, value, status }: ITargetProps): string[] {
  const { connection } = value.target;
  const useCase = status?.useCase;
  return [
    registries.find(({ id }) => id === connection)?.label ?? connection,
    useCase ? [useCase.key, useCase.name].filter(Boolean).join(' ') : null
  ].filter((fact): fact is string => Boolean(fact));
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
  const settings = services.settings();
  const groups = useLoad(registries.map(({ id }) => id).join(), signal =>
    readChoices(
      services.registry,
      services.governance,
      registries,
      settings,
      signal
    )
  );
  if (!groups.data) {
    return <Loading label={trans.__('Reading groups…')} trans={trans} />;
  }
  const { choices, failures, partial } = groups.data;
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
      <PickList
        found={findChoices(choices, text)}
        text={text}
        search={setText}
        searchLabel={trans.__('Search groups')}
        placeholder={trans.__('Search groups, use cases')}
        legend={trans.__('Groups')}
        noMatch={trans.__('No group matches.')}
        nothing={trans.__('No group that you may see; make a new one.')}
        headingOf={
          services.governance
            ? choice => headingOf(sectionOf(choice, settings), settings, trans)
            : undefined
        }
        keyOf={({ group }) => group.arn}
        trans={trans}
      >
        {choice => (
          <Choice
            choice={choice}
            checked={value.target.group?.arn === choice.group.arn}
            several={registries.length > 1}
            pick={pick}
            trans={trans}
          />
        )}
      </PickList>
    </>
  );
}

/** What a section of the list is called, and what settings make of it. */
function headingOf(
  section: GroupSection,
  { whenNotApproved }: IRegisterSettings,
  trans: TranslationBundle
): string {
  const refused = section !== 'approved' && whenNotApproved === 'block';
  switch (section) {
    case 'approved':
      return trans.__('Use case approved');
    case 'other':
      return refused
        ? trans.__('Use case not known to be approved: refused by settings')
        : trans.__('Use case not known to be approved');
    case 'not-linked':
      return refused
        ? trans.__('No use case linked: refused by settings')
        : trans.__('No use case linked');
  }
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
  // Who has the ball of the use case; nothing where it is approved.
  const ball = waitingOn({ latest: null, status, me: null });
  const facts = [
    several ? registry : null,
    status?.useCase?.key ?? status?.useCase?.name,
    ball && ball.who !== 'nobody' ? waitingText(ball, trans).brief : null
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
