/** One way to say any failure to a person: what, to what, what next. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { describeAws } from './describeAws';
import { describeMLflow } from './describeMLflow';
import { isAbort, RelayError } from './errors';
import { isRetryable, UpstreamError } from './upstreamErrors';
import { describeUpstream } from './describeUpstream';

/** What can be done about it with one button. */
export type ProblemAction = 'retry' | 'reload' | 'sign-in' | 'none';

/** A failure in words, ready for `ErrorNotice`. */
export interface IProblem {
  /** A few words. */
  title: string;
  /** What happened, to what. */
  message: string;
  /** The next step. */
  hint?: string;
  action?: ProblemAction;
  /** Facts to copy into a ticket; no secret. */
  details: string;
  /** Whether the same request may succeed later. */
  retryable: boolean;
}

/**
 * Say a failure of the relay, of AWS, of MLflow or of anything else.
 *
 * @param error whatever was thrown
 * @param trans bundle of the domain `sagemaker_governance`
 */
export function describeError(
  error: unknown,
  trans: TranslationBundle
): IProblem {
  const problem =
    error instanceof RelayError
      ? describeRelay(error, trans)
      : error instanceof UpstreamError
        ? describeUpstream(error, trans)
        : (describeAws(error, trans) ?? describeOther(error, trans));
  return {
    action: 'retry',
    ...problem,
    details: detailsOf(error),
    retryable: isRetryable(error)
  };
}

type Words = Pick<IProblem, 'title' | 'message' | 'hint' | 'action'>;

function describeRelay(error: RelayError, trans: TranslationBundle): Words {
  const where = error.connection
    ? trans.__('connection “%1”', error.connection)
    : trans.__('the server extension');
  const said = relayWords(error, where, trans);
  // "connection ..." and messages of the server can stand at the beginning.
  const [first = ''] = said.message;
  const words = {
    ...said,
    message: first.toLocaleUpperCase() + said.message.slice(first.length)
  };
  // The server knows its own configuration best: its hint wins.
  return error.hint ? { ...words, hint: error.hint } : words;
}

function relayWords(
  error: RelayError,
  where: string,
  trans: TranslationBundle
): Words {
  // The server begins with the name of the connection, as logs want it.
  const prefix = `${error.connection}: `;
  const message = error.message.startsWith(prefix)
    ? error.message.slice(prefix.length)
    : error.message;
  const admin = trans.__('Ask your administrator to check %1.', where);
  switch (error.code) {
    case 'network':
      return {
        title: trans.__('The lab server did not answer'),
        message: trans.__(
          'No answer came from the Jupyter server; a request may have reached it.'
        ),
        hint: trans.__('Check your network, then try again.')
      };
    case 'signed_out':
      return {
        title: trans.__('Your session has ended'),
        message: trans.__('The lab asks you to sign in again.'),
        hint: trans.__(
          'Reload the page. In Studio, open the space again from the portal.'
        ),
        action: 'sign-in'
      };
    case 'not_installed':
      return {
        title: trans.__('The server part is not running'),
        message: trans.__(
          'This page has the extension, the Jupyter server has not loaded it.'
        ),
        hint: trans.__(
          'Restart the space. If this stays, ask your administrator to check that “sagemaker_governance” is in the output of “jupyter server extension list”.'
        )
      };
    case 'not_a_fetch':
    case 'cross_site':
      return {
        title: trans.__('Request refused'),
        message: trans.__('The server took the request for a foreign one.'),
        hint: trans.__('Reload the page.'),
        action: 'reload'
      };
    case 'credentials_unavailable':
      return {
        title: trans.__('No AWS credentials'),
        message: trans.__('The space has no credentials for %1.', where),
        hint: trans.__(
          'Ask your administrator whether the space has an execution role.'
        )
      };
    case 'credentials_expired':
      return {
        title: trans.__('AWS credentials have expired'),
        message: trans.__(
          'The credentials for %1 could not be renewed.',
          where
        ),
        hint: trans.__('Try again; if it stays, restart the space.')
      };
    case 'assume_role_denied':
      return {
        title: trans.__('The role of this registry refuses us'),
        message,
        hint: trans.__(
          'The trust policy of that role must name the role of this space and the external id. Ask the administrator of %1.',
          where
        )
      };
    case 'secret_unavailable':
      return {
        title: trans.__('A secret could not be read'),
        message,
        hint: admin
      };
    case 'upstream_unreachable':
    case 'upstream_closed':
      return {
        title: trans.__('No connection'),
        message: trans.__('%1 could not be reached. %2', where, message),
        hint: trans.__(
          'Try again; if it stays, ask your administrator about the network path from this space.'
        )
      };
    case 'upstream_timeout':
      return {
        title: trans.__('No answer in time'),
        message: trans.__('%1 took too long. %2', where, message),
        hint: trans.__('Try again.')
      };
    case 'upstream_login_page':
      return {
        title: trans.__('A login page came back'),
        message: trans.__(
          '%1 wants a login instead of answering: %2',
          where,
          message
        ),
        hint: admin
      };
    case 'upstream_redirect':
      return {
        title: trans.__('It sends us elsewhere'),
        message: trans.__(
          '%1 answered with a redirect, not with data: %2',
          where,
          message
        ),
        hint: admin
      };
    case 'upstream_not_json':
      return {
        title: trans.__('An unexpected page came back'),
        message: trans.__(
          '%1 answered with something else than data, mostly the page of a proxy: %2',
          where,
          message
        ),
        hint: admin
      };
    case 'upstream_unauthorized':
      return {
        title: trans.__('Sign-in refused'),
        message: trans.__(
          '%1 does not accept the configured login: %2',
          where,
          message
        ),
        hint: admin
      };
    case 'upstream_forbidden':
      return {
        title: trans.__('Access refused'),
        message: trans.__('%1 refuses us: %2', where, message),
        hint: admin
      };
    case 'upstream_wrong_path':
      return {
        title: trans.__('Nothing at this address'),
        message: trans.__('The address of %1 is wrong: %2', where, message),
        hint: admin
      };
    case 'unknown_connection':
      return {
        title: trans.__('Unknown connection'),
        message: trans.__('The server has no %1.', where),
        hint: trans.__('The configuration has changed: reload the page.'),
        action: 'reload'
      };
    case 'operation_not_allowed':
    case 'path_not_allowed':
    case 'bad_path':
    case 'bad_request':
      return {
        title: trans.__('Not let through'),
        message: trans.__('The server does not pass this on: %1', message),
        hint: trans.__('Copy the details for your administrator.'),
        action: 'none'
      };
    case 'upstream_too_large':
    case 'too_large':
      return {
        title: trans.__('Too large'),
        message,
        hint: trans.__('The limit is set by your administrator.'),
        action: 'none'
      };
    case 'unknown_route':
    case 'method_not_allowed':
      return {
        title: trans.__('The server part is another version'),
        message: trans.__('It does not know what this page asks: %1', message),
        hint: trans.__('Reload the page; if it stays, restart the server.'),
        action: 'reload'
      };
    case 'no_space':
      return {
        title: trans.__('No space left'),
        message,
        hint: trans.__('Free some space in the home folder, then try again.')
      };
    case 'internal':
      return {
        title: trans.__('The server part failed'),
        message,
        hint: trans.__('Copy the details for your administrator.')
      };
    case 'read_only':
      return {
        title: trans.__('Read only'),
        message: trans.__('%1 is configured to be read only.', where),
        action: 'none'
      };
    default:
      return (
        describeMLflow(error, trans) ?? {
          title: trans.__('Request failed'),
          message
        }
      );
  }
}

function describeOther(error: unknown, trans: TranslationBundle): Words {
  if (isAbort(error)) {
    return {
      title: trans.__('Cancelled'),
      message: trans.__('The request was given up.')
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && error.name === 'ChunkLoadError') {
    return {
      title: trans.__('A part of the extension could not be loaded'),
      message: trans.__('The installed version has probably changed.'),
      hint: trans.__('Reload the page.'),
      action: 'reload'
    };
  }
  return { title: trans.__('Something went wrong'), message };
}

/** Facts for a ticket, one a line. */
function detailsOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const lines = [`${error.name}: ${error.message}`];
  if (error instanceof RelayError || error instanceof UpstreamError) {
    lines.push(
      `code: ${error.code ?? '-'}`,
      `connection: ${error.connection ?? '-'}`,
      `status: ${error.status ?? '-'}`
    );
    if (error.details) {
      lines.push(error.details);
    }
  }
  const metadata = (
    error as {
      $metadata?: {
        httpStatusCode?: number;
        requestId?: string;
        attempts?: number;
      };
    }
  ).$metadata;
  if (metadata) {
    lines.push(
      `status: ${metadata.httpStatusCode ?? '-'}`,
      `request id: ${metadata.requestId ?? '-'}`,
      `attempts: ${metadata.attempts ?? 1}`
    );
  }
  lines.push(`time: ${new Date().toISOString()}`);
  return lines.join('\n');
}
