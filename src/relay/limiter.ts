/** Runs at most so many jobs at a time; the others wait in order. */
export class Limiter {
  /** @param max jobs at a time, >= 1 */
  constructor(max: number) {
    this._free = max;
  }

  /**
   * Run a job when there is room.
   *
   * @param signal given up while waiting: rejects, the job never starts
   */
  async run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this._free > 0) {
      this._free--;
    } else {
      await this._wait(signal);
    }
    try {
      if (signal?.aborted) {
        throw new DOMException('The request was given up.', 'AbortError');
      }
      return await job();
    } finally {
      const next = this._waiting.shift();
      if (next) {
        next();
      } else {
        this._free++;
      }
    }
  }

  private _wait(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      const stop = () => {
        this._waiting.splice(this._waiting.indexOf(go), 1);
        reject(new DOMException('The request was given up.', 'AbortError'));
      };
      this._waiting.push(go);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  private _free: number;
  private _waiting: (() => void)[] = [];
}
