/** Second part of the shim: every way to fetch goes through the lab. */
import type { IShim } from './core';

export function network(shim: IShim): void {
  interface IPending {
    resolve(response: Response): void;
    reject(error: Error): void;
    whole: ((blob: Blob) => void) | null;
    stream: ReadableStreamDefaultController<Uint8Array> | null;
    url: string;
    status: number;
  }
  const pending = new Map<number, IPending>();
  let last = 0;
  const aborted = () =>
    new DOMException('The request was aborted', 'AbortError');

  shim.listeners.push(message => {
    const entry = 'id' in message ? pending.get(message.id) : undefined;
    if (!entry || !('id' in message)) {
      return;
    }
    const { id } = message;
    switch (message.kind) {
      case 'head': {
        const { status, statusText } = message;
        entry.status = status;
        if (entry.whole) {
          break;
        }
        const empty = status === 204 || status === 205 || status === 304;
        const body = empty
          ? null
          : new ReadableStream<Uint8Array>({
              start: controller => {
                entry.stream = controller;
              },
              cancel: () => {
                pending.delete(id);
                shim.send({ kind: 'abort', id });
              }
            });
        const headers = new Headers(message.headers);
        const response = new Response(body, { status, statusText, headers });
        Object.defineProperty(response, 'url', { value: entry.url });
        // MLflow saves an artifact by holding all of it; what is larger than
        // its previews (50 MB) is only ever saved.
        const length = Number(headers.get('content-length'));
        if (length > 64 * 1024 * 1024 && /artifact/.test(entry.url)) {
          response.blob = async () => {
            await response.body?.cancel();
            const standIn = new Blob([], {
              type: headers.get('content-type') ?? ''
            });
            shim.large.set(standIn, entry.url);
            return standIn;
          };
        }
        entry.resolve(response);
        break;
      }
      case 'chunk':
        entry.stream?.enqueue(new Uint8Array(message.data));
        shim.send({ kind: 'ack', id, bytes: message.data.byteLength });
        break;
      case 'whole':
        pending.delete(id);
        if (entry.status >= 200 && entry.status < 300) {
          entry.whole?.(message.blob);
        } else {
          entry.reject(new TypeError(`HTTP ${entry.status}: ${entry.url}`));
        }
        break;
      case 'end':
        pending.delete(id);
        entry.stream?.close();
        break;
      case 'fail': {
        pending.delete(id);
        const error = new TypeError(`Failed to fetch: ${message.message}`);
        entry.stream?.error(error);
        entry.reject(error);
        break;
      }
    }
  });

  /** Send a request; `whole` takes the body in one piece. */
  const ask = (
    url: string,
    method: string,
    headers: [string, string][],
    body: ArrayBuffer | Blob | null,
    signal: AbortSignal | undefined,
    whole: ((blob: Blob) => void) | null
  ) =>
    new Promise<Response>((resolve, reject) => {
      if (signal?.aborted) {
        reject(aborted());
        return;
      }
      const id = ++last;
      const stream = null;
      const entry = { resolve, reject, whole, stream, url, status: 0 };
      pending.set(id, entry);
      signal?.addEventListener('abort', () => {
        const current = pending.get(id);
        if (current) {
          pending.delete(id);
          shim.send({ kind: 'abort', id });
          current.stream?.error(aborted());
          reject(aborted());
        }
      });
      shim.send(
        {
          kind: 'fetch',
          id,
          url,
          method,
          headers,
          body,
          whole: whole !== null
        },
        body instanceof ArrayBuffer ? [body] : []
      );
    });

  shim.whole = (address, signal) =>
    new Promise<Blob>((resolve, reject) => {
      ask(address, 'GET', [], null, signal, resolve).catch(reject);
    });

  const NativeRequest = shim.native.Request;
  const target = (input: unknown) => {
    const text = input instanceof NativeRequest ? input.url : String(input);
    return shim.remote(text) ?? text;
  };
  class BridgeRequest extends NativeRequest {
    constructor(input: RequestInfo | URL, init?: RequestInit) {
      super(input instanceof NativeRequest ? input : target(input), init);
    }
  }
  window.Request = BridgeRequest;

  /**
   * A body to send. Files go by reference; what is put together of them is kept
   * by the browser, outside of the page's memory.
   */
  const bodyOf = async (request: Request, given: unknown) => {
    if (given instanceof Blob || given instanceof FormData) {
      const blob = given instanceof Blob ? given : await request.blob();
      return blob.size > 0 ? blob : null;
    }
    const bytes = await request.arrayBuffer();
    return bytes.byteLength > 0 ? bytes : null;
  };

  window.fetch = async (input, init) => {
    const url = target(input);
    if (shim.remote(url) === null) {
      return shim.native.fetch(input, init);
    }
    const request = new BridgeRequest(input, init);
    const method = request.method.toUpperCase();
    const headers: [string, string][] = [];
    request.headers.forEach((value, name) => headers.push([name, value]));
    const sends = method !== 'GET' && method !== 'HEAD';
    const body = sends ? await bodyOf(request, init?.body) : null;
    return ask(url, method, headers, body, request.signal, null);
  };

  Object.defineProperty(navigator, 'sendBeacon', {
    configurable: true,
    value: (url: string, data?: BodyInit | null) => {
      window.fetch(url, { method: 'POST', body: data }).catch(() => undefined);
      return true;
    }
  });
}
