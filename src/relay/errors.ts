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
  | 'too_large'
  | 'read_only'
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

/** A JSON error of MLflow or OpenPages itself, passed on by the relay. */
export class UpstreamError extends Error {
  constructor(options: UpstreamError.IOptions) {
    super(options.message);
    this.name = 'UpstreamError';
    this.kind = options.kind;
    this.connection = options.connection;
    this.status = options.status;
    this.code = options.code ?? null;
    this.details = options.details ?? '';
  }

  readonly kind: 'mlflow' | 'openpages';
  readonly connection: string;
  /** HTTP status. */
  readonly status: number;
  /** MLflow's `error_code`, OpenPages' message id. */
  readonly code: string | null;
  readonly details: string;

  /** Whether trying again makes sense. */
  get retryable(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

export namespace UpstreamError {
  export interface IOptions {
    kind: 'mlflow' | 'openpages';
    connection: string;
    message: string;
    status: number;
    code?: string | null;
    details?: string;
  }
}

/** Longest piece of an unknown body that is kept for the details. */
const EXCERPT = 500;

function text(value: unknown): string | null {
  return typeof value === 'string' && value ? value : null;
}

/**
 * The error behind an answer of MLflow or OpenPages whose status is not 2xx.
 *
 * Reads the body; understands `{error_code, message}` of MLflow and
 * `{message | errorMessage | error | messageId | code}` of OpenPages.
 */
export async function upstreamError(
  response: Response,
  kind: 'mlflow' | 'openpages',
  connection: string
): Promise<UpstreamError> {
  const raw = await response.text().catch(() => '');
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(raw);
    if (parsed && typeof parsed === 'object') {
      body = parsed as Record<string, unknown>;
    }
  } catch {
    // Not JSON: the excerpt in the details tells.
  }
  const inner =
    body.error && typeof body.error === 'object'
      ? (body.error as Record<string, unknown>)
      : body;
  const message =
    text(inner.message) ??
    text(inner.errorMessage) ??
    text(inner.error) ??
    `HTTP ${response.status}`;
  const code =
    text(inner.error_code) ?? text(inner.messageId) ?? text(inner.code);
  return new UpstreamError({
    kind,
    connection,
    message,
    status: response.status,
    code,
    details: raw.slice(0, EXCERPT)
  });
}

/** Whether the request was given up on purpose. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/**
 * Whether the same request may succeed later, whatever the error's origin.
 *
 * The AWS client retries throttling itself; what arrives here has used that up.
 */
export function isRetryable(error: unknown): boolean {
  if (error instanceof RelayError || error instanceof UpstreamError) {
    return error.retryable;
  }
  if (!(error instanceof Error)) {
    return false;
  }
  const status = (error as { $metadata?: { httpStatusCode?: number } })
    .$metadata?.httpStatusCode;
  return isThrottling(error) || (status !== undefined && status >= 500);
}

/** Whether AWS asks us to slow down. */
export function isThrottling(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(Throttl|TooManyRequests|RequestLimitExceeded|SlowDown)/.test(error.name)
  );
}

/** Whether the role lacks a right (AWS's own answer). */
export function isAccessDenied(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(AccessDenied|UnauthorizedOperation|NotAuthorized)/.test(error.name)
  );
}
