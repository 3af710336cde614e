/**
 * AWS clients in the browser. Heavy: import this module with `import()` only.
 *
 * The relay signs; here is no credential. The endpoint is a path below our
 * routes, the signer leaves the request as it is.
 */
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { STSClient } from '@aws-sdk/client-sts';

import type { IRelay, ISageMakerConnection } from '../tokens';
import { Limiter } from './limiter';

/** Calls in flight per connection, over all its clients. */
export const MAX_IN_FLIGHT = 4;

/** Attempts per call, the first included. */
const MAX_ATTEMPTS = 4;

/** What the SDK asks of a transport; its own types live in a transitive package. */
interface IHttpRequest {
  method: string;
  headers: Record<string, string>;
  body?: BodyInit;
}
interface IHandlerOptions {
  abortSignal?: unknown;
}

const limiters = new WeakMap<IRelay, Map<string, Limiter>>();

function limiterOf(relay: IRelay, connection: string): Limiter {
  let ofRelay = limiters.get(relay);
  if (!ofRelay) {
    ofRelay = new Map();
    limiters.set(relay, ofRelay);
  }
  let limiter = ofRelay.get(connection);
  if (!limiter) {
    limiter = new Limiter(MAX_IN_FLIGHT);
    ofRelay.set(connection, limiter);
  }
  return limiter;
}

/** Headers that the server needs; it refuses or drops the others. */
const PASSED = ['content-type', 'x-amz-target'];

function transport(relay: IRelay, connection: string, service: string) {
  const limiter = limiterOf(relay, connection);
  return {
    handle: (request: IHttpRequest, options: IHandlerOptions = {}) => {
      const signal =
        options.abortSignal instanceof AbortSignal
          ? options.abortSignal
          : undefined;
      return limiter.run(async () => {
        const headers: Record<string, string> = {};
        for (const [name, value] of Object.entries(request.headers)) {
          if (PASSED.includes(name.toLowerCase())) {
            headers[name] = value;
          }
        }
        const answer = await relay.request(`aws/${connection}/${service}/`, {
          method: request.method,
          headers,
          body: request.body,
          signal
        });
        const received: Record<string, string> = {};
        answer.headers.forEach((value, name) => {
          received[name.toLowerCase()] = value;
        });
        return {
          response: {
            statusCode: answer.status,
            reason: answer.statusText,
            headers: received,
            body: new Uint8Array(await answer.arrayBuffer())
          }
        };
      }, signal);
    },
    metadata: { handlerProtocol: 'http/1.1' },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => undefined
  };
}

function clientConfig(
  relay: IRelay,
  connection: ISageMakerConnection,
  service: string
) {
  return {
    region: connection.region,
    // Never reached: the transport takes the body and picks the route.
    endpoint: `https://relay.invalid/aws/${connection.id}/${service}/`,
    credentials: { accessKeyId: 'relay', secretAccessKey: 'relay' },
    signer: { sign: async <T>(request: T): Promise<T> => request },
    requestHandler: transport(relay, connection.id, service),
    maxAttempts: MAX_ATTEMPTS,
    retryMode: 'adaptive'
  };
}

/** Client of the registry behind a connection. */
export function createSageMakerClient(
  relay: IRelay,
  connection: ISageMakerConnection
): SageMakerClient {
  return new SageMakerClient(clientConfig(relay, connection, 'sagemaker'));
}

/** Client that tells who we are behind a connection. */
export function createSTSClient(
  relay: IRelay,
  connection: ISageMakerConnection
): STSClient {
  return new STSClient(clientConfig(relay, connection, 'sts'));
}
