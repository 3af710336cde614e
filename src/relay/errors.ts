/** Errors of the way to an upstream, each with what a person needs to know. */

/**
 * What went wrong between the browser and an upstream.
 *
 * All but the last three are codes of the server (`X-Relay-Error`); `network`
 * is a fetch that got no answer, `not_installed` a lab without our server
 * extension, `signed_out` the lab's own login page or refusal.
 */
export type RelayCode =
  | 'unknown_connection'
  | 'operation_not_allowed'
  | 'path_not_allowed'
  | 'bad_path'
  | 'cross_site'
  | 'credentials_unavailable'
  | 'credentials_expired'
  | 'assume_role_denied'
  | 'secret_unavailable'
  | 'upstream_unreachable'
  | 'upstream_timeout'
  | 'upstream_closed'
  | 'upstream_not_json'
  | 'upstream_login_page'
  | 'upstream_redirect'
  | 'upstream_unauthorized'
  | 'upstream_forbidden'
  | 'upstream_wrong_path'
  | 'upstream_too_large'
  | 'upstream_refused'
  | 'server_not_running'
  | 'no_ui_assets'
  | 'no_twin'
  | 'no_artifact'
  | 'too_large'
  | 'no_space'
  | 'read_only'
  | 'unknown_route'
  | 'method_not_allowed'
  | 'bad_request'
  | 'not_a_fetch'
  | 'internal'
  | 'network'
  | 'not_installed'
  | 'signed_out';

/** Codes after which the same request may well succeed. */
const TRANSIENT: ReadonlySet<string> = new Set([
  'credentials_expired',
  'upstream_unreachable',
  'upstream_timeout',
  'upstream_closed',
  'network'
]);

/** A failure of the relay itself, of the network or of the lab's login. */
export class RelayError extends Error {
  constructor(options: RelayError.IOptions) {
    super(options.message);
    this.name = 'RelayError';
    this.code = options.code;
    this.hint = options.hint ?? null;
    this.connection = options.connection ?? null;
    this.status = options.status ?? null;
    this.details = options.details ?? '';
  }

  /** A `RelayCode`, or a newer code that this front end does not know. */
  readonly code: string;
  /** Next step, as the server words it. */
  readonly hint: string | null;
  /** Id of the connection. */
  readonly connection: string | null;
  /** HTTP status, null when there was no answer. */
  readonly status: number | null;
  /** Facts for a bug report; never a secret. */
  readonly details: string;

  /** Whether trying again makes sense. */
  get retryable(): boolean {
    return TRANSIENT.has(this.code);
  }
}

export namespace RelayError {
  export interface IOptions {
    code: RelayCode | string;
    message: string;
    hint?: string | null;
    connection?: string | null;
    status?: number | null;
    details?: string;
  }
}

/** Whether the request was given up on purpose. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
