/** Door of the relay room. `./aws` is heavy: `import('../relay/aws')`. */
export { groupArnOf, groupNameOf, parseArn, versionOf } from './arn';
export { describeError } from './describe';
export type { IProblem, ProblemAction } from './describe';
export { isAbort, RelayError } from './errors';
export type { RelayCode } from './errors';
export { groupOfArn } from './groupOfArn';
export { handshake } from './handshake';
export type { IMismatch } from './handshake';
export { Limiter } from './limiter';
export { decode, eachPart, readParts, readText, TooLargeError } from './read';
export { Relay } from './relay';
export { newToken } from './random';
export {
  isAccessDenied,
  isRetryable,
  isThrottling,
  UpstreamError,
  upstreamError
} from './upstreamErrors';
