/** Single calls of MLflow's REST API through the relay. */
import {
  readText,
  TooLargeError,
  upstreamError,
  UpstreamError
} from '../relay';
import type { IRelay } from '../tokens';
import { relayPath } from './bridge/address';
import { isObject, type Json } from './wire';

const API = 'api/2.0/mlflow/';
/**
 * Largest answer that our own views read, bytes: 1000 runs with 100 metrics and
 * parameters each have some 15 MB.
 */
export const MAX_ANSWER = 64 * 1024 * 1024;

/** Of a request; a list gives the name once for each of its items. */
export type Query = Record<
  string,
  string | number | readonly string[] | undefined
>;

/** Calls that any connection of MLflow takes; failures are thrown. */
export class Calls {
  constructor(private _relay: IRelay) {}

  async get(
    connection: string,
    path: string,
    query: Query,
    signal?: AbortSignal
  ): Promise<Json> {
    const response = await this.send(connection, API + path, query, signal);
    return this._json(connection, response);
  }

  async post(
    connection: string,
    path: string,
    body: Json,
    signal?: AbortSignal
  ): Promise<Json> {
    const response = await this.send(connection, API + path, {}, signal, body);
    return this._json(connection, response);
  }

  /** @throws RelayError, UpstreamError */
  async send(
    connection: string,
    path: string,
    query: Query,
    signal?: AbortSignal,
    body?: Json
  ): Promise<Response> {
    const pairs = Object.entries(query).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(
        item => `${name}=${encodeURIComponent(String(item))}`
      )
    );
    const search = pairs.length ? `?${pairs.join('&')}` : '';
    const response = await this._relay.request(
      relayPath(connection, { path, search }),
      body
        ? {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
            signal
          }
        : { signal }
    );
    if (!response.ok) {
      throw await upstreamError(response, 'mlflow', connection);
    }
    return response;
  }

  /** @throws UpstreamError */
  private async _json(connection: string, response: Response): Promise<Json> {
    const fail = (message: string, details = ''): UpstreamError =>
      new UpstreamError({
        kind: 'mlflow',
        connection,
        status: response.status,
        message,
        details
      });
    let source: string;
    try {
      source = await readText(response, MAX_ANSWER);
    } catch (error) {
      throw error instanceof TooLargeError
        ? fail(`MLflow: ${error.message}`)
        : error;
    }
    try {
      const answer: unknown = JSON.parse(source);
      if (isObject(answer)) {
        return answer;
      }
    } catch {
      // Said below, with an excerpt.
    }
    throw fail('MLflow gave an answer that is not JSON.', source.slice(0, 500));
  }

  /** Text of a small file; null when there is none or it is too large. */
  async readText(
    connection: string,
    path: string,
    query: Query,
    limit: number,
    signal?: AbortSignal
  ): Promise<string | null> {
    let response: Response;
    try {
      response = await this.send(connection, path, query, signal);
    } catch (error) {
      if (isMissing(error)) {
        return null;
      }
      throw error;
    }
    try {
      return await readText(response, limit);
    } catch (error) {
      if (error instanceof TooLargeError) {
        return null;
      }
      throw error;
    }
  }
}

/** Whether the server has no such thing, or no such route (2.x). */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof UpstreamError &&
    (error.status === 404 ||
      error.status === 405 ||
      // A gateway that gives no such route on.
      error.status === 501 ||
      error.code === 'RESOURCE_DOES_NOT_EXIST' ||
      error.code === 'ENDPOINT_NOT_FOUND')
  );
}
