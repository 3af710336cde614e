/** Memory of processes on this machine, sampled while something goes on. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Ms between two looks. */
const PAUSE = 100;

/**
 * Bytes of a process that are in memory now.
 *
 * @throws Error when the process is gone
 */
export function residentMemory(pid: number): number {
  if (process.platform !== 'linux') {
    const kilobytes = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]);
    return Number(kilobytes) * 1024;
  }
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** Watches a number of bytes until `stop`. */
export class Growth {
  /** @param measure - gives the bytes now */
  constructor(private readonly measure: () => Promise<number> | number) {}

  /** Take the first look. */
  async start(): Promise<void> {
    this._first = await this.measure();
    this._watching = this._watch();
  }

  /** Take the last look. @returns bytes of the highest over the first */
  async stop(): Promise<number> {
    this._isStopped = true;
    await this._watching;
    await this._look();
    return this._most - this._first;
  }

  private async _watch(): Promise<void> {
    while (!this._isStopped) {
      await this._look();
      await new Promise(done => setTimeout(done, PAUSE));
    }
  }

  private async _look(): Promise<void> {
    this._most = Math.max(this._most, await this.measure());
  }

  private _first = 0;
  private _isStopped = false;
  private _most = 0;
  private _watching: Promise<void> = Promise.resolve();
}
