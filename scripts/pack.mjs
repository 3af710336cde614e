/**
 * Make the npm package as it is published:
 *
 *   node scripts/pack.mjs [--cli FOLDER] [--to FOLDER]
 *
 * The admin command line in it is the bundle, so that `npx` needs nothing else: the
 * dependencies of the panel, which is in the wheel, become optional peers, for whoever
 * compiles against our tokens. Prints the path of the tarball.
 *
 *   --cli FOLDER  where standalone.js is (default: lib/cli, of `npm run build:prod`)
 *   --to FOLDER   where the tarball goes (default: dist)
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, guarded, root } from './process.mjs';

/** Entry of the command line in the package. */
const ENTRY = 'lib/cli/standalone.js';

/** What npm needs of package.json, without what only the build needs. */
export function manifest(told) {
  const { dependencies, ...rest } = told;
  for (const name of ['devDependencies', 'overrides', 'scripts']) {
    delete rest[name];
  }
  return {
    ...rest,
    bin: { [told.name]: ENTRY },
    peerDependencies: dependencies,
    peerDependenciesMeta: Object.fromEntries(
      Object.keys(dependencies).map(name => [name, { optional: true }])
    )
  };
}

/** Folders and files that package.json ships, as far as they are there. */
function copyShipped(told, folder) {
  const heads = told.files.map(one => one.split(/\/?[*{]/)[0]);
  for (const name of new Set([...heads, 'LICENSE', 'README.md'])) {
    if (existsSync(join(root, name))) {
      cpSync(join(root, name), join(folder, name), {
        recursive: true,
        filter: path => !/node_modules|__pycache__/.test(path)
      });
    }
  }
}

function pack({ cli, to }) {
  const bundle = join(resolve(cli ?? join(root, dirname(ENTRY))));
  if (!existsSync(join(bundle, 'standalone.js'))) {
    throw new Failure(
      `There is no standalone.js in ${bundle}.`,
      'Run npm run build:prod first.'
    );
  }
  const told = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'sagemaker-governance-pack-'));
  try {
    copyShipped(told, folder);
    cpSync(bundle, join(folder, dirname(ENTRY)), { recursive: true });
    chmodSync(join(folder, ENTRY), 0o755);
    writeFileSync(
      join(folder, 'package.json'),
      `${JSON.stringify(manifest(told), null, 2)}\n`
    );
    const target = resolve(to ?? join(root, 'dist'));
    mkdirSync(target, { recursive: true });
    const said = execFileSync(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', target],
      { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }
    );
    const [{ filename }] = JSON.parse(said);
    process.stdout.write(`${join(target, filename)}\n`);
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await guarded(async () => {
  const text = { type: 'string' };
  return pack(parseArgs({ options: { cli: text, to: text } }).values);
});
