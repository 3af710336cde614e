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
    body: ArrayBuffer | null,
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
        body ? [body] : []
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
    const body = sends ? await request.arrayBuffer() : null;
    return ask(
      url,
      method,
      headers,
      body && body.byteLength > 0 ? body : null,
      request.signal,
      null
    );
  };

  Object.defineProperty(navigator, 'sendBeacon', {
    configurable: true,
    value: (url: string, data?: BodyInit | null) => {
      window.fetch(url, { method: 'POST', body: data }).catch(() => undefined);
      return true;
    }
  });

  /** `XMLHttpRequest` over `fetch`; asynchronous only. */
  class BridgeXHR extends EventTarget {
    static readonly UNSENT = 0;
    static readonly OPENED = 1;
    static readonly HEADERS_RECEIVED = 2;
    static readonly LOADING = 3;
    static readonly DONE = 4;
    readonly UNSENT = 0;
    readonly OPENED = 1;
    readonly HEADERS_RECEIVED = 2;
    readonly LOADING = 3;
    readonly DONE = 4;
    readyState = 0;
    response: unknown = null;
    responseText = '';
    responseType = '';
    responseURL = '';
    status = 0;
    statusText = '';
    timeout = 0;
    withCredentials = false;
    readonly upload = new EventTarget();
    onreadystatechange: ((event: Event) => void) | null = null;
    onload: ((event: Event) => void) | null = null;
    onloadstart: ((event: Event) => void) | null = null;
    onloadend: ((event: Event) => void) | null = null;
    onprogress: ((event: Event) => void) | null = null;
    onerror: ((event: Event) => void) | null = null;
    onabort: ((event: Event) => void) | null = null;
    ontimeout: ((event: Event) => void) | null = null;

    open(method: string, url: string | URL): void {
      this._method = method;
      this._url = String(url);
      this._headers = new Headers();
      this._state(1);
    }

    setRequestHeader(name: string, value: string): void {
      this._headers.append(name, value);
    }

    overrideMimeType(type: string): void {
      this._type = type;
    }

    getResponseHeader(name: string): string | null {
      return this._answer?.headers.get(name) ?? null;
    }

    getAllResponseHeaders(): string {
      const lines: string[] = [];
      this._answer?.headers.forEach((value, name) =>
        lines.push(`${name}: ${value}\r\n`)
      );
      return lines.join('');
    }

    abort(): void {
      this._abort.abort();
    }

    send(body: XMLHttpRequestBodyInit | null = null): void {
      this._abort = new AbortController();
      let late = false;
      const timer =
        this.timeout > 0 &&
        setTimeout(() => {
          late = true;
          this._abort.abort();
        }, this.timeout);
      this._emit('loadstart');
      void this._run(body)
        .then(
          () => 'load',
          (error: Error) =>
            late ? 'timeout' : error.name === 'AbortError' ? 'abort' : 'error'
        )
        .then(outcome => {
          if (timer) {
            clearTimeout(timer);
          }
          if (outcome !== 'load') {
            this.status = 0;
            this.response = null;
          }
          this._state(4);
          this._emit(outcome);
          this._emit('loadend');
        });
    }

    private async _run(body: XMLHttpRequestBodyInit | null): Promise<void> {
      const answer = await window.fetch(this._url, {
        method: this._method,
        headers: this._headers,
        body: /^(?:get|head)$/i.test(this._method) ? undefined : body,
        signal: this._abort.signal
      });
      this._answer = answer;
      this.status = answer.status;
      this.statusText = answer.statusText;
      this.responseURL = answer.url;
      this._state(2);
      const blob = await answer.blob();
      const type = this._type || blob.type;
      this._state(3);
      this._emit('progress', blob.size);
      if (this.responseType === 'blob') {
        this.response = new Blob([blob], { type });
      } else if (this.responseType === 'arraybuffer') {
        this.response = await blob.arrayBuffer();
      } else {
        const text = await blob.text();
        if (this.responseType === 'json') {
          try {
            this.response = JSON.parse(text);
          } catch {
            this.response = null;
          }
        } else {
          this.responseText = text;
          this.response = text;
        }
      }
    }

    private _state(state: number): void {
      this.readyState = state;
      this._emit('readystatechange');
    }

    private _emit(type: string, loaded = 0): void {
      const event = new ProgressEvent(type, {
        loaded,
        total: loaded,
        lengthComputable: loaded > 0
      });
      const handlers = this as unknown as Record<
        string,
        ((event: Event) => void) | null
      >;
      handlers[`on${type}`]?.call(this, event);
      this.dispatchEvent(event);
    }

    private _abort = new AbortController();
    private _answer: Response | null = null;
    private _headers = new Headers();
    private _method = 'GET';
    private _type = '';
    private _url = '';
  }
  window.XMLHttpRequest = BridgeXHR as unknown as typeof XMLHttpRequest;

  /** `EventSource` over `fetch`; it reconnects only when told to. */
  class BridgeEventSource extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSED = 2;
    readyState = 0;
    readonly url: string;
    readonly withCredentials = false;
    onopen: ((event: Event) => void) | null = null;
    onmessage: ((event: Event) => void) | null = null;
    onerror: ((event: Event) => void) | null = null;

    constructor(url: string | URL) {
      super();
      this.url = target(url);
      this._run().catch(() => {
        this.readyState = 2;
        this._emit(new Event('error'));
      });
    }

    close(): void {
      this.readyState = 2;
      this._abort.abort();
    }

    private async _run(): Promise<void> {
      const answer = await window.fetch(this.url, {
        headers: { accept: 'text/event-stream' },
        signal: this._abort.signal
      });
      if (!answer.ok || !answer.body) {
        throw new Error(`HTTP ${answer.status}`);
      }
      this.readyState = 1;
      this._emit(new Event('open'));
      const reader = answer.body.getReader();
      const decoder = new TextDecoder();
      let buffer = '';
      for (;;) {
        const { done, value } = await reader.read();
        if (done) {
          throw new Error('ended');
        }
        buffer += decoder
          .decode(value, { stream: true })
          .replace(/\r\n?/g, '\n');
        const events = buffer.split('\n\n');
        buffer = events.pop() ?? '';
        for (const text of events) {
          this._event(text);
        }
      }
    }

    private _event(text: string): void {
      let type = 'message';
      const data: string[] = [];
      for (const line of text.split('\n')) {
        const [, field, value] = /^(\w+):? ?(.*)$/.exec(line) ?? [];
        if (field === 'event') {
          type = value;
        } else if (field === 'data') {
          data.push(value);
        }
      }
      if (data.length) {
        this._emit(new MessageEvent(type, { data: data.join('\n') }));
      }
    }

    private _emit(event: Event): void {
      const handlers = this as unknown as Record<
        string,
        ((event: Event) => void) | null
      >;
      handlers[`on${event.type}`]?.call(this, event);
      this.dispatchEvent(event);
    }

    private _abort = new AbortController();
  }
  window.EventSource = BridgeEventSource as unknown as typeof EventSource;
}
