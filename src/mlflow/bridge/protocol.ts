/**
 * Messages between the lab and the framed MLflow.
 *
 * Everything from the frame is hostile until `parseMessage` has built a fresh,
 * checked value of it.
 */
import { MAX_ADDRESS } from './address';

/** What the frame is told when it starts; becomes part of its document. */
export interface IBoot {
  /** Proves that the first message comes from the document that we made. */
  nonce: string;
  /** Address that MLflow believes to be served from. */
  base: string;
  storage: Record<StorageArea, Record<string, string>>;
  /** Characters that the frame may keep in each storage area. */
  storageLimit: number;
  /** Assets that `index.html` names, in its order. */
  scripts: string[];
  styles: string[];
  /** Keystrokes that belong to the lab, as Lumino writes them. */
  keystrokes: string[];
}

export type StorageArea = 'local' | 'session';

/** From the frame. */
export type FrameMessage =
  | {
      kind: 'fetch';
      id: number;
      url: string;
      method: string;
      headers: [string, string][];
      /** A `Blob` goes by reference: its bytes pass neither page's memory. */
      body: ArrayBuffer | Blob | null;
      /** Wanted whole, as a `Blob`. */
      whole: boolean;
    }
  | { kind: 'abort'; id: number }
  /** So many bytes of an answer were taken. */
  | { kind: 'ack'; id: number; bytes: number }
  | { kind: 'store'; area: StorageArea; key: string; value: string | null }
  | { kind: 'clear'; area: StorageArea }
  | { kind: 'route'; route: string; index: number; length: number }
  | { kind: 'title'; title: string }
  | { kind: 'open'; url: string }
  | { kind: 'download'; url: string; name: string }
  | { kind: 'save'; blob: Blob; name: string }
  | { kind: 'copy'; id: number; text: string }
  | { kind: 'key'; keystroke: string }
  | { kind: 'reload' }
  /** Whether MLflow took the theme; answers `theme`. */
  | { kind: 'themed'; done: boolean }
  | { kind: 'ready' }
  /** Answers `ping`. */
  | { kind: 'pong' };

/** To the frame. */
export type HostMessage =
  | {
      kind: 'head';
      id: number;
      status: number;
      statusText: string;
      headers: [string, string][];
    }
  | { kind: 'chunk'; id: number; data: ArrayBuffer }
  | { kind: 'whole'; id: number; blob: Blob }
  | { kind: 'end'; id: number }
  | { kind: 'fail'; id: number; message: string }
  | { kind: 'go'; delta: number }
  | { kind: 'navigate'; route: string }
  /** Answers `copy`. */
  | { kind: 'copied'; copy: number; done: boolean }
  /** Keystrokes that belong to the lab from now on. */
  | { kind: 'keys'; keystrokes: string[] }
  | { kind: 'theme'; dark: boolean }
  | { kind: 'print' }
  /** Wants a sign of life, `pong`. */
  | { kind: 'ping' };

/** Longest route kept, characters. */
export const MAX_ROUTE = 8192;
/** Largest request body that is held, bytes: MLflow's own limit is 10 MB. */
export const MAX_BODY = 64 * 1024 * 1024;
/** Largest request body that goes by reference, bytes; the server's default. */
export const MAX_UPLOAD = 1024 * 1024 * 1024;
/** Largest text put on the clipboard, characters. */
export const MAX_COPY = 1024 * 1024;

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
const HEADER =
  /^(?:accept|content-type|range|if-none-match|x-mlflow-[a-z0-9-]{1,64})$/;
const MAX_HEADER_VALUE = 4096;

function isText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length <= max;
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isArea(value: unknown): value is StorageArea {
  return value === 'local' || value === 'session';
}

function isBody(value: unknown): value is ArrayBuffer | Blob | null {
  return (
    value === null ||
    (value instanceof ArrayBuffer && value.byteLength <= MAX_BODY) ||
    (value instanceof Blob && value.size <= MAX_UPLOAD)
  );
}

/** A count within bounds, else null. */
function count(value: unknown, max: number): number | null {
  return Number.isSafeInteger(value) &&
    (value as number) >= 0 &&
    (value as number) <= max
    ? (value as number)
    : null;
}

/** Headers that the relay would take; others are left out, as the relay does. */
function parseHeaders(value: unknown): [string, string][] | null {
  if (!Array.isArray(value) || value.length > 64) {
    return null;
  }
  const headers: [string, string][] = [];
  for (const pair of value as unknown[]) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      return null;
    }
    const [name, text] = pair as unknown[];
    if (!isText(name, 128) || !isText(text, MAX_HEADER_VALUE)) {
      return null;
    }
    if (HEADER.test(name.toLowerCase()) && /^[\t\x20-\x7e]*$/.test(text)) {
      headers.push([name.toLowerCase(), text]);
    }
  }
  return headers;
}

/**
 * Check a message of the frame and build a clean copy of it.
 *
 * @returns null when it is not one of ours, to the last member
 */
export function parseMessage(data: unknown): FrameMessage | null {
  if (!data || typeof data !== 'object') {
    return null;
  }
  const raw = data as Record<string, unknown>;
  const { kind, id, url, area, name } = raw;
  switch (kind) {
    case 'fetch': {
      const headers = parseHeaders(raw.headers);
      const method = raw.method;
      const body = raw.body ?? null;
      if (
        !isId(id) ||
        !isText(url, MAX_ADDRESS) ||
        typeof method !== 'string' ||
        !METHODS.has(method) ||
        !headers ||
        !isBody(body) ||
        (body && (method === 'GET' || method === 'HEAD'))
      ) {
        return null;
      }
      const whole = raw.whole === true;
      return { kind, id, url, method, headers, body, whole };
    }
    case 'abort':
      return isId(id) ? { kind, id } : null;
    case 'ack': {
      const bytes = count(raw.bytes, Number.MAX_SAFE_INTEGER);
      return isId(id) && bytes !== null ? { kind, id, bytes } : null;
    }
    case 'store': {
      const { key, value } = raw;
      return isArea(area) &&
        isText(key, 1024) &&
        (value === null || isText(value, 1024 * 1024))
        ? { kind, area, key, value }
        : null;
    }
    case 'clear':
      return isArea(area) ? { kind, area } : null;
    case 'route': {
      const route = parseRouteText(raw.route);
      const index = count(raw.index, 1e6);
      const length = count(raw.length, 1e6);
      return route !== null && index !== null && length !== null
        ? { kind, route, index, length }
        : null;
    }
    case 'title':
      return isText(raw.title, 1024) ? { kind, title: raw.title } : null;
    case 'open':
      return isText(url, MAX_ADDRESS) ? { kind, url } : null;
    case 'download':
      return isText(url, MAX_ADDRESS) && isText(name, 1024)
        ? { kind, url, name }
        : null;
    case 'save':
      return raw.blob instanceof Blob && isText(name, 1024)
        ? { kind, blob: raw.blob, name }
        : null;
    case 'copy':
      return isId(id) && isText(raw.text, MAX_COPY)
        ? { kind, id, text: raw.text }
        : null;
    case 'key':
      return isText(raw.keystroke, 64)
        ? { kind, keystroke: raw.keystroke }
        : null;
    case 'themed':
      return typeof raw.done === 'boolean' ? { kind, done: raw.done } : null;
    case 'reload':
    case 'ready':
    case 'pong':
      return { kind };
    default:
      return null;
  }
}

/**
 * A fragment route such as `/experiments/1/runs/ab12`, from the frame or from
 * the arguments of a command.
 *
 * @returns the route with one leading slash, null when it is none
 */
export function parseRouteText(value: unknown): string | null {
  if (!isText(value, MAX_ROUTE) || !/^[\x20-\x7e\u00a0-\uffff]*$/.test(value)) {
    return null;
  }
  return `/${value.replace(/^#/, '').replace(/^\/+/, '')}`;
}

/** The first message of a frame: `{ nonce }` and one port. */
export function isHello(data: unknown, nonce: string): boolean {
  return (
    !!data &&
    typeof data === 'object' &&
    (data as Record<string, unknown>).nonce === nonce
  );
}
