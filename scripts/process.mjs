/**
 * Running other programs and telling the user about it.
 *
 * Progress goes to stderr: stdout is left to results (`Lab ready: ...`, counts).
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root folder of the project. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A failure that the user can do something about; printed without a stack. */
export class Failure extends Error {
  /**
   * @param {string} message what happened, to what
   * @param {string} hint what to do next
   */
  constructor(message, hint = '') {
    super(message);
    this.hint = hint;
  }
}

/** Print one line of progress. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Seconds since `start` (ms), for people. */
export function since(start) {
  return `${((Date.now() - start) / 1000).toFixed(1)} s`;
}

/** Children that must not outlive us. */
const children = new Set();

/** Pass the end on to the children, then end. */
function onSignal(signal) {
  for (const child of children) {
    child.kill('SIGTERM');
  }
  say(`\nStopped (${signal}).`);
  process.exit(128 + (signal === 'SIGINT' ? 2 : 15));
}

function track(child) {
  if (children.size === 0) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, onSignal);
    }
  }
  children.add(child);
  child.once('close', () => {
    children.delete(child);
    if (children.size === 0) {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
        process.removeListener(signal, onSignal);
      }
    }
  });
  return child;
}

/** Run `main`; print a failure with its hint and leave with exit code 1. */
export async function guarded(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof Failure)) {
      throw error;
    }
    say(`\nError: ${error.message}`);
    if (error.hint) {
      say(`What to do: ${error.hint}`);
    }
    process.exitCode = 1;
  }
}

/** Causes that tools report in many words, and the way out of each. */
const CAUSES = [
  [
    /ENOSPC|No space left on device/i,
    'the disk is full: free some space (about 3 GB are needed) and run again.'
  ],
  [
    /DO NOT MATCH THE HASHES|EINTEGRITY/i,
    'a downloaded file is not the one in the lock. Clear the package cache (npm cache clean --force, pip cache purge); if it persists, your registry mirror serves altered files.'
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|Temporary failure in name resolution|NewConnectionError|ConnectTimeout|ReadTimeout|Network is unreachable|ProxyError|Could not resolve|No matching distribution found/i,
    'the package registry cannot be reached. Check the network and the proxy (HTTPS_PROXY, npm config, pip config), then run again: finished steps are kept.'
  ],
  [
    /EACCES|EPERM|Permission denied/i,
    'a file cannot be written. Check who owns the project folder (an earlier run as root?).'
  ]
];

/** Way out of a failed step, guessed from what the tool printed. */
function hintFor(output, log) {
  const cause = CAUSES.find(([pattern]) => pattern.test(output));
  return `${cause ? `${cause[1]} ` : ''}Full output: ${log}`;
}

/**
 * Run one step of the set-up; its output goes to a log file.
 *
 * @param {string} title what is being done, for people
 * @param {string} command program
 * @param {string[]} args its arguments
 * @param {{cwd?: string, env?: Record<string, string>}} options
 * @returns {Promise<void>}
 * @throws {Failure} with the tail of the output and a way out
 */
export async function step(title, command, args, options = {}) {
  const start = Date.now();
  const log = join(
    root,
    '.cache/logs',
    `${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.log`
  );
  mkdirSync(dirname(log), { recursive: true });
  say(`${title} ...`);
  const slow = setInterval(() => say(`${title} ... ${since(start)}`), 15000);
  const file = createWriteStream(log);
  let code;
  try {
    code = await new Promise((resolve, reject) => {
      const child = track(
        spawn(command, args, {
          cwd: options.cwd ?? root,
          env: { ...process.env, ...options.env },
          stdio: ['ignore', 'pipe', 'pipe']
        })
      );
      child.stdout.pipe(file, { end: false });
      child.stderr.pipe(file, { end: false });
      child.once('error', reject);
      child.once('close', resolve);
    });
  } catch (error) {
    throw new Failure(
      `${title}: ${command} could not be started (${error.code}).`,
      `install ${command} and make sure that it is on the PATH.`
    );
  } finally {
    clearInterval(slow);
    await new Promise(resolve => file.end(resolve));
  }
  if (code !== 0) {
    const output = readFileSync(log, 'utf8');
    const tail = output.trimEnd().split('\n').slice(-25).join('\n');
    throw new Failure(
      `${title} failed (exit code ${code}).\n${tail}`,
      hintFor(output, log)
    );
  }
  say(`${title}: done in ${since(start)}`);
}

/**
 * Run a program with its output shown as it comes.
 *
 * @returns {Promise<number>} exit code; 127 when it could not be started
 */
export function stream(command, args, options = {}) {
  return new Promise(resolve => {
    const child = track(
      spawn(command, args, {
        cwd: root,
        env: { ...process.env, ...options.env },
        stdio: ['ignore', 'inherit', 'inherit']
      })
    );
    child.once('error', error => {
      say(`${command}: ${error.message}`);
      resolve(127);
    });
    child.once('close', (code, signal) => resolve(code ?? (signal ? 128 : 1)));
  });
}
