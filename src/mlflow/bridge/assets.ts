/** MLflow's static files: fetched ahead, kept over page loads when hashed. */
import type { IRelay } from '../../tokens';
import { Limiter, upstreamError } from '../../relay';
import { relayPath, VIRTUAL_BASE } from './address';
import { rewriteScript } from './document';
import { decode, readParts } from './read';

/** Name of our Cache Storage. */
export const CACHE = 'jupyterlab-sagemaker-governance:mlflow';

/** Part of each key: raise it when `rewriteScript` changes. */
const REWRITE = 1;

/** Largest static file, bytes; MLflow's own are a few megabytes. */
export const MAX_ASSET = 64 * 1024 * 1024;
/** Bytes that one page of MLflow may add to what is kept. */
export const MAX_KEPT = 128 * 1024 * 1024;
/** Files kept for a connection; more is no MLflow. */
const MAX_FILES = 2000;

/** A content hash in the name: the file never changes under this address. */
const HASHED = /\.[0-9a-f]{8,}\.(?:[a-z]+\.)*[a-z0-9]+$/i;

export function isAsset(path: string): boolean {
  return path.startsWith('static-files/');
}

/** Real type of bytes that the relay labels `application/octet-stream`. */
export function contentType(response: Response): string {
  return (
    response.headers.get('X-Relay-Content-Type') ??
    response.headers.get('Content-Type') ??
    'application/octet-stream'
  );
}

/** Static files of one connection at one version of MLflow. */
export class Assets {
  constructor(options: Assets.IOptions) {
    this._relay = options.relay;
    this._connection = options.connection;
    this._version = options.version;
    this._caches = options.caches;
    this._fresh = options.fresh ?? false;
    this._lanes = new Limiter(options.lanes ?? Infinity);
  }

  /**
   * A static file; asked for once, however many want it.
   *
   * @throws RelayError, UpstreamError
   */
  get(path: string): Promise<Blob> {
    const known = this._files.get(path);
    if (known) {
      return known;
    }
    const file = this._lanes.run(() => this._read(path));
    this._files.set(path, file);
    file.catch(() => this._files.delete(path));
    return file;
  }

  /** Forget files of other versions of this connection's MLflow. */
  async tidy(): Promise<void> {
    const cache = await this._open();
    const mine = `${VIRTUAL_BASE}${this._connection}/`;
    const current = this._key('');
    const keys = ((await cache?.keys()) ?? []).filter(({ url }) =>
      url.startsWith(mine)
    );
    const all = keys.length > MAX_FILES;
    for (const request of keys) {
      if (all || !request.url.startsWith(current)) {
        await cache?.delete(request);
      }
    }
  }

  private async _read(path: string): Promise<Blob> {
    const cache = HASHED.test(path) ? await this._open() : null;
    if (!this._fresh) {
      const kept = await cache?.match(this._key(path)).catch(() => undefined);
      if (kept) {
        return kept.blob();
      }
    }
    const response = await this._relay.request(
      relayPath(this._connection, { path, search: '' })
    );
    if (!response.ok) {
      throw await upstreamError(response, 'mlflow', this._connection);
    }
    const type = contentType(response);
    const parts = await readParts(response, MAX_ASSET);
    const blob = /javascript/.test(type)
      ? new Blob([rewriteScript(decode(parts))], { type })
      : new Blob(parts, { type });
    this._kept += blob.size;
    if (this._kept > MAX_KEPT) {
      return blob;
    }
    // Keeping a copy is a convenience: a full disk must not stop MLflow.
    cache
      ?.put(
        this._key(path),
        new Response(blob, { headers: { 'Content-Type': type } })
      )
      .catch(() => undefined);
    return blob;
  }

  private async _open(): Promise<Cache | null> {
    this._cache ??= this._caches
      ? this._caches.open(CACHE).catch(() => null)
      : Promise.resolve(null);
    return this._cache;
  }

  private _key(path: string): string {
    const version = encodeURIComponent(`${this._version}~${REWRITE}`);
    return `${VIRTUAL_BASE}${this._connection}/${version}/${path}`;
  }

  private _cache: Promise<Cache | null> | null = null;
  private _caches: CacheStorage | null;
  private _connection: string;
  private _files = new Map<string, Promise<Blob>>();
  private _fresh: boolean;
  private _kept = 0;
  private _lanes: Limiter;
  private _relay: IRelay;
  private _version: string;
}

export namespace Assets {
  export interface IOptions {
    relay: IRelay;
    connection: string;
    /** Version of MLflow, part of the key. */
    version: string;
    /** null: nothing is kept over page loads. */
    caches: CacheStorage | null;
    /** True: ask the server, whatever is kept. */
    fresh?: boolean;
    /** Files fetched at once; as many as are wanted. */
    lanes?: number;
  }
}
