/** Every layer of test, from one command: `npm test [-- --only LAYER]`. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap, builtWheel, findChromium, python } from './bootstrap.mjs';
import { lint } from './lint.mjs';
import { Failure, guarded, root, say, since, stream } from './process.mjs';
import { LABS, MLFLOWS } from './versions.mjs';

const HELP = `Usage: npm test [-- --only LAYER[,LAYER]]

Sets everything up and runs every layer; ends with
  N passed, N failed, N skipped

  --only LAYER   lint, jest, pytest, lifecycle or ui; may be repeated
  --help         this text
`;

const reports = join(root, '.cache/test');

/** A layer that did not say what it ran counts as one failure. */
const NO_REPORT = { passed: 0, failed: 1, skipped: 0 };

/** Path for a layer's report; one of an earlier run is removed. */
function report(name) {
  const file = join(reports, name);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  return file;
}

function readReport(file, parse) {
  if (!existsSync(file)) {
    say(`No report was written: ${file}`);
    return NO_REPORT;
  }
  return parse(readFileSync(file, 'utf8'));
}

async function jest() {
  const file = report('jest.json');
  const code = await stream(process.execPath, [
    ...['node_modules/jest/bin/jest.js', '--coverage=false'],
    ...['--json', '--outputFile', file]
  ]);
  const counts = readReport(file, text => {
    const result = JSON.parse(text);
    return {
      passed: result.numPassedTests,
      // A file that does not even load has no tests to count.
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
      skipped: result.numPendingTests + result.numTodoTests
    };
  });
  return { code, counts };
}

/** Counts of a JUnit file as pytest writes it. */
function junit(text) {
  const sum = name =>
    [...text.matchAll(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`, 'g'))]
      .map(match => Number(match[1]))
      .reduce((a, b) => a + b, 0);
  const failed = sum('failures') + sum('errors');
  const skipped = sum('skipped');
  return { passed: sum('tests') - failed - skipped, failed, skipped };
}

async function pytest(name, paths) {
  const file = report(`${name}.xml`);
  const code = await stream(
    python,
    ['-m', 'pytest', ...paths, '-q', '--junitxml', file],
    { env: { SG_WHEEL: builtWheel() ?? '' } }
  );
  return { code, counts: readReport(file, junit) };
}

async function ui() {
  const file = report('ui.json');
  const code = await stream(
    process.execPath,
    [
      ...['node_modules/@playwright/test/cli.js', 'test'],
      ...['-c', 'ui-tests/playwright.config.ts', '--reporter=list,json']
    ],
    {
      env: {
        CHROMIUM_PATH: findChromium() ?? '',
        PLAYWRIGHT_JSON_OUTPUT_NAME: file
      }
    }
  );
  const counts = readReport(file, text => {
    const { stats, errors } = JSON.parse(text);
    if (stats.flaky) {
      say(`${stats.flaky} passed only at another try: see "flaky" above`);
    }
    return {
      passed: stats.expected + stats.flaky,
      failed: stats.unexpected + errors.length,
      skipped: stats.skipped
    };
  });
  return { code, counts };
}

/** Layers in the order they run: what each needs, and how it runs. */
const LAYERS = {
  lint: {
    needs: { python: true },
    run: async () => {
      const counts = await lint();
      return { code: counts.failed ? 1 : 0, counts };
    }
  },
  jest: { needs: {}, run: jest },
  pytest: {
    needs: { python: true, mlflows: MLFLOWS },
    run: () => pytest('pytest', ['jupyter_ext', 'sandbox'])
  },
  lifecycle: {
    needs: { python: true, wheel: true },
    run: () => pytest('lifecycle', ['lifecycle-config'])
  },
  ui: {
    needs: { python: true, labs: LABS, mlflows: MLFLOWS, browser: true },
    run: ui
  }
};

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true },
        help: { type: 'boolean', default: false }
      }
    }));
  } catch (error) {
    throw new Failure(error.message, 'npm test -- --help shows the options.');
  }
  const only = (values.only ?? []).flatMap(names => names.split(','));
  const unknown = only.find(name => !(name in LAYERS));
  if (unknown !== undefined) {
    throw new Failure(
      `There is no layer '${unknown}'.`,
      `use one of ${Object.keys(LAYERS).join(', ')}.`
    );
  }
  return { help: values.help, only };
}

/** Run one layer; whatever goes wrong in it counts, nothing stops the rest. */
async function runLayer(name) {
  const start = Date.now();
  say(`\n== ${name} ==`);
  let result;
  try {
    await bootstrap(LAYERS[name].needs);
    result = await LAYERS[name].run();
  } catch (error) {
    say(`${name}: ${error instanceof Failure ? error.message : error.stack}`);
    if (error.hint) {
      say(`What to do: ${error.hint}`);
    }
    result = { code: 1, counts: NO_REPORT };
  }
  const counts = { ...result.counts };
  if (counts.passed + counts.failed === 0) {
    say(`${name}: no test ran, which is a failure.`);
    counts.failed = 1;
  } else if (result.code !== 0 && counts.failed === 0) {
    say(`${name}: exit code ${result.code} although no test failed.`);
    counts.failed = 1;
  }
  say(
    `== ${name}: ${counts.passed} passed, ${counts.failed} failed, ` +
      `${counts.skipped} skipped in ${since(start)} ==`
  );
  return counts;
}

await guarded(async () => {
  const { help, only } = readOptions();
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const name of only.length ? only : Object.keys(LAYERS)) {
    const counts = await runLayer(name);
    for (const key of Object.keys(total)) {
      total[key] += counts[key];
    }
  }
  process.stdout.write(
    `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`
  );
  return total.failed ? 1 : 0;
});
