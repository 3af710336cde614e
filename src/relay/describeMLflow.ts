import type { TranslationBundle } from '@jupyterlab/translation';

import type { IProblem } from './describe';
import type { RelayError } from './errors';

type Words = Pick<IProblem, 'title' | 'message' | 'hint' | 'action'>;

/**
 * Say what the relay knows of MLflow servers that it reaches below `/api/` only,
 * and of those that SageMaker runs. The server's own text names the thing.
 *
 * @returns null for other codes
 */
export function describeMLflow(
  { code, message }: RelayError,
  trans: TranslationBundle
): Words | null {
  switch (code) {
    case 'server_not_running':
      return {
        title: trans.__('The MLflow server does not run'),
        message,
        hint: trans.__('Open MLflow: it says what can be done.')
      };
    case 'no_twin':
      return {
        title: trans.__('Not possible with this MLflow server'),
        message,
        hint: trans.__('Open MLflow in a browser tab for it.'),
        action: 'none'
      };
    case 'no_ui_assets':
      return {
        title: trans.__('No MLflow is installed to show'),
        message,
        hint: trans.__(
          'Install mlflow where the Jupyter server or a kernel runs, then try again.'
        )
      };
    case 'no_artifact':
      return {
        title: trans.__('No such file'),
        message,
        hint: trans.__('It may have been deleted: reload MLflow.'),
        action: 'none'
      };
    case 'upstream_refused':
      return {
        title: trans.__('The request was refused'),
        message,
        hint: trans.__('Try again in a minute.')
      };
    default:
      return null;
  }
}
