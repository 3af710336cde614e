/**
 * Measure the product on the sandbox: `npm run bench [-- --only NAME] [--quick]`.
 *
 * Prints a table to stderr and one JSON document to stdout. Ratios compare two
 * things measured in the same run, so that they hold on any machine.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap, findChromium } from './bootstrap.mjs';
import { Failure, guarded, root, say, since } from './process.mjs';
import { CURRENT } from './versions.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false }
  }
});

const LAUNCH = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
];

/** Measurements: name, content of the sandbox, what to do. */
async function measurements() {
  const panel = await import('./bench/panel.mjs');
  const { overhead } = await import('./bench/relay.mjs');
  const { opening } = await import('./bench/mlflow.mjs');
  const { smallFiles } = await import('./bench/mlflowFiles.mjs');
  const { throughput } = await import('./bench/mlflowBytes.mjs');
  const { memory } = await import('./bench/mlflowMemory.mjs');
  const { accounts } = await import('./bench/accounts.mjs');
  const { installer } = await import('./bench/installer.mjs');
  const few = '--groups 40';
  const many = `--groups ${options.quick ? 1000 : 10_000}`;
  const samples = options.quick ? 3 : 5;
  const ten = `--registries 10 --groups-per-registry ${options.quick ? 200 : 1000}`;
  return [
    ['startup', few, (b, s) => panel.startup(b, s)],
    ['relay', few, (b, s) => overhead(s)],
    ['installer', few, () => installer(options.quick ? 2 : 5)],
    ['mlflow', few, (b, s) => opening(b, s, { samples })],
    ['mlflow-50ms', few, (b, s) => opening(b, s, { rtt: 50, samples })],
    ['mlflow-150ms', few, (b, s) => opening(b, s, { rtt: 150, samples })],
    ['mlflow-far', few, (b, s) => opening(b, s, { upstream: 50, samples })],
    ['mlflow-files', few, (b, s) => smallFiles(b, s, { samples })],
    [
      'mlflow-files-50ms',
      few,
      (b, s) => smallFiles(b, s, { rtt: 50, samples })
    ],
    [
      'mlflow-files-far',
      few,
      (b, s) => smallFiles(b, s, { upstream: 50, samples })
    ],
    ['mlflow-memory', few, (b, s) => memory(b, s)],
    ['mlflow-bytes', `${few} --mlflow-kinds`, (b, s) => throughput(s, samples)],
    ['calls', many, (b, s) => panel.calls(b, s)],
    ['first-rows', many, (b, s) => panel.firstRows(b, s, 100)],
    ['scroll', many, (b, s) => panel.scroll(b, s)],
    ['accounts', ten, (b, s) => accounts(b, s)]
  ];
}

const OPENING = 'first <= 1.0; again <= 0.5; reopened <= 0.2';

/** Goal of each measurement, as text beside the figure. */
const GOALS = {
  startup: 'gzipBytes <= 20,000; apiCalls 0',
  relay: 'addedMs <= 3',
  installer: 'firstMs <= 10,000; warmMs <= 2,000',
  mlflow: OPENING,
  'mlflow-50ms': OPENING,
  'mlflow-150ms': OPENING,
  'mlflow-far': OPENING,
  'mlflow-files': 'fasterThanProxy >= 8',
  'mlflow-files-50ms': 'fasterThanProxy >= 8',
  'mlflow-files-far': 'fasterThanProxy >= 8',
  'mlflow-memory': 'renderers, heap <= 1.1',
  'mlflow-bytes': 'ratio >= 0.8',
  calls: 'total <= goal',
  'first-rows': 'overRoundTripMs <= 100',
  scroll: 'p95Ms <= 17',
  accounts: 'overRoundTripMs <= 100; callsOfEight <= goal; both failures said'
};

function table(results) {
  for (const [name, figures] of Object.entries(results)) {
    say(`\n${name}  (goal: ${GOALS[name]})`);
    for (const [key, value] of Object.entries(figures)) {
      say(
        `  ${key.padEnd(20)} ${typeof value === 'object' ? JSON.stringify(value) : value}`
      );
    }
  }
}

await guarded(async () => {
  await bootstrap({ browser: true, labs: [CURRENT] });
  mkdirSync(join(root, '.run'), { recursive: true });
  const { chromium: launcher } = await import('@playwright/test');
  const { withSandbox } = await import('./bench/sandbox.mjs');
  const all = await measurements();
  const unknown = (options.only ?? []).filter(
    name => !all.some(([n]) => n === name)
  );
  if (unknown.length) {
    throw new Failure(
      `no measurement is called ${unknown.join(', ')}`,
      `known: ${all.map(([name]) => name).join(', ')}`
    );
  }
  const chosen = all.filter(
    ([name]) => !options.only || options.only.includes(name)
  );
  const browser = await launcher.launch({
    executablePath: findChromium(),
    args: LAUNCH
  });
  const results = {};
  try {
    for (const content of new Set(chosen.map(([, kind]) => kind))) {
      await withSandbox(content.split(' '), async sandbox => {
        for (const [name, kind, measure] of chosen) {
          if (kind === content) {
            const start = Date.now();
            results[name] = await measure(browser, sandbox);
            say(`${name}: measured in ${since(start)}`);
          }
        }
      });
    }
  } finally {
    await browser.close();
  }
  table(results);
  process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
});
