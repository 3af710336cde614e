/** Eighty small files of MLflow's pages: in our frame, and through jupyter-server-proxy. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { python } from '../bootstrap.mjs';
import { Failure, root } from '../process.mjs';
import { from } from './distance.mjs';
import { newContext, openLab, openMLflow } from './mlflow.mjs';
import { median, round } from './numbers.mjs';

const PROXY = 'jupyter-server-proxy==4.4.0';
const FILES = 80;
/** Bytes above which a file is not small. */
const SMALL = 32 * 1024;

/** An environment with jupyter-server-proxy, kept for the next time. */
function proxyEnvironment() {
  const folder = join(root, '.cache', 'bench', PROXY);
  const own = join(folder, 'bin', 'python');
  if (!existsSync(join(folder, 'ready'))) {
    mkdirSync(folder, { recursive: true });
    for (const [command, ...args] of [
      [python, '-m', 'venv', folder],
      [own, '-m', 'pip', 'install', '--quiet', PROXY],
      [own, '-c', `open(${JSON.stringify(join(folder, 'ready'))}, 'w').close()`]
    ]) {
      const done = spawnSync(command, args, { encoding: 'utf8' });
      if (done.status !== 0) {
        throw new Failure(`${PROXY} could not be installed.\n${done.stderr}`);
      }
    }
  }
  return own;
}

async function freePort() {
  const server = createServer();
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise(done => server.close(done));
  return port;
}

/** A Jupyter server with the proxy; `use` gets its address. */
async function withProxy(use) {
  const port = await freePort();
  const child = spawn(
    proxyEnvironment(),
    [
      ...['-m', 'jupyter_server', '--no-browser', '--allow-root'],
      ...[`--ServerApp.port=${port}`, '--ServerApp.ip=127.0.0.1'],
      ...['--IdentityProvider.token=', '--ServerApp.open_browser=False'],
      `--ServerApp.root_dir=${join(root, '.run')}`
    ],
    { cwd: root, stdio: 'ignore' }
  );
  const ended = new Promise(done => child.once('close', done));
  try {
    const url = `http://127.0.0.1:${port}`;
    for (let tries = 0; ; tries += 1) {
      const answer = await fetch(`${url}/api`).catch(() => null);
      if (answer?.ok) {
        return await use(url);
      }
      if (tries > 300) {
        throw new Failure('jupyter-server-proxy did not start');
      }
      await new Promise(done => setTimeout(done, 200));
    }
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** Names of small scripts of this MLflow that load nothing else. */
function namesOfSmallFiles() {
  const said = spawnSync(
    python,
    ['-c', 'import importlib.util as u; print(u.find_spec("mlflow").origin)'],
    { encoding: 'utf8' }
  );
  const folder = join(dirname(said.stdout.trim()), 'server/js/build/static/js');
  const small = readdirSync(folder)
    .filter(name => /^\d+\.[0-9a-f]{8}\.chunk\.js$/.test(name))
    .filter(name => statSync(join(folder, name)).size <= SMALL)
    .sort()
    .slice(0, FILES)
    .map(name => `static-files/static/js/${name}`);
  if (small.length < FILES) {
    throw new Failure(`MLflow has only ${small.length} small files`);
  }
  return small;
}

/** Ms until a document has loaded all of them as scripts. */
const load = (document, names, prefix = '') =>
  document.evaluate(
    async ({ files, before }) => {
      const start = performance.now();
      await Promise.all(
        files.map(
          name =>
            new Promise((done, failed) => {
              const script = document.createElement('script');
              script.onload = done;
              script.onerror = () => failed(new Error(name));
              script.src = before + name;
              document.head.append(script);
            })
        )
      );
      return performance.now() - start;
    },
    { files: names, before: prefix }
  );

const frameOf = page =>
  page.frames().find(frame => frame.url().startsWith('blob:'));

/**
 * @param {{rtt?: number, upstream?: number, samples?: number}} options ms
 *   between the browser and all servers, and before MLflow for all of them
 */
export async function smallFiles(
  browser,
  sandbox,
  { rtt = 0, upstream = 0, samples = 5 }
) {
  const { mlflow } = sandbox.parts;
  const names = namesOfSmallFiles();
  const times = { direct: [], proxy: [], lab: [], labAgain: [] };
  await sandbox.latency(upstream);
  await withProxy(proxy =>
    from(proxy, rtt, far =>
      from(mlflow, rtt, url =>
        from(sandbox.lab, rtt, async lab => {
          for (let at = 0; at < samples; at += 1) {
            const one = await newContext(browser);
            const own = await one.newPage();
            await own.goto(`${url}/version`);
            times.direct.push(await load(own, names, '/'));
            const { port } = new URL(mlflow);
            // Not a page of Jupyter's: its policy lets no script run.
            await own.goto(`${far}/proxy/${port}/version`);
            times.proxy.push(await load(own, names, `/proxy/${port}/`));
            await one.close();
            const two = await newContext(browser);
            const page = await two.newPage();
            for (const list of [times.lab, times.labAgain]) {
              await openLab(page, lab);
              await openMLflow(page);
              list.push(await load(frameOf(page), names));
              // What was fetched is kept when the page has come to rest.
              await page.waitForTimeout(1000);
            }
            await two.close();
          }
        })
      )
    )
  );
  await sandbox.latency(0);
  const ms = Object.fromEntries(
    Object.entries(times).map(([name, list]) => [name, round(median(list), 0)])
  );
  return {
    rttMs: rtt,
    upstreamMs: upstream,
    files: names.length,
    fasterThanProxy: round(ms.proxy / ms.lab, 1),
    fasterAgain: round(ms.proxy / ms.labAgain, 1),
    ms
  };
}
