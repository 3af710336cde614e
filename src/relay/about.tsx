/** Dialog with what a support ticket needs. Loaded when it is opened. */
import {
  Clipboard,
  Dialog,
  ReactWidget,
  showDialog
} from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import packageJson from '../../package.json';
import { API_VERSION } from '../tokens';
import type { ICheckSummary, IConfig, IConnection, IRelay } from '../tokens';
import { relativeTime } from '../ui';
import { describeError } from './describe';
import type { IProblem } from './describe';
import { handshake } from './handshake';
import '../../style/ui.css';

interface IAboutOptions {
  relay: IRelay;
  trans: TranslationBundle;
  /** Version of JupyterLab. */
  lab: string;
  /** What the last check of the installation has found. */
  last: ICheckSummary | null;
  /** Checks the installation; null: nobody can. */
  check: (() => void) | null;
}

/** A fact: name and value. */
type Fact = [string, string];

function where(connection: IConnection, trans: TranslationBundle): string {
  switch (connection.kind) {
    case 'sagemaker':
      return [connection.region, connection.account, connection.role]
        .filter(Boolean)
        .join(' · ');
    case 'mlflow':
      return [connection.ui, connection.readOnly ? trans.__('read-only') : null]
        .filter(Boolean)
        .join(' · ');
    case 'openpages':
      return '';
  }
}

/** Versions and environment. */
export function factsOf(
  config: IConfig | null,
  lab: string,
  trans: TranslationBundle
): Fact[] {
  const environment = config?.environment;
  const unknown = trans.__('unknown');
  return [
    [
      trans.__('Extension'),
      trans.__('%1 (contract %2)', packageJson.version, API_VERSION)
    ],
    [
      trans.__('Server extension'),
      config
        ? trans.__('%1 (contract %2)', config.version, config.api)
        : trans.__('not reached')
    ],
    [trans.__('JupyterLab'), lab],
    [trans.__('Image'), environment?.imageVersion ?? unknown],
    [trans.__('Environment'), environment?.kind ?? unknown],
    [trans.__('Domain'), environment?.domainId ?? unknown],
    [trans.__('Space'), environment?.spaceName ?? unknown],
    [trans.__('User profile'), environment?.userProfileName ?? unknown],
    [trans.__('Region'), environment?.region ?? unknown]
  ];
}

/** What the last check of the installation has found, in one line. */
export function lastCheck(
  last: ICheckSummary | null,
  trans: TranslationBundle
): string {
  if (!last) {
    return trans.__('not run since this page was loaded');
  }
  const { counts, complete, at } = last;
  const words = [
    ...(counts.failed
      ? [trans._n('%1 failure', '%1 failures', counts.failed)]
      : []),
    ...(counts.warning
      ? [trans._n('%1 warning', '%1 warnings', counts.warning)]
      : []),
    ...(complete ? [] : [trans.__('given up before its end')])
  ];
  return trans.__(
    '%1 (%2)',
    words.join(', ') || trans.__('nothing needs attention'),
    relativeTime(at)
  );
}

/** Everything in the dialog as text. */
export function aboutText(
  facts: Fact[],
  config: IConfig | null,
  problem: IProblem | null,
  trans: TranslationBundle
): string {
  return [
    ...facts.map(([name, value]) => `${name}: ${value}`),
    ...(config?.connections ?? []).map(connection =>
      [
        `connection ${connection.id}`,
        connection.kind,
        connection.label,
        where(connection, trans)
      ].join(' | ')
    ),
    ...(config?.problems ?? []).map(
      ({ connection, message, hint }) =>
        `problem ${connection ?? '-'}: ${message} ${hint}`
    ),
    ...(problem
      ? [`${problem.title}: ${problem.message}`, problem.details]
      : [])
  ].join('\n');
}

function About(props: {
  facts: Fact[];
  config: IConfig | null;
  problem: IProblem | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { facts, config, problem, trans } = props;
  const mismatch = config ? handshake(config, trans) : null;
  return (
    <div className="jp-sg-about">
      {problem && (
        <p className="jp-sg-about-problem" role="alert">
          <b>{problem.title}.</b> {problem.message} {problem.hint}
        </p>
      )}
      {mismatch && (
        <p className="jp-sg-about-problem" role="alert">
          {mismatch.message} {mismatch.hint}
        </p>
      )}
      <dl className="jp-sg-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      {config && (
        <>
          <h3>{trans.__('Connections')}</h3>
          <ul className="jp-sg-connections">
            {config.connections.map(connection => (
              <li key={connection.id}>
                <b>
                  <bdi>{connection.label}</bdi>
                </b>{' '}
                <code>{connection.id}</code> {connection.kind}{' '}
                {where(connection, trans)}
              </li>
            ))}
            {config.problems.map(({ connection, message, hint }) => (
              <li key={`${connection}${message}`} data-problem="true">
                <b>{trans.__('Not usable: %1', connection ?? '')}</b> {message}{' '}
                {hint}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** Show the dialog; a server that does not answer is part of what it shows. */
export async function showAbout(options: IAboutOptions): Promise<void> {
  const { relay, trans, lab, last, check } = options;
  let config: IConfig | null = null;
  let problem: IProblem | null = null;
  try {
    config = await relay.config();
  } catch (error) {
    problem = describeError(error, trans);
  }
  const facts: Fact[] = [
    ...factsOf(config, lab, trans),
    ...(check
      ? [[trans.__('Last check'), lastCheck(last, trans)] satisfies Fact]
      : [])
  ];
  const checking = Dialog.createButton({
    label: trans.__('Check This Installation…'),
    accept: false
  });
  const result = await showDialog({
    title: trans.__('Model governance'),
    body: ReactWidget.create(
      <About facts={facts} config={config} problem={problem} trans={trans} />
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Close') }),
      ...(check ? [checking] : []),
      Dialog.okButton({ label: trans.__('Copy') })
    ]
  });
  if (result.button.label === checking.label) {
    check?.();
  } else if (result.button.accept) {
    Clipboard.copyToSystem(aboutText(facts, config, problem, trans));
  }
}
