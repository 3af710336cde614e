/** How the command line ends; documented in docs/admin-guide.md. */
export const EXIT = {
  /** Done, or nothing to do. */
  ok: 0,
  /** AWS or the network refused something; run the command again to go on. */
  failed: 1,
  /** The command was not understood. */
  usage: 2,
  /** `doctor` found something to mend. */
  findings: 3,
  /** Nothing was changed, since something else would have been overwritten. */
  refused: 4,
  /** Nothing was changed, since nobody agreed. */
  notConfirmed: 5,
  /** An update changed more than it should have; the text says what. */
  sideEffect: 6,
  /** Some user profiles are done or told of, others are not; the text names them. */
  partial: 7
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A failure that people can act on. */
export class CliError extends Error {
  /**
   * @param message what happened, to what
   * @param hint what to do next
   * @param code how the process ends
   * @param general whether every other call would fail likewise
   */
  constructor(
    message: string,
    readonly hint: string,
    readonly code: ExitCode = EXIT.failed,
    readonly general = false
  ) {
    super(message);
    this.name = 'CliError';
  }
}

function text(error: unknown, member: string): string {
  if (typeof error === 'object' && error !== null && member in error) {
    const value: unknown = Reflect.get(error, member);
    return typeof value === 'string' ? value : '';
  }
  return '';
}

/** AWS's code of an error, such as `ResourceInUse`; empty when it has none. */
export function codeOf(error: unknown): string {
  return text(error, 'name');
}

const NETWORK =
  /^(ECONN|ENOTFOUND|EAI_AGAIN|EHOST|ENET|ETIMEDOUT|EPIPE|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/;

/**
 * Any failure as one that people can act on.
 *
 * @param doing what was being done, such as `Updating domain d-abc`
 */
export function explain(error: unknown, doing: string): CliError {
  if (error instanceof CliError) {
    return error;
  }
  const code = codeOf(error);
  const said = text(error, 'message') || String(error);
  const message = `${doing} failed: ${said}`;
  const general = (hint: string) =>
    new CliError(message, hint, EXIT.failed, true);
  if (
    /^AccessDenied|^Forbidden|^403$/.test(code) ||
    said.includes('Access Denied')
  ) {
    return new CliError(
      message,
      'Give the caller the action that the message names; lifecycle-config/iam/admin.json has all that are needed.'
    );
  }
  if (/Expired/.test(code)) {
    return general('Sign in again, then run the same command.');
  }
  if (
    code === 'CredentialsProviderError' ||
    /UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|Signature/.test(
      code
    )
  ) {
    return general(
      'Check --profile and --role-arn, or sign in (aws sso login).'
    );
  }
  if (NETWORK.test(text(error, 'code')) || code === 'TimeoutError') {
    return general(
      'Check the network: the AWS endpoints of this region must be reachable from here (docs/admin-guide.md lists them).'
    );
  }
  if (/Throttl|TooManyRequests|SlowDown/.test(code)) {
    return general('Wait a minute, then run the same command.');
  }
  return new CliError(
    message,
    'Mend what the message says and run the same command again: what is done is not done twice.'
  );
}
