/** Starting `python -m sandbox` and waiting for its word. */
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

/** Root folder of the project. */
export const root = resolve(__dirname, '../..');

/** Run directory of the browser tests' sandbox. */
export const runDir = join(root, '.run/ui');

/** A sandbox, or a lab that joined one. */
export interface ISandboxProcess {
  /** Address of its lab. */
  lab: string;
  /** End it and everything that it started. */
  stop(): Promise<void>;
}

/** Ms after which a start has failed: the first one trains MLflow's models. */
const START_LIMIT = 240_000;

/**
 * Start it and wait until it says that it is up.
 *
 * @param folder - run directory; that of the sandbox of all tests by default
 * @throws Error with what it printed, when it ends or takes too long
 */
export async function startSandbox(
  args: string[],
  folder = runDir
): Promise<ISandboxProcess> {
  const child = spawn(
    join(root, '.venv/bin/python'),
    [
      ...['-m', 'sandbox', '--run-dir', folder],
      ...['--parent', String(process.pid), '--port', '0'],
      ...args
    ],
    { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] }
  );
  let said = '';
  const ended = new Promise<number | null>(done => child.once('close', done));
  const lab = await new Promise<string>((done, failed) => {
    const limit = setTimeout(() => {
      child.kill('SIGTERM');
      failed(new Error(`The sandbox did not get ready.\n${said}`));
    }, START_LIMIT);
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const ready = /^Lab ready: (\S+)\n/m.exec(said);
      if (ready) {
        clearTimeout(limit);
        done(ready[1]);
      }
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', failed);
    void ended.then(code => {
      clearTimeout(limit);
      failed(new Error(`The sandbox ended (exit code ${code}).\n${said}`));
    });
  });
  return {
    lab,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    }
  };
}
