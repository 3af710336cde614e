/** The configuration to copy, what it changes, and where it goes. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IOpenPagesConnection } from '../../tokens';
import { copyText, Field, Glyph, Notice } from '../../ui';
import {
  asText,
  AUTH_TYPES,
  configuration,
  FILE,
  linkProblem,
  members
} from './block';
import type { AuthType, IChange, SecretSource } from './block';
import { Part } from './parts';
import type { IChoices, ISetupSnapshot } from './snapshot';
import { STEPS } from './steps';
import { changeLabel, linkProblemText, slotLabel } from './words';

export interface IBlockProps {
  snapshot: ISetupSnapshot;
  connection: IOpenPagesConnection;
  onSet: (
    choice: Partial<Pick<IChoices, 'auth' | 'secret' | 'taskViewUrl'>>
  ) => void;
  onCopied: () => void;
  trans: TranslationBundle;
}

export function BlockSection(props: IBlockProps): JSX.Element {
  const { snapshot, connection, onSet, trans } = props;
  const { taskViewUrl, missing, decisions } = snapshot;
  const [whole, setWhole] = React.useState(false);
  const address = taskViewUrl.trim();
  const problem = address ? linkProblem(address) : null;
  return (
    <Part title={trans.__('Configuration')}>
      <Field
        label={trans.__('Address of a task view')}
        hint={trans.__(
          'Where people open a use case; {id} stands for its Resource ID. IBM’s consoles: https://HOST/CONTEXT/app/jspview/react/grc/task-view/{id}. Empty: no link.'
        )}
        error={problem && linkProblemText(problem, trans)}
      >
        <input
          className="jp-sg-setup-input"
          type="text"
          spellCheck={false}
          value={taskViewUrl}
          onChange={({ target }) => onSet({ taskViewUrl: target.value })}
        />
      </Field>
      {decisions ? (
        <>
          <Unproved snapshot={snapshot} trans={trans} />
          <Changes changes={snapshot.changes} trans={trans} />
          <fieldset className="jp-sg-setup-form">
            <legend>{trans.__('Write')}</legend>
            <label>
              <input
                type="radio"
                checked={!whole}
                onChange={() => setWhole(false)}
              />
              {trans.__('What this connection’s entry gets')}
            </label>
            <label>
              <input
                type="radio"
                checked={whole}
                onChange={() => setWhole(true)}
              />
              {trans.__('A whole file, with references for the secrets')}
            </label>
          </fieldset>
          {whole && (
            <AuthChoice
              choices={snapshot.choices}
              onSet={onSet}
              trans={trans}
            />
          )}
          <Block
            text={asText(
              whole
                ? configuration({
                    connection,
                    auth: snapshot.choices.auth,
                    secret: snapshot.choices.secret,
                    decisions
                  })
                : members(decisions)
            )}
            disabled={snapshot.busy}
            onCopied={props.onCopied}
            trans={trans}
          />
          <WhatNext whole={whole} id={connection.id} trans={trans} />
        </>
      ) : (
        <p className="jp-sg-setup-needed" role="status">
          <Glyph name="warning" />
          {missing.length > 0
            ? trans.__(
                'The configuration is written once these are chosen: %1.',
                missing.map(slot => slotLabel(slot, trans)).join(', ')
              )
            : problem
              ? trans.__('Correct the address of a task view first.')
              : trans.__('Nothing is known of the console yet.')}
        </p>
      )}
    </Part>
  );
}

/** Whether everything was read that the configuration rests on. */
function Unproved(props: {
  snapshot: ISetupSnapshot;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { snapshot, trans } = props;
  const { busy, steps, groups } = snapshot;
  const gaps =
    groups.failures.length > 0 ||
    STEPS.some(name => ['failed', 'cancelled'].includes(steps[name].state));
  return busy ? (
    <p className="jp-sg-setup-needed" role="status">
      <Glyph name="clock" />
      {trans.__('Still reading: it can be copied when that is done.')}
    </p>
  ) : gaps ? (
    <Notice>
      {trans.__(
        'Not everything could be read. What lacks a proof stays as it is in force; look at it before you copy.'
      )}
    </Notice>
  ) : null;
}

/** Sign-in of the placeholders; the real one is never told to the browser. */
export function AuthChoice(props: {
  choices: Pick<IChoices, 'auth' | 'secret'>;
  onSet: (choice: Partial<Pick<IChoices, 'auth' | 'secret'>>) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { choices, onSet, trans } = props;
  const labels: Record<AuthType, string> = {
    mcsp: trans.__('SaaS on AWS (MCSP)'),
    'ibm-iam': trans.__('IBM Cloud (IAM)'),
    cp4d: trans.__('Cloud Pak for Data'),
    basic: trans.__('User and password')
  };
  const sources: Record<SecretSource, string> = {
    secretsmanager: trans.__('AWS Secrets Manager'),
    env: trans.__('Environment variable of the server')
  };
  return (
    <div className="jp-sg-setup-pair">
      <Field label={trans.__('The server signs in by')}>
        <select
          className="jp-sg-setup-select"
          value={choices.auth}
          onChange={({ target }) => onSet({ auth: target.value as AuthType })}
        >
          {AUTH_TYPES.map(type => (
            <option key={type} value={type}>
              {labels[type]}
            </option>
          ))}
        </select>
      </Field>
      <Field label={trans.__('It finds the secret in')}>
        <select
          className="jp-sg-setup-select"
          value={choices.secret}
          onChange={({ target }) =>
            onSet({ secret: target.value as SecretSource })
          }
        >
          {(Object.keys(sources) as SecretSource[]).map(source => (
            <option key={source} value={source}>
              {sources[source]}
            </option>
          ))}
        </select>
      </Field>
    </div>
  );
}

/** JSON to copy. */
export function Block(props: {
  text: string;
  disabled?: boolean;
  onCopied: () => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { text, disabled, onCopied, trans } = props;
  const [copied, setCopied] = React.useState('');
  return (
    <div className="jp-sg-setup-block">
      <button
        type="button"
        className="jp-mod-styled jp-mod-accept jp-sg-button"
        disabled={disabled}
        onClick={() => {
          void copyText(text).then(done => {
            if (done) {
              setCopied(text);
              onCopied();
            }
          });
        }}
      >
        <Glyph name={copied === text ? 'check' : 'copy'} />{' '}
        {trans.__('Copy the configuration')}
      </button>
      <span role="status" className="jp-sg-setup-quiet">
        {copied === text ? trans.__('Copied') : ''}
      </span>
      <pre
        // A block that scrolls is reached by keyboard.
        tabIndex={0}
        aria-label={trans.__('Configuration')}
      >
        {text}
      </pre>
    </div>
  );
}

/** Where the block goes. */
export function WhatNext(props: {
  whole: boolean;
  id: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { whole, id, trans } = props;
  return (
    <ol className="jp-sg-setup-next">
      <li>
        {trans.__(
          'Open %1 in a Jupyter configuration directory of the server (“jupyter --paths” lists them).',
          FILE
        )}
      </li>
      <li>
        {whole
          ? trans.__(
              'A new file: take it as it is and replace every .example address and name in capitals. A file that exists: put the entry into its list of connections, in place of “%1”, with the url, auth and headers that stand there; the others stay.',
              id
            )
          : trans.__(
              'In the list of connections, replace these members of “%1”; leave url, auth and the others as they are.',
              id
            )}
      </li>
      <li>
        {trans.__(
          'Restart the Jupyter server (in Studio: the space), then check with “About Model Governance”.'
        )}
      </li>
    </ol>
  );
}

/** The present configuration beside the new one. */
function Changes(props: {
  changes: readonly IChange[];
  trans: TranslationBundle;
}): JSX.Element {
  const { changes, trans } = props;
  const changed = changes.filter(({ state }) => state !== 'unchanged').length;
  const glyphs = {
    unchanged: 'dash',
    changed: 'pen',
    new: 'check',
    removed: 'cross'
  } as const;
  return (
    <>
      <p>
        {changed
          ? trans._n(
              '%1 difference from the configuration in force:',
              '%1 differences from the configuration in force:',
              changed
            )
          : trans.__('The configuration in force says the same already.')}
      </p>
      <div
        className="jp-sg-setup-scroll"
        role="region"
        aria-label={trans.__('Differences')}
        tabIndex={0}
      >
        <table className="jp-sg-setup-table">
          <thead>
            <tr>
              <th scope="col">{trans.__('Setting')}</th>
              <th scope="col">{trans.__('In force')}</th>
              <th scope="col">{trans.__('Here')}</th>
              <th scope="col">{trans.__('Difference')}</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ member, before, after, state }) => (
              <tr key={member} data-change={state}>
                <th scope="row">
                  <code>{member}</code>
                </th>
                <td>{before ?? trans.__('none')}</td>
                <td>{after ?? trans.__('none')}</td>
                <td>
                  <span className="jp-sg-setup-change">
                    <Glyph name={glyphs[state]} />
                    {changeLabel(state, trans)}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
