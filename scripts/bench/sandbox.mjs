/** A sandbox for one measurement, and calls to its control server. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { python } from '../bootstrap.mjs';
import { Failure, root } from '../process.mjs';

/** Ms after which a start has failed; 10,000 groups take longest. */
const START_LIMIT = 300_000;

async function call(url, method, body) {
  const answer = await fetch(url, {
    method,
    headers: body ? { 'Content-Type': 'application/json' } : {},
    body: body ? JSON.stringify(body) : undefined
  });
  if (!answer.ok) {
    throw new Failure(
      `${method} ${url}: ${answer.status} ${await answer.text()}`
    );
  }
  return answer.json();
}

/**
 * Start a sandbox with a fresh run directory, use it, stop it.
 *
 * @param {string[]} content its options about what is in its registries
 * @param {(sandbox: {lab: string, parts: object, counts: () => Promise<object>,
 *   forget: () => Promise<void>, latency: (ms: number) => Promise<void>,
 *   fault: (name: string, options?: object) => Promise<void>,
 *   mend: () => Promise<void>}) => Promise<T>} use
 * @returns {Promise<T>}
 * @template T
 */
export async function withSandbox(content, use) {
  const runDir = mkdtempSync(join(root, '.run', 'bench-'));
  const child = spawn(
    python,
    [
      ...['-m', 'sandbox', '--run-dir', runDir, '--port', '0'],
      ...['--parent', String(process.pid), ...content]
    ],
    { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] }
  );
  const ended = new Promise(done => child.once('close', done));
  try {
    const lab = await ready(child, ended);
    const parts = JSON.parse(
      readFileSync(join(runDir, 'sandbox.json'), 'utf8')
    );
    return await use({
      lab,
      parts,
      counts: () => call(`${parts.control}/counts`, 'GET'),
      forget: () => call(`${parts.control}/counts`, 'DELETE'),
      latency: ms =>
        ms > 0
          ? call(`${parts.control}/faults`, 'POST', { name: 'slow', ms })
          : call(`${parts.control}/faults/slow`, 'DELETE'),
      fault: (name, options) =>
        call(`${parts.control}/faults`, 'POST', { name, ...options }),
      mend: () => call(`${parts.control}/faults`, 'DELETE')
    });
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(runDir, { recursive: true, force: true });
  }
}

function ready(child, ended) {
  let said = '';
  return new Promise((done, failed) => {
    const limit = setTimeout(
      () => failed(new Failure(`The sandbox did not get ready.\n${said}`)),
      START_LIMIT
    );
    const listen = chunk => {
      said += chunk;
      const line = /^Lab ready: (\S+)\n/m.exec(said);
      if (line) {
        clearTimeout(limit);
        done(line[1]);
      }
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    ended.then(code => {
      clearTimeout(limit);
      failed(new Failure(`The sandbox ended (exit code ${code}).\n${said}`));
    });
  });
}
