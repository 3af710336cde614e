/**
 * Bundle the admin command line into one file that needs no node_modules:
 *
 *   node scripts/bundle-cli.mjs [FROM [FOLDER]]
 *
 * From the compiled main.js (by default lib/cli/main.js) to FOLDER/standalone.js (by
 * default beside it). For admins without a package registry: unpack the npm package
 * and run the file.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { rspack } from '@rspack/core';
import { guarded, root, say } from './process.mjs';

/** Packages that modules of a bundle come from: folder and description, by name. */
function packages(modules) {
  const folders = new Set();
  for (const module of modules) {
    const file = module.nameForCondition?.() ?? '';
    const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
    if (match) {
      folders.add(match[1]);
    }
  }
  return [...folders].sort().map(folder => ({
    folder,
    ...JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  }));
}

/** Text of a package's licence. */
function licence({ folder, name, version, license }) {
  const file = readdirSync(folder).find(one => /^licen[cs]e/i.test(one));
  const text = file ? readFileSync(join(folder, file), 'utf8') : license;
  return `${name} ${version}\n\n${text}\n`;
}

/** Makes the file executable by itself and says what it contains. */
class Credits {
  apply(compiler) {
    const { RawSource, ConcatSource } = rspack.sources;
    compiler.hooks.thisCompilation.tap('Credits', compilation => {
      compilation.hooks.processAssets.tap('Credits', () => {
        const used = packages(compilation.modules);
        const lines = used.map(
          ({ name, version, license }) =>
            `//   ${name} ${version} (${license})\n`
        );
        compilation.updateAsset(
          'standalone.js',
          old =>
            new ConcatSource(
              '#!/usr/bin/env node\n',
              '// Contains, under the licences of standalone.licences.txt:\n',
              ...lines,
              old
            )
        );
        compilation.emitAsset(
          'standalone.licences.txt',
          new RawSource(used.map(licence).join(`${'-'.repeat(72)}\n`))
        );
      });
    });
  }
}

await guarded(async () => {
  const from = resolve(process.argv[2] ?? join(root, 'lib/cli/main.js'));
  const compiler = rspack({
    context: root,
    entry: from,
    mode: 'production',
    target: 'node20',
    // install.sh and the templates are found from the file's own folder.
    node: { __dirname: false },
    output: {
      path: resolve(process.argv[3] ?? dirname(from)),
      filename: 'standalone.js',
      // Parts of the SDK that load late, such as sign-in by SSO, go in as well.
      asyncChunks: false
    },
    plugins: [new Credits()],
    // A program that admins run with their rights stays readable.
    optimization: { minimize: false }
  });
  const stats = await new Promise((done, failed) => {
    compiler.run((error, result) => (error ? failed(error) : done(result)));
  });
  if (stats.hasErrors()) {
    say(stats.toString({ all: false, errors: true }));
    return 1;
  }
  return 0;
});
