import { ServerConnection } from '@jupyterlab/services';
import type { QueryClient } from '@tanstack/react-query';

import type { IConfig, IRelay } from '../tokens';
import { ROUTE } from '../tokens';
import { isAbort, RelayError } from './errors';

/** Segments that a browser resolves away, so that a path could leave ours. */
const DOT_SEGMENT = /(^|[/\\])(\.|%2e){1,2}([/\\?#]|$)/i;

/**
 * Reaches upstreams through the Jupyter server.
 *
 * Knows nothing of what is said: SageMaker, MLflow and OpenPages have their
 * clients in the rooms that use them.
 */
export class Relay implements IRelay {
  constructor(options: Relay.IOptions) {
    this._settings = options.serverSettings;
  }

  config(): Promise<IConfig> {
    if (!this._config) {
      const config = this._readConfig();
      this._config = config;
      // A failure is not kept: the next caller asks again.
      config.catch(() => {
        if (this._config === config) {
          this._config = null;
        }
      });
    }
    return this._config;
  }

  reset(): void {
    this._config = null;
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    if (path.startsWith('/') || DOT_SEGMENT.test(path.split(/[?#]/)[0])) {
      throw new RelayError({
        code: 'bad_path',
        message: `The path leaves the connection: ${path.split('?')[0]}`,
        connection: connectionOf(path)
      });
    }
    const base = this._settings.baseUrl.replace(/\/*$/, '/');
    const url = `${base}${ROUTE}/${path}`;
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(
        url,
        // `no-store` would append a time stamp to the query of the upstream.
        { cache: 'no-cache', ...init },
        this._settings
      );
    } catch (error) {
      // The lab wraps every rejection of fetch, an abort too.
      if (init.signal?.aborted || isAbort(error)) {
        throw abortError();
      }
      throw new RelayError({
        code: 'network',
        message: 'The Jupyter server did not answer.',
        connection: connectionOf(path),
        details: `${init.method ?? 'GET'} ${path.split('?')[0]}: ${String(error)}`
      });
    }
    await throwOnFailure(response, path, init);
    return response;
  }

  queries(): Promise<QueryClient> {
    if (!this._queries) {
      this._queries = import('./queryClient').then(({ createQueryClient }) =>
        createQueryClient()
      );
      // A chunk that could not be loaded may load the next time.
      this._queries.catch(() => {
        this._queries = null;
      });
    }
    return this._queries;
  }

  private async _readConfig(): Promise<IConfig> {
    const response = await this.request('config');
    let body: unknown;
    try {
      body = await response.json();
    } catch (error) {
      throw new RelayError({
        code: 'upstream_not_json',
        message: 'The server extension gave an answer that is not JSON.',
        status: response.status,
        details: String(error)
      });
    }
    if (!response.ok || !isConfig(body)) {
      throw new RelayError({
        code: 'bad_config',
        message: 'The server extension gave an answer that is not understood.',
        status: response.status,
        details: JSON.stringify(body).slice(0, 500)
      });
    }
    return body;
  }

  private _settings: ServerConnection.ISettings;
  private _config: Promise<IConfig> | null = null;
  private _queries: Promise<QueryClient> | null = null;
}

export namespace Relay {
  export interface IOptions {
    /** Settings of the lab's service manager: base URL, token, fetch. */
    serverSettings: ServerConnection.ISettings;
  }
}

/**
 * Enough of the shape to trust the rest; a server of another contract version
 * must come through, so that the panel can say so.
 */
function isConfig(body: unknown): body is IConfig {
  const value = body as Partial<IConfig> | null;
  return (
    !!value &&
    typeof value === 'object' &&
    typeof value.api === 'number' &&
    Array.isArray(value.connections)
  );
}

/** Connection id in a path below our routes, null for those of no connection. */
function connectionOf(path: string): string | null {
  return (
    /^(?:aws|mlflow(?:-files|-start|-link)?|openpages)\/([^/?#]+)/.exec(
      path
    )?.[1] ?? null
  );
}

function abortError(): Error {
  return new DOMException('The request was given up.', 'AbortError');
}

/** Answers that the relay signed as its own or as an upstream's. */
function cameThroughRelay(response: Response): boolean {
  const { headers } = response;
  return (
    headers.has('X-Relay-Content-Type') ||
    headers.has('X-Relay-Error') ||
    /(^|[;\s])sandbox([;\s]|$)/.test(
      headers.get('Content-Security-Policy') ?? ''
    ) ||
    /amz-json|^(text|application)\/xml/.test(headers.get('Content-Type') ?? '')
  );
}

async function throwOnFailure(
  response: Response,
  path: string,
  init: RequestInit
): Promise<void> {
  const connection = connectionOf(path);
  const { status } = response;
  const details = `${init.method ?? 'GET'} ${path.split('?')[0]}: HTTP ${status}`;
  const code = response.headers.get('X-Relay-Error');
  if (code) {
    const error = await readRelayError(response);
    throw new RelayError({
      code,
      message: error.message ?? `The relay refused the request (${code}).`,
      hint: error.hint,
      connection: error.connection ?? connection,
      status,
      details: `${details} ${code}`
    });
  }
  if (cameThroughRelay(response)) {
    return;
  }
  // From here on it is the lab, or a gateway before it, that answers.
  const type = response.headers.get('Content-Type') ?? '';
  const login = type.includes('text/html') && (status < 400 || status === 401);
  if (login || status === 401 || status === 403) {
    throw new RelayError({
      code: 'signed_out',
      message: 'The lab did not accept the request: the session has ended.',
      connection,
      status,
      details
    });
  }
  if (status === 404) {
    throw new RelayError({
      code: 'not_installed',
      message: 'The server part of this extension is not running.',
      connection,
      status,
      details
    });
  }
  if (status >= 500) {
    throw new RelayError({
      code: 'upstream_unreachable',
      message: `The Jupyter server answered HTTP ${status}.`,
      connection,
      status,
      details
    });
  }
}

async function readRelayError(response: Response): Promise<{
  message?: string;
  hint?: string;
  connection?: string | null;
}> {
  try {
    const body = (await response.json()) as { error?: object } | null;
    return (body?.error ?? {}) as { message?: string; hint?: string };
  } catch {
    // The code in the header is enough to tell what happened.
    return {};
  }
}
