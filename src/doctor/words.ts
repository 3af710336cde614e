/** Names of checks, states and groups, in the language of the lab. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { CheckState } from '../tokens';
import type { GlyphName } from '../ui';
import type { ICheckGroup } from './stream';

/** Drawing of a state; the word stands beside it. */
export const GLYPHS: Record<CheckState, GlyphName> = {
  failed: 'cross',
  warning: 'warning',
  untested: 'question',
  ok: 'check',
  info: 'info'
};

export function stateWord(state: CheckState, trans: TranslationBundle): string {
  switch (state) {
    case 'failed':
      return trans.__('Failed');
    case 'warning':
      return trans.__('Warning');
    case 'untested':
      return trans.__('Not testable');
    case 'ok':
      return trans.__('OK');
    case 'info':
      return trans.__('Fact');
  }
}

/** `2 failed`, `1 warning`, ... */
export function countWords(
  state: CheckState,
  count: number,
  trans: TranslationBundle
): string {
  switch (state) {
    case 'failed':
      return trans._n('%1 failure', '%1 failures', count);
    case 'warning':
      return trans._n('%1 warning', '%1 warnings', count);
    case 'untested':
      return trans._n('%1 not testable', '%1 not testable', count);
    case 'ok':
      return trans._n('%1 OK', '%1 OK', count);
    case 'info':
      return trans._n('%1 fact', '%1 facts', count);
  }
}

export function groupTitle(
  group: ICheckGroup,
  trans: TranslationBundle
): string {
  switch (group) {
    case 'installation':
      return trans.__('Installation');
    case 'identity':
      return trans.__('Identity');
    case 'registry':
      return trans.__('Registry');
    case 'openpages':
      return trans.__('Governance console');
    case 'mlflow':
      return trans.__('MLflow');
  }
}

/** Title of a check; the name itself for one that only a newer server knows. */
export function checkTitle(check: string, trans: TranslationBundle): string {
  const titles: Record<string, string> = {
    versions: trans.__('Versions'),
    software: trans.__('Software'),
    app: trans.__('App'),
    space: trans.__('Space'),
    configuration: trans.__('Configuration'),
    enabled: trans.__('Enabled'),
    installer: trans.__('Installer'),
    copies: trans.__('Other copies'),
    clock: trans.__('Clock'),
    network: trans.__('Proxy and certificates'),
    identity: trans.__('Role'),
    'source-identity': trans.__('Source identity'),
    'full-access': 'AmazonSageMakerFullAccess',
    action: trans.__('Right'),
    secrets: trans.__('Secrets'),
    console: trans.__('Console'),
    fields: trans.__('Fields'),
    entities: trans.__('Business entities'),
    mlflow: trans.__('MLflow API'),
    'mlflow-version': trans.__('MLflow version'),
    'mlflow-ui': trans.__('MLflow pages'),
    'mlflow-servers': trans.__('Managed MLflow')
  };
  return titles[check] ?? check;
}
