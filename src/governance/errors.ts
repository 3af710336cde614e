import { RelayError, UpstreamError } from '../relay';
import type { IConfig, IGovernanceStatus } from '../tokens';

/** What kept OpenPages from telling; decides the text and the way out. */
export type OpenPagesReason =
  /** A type or field of the configured schema does not exist (OP-60005). */
  | 'unknown-field'
  /** The statement was refused: wrong join direction or grammar (OP-60002). */
  | 'bad-query'
  /** Signed in, but not allowed. */
  | 'forbidden'
  /** The group is linked to a use case that this user may not see. */
  | 'use-case-not-visible'
  /** The group is in OpenPages; what stands above it is not known yet. */
  | 'not-looked-at'
  /** A card or a tag names a use case that OpenPages does not show. */
  | 'unknown-use-case'
  /** Several objects fit and nothing tells which one is meant. */
  | 'ambiguous'
  | 'not-found'
  | 'throttled'
  | 'unavailable'
  /** The answer is not what the API describes. */
  | 'bad-answer'
  /** The configured schema cannot be put into a statement. */
  | 'bad-schema'
  | 'refused';

/** Message id of OpenPages, e.g. `OP-60005`. */
const OP_CODE = /\bOP-\d{5}\b/;

/**
 * OpenPages said no, or said something that cannot be used.
 *
 * OpenPages answers some mistakes of the caller with HTTP 500 (a text that is
 * too long: OP-03381), so the message id is looked at before the status.
 */
export class OpenPagesError extends UpstreamError {
  constructor(options: OpenPagesError.IOptions) {
    super({
      kind: 'openpages',
      connection: options.connection,
      message: options.message,
      status: options.status ?? 0,
      code: options.opCode ?? null,
      details: options.details
    });
    this.name = 'OpenPagesError';
    this.reason = options.reason;
  }

  readonly reason: OpenPagesReason;

  /** Message id of OpenPages, null when it gave none. */
  get opCode(): string | null {
    return this.code;
  }

  /** Whether the user lacks a right (as against: something is broken). */
  get denied(): boolean {
    return (
      this.reason === 'forbidden' || this.reason === 'use-case-not-visible'
    );
  }

  get retryable(): boolean {
    return this.reason === 'throttled' || this.reason === 'unavailable';
  }

  /** The error behind an answer whose status is not 2xx. */
  static from(
    error: UpstreamError,
    what: { connection: string; details?: string }
  ): OpenPagesError {
    const opCode =
      OP_CODE.exec(
        `${error.code ?? ''} ${error.message} ${error.details}`
      )?.[0] ?? null;
    return new OpenPagesError({
      connection: what.connection,
      message: error.message,
      status: error.status,
      opCode,
      details: [what.details, error.details].filter(Boolean).join('\n'),
      reason: reasonOf(error.status, opCode)
    });
  }
}

export namespace OpenPagesError {
  export interface IOptions {
    connection: string;
    reason: OpenPagesReason;
    message: string;
    /** HTTP status, absent when the trouble is not an HTTP one. */
    status?: number;
    opCode?: string | null;
    details?: string;
  }
}

function reasonOf(status: number, opCode: string | null): OpenPagesReason {
  if (opCode === 'OP-60005') {
    return 'unknown-field';
  }
  if (opCode === 'OP-60002') {
    return 'bad-query';
  }
  if (status === 401 || status === 403) {
    return 'forbidden';
  }
  if (status === 404) {
    return 'not-found';
  }
  if (status === 429) {
    return 'throttled';
  }
  if (status >= 500 && !opCode) {
    return 'unavailable';
  }
  return 'refused';
}

/** Reasons that have to do with the console, not with one use case of it. */
const OF_CONSOLE: ReadonlySet<OpenPagesReason> = new Set<OpenPagesReason>([
  'unknown-field',
  'bad-query',
  'throttled',
  'unavailable',
  'bad-answer',
  'bad-schema'
]);

/** The failure that decides about a status that is not known; null: none. */
export function failureOf(status: IGovernanceStatus): unknown {
  const { answers } = status;
  return (
    answers.find(({ state }) => state === 'failed')?.error ??
    answers.find(({ connection, error }) => connection && error)?.error ??
    null
  );
}

/** Whether a status is not known because this user lacks a right. */
export function isDenied(status: IGovernanceStatus): boolean {
  const error =
    status.state === 'could-not-read' ? failureOf(status) : undefined;
  return error instanceof OpenPagesError && error.denied;
}

/** Reasons for which the mapping of types and fields is to be checked. */
const OF_MAPPING: ReadonlySet<OpenPagesReason> = new Set<OpenPagesReason>([
  'unknown-field',
  'bad-query',
  'bad-schema'
]);

/** Whether a console refused the names that are configured for it. */
export function isOfMapping(error: unknown): boolean {
  return error instanceof OpenPagesError && OF_MAPPING.has(error.reason);
}

/** Use cases without a status from which on their field is in doubt. */
const SUSPICIOUS = 3;

/**
 * A console whose use cases all have no status: the field that is configured
 * for it may be another one.
 *
 * @param statuses - of as many groups as are known.
 * @returns its id and the number of these use cases; null: nothing strange
 */
export function statusesMissing(
  statuses: Iterable<IGovernanceStatus>
): { connection: string; useCases: number } | null {
  const bare = new Map<string, Set<string>>();
  const told = new Set<string>();
  for (const { answers } of statuses) {
    for (const { connection, source, useCase } of answers) {
      if (source !== 'openpages' || !connection || !useCase) {
        continue;
      }
      if (useCase.status) {
        told.add(connection);
      } else {
        const ids = bare.get(connection) ?? new Set();
        bare.set(connection, ids.add(useCase.id));
      }
    }
  }
  for (const [connection, ids] of bare) {
    if (!told.has(connection) && ids.size >= SUSPICIOUS) {
      return { connection, useCases: ids.size };
    }
  }
  return null;
}

/**
 * The console that could not be read at all, and why.
 *
 * @returns null when the console answered, if only to say no for this use case
 */
export function consoleFailure(
  status: IGovernanceStatus
): { connection: string; error: unknown } | null {
  for (const { connection, error } of status.answers) {
    if (
      connection !== null &&
      (error instanceof RelayError ||
        (error instanceof OpenPagesError && OF_CONSOLE.has(error.reason)))
    ) {
      return { connection, error };
    }
  }
  return null;
}

/**
 * Labels of the consoles that could not be read at all.
 *
 * @param statuses - of as many groups as are known.
 */
export function unreadConsoles(
  statuses: Iterable<IGovernanceStatus>,
  { connections }: Pick<IConfig, 'connections'>
): string[] {
  const failed = new Set<string>();
  for (const status of statuses) {
    const failure = consoleFailure(status);
    if (failure) {
      failed.add(failure.connection);
    }
  }
  return connections
    .filter(({ id }) => failed.has(id))
    .map(({ label }) => label);
}
