/**
 * Which addresses the framed MLflow may reach: its own connection, nothing else.
 *
 * The rules are the relay's own, applied before a request leaves the browser:
 * the frame is hostile by assumption, and two different parsers (the browser's
 * and the server's) must not read one address in two ways.
 */
import type { IMLflowConnection } from '../../tokens';

/**
 * Stands for the root of the MLflow server when the connection has no public
 * address. `.invalid` is reserved (RFC 2606): it never resolves.
 */
export const VIRTUAL_BASE = 'https://mlflow.invalid/';

/** Longest address that is looked at, characters. */
export const MAX_ADDRESS = 16384;

/** What an address from the frame turned out to be. */
export type Address =
  /** Below the connection; `path` has no leading slash, `search` its `?`. */
  | { kind: 'inside'; path: string; search: string; hash: string }
  /** A web page elsewhere: only a person may open it. */
  | { kind: 'outside'; url: string }
  | { kind: 'refused'; reason: string };

/** Percent codes that a second decoding could turn into something else. */
const ENCODED = /%(?:2f|5c|2e|25|0[0-9a-f]|1[0-9a-f]|7f)/i;
const PATH = /^[A-Za-z0-9._~!$&'()*+,;=:@%/-]*$/;
/** The same in other letters, which some servers normalise (NFKC). */
const DOT_LETTERS = /(?:^|\/)\.{1,2}(?:\/|;|$)/;
const DOT_SEGMENT = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;
const BAD_PERCENT = /%(?![0-9a-fA-F]{2})/;

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) {
      return true;
    }
  }
  return false;
}

/**
 * Whether a path reads the same for everybody: its escapes are UTF-8, and no
 * segment of it becomes dots when it is normalised. The server refuses others.
 */
function isPlain(path: string): boolean {
  try {
    return !DOT_LETTERS.test(decodeURIComponent(path).normalize('NFKC'));
  } catch {
    return false;
  }
}

/** Path part of what was written, before a parser resolved its dots away. */
function writtenPath(raw: string): string {
  return raw.split(/[?#]/, 1)[0].replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '');
}

/**
 * Decide about an address that the frame named.
 *
 * @param raw anything the frame sent
 * @param base absolute address that the frame believes to be MLflow's root
 */
export function resolveAddress(raw: unknown, base = VIRTUAL_BASE): Address {
  if (typeof raw !== 'string' || raw.length > MAX_ADDRESS) {
    return { kind: 'refused', reason: 'not an address' };
  }
  if (hasControl(raw) || raw.includes('\\')) {
    return { kind: 'refused', reason: 'control character or backslash' };
  }
  let root: URL;
  let url: URL;
  try {
    root = new URL(base);
    url = new URL(raw, root);
  } catch {
    return { kind: 'refused', reason: 'not an address' };
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { kind: 'refused', reason: `scheme ${url.protocol}` };
  }
  if (url.username || url.password) {
    return { kind: 'refused', reason: 'address with a login' };
  }
  if (url.origin !== root.origin) {
    return { kind: 'outside', url: url.href };
  }
  const written = writtenPath(raw);
  if (
    DOT_SEGMENT.test(written.replace(/^\.\//, '')) ||
    ENCODED.test(written) ||
    ENCODED.test(url.pathname)
  ) {
    return { kind: 'refused', reason: 'path escape' };
  }
  // Addresses from the root are MLflow's own bugs behind a prefix; keep them in.
  const path = url.pathname.startsWith(root.pathname)
    ? url.pathname.slice(root.pathname.length)
    : url.pathname.slice(1);
  if (
    !PATH.test(path) ||
    BAD_PERCENT.test(path) ||
    path.startsWith('/') ||
    path.includes('//') ||
    !isPlain(path)
  ) {
    return { kind: 'refused', reason: 'path not understood' };
  }
  return { kind: 'inside', path, search: url.search, hash: url.hash };
}

/**
 * Path below our routes, for `IRelay.request`.
 *
 * @param connection id of the connection, `[a-z0-9-]+`
 */
export function relayPath(
  connection: string,
  address: { path: string; search: string }
): string {
  return `mlflow/${encodeURIComponent(connection)}/${address.path}${address.search}`;
}

/** Name of a file to save, safe to hand to the browser's download. */
export function fileName(name: unknown, fallback = 'artifact'): string {
  const last =
    (typeof name === 'string' ? name : '').split(/[/\\]/).pop() ?? '';
  const clean = Array.from(last)
    // Controls, and marks that turn text around: `exe.gnp` would read `png.exe`.
    .filter(char => !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}<>:"|?*]/u.test(char))
    .join('')
    // Windows drops dots at the end, and then reads another ending.
    .replace(/^[.\s]+|[.\s]+$/g, '')
    .slice(0, 128);
  return clean || fallback;
}

/** Root that links copied in MLflow shall have. */
export function baseOf(connection: IMLflowConnection): string {
  try {
    const url = new URL(connection.publicUrl ?? VIRTUAL_BASE);
    url.hash = '';
    url.search = '';
    return /^https?:$/.test(url.protocol)
      ? url.href.replace(/\/*$/, '/')
      : VIRTUAL_BASE;
  } catch {
    return VIRTUAL_BASE;
  }
}
