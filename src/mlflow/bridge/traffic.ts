/** Requests of the frame: decided on, sent through the relay, streamed back. */
import { isAbort, RelayError } from '../../relay';
import type { IRelay } from '../../tokens';
import { relayPath, resolveAddress } from './address';
import { type Assets, contentType, isAsset } from './assets';
import type { FrameMessage, HostMessage } from './protocol';

type Fetch = Extract<FrameMessage, { kind: 'fetch' }>;

/** Requests of one frame under way at once. */
export const MAX_IN_FLIGHT = 12;
/**
 * The same where the browser has six connections to the lab (HTTP/1.1): what
 * the frame keeps open must not keep notebooks from being saved.
 */
export const MAX_IN_FLIGHT_HTTP1 = 3;
/** Requests that may wait beyond these. */
export const MAX_WAITING = 512;
/** Bytes of bodies that requests under way and waiting may hold. */
export const MAX_HELD = 192 * 1024 * 1024;
/** Bytes sent ahead of what the frame has taken. */
const WINDOW = 4 * 1024 * 1024;
/** Largest answer that goes into the frame, bytes; downloads go past it. */
export const MAX_ANSWER = 256 * 1024 * 1024;

/**
 * What MLflow's page (3.x) asks before anything else, and waits for: what the
 * server can do. It says nothing of anybody's runs.
 */
const FIRST = 'ajax-api/3.0/mlflow/server-info';

const PASSED = [
  'cache-control',
  'content-disposition',
  'content-range',
  'etag',
  'last-modified',
  'retry-after'
];

interface IRun {
  abort: AbortController;
  /** Bytes that the frame has not taken yet. */
  ahead: number;
  resume: (() => void) | null;
}

export class Traffic {
  constructor(private _options: Traffic.IOptions) {}

  /** Take a request of the frame. */
  fetch(message: Fetch): void {
    const { id } = message;
    if (this._runs.has(id) || this._isDisposed) {
      return;
    }
    if (this._isStatic(message) && this._runs.size < MAX_WAITING) {
      // No lane: many files become few requests, see `Assets`.
      this._begin(id);
      void this._run(message).finally(() => this._runs.delete(id));
      return;
    }
    if (
      this._isHeld &&
      this._mayAskFirst &&
      this._plainPath(message) === FIRST
    ) {
      this._mayAskFirst = false;
      this._begin(id);
      void this._askFirst(message);
      return;
    }
    const size = heldBy(message);
    if (this._waiting.length >= MAX_WAITING || this._held + size > MAX_HELD) {
      this._fail(id, 'too many requests');
      return;
    }
    this._held += size;
    this._begin(id);
    this._waiting.push(message);
    this._next();
  }

  abort(id: number): void {
    const run = this._runs.get(id);
    run?.abort.abort();
    run?.resume?.();
    const at = this._waiting.findIndex(message => message.id === id);
    if (at >= 0) {
      const [message] = this._waiting.splice(at, 1);
      this._held -= heldBy(message);
      this._runs.delete(id);
    }
  }

  /** The frame has taken bytes: more may follow. */
  ack(id: number, bytes: number): void {
    const run = this._runs.get(id);
    if (run) {
      run.ahead = Math.max(0, run.ahead - bytes);
      if (run.ahead < WINDOW) {
        run.resume?.();
      }
    }
  }

  /**
   * Let nothing new through but static files; what comes waits.
   *
   * @param first - also let through, once, what a page asks first
   */
  hold(first = false): void {
    this._isHeld = true;
    this._mayAskFirst = first;
  }

  resume(): void {
    this._isHeld = false;
    this._next();
  }

  dispose(): void {
    this._isDisposed = true;
    this._waiting.length = 0;
    for (const run of this._runs.values()) {
      run.abort.abort();
      run.resume?.();
    }
    this._runs.clear();
  }

  private _begin(id: number): void {
    const abort = new AbortController();
    this._runs.set(id, { abort, ahead: 0, resume: null });
  }

  private _next(): void {
    while (this._active < (this._options.lanes ?? MAX_IN_FLIGHT)) {
      const at = this._isHeld ? this._waiting.findIndex(this._isStatic) : 0;
      const [message] = at < 0 ? [] : this._waiting.splice(at, 1);
      if (!message) {
        return;
      }
      this._active += 1;
      void this._run(message).finally(() => {
        this._active -= 1;
        this._held -= heldBy(message);
        this._runs.delete(message.id);
        this._next();
      });
    }
  }

  private _isStatic = (message: Fetch): boolean =>
    message.whole && isAsset(this._plainPath(message) ?? '');

  /** Path of a GET within MLflow that has no query; null for anything else. */
  private _plainPath({ method, url }: Fetch): string | null {
    const address = resolveAddress(url, this._options.base);
    return address.kind === 'inside' && method === 'GET' && !address.search
      ? address.path
      : null;
  }

  /**
   * Ask while nobody looks. Only a good answer goes to the page: what went wrong
   * is asked again, and said, once somebody does.
   */
  private async _askFirst(message: Fetch): Promise<void> {
    const { id } = message;
    const run = this._runs.get(id)!;
    const { signal } = run.abort;
    const { relay, connection } = this._options;
    const response = await relay
      .request(relayPath(connection, { path: FIRST, search: '' }), { signal })
      .catch(() => null);
    if (response?.ok) {
      await this._answer(message, run, response).catch(() =>
        this._fail(id, 'the answer ended early')
      );
      this._runs.delete(id);
      return;
    }
    void response?.body?.cancel().catch(() => undefined);
    if (signal.aborted) {
      this._runs.delete(id);
      this._fail(id, 'aborted');
      return;
    }
    this._waiting.push(message);
    this._next();
  }

  private async _run(message: Fetch): Promise<void> {
    const { id } = message;
    const run = this._runs.get(id);
    const address = resolveAddress(message.url, this._options.base);
    if (!run || address.kind !== 'inside') {
      const reason = address.kind === 'refused' ? address.reason : 'elsewhere';
      this._options.refused(reason);
      this._fail(id, `not let through (${reason})`);
      return;
    }
    try {
      if (this._noEndpoints && asksForEndpoints(message)) {
        this._say(message, 200, { endpoints: [] });
        return;
      }
      if (this._isStatic(message)) {
        const blob = await this._options.assets.get(address.path);
        this._post({
          kind: 'head',
          id,
          status: 200,
          statusText: '',
          headers: []
        });
        this._post({ kind: 'whole', id, blob });
        return;
      }
      const response = await this._options.relay.request(
        relayPath(this._options.connection, address),
        {
          method: message.method,
          headers: message.headers,
          body: message.body ?? undefined,
          signal: run.abort.signal
        }
      );
      await this._answer(message, run, response);
    } catch (error) {
      if (isAbort(error) || this._isDisposed) {
        this._fail(id, 'aborted');
      } else if (
        error instanceof RelayError &&
        error.code === 'path_not_allowed' &&
        asksForEndpoints(message)
      ) {
        // Asked once: each refusal is an error in the browser's console.
        this._noEndpoints = true;
        this._say(message, 200, { endpoints: [] });
      } else if (error instanceof RelayError) {
        this._options.problem(error);
        this._refusal(message, error);
      } else {
        this._fail(id, error instanceof Error ? error.message : String(error));
      }
    }
  }

  private async _answer(
    message: Fetch,
    run: IRun,
    response: Response
  ): Promise<void> {
    const { id } = message;
    const type = contentType(response);
    const headers: [string, string][] = [['content-type', type]];
    for (const name of PASSED) {
      const value = response.headers.get(name);
      if (value !== null) {
        headers.push([name, value]);
      }
    }
    const length = Number(response.headers.get('content-length') ?? 0);
    if (length > 0 && !response.headers.has('content-encoding')) {
      headers.push(['content-length', String(length)]);
    }
    const { status, statusText } = response;
    this._post({ kind: 'head', id, status, statusText, headers });
    const chunks: BlobPart[] = [];
    let total = 0;
    const reader = response.body?.getReader();
    while (reader) {
      const { done, value } = await reader.read();
      if (done) {
        break;
      }
      total += value.byteLength;
      if (total > MAX_ANSWER) {
        run.abort.abort();
        this._fail(id, 'the answer is too large to show; download it');
        return;
      }
      const data = ownBuffer(value);
      if (message.whole) {
        chunks.push(data);
        continue;
      }
      run.ahead += data.byteLength;
      this._post({ kind: 'chunk', id, data }, [data]);
      if (run.ahead >= WINDOW) {
        await new Promise<void>(resolve => {
          run.resume = resolve;
        });
        run.resume = null;
      }
      if (run.abort.signal.aborted) {
        void reader.cancel().catch(() => undefined);
        return;
      }
    }
    if (message.whole) {
      this._post({ kind: 'whole', id, blob: new Blob(chunks, { type }) });
    } else {
      this._post({ kind: 'end', id });
    }
  }

  /** Say a failure of the relay as MLflow says its own: its page shows it. */
  private _refusal(message: Fetch, error: RelayError): void {
    const status = error.status && error.status >= 400 ? error.status : 502;
    this._say(message, status, {
      error_code: `RELAY_${error.code.toUpperCase()}`,
      message:
        this._options.words?.(error) ??
        [error.message, error.hint].filter(Boolean).join(' ')
    });
  }

  /** Answer with JSON of our own. */
  private _say(message: Fetch, status: number, answer: object): void {
    const { id } = message;
    const data = ownBuffer(new TextEncoder().encode(JSON.stringify(answer)));
    this._post({
      kind: 'head',
      id,
      status,
      statusText: '',
      headers: [['content-type', 'application/json']]
    });
    if (message.whole) {
      this._post({ kind: 'whole', id, blob: new Blob([data]) });
    } else {
      this._post({ kind: 'chunk', id, data }, [data]);
      this._post({ kind: 'end', id });
    }
  }

  private _fail(id: number, message: string): void {
    this._post({ kind: 'fail', id, message });
  }

  private _post(message: HostMessage, transfer: Transferable[] = []): void {
    if (!this._isDisposed) {
      this._options.post(message, transfer);
    }
  }

  private _active = 0;
  private _held = 0;
  private _isDisposed = false;
  private _isHeld = false;
  private _mayAskFirst = false;
  private _noEndpoints = false;
  private _runs = new Map<number, IRun>();
  private _waiting: Fetch[] = [];
}

export namespace Traffic {
  export interface IOptions {
    relay: IRelay;
    connection: string;
    /** Address that the frame believes to be MLflow's root. */
    base: string;
    assets: Assets;
    /** Override of `MAX_IN_FLIGHT`. */
    lanes?: number;
    post(message: HostMessage, transfer: Transferable[]): void;
    /** A request was not let through. */
    refused(reason: string): void;
    /** The relay could not do a request. */
    problem(error: RelayError): void;
    /** Words in which MLflow's page says that; default: the server's. */
    words?(error: RelayError): string;
  }
}

/**
 * MLflow's list of runs asks for the endpoints of an AI gateway and puts up an
 * error when it may not. The relay passes none on, so there are none here.
 */
function asksForEndpoints(message: Fetch): boolean {
  return (
    message.method === 'GET' &&
    /\/gateway-proxy\?gateway_path=api(?:\/|%2F)2\.0(?:\/|%2F)endpoints(?:\/|%2F)?$/i.test(
      message.url
    )
  );
}

/** Bytes of a request that are in memory; a `Blob` is a mere name. */
function heldBy({ body }: Fetch): number {
  return body instanceof ArrayBuffer ? body.byteLength : 0;
}

/** The bytes in a buffer of their own, copied only when they share one. */
function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteLength } = bytes;
  return buffer instanceof ArrayBuffer && byteLength === buffer.byteLength
    ? buffer
    : (bytes.slice().buffer as ArrayBuffer);
}
