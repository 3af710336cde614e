/** The running sandbox, as tests drive it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runDir, startSandbox } from './process';
import type { ISandboxProcess } from './process';

/** Who is at the keyboard. */
export type Persona = 'data-scientist' | 'approver' | 'reader';

/** Narrows a fault down. */
export interface IFaultOptions {
  /** `aws`, `aws-<registry>`, `openpages` or `mlflow`. */
  upstream?: string;
  operation?: string;
  ms?: number;
  /** Only for the next n calls. */
  times?: number;
}

/** Content of `sandbox.json` (docs/architecture.md). */
export interface ISandboxParts {
  lab: string;
  persona: Persona;
  control: string;
  aws: string;
  registries: Record<string, string>;
  /** Account of each registry. */
  accounts: Record<string, string>;
  mlflow: string;
  openpages: string;
  credentials: string;
  /** Process ids, of this machine. */
  pids: { sandbox: number; lab: number };
}

/** How a lab joins. */
export interface IJoinOptions {
  space?: 'private' | 'shared';
  jupyterlab?: string;
  /** Versions of MLflow that it is connected to beside the newest. */
  mlflows?: string[];
}

/** Handle of a sandbox; by default of the one that `start.ts` started. */
export class Sandbox {
  /** @param folder - its run directory */
  constructor(folder = runDir) {
    this.parts = JSON.parse(readFileSync(join(folder, 'sandbox.json'), 'utf8'));
  }

  readonly parts: ISandboxParts;

  /** Address of the data scientist's lab. */
  get lab(): string {
    return this.parts.lab;
  }

  /** Switch a fault on. */
  async fault(name: string, options: IFaultOptions = {}): Promise<void> {
    await this._control('POST', '/faults', { name, ...options });
  }

  /** Switch a fault off, or all. */
  async clear(name?: string): Promise<void> {
    await this._control('DELETE', name ? `/faults/${name}` : '/faults');
  }

  /** Let every call of an upstream, or of all, wait; 0 ends it. */
  async latency(ms: number, upstream?: string): Promise<void> {
    await this._control('POST', '/latency', { ms, upstream });
  }

  /** A switch of the OpenPages stand-in (`sandbox/openpages/control.py`). */
  async openPages(name: string, body: object = {}): Promise<void> {
    await this._control('POST', `/openpages/${name}`, body);
  }

  /** Everything as seeded, faults off. */
  async reset(): Promise<void> {
    await this._control('POST', '/reset');
  }

  /** Calls since the last `clearCounts`: upstream, operation, number. */
  async counts(): Promise<Record<string, Record<string, number>>> {
    return (await this._control('GET', '/counts')) as Record<
      string,
      Record<string, number>
    >;
  }

  /** Count from zero. */
  async clearCounts(): Promise<void> {
    await this._control('DELETE', '/counts');
  }

  /**
   * Start another persona's lab against this sandbox.
   *
   * It runs until the tests end; the same persona gets the same lab, unless it
   * was stopped.
   */
  async join(
    persona: Persona,
    options: IJoinOptions = {}
  ): Promise<ISandboxProcess> {
    const kind = JSON.stringify([
      options.space,
      options.jupyterlab,
      options.mlflows
    ]);
    const running = this._joined.get(persona);
    if (running?.kind === kind) {
      return running;
    }
    // One lab for a persona: of another kind, it makes room.
    await running?.stop();
    const args = ['--as', persona];
    if (options.space) {
      args.push('--space', options.space);
    }
    if (options.jupyterlab) {
      args.push('--jupyterlab', options.jupyterlab);
    }
    for (const version of options.mlflows ?? []) {
      args.push('--mlflow-version', version);
    }
    const started = await startSandbox(args);
    const joined = {
      kind,
      lab: started.lab,
      stop: async () => {
        this._joined.delete(persona);
        await started.stop();
      }
    };
    this._joined.set(persona, joined);
    return joined;
  }

  /** End the labs that joined. */
  async stopJoined(): Promise<void> {
    await Promise.all([...this._joined.values()].map(lab => lab.stop()));
  }

  private async _control(
    method: string,
    path: string,
    body?: unknown
  ): Promise<unknown> {
    const answer = await fetch(`${this.parts.control}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body)
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    }
    return text ? JSON.parse(text) : null;
  }

  private readonly _joined = new Map<
    Persona,
    ISandboxProcess & { kind: string }
  >();
}
