/** Servers in words. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IMLflowConnection } from '../tokens';
import type { IMLflowServer, ServerState } from './servers';

/** What kind of server it is. */
export function kindText(
  { server }: Pick<IMLflowConnection, 'server'>,
  trans: TranslationBundle
): string {
  switch (server) {
    case 'tracking-server':
      return trans.__('SageMaker tracking server');
    case 'app':
      return trans.__('SageMaker MLflow App');
    case 'api-gateway':
      return trans.__('behind API Gateway');
    default:
      return trans.__('self-hosted');
  }
}

/** A state that is worth a word; null: it runs, or nobody can tell. */
export function stateText(
  state: ServerState | null,
  trans: TranslationBundle
): string | null {
  switch (state) {
    case 'stopped':
      return trans.__('stopped');
    case 'starting':
      return trans.__('is being started');
    case 'stopping':
      return trans.__('is being stopped');
    case 'creating':
      return trans.__('is being created');
    case 'updating':
      return trans.__('is being changed');
    case 'deleting':
      return trans.__('is being deleted');
    case 'failed':
      return trans.__('failed');
    default:
      return null;
  }
}

/** What is special about a server now, in a word or two each. */
export function serverMarks(
  server: Pick<IMLflowConnection, 'readOnly' | 'ui'> &
    Partial<Pick<IMLflowServer, 'state'>>,
  trans: TranslationBundle
): string[] {
  return [
    stateText(server.state ?? null, trans),
    server.readOnly ? trans.__('read only') : null,
    server.ui === 'tab' ? trans.__('opens in a browser tab') : null
  ].filter((mark): mark is string => mark !== null);
}

/**
 * Facts of a server in one line: its id or name where its label is another, its
 * kind, where it is, versions.
 */
export function serverText(
  server: IMLflowConnection | IMLflowServer,
  trans: TranslationBundle
): string {
  const { id, name, label, discovered, account, region, ui, assets } = server;
  const own = discovered ? (name ?? id) : id;
  const { version, shown } =
    'shown' in server ? server : { version: null, shown: undefined };
  return [
    own === label ? null : own,
    kindText(server, trans),
    account,
    region,
    version && trans.__('MLflow %1', version),
    shown && shown.version !== version
      ? trans.__('shown by %1', shown.version)
      : null,
    ui === 'bridge' && assets === 'installed' && shown === null
      ? trans.__('no MLflow is installed to show it')
      : null
  ]
    .filter(Boolean)
    .join(' · ');
}

/** What to know of pages that are of another version than the server. */
export interface ISkew {
  /** `warning`: pages may fail. */
  kind: 'info' | 'warning';
  /** Version of the pages. */
  version: string;
  text: string;
}

/**
 * What to know of the UI that an installed mlflow shows for a server; null: they
 * fit, or it is the server's own.
 */
export function skewText(
  { shown, version, label }: IMLflowServer,
  trans: TranslationBundle
): ISkew | null {
  if (!shown) {
    return null;
  }
  switch (shown.skew) {
    case 'major':
      return {
        kind: 'warning',
        version: shown.version,
        text: trans.__(
          'These are the pages of MLflow %1, and %2 runs %3: some may fail. Install mlflow %3 where the Jupyter server or a kernel runs.',
          shown.version,
          label,
          version ?? '?'
        )
      };
    case 'minor':
      return {
        kind: 'info',
        version: shown.version,
        text: trans.__(
          'These are the pages of MLflow %1, and %2 runs %3: little may differ.',
          shown.version,
          label,
          version ?? '?'
        )
      };
    case 'unknown':
      return {
        kind: 'info',
        version: shown.version,
        text: trans.__(
          'These are the pages of MLflow %1; which version %2 runs is not known.',
          shown.version,
          label
        )
      };
    default:
      return null;
  }
}
