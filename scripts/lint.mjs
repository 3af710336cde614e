/**
 * Every static check, each on its own line: `npm run lint` mends what can be
 * mended, `npm run lint:check` only looks.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrap } from './bootstrap.mjs';
import { guarded, root, say, since, stream } from './process.mjs';

const bin = name => join(root, 'node_modules/.bin', name);
const venv = name => join(root, '.venv/bin', name);

/** Shell scripts that we ship or run. */
function shellScripts() {
  const shipped = readdirSync(join(root, 'lifecycle-config'))
    .filter(name => name.endsWith('.sh'))
    .map(name => join('lifecycle-config', name));
  return [...shipped, '.ci/run'];
}

/**
 * The checks: name, program, arguments.
 *
 * @param {boolean} fix mend what the tool can mend
 * @returns {[string, string, string[]][]}
 */
function checks(fix) {
  const mend = fix ? ['--fix'] : [];
  const python = ['jupyter_ext', 'sandbox', 'lifecycle-config'];
  const notebooks = ['--extend-exclude', '*.ipynb'];
  return [
    ['types: sources', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']],
    ['types: jest', bin('tsc'), ['--noEmit', '-p', 'tsconfig.test.json']],
    [
      'types: command line',
      bin('tsc'),
      ['--noEmit', '-p', 'lifecycle-config/cli/tsconfig.test.json']
    ],
    ['types: browser tests', bin('tsc'), ['--noEmit', '-p', 'ui-tests']],
    ['eslint', bin('eslint'), ['--max-warnings', '0', '.', ...mend]],
    [
      'stylelint',
      bin('stylelint'),
      ['--max-warnings', '0', 'style/**/*.css', ...mend]
    ],
    [
      'prettier',
      bin('prettier'),
      [fix ? '--write' : '--check', '.', '--log-level', 'warn']
    ],
    ['translations', process.execPath, ['scripts/locale.mjs']],
    ['rooms', bin('depcruise'), ['src', '--output-type', 'err-long']],
    ['ruff', venv('ruff'), ['check', ...python, ...notebooks, ...mend]],
    [
      'ruff format',
      venv('ruff'),
      ['format', ...python, ...notebooks, ...(fix ? [] : ['--check'])]
    ],
    ['mypy: server extension', venv('mypy'), []],
    [
      'mypy: sandbox',
      venv('mypy'),
      ['--config-file', 'sandbox/mypy.ini', '-p', 'sandbox']
    ],
    ['shellcheck', venv('shellcheck'), shellScripts()]
  ];
}

/**
 * Run every check, also after one failed.
 *
 * @returns {Promise<{passed: number, failed: number, skipped: number}>}
 */
export async function lint(fix = false) {
  const failed = [];
  const all = checks(fix);
  for (const [name, command, args] of all) {
    const start = Date.now();
    const code = existsSync(command) ? await stream(command, args) : 127;
    say(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${since(start)})`);
    if (code !== 0) {
      failed.push(name);
    }
  }
  if (failed.length) {
    say(`Failed checks: ${failed.join(', ')}`);
  }
  return {
    passed: all.length - failed.length,
    failed: failed.length,
    skipped: 0
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await guarded(async () => {
    await bootstrap({ python: true });
    const { failed } = await lint(process.argv.includes('--fix'));
    return failed ? 1 : 0;
  });
}
