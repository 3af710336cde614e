import type { TranslationBundle } from '@jupyterlab/translation';

import type { IConfig } from '../tokens';
import { API_VERSION } from '../tokens';

/** Front end and server do not fit together. */
export interface IMismatch {
  /** Which side is older. */
  older: 'browser' | 'server';
  message: string;
  /** What the person can do. */
  hint: string;
}

/**
 * Compare the contract of the server with ours.
 *
 * @param config answer of the server
 * @returns null when they fit
 */
export function handshake(
  config: IConfig,
  trans: TranslationBundle,
  ours: number = API_VERSION
): IMismatch | null {
  if (config.api === ours) {
    return null;
  }
  if (config.api > ours) {
    return {
      older: 'browser',
      message: trans.__(
        'This page is older than the server extension (contract %1, server %2).',
        ours,
        config.api
      ),
      hint: trans.__('Reload the page.')
    };
  }
  return {
    older: 'server',
    message: trans.__(
      'The server extension is older than this page (contract %1, server %2).',
      ours,
      config.api
    ),
    hint: trans.__(
      'Restart the space; if this line stays, ask your administrator to install one version of both parts.'
    )
  };
}
