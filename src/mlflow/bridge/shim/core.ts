/**
 * First part of the shim: what the other parts share, storage and location.
 *
 * Every function of the shim runs inside the frame from its own source text:
 * it may use its arguments and the browser, nothing of this module.
 */
import type {
  FrameMessage,
  HostMessage,
  IBoot,
  StorageArea
} from '../protocol';

/** One place in the frame's own history. */
export interface IEntry {
  url: string;
  state: unknown;
}

/** What the parts of the shim share. */
export interface IShim {
  boot: IBoot;
  send(message: FrameMessage, transfer?: Transferable[]): void;
  /** Called with every message of the lab. */
  listeners: ((message: HostMessage) => void)[];
  /** Absolute form of an address that only the lab can reach, else null. */
  remote(address: unknown): string | null;
  /** Bytes of a remote asset; set by the network part. */
  whole(address: string, signal?: AbortSignal): Promise<Blob>;
  /**
   * Stand-ins for answers that are too large to hold: blob -> address. Saving
   * one lets the lab stream the file to disk past the frame.
   */
  large: WeakMap<Blob, string>;
  /** Go to a fragment within the page; set by the navigation part. */
  visit(route: string): void;
  /** Hand an address to the lab, which decides; set by the navigation part. */
  leave(address: string): void;
  /** Functions of the browser from before they were replaced. */
  native: {
    fetch: typeof fetch;
    Request: typeof Request;
    replaceState: History['replaceState'];
  };
}

export function core(boot: IBoot): IShim {
  const channel = new MessageChannel();
  const port = channel.port1;
  const shim: IShim = {
    boot,
    send: (message, transfer) => port.postMessage(message, transfer ?? []),
    listeners: [],
    remote: address => {
      const text = String(address);
      if (/^(?:blob|data|about|javascript|mailto|tel):/i.test(text)) {
        return null;
      }
      try {
        // Whatever was resolved against the address of this document is meant
        // to be MLflow's.
        const own = document.URL.split('#')[0];
        return new URL(
          text.indexOf(own) === 0 ? text.slice(own.length) : text,
          boot.base
        ).href;
      } catch {
        return null;
      }
    },
    whole: () => Promise.reject(new Error('not started')),
    large: new WeakMap(),
    visit: () => undefined,
    leave: () => undefined,
    native: {
      fetch: window.fetch.bind(window),
      Request: window.Request,
      replaceState: history.replaceState.bind(history)
    }
  };
  port.onmessage = event => {
    for (const listener of shim.listeners) {
      listener(event.data as HostMessage);
    }
  };
  window.parent.postMessage({ nonce: boot.nonce }, '*', [channel.port2]);

  // Storage: an opaque origin has none, MLflow uses it without asking.
  const storage = (area: StorageArea): Storage => {
    const data = new Map<string, string>(Object.entries(boot.storage[area]));
    let size = 0;
    data.forEach((value, key) => (size += key.length + value.length));
    const api: Record<string, unknown> = {
      getItem: (key: unknown) => data.get(String(key)) ?? null,
      key: (at: number) => Array.from(data.keys())[at] ?? null,
      setItem: (name: unknown, content: unknown) => {
        const key = String(name);
        const value = String(content);
        const before = data.get(key);
        const grown =
          value.length + (before === undefined ? key.length : -before.length);
        if (size + grown > boot.storageLimit) {
          throw new DOMException('Storage is full', 'QuotaExceededError');
        }
        if (before !== value) {
          size += grown;
          data.set(key, value);
          shim.send({ kind: 'store', area, key, value });
        }
      },
      removeItem: (name: unknown) => {
        const key = String(name);
        const before = data.get(key);
        if (before !== undefined) {
          size -= key.length + before.length;
          data.delete(key);
          shim.send({ kind: 'store', area, key, value: null });
        }
      },
      clear: () => {
        size = 0;
        data.clear();
        shim.send({ kind: 'clear', area });
      }
    };
    const set = api.setItem as (key: string, value: string) => void;
    const remove = api.removeItem as (key: string) => void;
    return new Proxy(api, {
      get: (target, key) =>
        key === 'length'
          ? data.size
          : typeof key !== 'string' || key in target
            ? target[key as string]
            : data.get(key),
      set: (_, key, value) => {
        set(String(key), String(value));
        return true;
      },
      has: (target, key) => key in target || data.has(String(key)),
      deleteProperty: (_, key) => {
        remove(String(key));
        return true;
      },
      ownKeys: () => Array.from(data.keys()),
      getOwnPropertyDescriptor: (_, key) =>
        data.has(String(key))
          ? {
              value: data.get(String(key)),
              configurable: true,
              enumerable: true,
              writable: true
            }
          : undefined
    }) as unknown as Storage;
  };
  const define = (target: object, name: string, what: PropertyDescriptor) =>
    Object.defineProperty(target, name, { configurable: true, ...what });
  define(window, 'localStorage', { value: storage('local') });
  define(window, 'sessionStorage', { value: storage('session') });
  define(document, 'cookie', { get: () => '', set: () => undefined });
  define(document, 'baseURI', { get: () => boot.base });

  // `Location` cannot be replaced, so the lab rewrites `window.location` in
  // MLflow's scripts to this one.
  const view = () => new URL(window.location.hash || '#', boot.base);
  const place: Record<string, unknown> = {
    assign: (address: unknown) => shim.leave(String(address)),
    replace: (address: unknown) => shim.leave(String(address)),
    reload: () => shim.send({ kind: 'reload' }),
    toString: () => view().href
  };
  for (const name of [
    'origin',
    'protocol',
    'host',
    'hostname',
    'port',
    'pathname',
    'search'
  ] as const) {
    define(place, name, { get: () => view()[name], set: () => undefined });
  }
  define(place, 'href', {
    get: () => view().href,
    set: (address: unknown) => shim.leave(String(address))
  });
  define(place, 'hash', {
    get: () => window.location.hash,
    set: (hash: unknown) => shim.visit(`#${String(hash).replace(/^#/, '')}`)
  });
  define(window, '__mlflowLocation', {
    get: () => place,
    set: (address: unknown) => shim.leave(String(address))
  });
  return shim;
}
