/**
 * Many files of MLflow's pages in one answer, as `mlflow-files/<connection>`
 * gives it: for a lab that is far away one round trip instead of dozens.
 */
import {
  decode,
  eachPart,
  readParts,
  RelayError,
  type RelayCode,
  TooLargeError
} from '../../relay';
import type { IRelay } from '../../tokens';

/** A file as MLflow gave it. */
export interface IFile {
  status: number;
  /** Content type. */
  type: string;
  parts: Uint8Array<ArrayBuffer>[];
}

/** Files asked for at once; the server's own limit. */
export const MAX_FILES = 256;
/** Bytes of a whole answer. */
const MAX_TOTAL = 256 * 1024 * 1024;

const HEAD = 1;
const DATA = 2;
const END = 3;
const FAIL = 4;
/** Kind, number of the file, length: big-endian. */
const RECORD = 7;
const MAX_HEAD = 64 * 1024;

/** What `DecompressionStream` undoes. */
const PACKED: Record<string, CompressionFormat> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate'
};

/** A file that is on its way. */
interface IComing {
  path: string;
  status: number;
  type: string;
  encoding: string;
  parts: Uint8Array<ArrayBuffer>[];
  size: number;
}

/** The answer ended without that file. */
export class AbsentError extends Error {
  constructor(path: string) {
    super(`${path} did not come.`);
    this.name = 'AbsentError';
  }
}

interface IWaiting {
  resolve(file: IFile | Promise<IFile>): void;
  reject(error: unknown): void;
  file: Promise<IFile>;
}

/** One such request. */
export class Bundle {
  /**
   * @param options.follow - also what `index.html`, when it is asked for, names
   * @param options.limit - bytes of a file, after decompression
   */
  constructor(private _options: Bundle.IOptions) {
    for (const path of _options.paths) {
      this._wait(path);
    }
    this._read().then(
      () => this._end(null),
      (error: unknown) => this._end(error)
    );
  }

  /**
   * A file that was asked for or that the page names, once it is whole.
   *
   * @throws AbsentError, TooLargeError, RelayError
   */
  file(path: string): Promise<IFile> {
    return (this._files.get(path) ?? this._wait(path)).file;
  }

  private _wait(path: string): IWaiting {
    let resolve: IWaiting['resolve'] = () => undefined;
    let reject: IWaiting['reject'] = () => undefined;
    const file = new Promise<IFile>((one, two) => {
      resolve = one;
      reject = two;
    });
    // Whoever wants it hears of it; nobody may.
    file.catch(() => undefined);
    const waiting = { resolve, reject, file };
    this._files.set(path, waiting);
    if (this._isEnded) {
      reject(new AbsentError(path));
    }
    return waiting;
  }

  private async _read(): Promise<void> {
    const { relay, connection, paths, follow } = this._options;
    const response = await relay.request(
      `mlflow-files/${encodeURIComponent(connection)}`,
      {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ paths, follow: follow ?? false })
      }
    );
    const head = new Uint8Array(RECORD);
    let filled = 0;
    let body: Uint8Array<ArrayBuffer>[] = [];
    let left = 0;
    for await (const value of eachPart(response, MAX_TOTAL)) {
      let at = 0;
      while (at < value.byteLength || (filled === RECORD && left === 0)) {
        if (filled < RECORD) {
          const part = value.subarray(at, at + RECORD - filled);
          head.set(part, filled);
          filled += part.byteLength;
          at += part.byteLength;
          if (filled === RECORD) {
            left = new DataView(head.buffer).getUint32(3);
          }
        } else {
          const part = value.subarray(at, at + left);
          body.push(part);
          left -= part.byteLength;
          at += part.byteLength;
        }
        if (filled === RECORD && left === 0) {
          const view = new DataView(head.buffer);
          this._take(view.getUint8(0), view.getUint16(1), body);
          body = [];
          filled = 0;
        }
      }
    }
  }

  private _take(
    kind: number,
    number: number,
    body: Uint8Array<ArrayBuffer>[]
  ): void {
    const coming = this._coming.get(number);
    if (kind === DATA && coming) {
      for (const part of body) {
        coming.size += part.byteLength;
        coming.parts.push(part);
      }
      if (coming.size > this._options.limit) {
        this._coming.delete(number);
        this._files
          .get(coming.path)
          ?.reject(new TooLargeError(this._options.limit));
      }
    } else if (kind === END && coming) {
      this._coming.delete(number);
      this._whole(coming);
    } else if (kind === HEAD || kind === FAIL) {
      const said = readHead(body);
      if (!said) {
        return;
      }
      const waiting = this._files.get(said.path) ?? this._wait(said.path);
      if (kind === FAIL) {
        waiting.reject(
          new RelayError({
            code: said.code,
            message: said.message,
            hint: said.hint,
            status: said.status,
            connection: this._options.connection
          })
        );
      } else {
        const { path, status, type, encoding } = said;
        const parts: IComing['parts'] = [];
        this._coming.set(number, {
          path,
          status,
          type,
          encoding,
          parts,
          size: 0
        });
      }
    }
  }

  private _whole({ path, status, type, encoding, parts }: IComing): void {
    const waiting = this._files.get(path);
    if (!encoding) {
      waiting?.resolve({ status, type, parts });
      return;
    }
    const format = PACKED[encoding];
    if (!format) {
      waiting?.reject(new TypeError(`${path}: ${encoding} is not understood`));
      return;
    }
    const plain = new Blob(parts)
      .stream()
      .pipeThrough(new DecompressionStream(format));
    waiting?.resolve(
      readParts(new Response(plain), this._options.limit).then(all => ({
        status,
        type,
        parts: all
      }))
    );
  }

  private _end(error: unknown): void {
    this._isEnded = true;
    for (const [path, waiting] of this._files) {
      // Those that came are settled: this does nothing to them.
      waiting.reject(error ?? new AbsentError(path));
    }
    this._coming.clear();
  }

  private _coming = new Map<number, IComing>();
  private _files = new Map<string, IWaiting>();
  private _isEnded = false;
}

export namespace Bundle {
  export interface IOptions {
    relay: IRelay;
    connection: string;
    paths: readonly string[];
    follow?: boolean;
    limit: number;
  }
}

interface IHead {
  path: string;
  status: number;
  type: string;
  encoding: string;
  code: RelayCode;
  message: string;
  hint: string;
}

/** Head or failure of a file; null: it is none. */
function readHead(body: Uint8Array[]): IHead | null {
  if (body.reduce((sum, { byteLength }) => sum + byteLength, 0) > MAX_HEAD) {
    return null;
  }
  let raw: Record<string, unknown>;
  try {
    raw = JSON.parse(decode(body)) as Record<string, unknown>;
  } catch {
    return null;
  }
  const text = (name: string) => String(raw[name] ?? '');
  return {
    path: text('path'),
    status: Number(raw.status) || 502,
    type: text('type') || 'application/octet-stream',
    encoding: text('encoding'),
    code: (text('code') || 'internal') as RelayCode,
    message: text('message'),
    hint: text('hint')
  };
}
