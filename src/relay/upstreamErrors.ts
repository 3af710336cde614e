/** What AWS, MLflow and OpenPages say themselves. Not part of the lab's start. */
import { RelayError } from './errors';
import { readText } from './read';

/** Largest error that is read, bytes: of a longer one only the status is told. */
const MAX_ERROR = 1024 * 1024;

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
 * `{message | errorMessage | error | messageId | code}` of OpenPages, also in
 * `error` or as the first of `errors`.
 */
export async function upstreamError(
  response: Response,
  kind: 'mlflow' | 'openpages',
  connection: string
): Promise<UpstreamError> {
  const raw = await readText(response, MAX_ERROR).catch(() => '');
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(raw);
    if (parsed && typeof parsed === 'object') {
      body = parsed as Record<string, unknown>;
    }
  } catch {
    // Not JSON: the excerpt in the details tells.
  }
  const first = Array.isArray(body.errors)
    ? (body.errors as unknown[])[0]
    : null;
  const nested = first ?? body.error;
  const inner =
    nested && typeof nested === 'object'
      ? (nested as Record<string, unknown>)
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
