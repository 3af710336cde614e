import type { TranslationBundle } from '@jupyterlab/translation';

import type { UpstreamError } from './upstreamErrors';
import type { IProblem } from './describe';

type Words = Pick<IProblem, 'title' | 'message' | 'hint' | 'action'>;

/** Say an error of MLflow or OpenPages itself. */
export function describeUpstream(
  error: UpstreamError,
  trans: TranslationBundle
): Words {
  const name = error.kind === 'mlflow' ? 'MLflow' : 'OpenPages';
  const { message, status } = error;
  if (status === 401 || status === 403 || error.code === 'PERMISSION_DENIED') {
    return {
      title: trans.__('%1 does not allow it', name),
      message,
      hint: trans.__(
        'Ask the administrator of connection “%1” for the right.',
        error.connection
      )
    };
  }
  if (status === 404 || error.code === 'RESOURCE_DOES_NOT_EXIST') {
    return {
      title: trans.__('%1 does not know it', name),
      message,
      hint: trans.__('It may have been deleted: refresh.')
    };
  }
  if (status === 429) {
    return {
      title: trans.__('%1 asks to slow down', name),
      message,
      hint: trans.__('Try again in a minute.')
    };
  }
  if (status >= 500) {
    return {
      title: trans.__('%1 failed', name),
      message,
      hint: trans.__(
        'Try again; if it stays, tell the administrator of connection “%1”.',
        error.connection
      )
    };
  }
  return {
    title: trans.__('%1 refused the request', name),
    message,
    action: 'none'
  };
}
