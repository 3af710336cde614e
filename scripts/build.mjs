/**
 * Build the labextension: TypeScript, then the bundle.
 *
 *   node scripts/build.mjs [--development] [--clean]
 *
 * Bundled against the oldest JupyterLab that we support, so that one wheel loads
 * in 4.4, 4.5 and 4.6: newer core metadata would make older labs log "Unsatisfied
 * version" for every shared package. The floor is derived from what is installed.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const read = file => JSON.parse(readFileSync(file, 'utf8'));

/** Run a command in the project, or stop with its exit code. */
function run(command, args) {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (done.status !== 0) {
    console.error(`${[command, ...args].join(' ')} failed`);
    process.exit(done.status ?? 1);
  }
}

/** Minor version minus two: core 4.6 metadata to the 4.4 floor. */
function lowered(range) {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(range);
  return `~${major}.${Math.max(0, Number(minor) - 2)}.0`;
}

/** Write the core metadata of the floor and return its path. */
function floorMetadata() {
  const core = read(join(modules, '@jupyterlab/core-meta/core.package.json'));
  for (const table of ['dependencies', 'devDependencies', 'resolutions']) {
    for (const [name, range] of Object.entries(core[table] ?? {})) {
      if (name.startsWith('@jupyterlab/')) {
        const installed = join(modules, name, 'package.json');
        core[table][name] = existsSync(installed)
          ? `~${read(installed).version}`
          : lowered(range);
      }
    }
  }
  const file = join(modules, '.cache', 'core.floor.package.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(core, null, 2));
  return file;
}

for (const output of [
  'lib',
  'tsconfig.tsbuildinfo',
  'jupyter_ext/sagemaker_governance/labextension'
]) {
  if (
    process.argv.includes('--clean') ||
    !process.argv.includes('--development')
  ) {
    rmSync(join(root, output), { recursive: true, force: true });
  }
}
if (!process.argv.includes('--clean')) {
  const development = process.argv.includes('--development');
  run(process.execPath, [
    join(modules, 'typescript/bin/tsc'),
    '--build',
    ...(development ? ['--force'] : [])
  ]);
  // The admin command line, the `bin` of the npm package.
  run(process.execPath, [
    join(modules, 'typescript/bin/tsc'),
    ...['--project', 'lifecycle-config/cli']
  ]);
  if (!development) {
    run(process.execPath, ['scripts/bundle-cli.mjs']);
  }
  run(process.execPath, [
    join(modules, '@jupyter/builder/lib/build-labextension.js'),
    ...(development ? ['--development'] : []),
    '--core-package-file',
    floorMetadata(),
    '.'
  ]);
}
