/** MLflow's static files: fetched ahead, kept over page loads when hashed. */
import type { IRelay } from '../../tokens';
import { decode, Limiter, readParts, upstreamError } from '../../relay';
import { relayPath, VIRTUAL_BASE } from './address';
import { AbsentError, Bundle, type IFile, MAX_FILES } from './bundle';
import { NotMLflowError, rewriteScript } from './document';

/** Name of our Cache Storage. */
export const CACHE = 'jupyterlab-sagemaker-governance:mlflow';

/** Part of each key: raise it when `rewriteScript` changes. */
const REWRITE = 1;

/** Largest static file, bytes; MLflow's own are a few megabytes. */
export const MAX_ASSET = 64 * 1024 * 1024;
/** Bytes that one page of MLflow may add to what is kept. */
export const MAX_KEPT = 128 * 1024 * 1024;
/** Files kept for a connection; more is no MLflow. */
const MAX_FILES_KEPT = 2000;
/** Requests for files at once; each may bring many. */
const LANES = 4;

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

/** What the first request for a page brings. */
export interface IPage {
  html: string;
  /** Version of MLflow, `unknown` if it does not say. */
  version: string;
  assets: Assets;
}

/**
 * Read MLflow's page, in one round trip with the files that it names unless
 * they are kept already.
 *
 * @throws RelayError, UpstreamError; NotMLflowError when it is no page
 */
export async function readPage(options: Assets.IPageOptions): Promise<IPage> {
  const { relay, connection, server, caches, fresh = false } = options;
  const cache = await openCache(caches);
  const kept = fresh ? null : await readMark(cache, connection, server);
  const bundle = new Bundle({
    relay,
    connection,
    paths: ['', 'version'],
    follow: !kept,
    limit: MAX_ASSET
  });
  const [page, version] = await Promise.all([
    bundle.file(''),
    // Old servers have no such route; what is really wrong, the page says.
    bundle.file('version').catch(() => null)
  ]);
  if (page.status < 200 || page.status > 299) {
    throw await upstreamError(
      new Response(new Blob(page.parts), { status: page.status }),
      'mlflow',
      connection
    );
  }
  if (!/^text\/html\b/i.test(page.type)) {
    throw new NotMLflowError(page.type);
  }
  const text = version?.status === 200 ? decode(version.parts).trim() : '';
  const known = /^[\w.+-]{1,64}$/.test(text) ? text : 'unknown';
  return {
    html: decode(page.parts),
    version: known,
    assets: new Assets({
      ...options,
      version: known,
      bundle: kept ? null : bundle
    })
  };
}

/** Static files of one connection at one version of MLflow. */
export class Assets {
  constructor(private _options: Assets.IOptions) {
    this._lanes = new Limiter(_options.lanes ?? LANES);
  }

  /**
   * A static file; asked for once, however many want it, and together with the
   * others that are wanted at the time.
   *
   * @throws RelayError, UpstreamError, TooLargeError
   */
  get(path: string): Promise<Blob> {
    const known = this._files.get(path);
    if (known) {
      return known;
    }
    const file = this._read(path);
    this._files.set(path, file);
    file.catch(() => this._files.delete(path));
    return file;
  }

  /**
   * Files that `index.html` names.
   *
   * @param progress - called with the number of those that are here
   * @throws as `get`
   */
  async ahead(
    paths: readonly string[],
    progress: (done: number) => void
  ): Promise<void> {
    this._named = new Set(paths);
    let done = 0;
    await Promise.all(
      paths.map(async path => {
        await this.get(path);
        progress(++done);
      })
    );
  }

  /**
   * The page stands: keep what was fetched, from now on at once. Until then
   * the browser has better things to do.
   */
  async settle(): Promise<void> {
    this._isSettled = true;
    const waiting = this._unkept.splice(0);
    await Promise.all(waiting.map(([path, blob]) => this._put(path, blob)));
    const cache = await this._open();
    const paths = [...this._named];
    if (cache && paths.length && paths.every(path => HASHED.test(path))) {
      const mark: IMark = { version: this._options.version, paths };
      await cache
        .put(markOf(this._options.connection), Response.json(mark))
        .catch(() => undefined);
    }
    await this.tidy();
  }

  /** Forget files of other versions of this connection's MLflow. */
  async tidy(): Promise<void> {
    const { connection, server, version } = this._options;
    const cache = await this._open();
    const mine = `${VIRTUAL_BASE}${connection}/`;
    const current = keyOf(connection, server, version, '');
    const keys = ((await cache?.keys()) ?? []).filter(({ url }) =>
      url.startsWith(mine)
    );
    const all = keys.length > MAX_FILES_KEPT;
    for (const request of keys) {
      const { url } = request;
      if (all || !(url.startsWith(current) || url === markOf(connection))) {
        await cache?.delete(request);
      }
    }
  }

  private async _read(path: string): Promise<Blob> {
    const { bundle, connection, server, fresh, version } = this._options;
    if (HASHED.test(path) && !fresh) {
      const cache = await this._open();
      const kept = await cache
        ?.match(keyOf(connection, server, version, path))
        .catch(() => undefined);
      if (kept) {
        return kept.blob();
      }
    }
    const sent =
      bundle && this._named.has(path)
        ? await bundle.file(path).catch((error: unknown) => {
            if (error instanceof AbsentError) {
              // The server finds names by a pattern, the browser by its parser.
              return null;
            }
            throw error;
          })
        : null;
    const file = sent ?? (await this._ask(path));
    const { status, type, parts } = file;
    if (status < 200 || status > 299) {
      throw await upstreamError(
        new Response(new Blob(parts), { status }),
        'mlflow',
        connection
      );
    }
    const blob = /javascript/.test(type)
      ? new Blob([rewriteScript(decode(parts))], { type })
      : new Blob(parts, { type });
    if (HASHED.test(path)) {
      this._keep(path, blob);
    }
    return blob;
  }

  /** Ask the server, together with all who ask before it is their turn. */
  private _ask(path: string): Promise<IFile> {
    return new Promise((resolve, reject) => {
      this._waiting.push({ path, resolve, reject });
      if (this._waiting.length === 1) {
        // One turn of the loop: a page asks for its files in a row.
        setTimeout(() => void this._lanes.run(() => this._flush()), 0);
      }
    });
  }

  private async _flush(): Promise<void> {
    const wanted = this._waiting.splice(0, MAX_FILES);
    if (this._waiting.length) {
      void this._lanes.run(() => this._flush());
    }
    const { relay, connection } = this._options;
    const paths = wanted.map(({ path }) => path);
    const bundle =
      paths.length > 1
        ? new Bundle({ relay, connection, paths, limit: MAX_ASSET })
        : null;
    await Promise.all(
      wanted.map(({ path, resolve, reject }) =>
        (bundle?.file(path) ?? this._single(path)).then(resolve, reject)
      )
    );
  }

  private async _single(path: string): Promise<IFile> {
    const { relay, connection } = this._options;
    const response = await relay.request(
      relayPath(connection, { path, search: '' })
    );
    return {
      status: response.status,
      type: contentType(response),
      parts: await readParts(response, MAX_ASSET)
    };
  }

  private _keep(path: string, blob: Blob): void {
    this._kept += blob.size;
    if (this._kept > MAX_KEPT) {
      return;
    }
    if (this._isSettled) {
      void this._put(path, blob);
    } else {
      this._unkept.push([path, blob]);
    }
  }

  private async _put(path: string, blob: Blob): Promise<void> {
    const { connection, server, version } = this._options;
    const cache = await this._open();
    // Keeping a copy is a convenience: a full disk must not stop MLflow.
    await cache
      ?.put(
        keyOf(connection, server, version, path),
        new Response(blob, { headers: { 'Content-Type': blob.type } })
      )
      .catch(() => undefined);
  }

  private _open(): Promise<Cache | null> {
    return (this._cache ??= openCache(this._options.caches));
  }

  private _cache: Promise<Cache | null> | null = null;
  private _files = new Map<string, Promise<Blob>>();
  private _isSettled = false;
  private _kept = 0;
  private _lanes: Limiter;
  private _named: ReadonlySet<string> = new Set();
  private _unkept: [path: string, blob: Blob][] = [];
  private _waiting: {
    path: string;
    resolve(file: IFile): void;
    reject(error: unknown): void;
  }[] = [];
}

export namespace Assets {
  export interface IPageOptions {
    relay: IRelay;
    connection: string;
    /**
     * Which server that is, part of the key: when the connection is another one,
     * scripts that the old one gave are not run as the new one's.
     */
    server: string;
    /** null: nothing is kept over page loads. */
    caches: CacheStorage | null;
    /** True: ask the server, whatever is kept. */
    fresh?: boolean;
    /** Requests for files at once. */
    lanes?: number;
  }

  export interface IOptions extends IPageOptions {
    /** Version of MLflow, part of the key. */
    version: string;
    /** Brings the files that the page names. */
    bundle?: Bundle | null;
  }
}

/** What a page named when it was last shown. */
interface IMark {
  version: string;
  paths: string[];
}

function openCache(caches: CacheStorage | null): Promise<Cache | null> {
  return caches
    ? caches.open(CACHE).catch(() => null)
    : Promise.resolve<Cache | null>(null);
}

function keyOf(
  connection: string,
  server: string,
  version: string,
  path: string
): string {
  const part = encodeURIComponent(`${version}~${REWRITE}~${server}`);
  return `${VIRTUAL_BASE}${connection}/${part}/${path}`;
}

function markOf(connection: string): string {
  return `${VIRTUAL_BASE}${connection}/page`;
}

/** The mark of a connection, if all that it names is kept. */
async function readMark(
  cache: Cache | null,
  connection: string,
  server: string
): Promise<IMark | null> {
  try {
    const kept = await cache?.match(markOf(connection));
    const mark = (await kept?.json()) as IMark | undefined;
    if (!cache || !mark) {
      return null;
    }
    const found = await Promise.all(
      mark.paths.map(path =>
        cache.match(keyOf(connection, server, mark.version, path))
      )
    );
    return found.every(Boolean) ? mark : null;
  } catch {
    // Storage that is broken is as good as empty.
    return null;
  }
}
