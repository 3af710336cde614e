/** Part of the shim: `EventSource` over the frame's own `fetch`. */
import type { IShim } from './core';

export function eventSource(shim: IShim): void {
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
      this.url = shim.remote(url) ?? String(url);
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
