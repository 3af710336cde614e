/**
 * Everything the demo and the tests need, made once and kept until its inputs
 * change: JavaScript packages, Python environment, wheel, labs, a browser.
 *
 * Plain Node without dependencies: it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { join, relative } from 'node:path';
import { Failure, root, say, step } from './process.mjs';

/** Python of the project's environment. */
export const python = join(root, '.venv/bin/python');

const cache = join(root, '.cache');
const npmStamp = join(root, 'node_modules/.cache/sagemaker-governance.stamp');
const pipStamp = join(root, '.venv/sagemaker-governance.stamp');
const wheelStamp = join(root, 'dist/wheel.json');

/** What goes into the wheel: a change in any of these makes a new one. */
const WHEEL_INPUTS = [
  'src',
  'style',
  'schema',
  'jupyter_ext',
  'install.json',
  'LICENSE',
  'package.json',
  'package-lock.json',
  'pyproject.toml',
  'README.md',
  'scripts/build.mjs',
  'tsconfig.json',
  'sandbox/requirements.lock'
];

/** Made by a build or a test run, never an input of one. */
const NOT_INPUT =
  /(^|\/)(labextension|__pycache__|__tests__|tests|_version\.py|\.[^/]+)(\/|$)/;

function files(path) {
  if (!existsSync(path)) {
    return [];
  }
  return statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .map(name => join(path, name))
        .filter(inner => !NOT_INPUT.test(relative(root, inner)))
        .flatMap(files)
    : [path];
}

/** SHA-256 over names and contents of files and folders of the project. */
export function hashOf(paths, salt = '') {
  const hash = createHash('sha256').update(salt);
  for (const file of paths.flatMap(path => files(join(root, path)))) {
    hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function stamped(file, value) {
  return existsSync(file) && readFileSync(file, 'utf8').trim() === value;
}

function stamp(file, value) {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `${value}\n`);
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Do something that only one run at a time may do in this folder.
 *
 * The lock is a folder (made atomically) that names its owner; the lock of a
 * run that died is taken over.
 */
async function exclusively(action) {
  const lock = join(cache, 'setup.lock');
  const owner = join(lock, 'pid');
  mkdirSync(cache, { recursive: true });
  let told = false;
  for (let unnamed = 0; ;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') {
        throw error;
      }
    }
    const pid = existsSync(owner) ? Number(readFileSync(owner, 'utf8')) : NaN;
    // Between mkdir and the pid file an owner has no name for a moment.
    unnamed = Number.isNaN(pid) ? unnamed + 1 : 0;
    if (pid ? !alive(pid) : unnamed > 20) {
      rmSync(lock, { recursive: true, force: true });
      continue;
    }
    if (!told && pid) {
      say(`Waiting for another set-up in this folder (process ${pid}) ...`);
      told = true;
    }
    await new Promise(resolve => setTimeout(resolve, 250));
  }
  writeFileSync(owner, String(process.pid));
  const release = () => rmSync(lock, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await action();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

async function javascriptPackages() {
  const wanted = hashOf(
    ['package-lock.json', '.npmrc'],
    `node ${process.versions.node.split('.')[0]} ${process.platform} ${process.arch}`
  );
  if (stamped(npmStamp, wanted)) {
    return;
  }
  await step('JavaScript packages (npm ci)', 'npm', ['ci'], {
    env: { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' }
  });
  stamp(npmStamp, wanted);
}

/** @returns {string | null} version such as `3.11`, null when unusable */
function pythonVersion(command) {
  const found = spawnSync(
    command,
    [
      '-c',
      'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])'
    ],
    { encoding: 'utf8' }
  );
  const version = found.status === 0 ? found.stdout.trim() : '';
  const [major, minor] = version.split('.').map(Number);
  return major === 3 && minor >= 10 ? version : null;
}

function findPython() {
  const names = ['python3', ...[13, 12, 11, 10].map(n => `python3.${n}`)];
  const candidates = [process.env.PYTHON, ...names].filter(Boolean);
  const found = candidates.find(name => pythonVersion(name));
  if (!found) {
    throw new Failure(
      `No Python >= 3.10 with the venv module was found (tried ${candidates.join(', ')}).`,
      'on Debian or Ubuntu: apt-get install python3 python3-venv; or set PYTHON to the path of another one.'
    );
  }
  return found;
}

async function pythonPackages() {
  if (!existsSync(python) || !pythonVersion(python)) {
    const base = findPython();
    await step('Python environment (.venv)', base, [
      '-m',
      'venv',
      '--clear',
      '.venv'
    ]);
  }
  const wanted = hashOf(['sandbox/requirements.lock'], pythonVersion(python));
  if (stamped(pipStamp, wanted)) {
    return;
  }
  await step('Python packages (pip)', python, [
    ...['-m', 'pip', 'install', '--disable-pip-version-check'],
    ...['--require-hashes', '--no-deps', '-r', 'sandbox/requirements.lock']
  ]);
  stamp(pipStamp, wanted);
}

/** The wheel that the inputs make, when it was built already. */
export function builtWheel() {
  if (!existsSync(wheelStamp)) {
    return null;
  }
  const { inputs, name } = JSON.parse(readFileSync(wheelStamp, 'utf8'));
  const wheel = join(root, 'dist', name);
  return inputs === hashOf(WHEEL_INPUTS) && existsSync(wheel) ? wheel : null;
}

/**
 * Make the wheel unless it is there.
 *
 * @returns {Promise<string>} its path; of the sources as they were at the start,
 *   also when somebody edits them meanwhile
 */
async function wheel() {
  const built = builtWheel();
  if (built) {
    return built;
  }
  const inputs = hashOf(WHEEL_INPUTS);
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await step('Build', process.execPath, ['scripts/build.mjs']);
  await step(
    'Wheel',
    python,
    ['-m', 'build', '--wheel', '--no-isolation', '--outdir', 'dist'],
    // The bundle was just built; the hook would install and build it again.
    { env: { HATCH_JUPYTER_BUILDER_SKIP_NPM: '1' } }
  );
  const wheels = readdirSync(join(root, 'dist')).filter(f =>
    f.endsWith('.whl')
  );
  if (wheels.length !== 1) {
    throw new Failure(
      `The build left ${wheels.length} wheels in dist/, one was expected.`,
      'remove the folder dist/ and run again.'
    );
  }
  writeFileSync(wheelStamp, JSON.stringify({ inputs, name: wheels[0] }));
  return join(root, 'dist', wheels[0]);
}

/** Install a wheel into an environment of each JupyterLab version. */
async function labs(versions, path) {
  const check = [
    ...['-m', 'sandbox.studio.environment', '--wheel', path],
    ...versions
  ];
  const ready = spawnSync(python, [...check, '--check'], { cwd: root });
  if (ready.status !== 0) {
    await step(`JupyterLab ${versions.join(', ')}`, python, check);
  }
}

/** Install other versions of MLflow, each into an environment of its own. */
async function mlflows(versions) {
  const install = ['-m', 'sandbox.mlflow_server.install', ...versions];
  const ready = spawnSync(python, [...install, '--check'], { cwd: root });
  if (ready.status !== 0) {
    await step(`MLflow ${versions.join(', ')}`, python, install);
  }
}

/** Names under which Chromium is installed, best first. */
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * A Chromium for the browser tests.
 *
 * @returns {string | null} its path; null when there is none
 */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) {
    if (!existsSync(process.env.CHROMIUM_PATH)) {
      throw new Failure(
        `CHROMIUM_PATH names ${process.env.CHROMIUM_PATH}, which does not exist.`,
        'correct it, or unset it to have Chromium looked for.'
      );
    }
    return process.env.CHROMIUM_PATH;
  }
  for (const folder of (process.env.PATH ?? '').split(':')) {
    const name = BROWSERS.find(browser => existsSync(join(folder, browser)));
    if (name) {
      return join(folder, name);
    }
  }
  const own = spawnSync(
    process.execPath,
    ['-p', "require('@playwright/test').chromium.executablePath()"],
    { cwd: root, encoding: 'utf8' }
  );
  const path = own.stdout.trim();
  return path && existsSync(path) ? path : null;
}

async function chromium() {
  if (findChromium()) {
    return;
  }
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await step('Package lists (apt-get)', 'apt-get', ['update'], { env });
    await step(
      'Chromium (apt-get)',
      'apt-get',
      ['install', '-y', '--no-install-recommends', 'chromium'],
      { env }
    );
  }
  if (!findChromium()) {
    throw new Failure(
      'The browser tests need Chromium, and none was found.',
      'install it (Debian: sudo apt-get install chromium), or npx playwright install chromium, or set CHROMIUM_PATH to its path.'
    );
  }
}

/**
 * Make what is named, and what it needs.
 *
 * @param {{python?: boolean, wheel?: boolean, labs?: string[], mlflows?: string[],
 *   browser?: boolean}} wanted
 *   JavaScript packages are always made
 * @throws {Failure}
 */
export async function bootstrap(wanted = {}) {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Failure(
      `Node ${process.versions.node} is too old; 20 or newer is needed.`,
      'install Node 20 LTS or newer and run again.'
    );
  }
  const labVersions = wanted.labs ?? [];
  const needsWheel = wanted.wheel || labVersions.length > 0;
  await exclusively(async () => {
    // npm and pip mostly wait for the network: side by side.
    const done = await Promise.allSettled([
      javascriptPackages(),
      wanted.python || needsWheel || wanted.mlflows ? pythonPackages() : null
    ]);
    const failed = done.find(result => result.status === 'rejected');
    if (failed) {
      throw failed.reason;
    }
    const path = needsWheel ? await wheel() : null;
    if (labVersions.length) {
      await labs(labVersions, path);
    }
    if (wanted.mlflows?.length) {
      await mlflows(wanted.mlflows);
    }
    if (wanted.browser) {
      await chromium();
    }
  });
}
