/** A lab under Studio's flags whose MLflow is the hostile stand-in. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { current } from '../../sandbox/studio/versions.json';
import { root } from '../support/process';

export interface IHostileLab {
  /** Address of the lab, ends with `/lab`. */
  lab: string;
  /** Address of the hostile server. */
  hostile: string;
  stop(): Promise<void>;
}

/** Ms after which a start has failed. */
const START_LIMIT = 60_000;

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => done(port));
    });
  });
}

/** The first line that a process prints. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((done, failed) => {
    let said = '';
    child.stdout?.on('data', piece => {
      said += String(piece);
      if (said.includes('\n')) {
        done(said.split('\n')[0]);
      }
    });
    child.once('close', () => failed(new Error(`It ended: ${said}`)));
  });
}

async function untilUp(url: string, child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', piece => (said = `${said}${piece}`.slice(-4000)));
  const end = Date.now() + START_LIMIT;
  while (Date.now() < end && child.exitCode === null) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) {
      return;
    }
    await new Promise(done => setTimeout(done, 200));
  }
  throw new Error(`The lab did not start: ${said}`);
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise(done => {
    if (child.exitCode !== null) {
      done();
      return;
    }
    child.once('close', () => done());
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 5000).unref();
  });
}

/**
 * Start both; the lab's connections are `mlflow` (hostile), `down` (nobody
 * listens) and `login` (another page than MLflow's).
 */
export async function startHostileLab(): Promise<IHostileLab> {
  const server = spawn(
    process.execPath,
    [join(root, 'ui-tests/hostile/server.mjs')],
    { stdio: ['ignore', 'pipe', 'inherit'] }
  );
  const hostile = `http://127.0.0.1:${await firstLine(server)}`;
  const place = mkdtempSync(join(tmpdir(), 'hostile-lab-'));
  const files = join(place, 'files');
  mkdirSync(files);
  const port = await freePort();
  const connection = (id: string, url: string) => ({
    ...{ id, kind: 'mlflow', label: id, url, ui: 'bridge' },
    auth: { type: 'none' }
  });
  writeFileSync(
    join(place, 'jupyter_server_config.json'),
    JSON.stringify({
      ServerApp: {
        ip: '127.0.0.1',
        port,
        port_retries: 0,
        open_browser: false,
        allow_root: true,
        root_dir: files
      },
      LabApp: { expose_app_in_browser: true, news_url: null },
      SageMakerGovernance: {
        connections: [
          connection('mlflow', hostile),
          connection('down', `http://127.0.0.1:${await freePort()}`),
          connection('login', `${hostile}/login`)
        ]
      }
    })
  );
  const bin = join(root, '.cache/labs', current, 'bin');
  const base = '/jupyterlab/default';
  const lab = spawn(
    join(bin, 'jupyter-lab'),
    [
      `--ServerApp.base_url=${base}`,
      ...['--ServerApp.token=', '--ServerApp.allow_origin=*']
    ],
    {
      cwd: files,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: `${bin}:${process.env.PATH}`,
        HOME: place,
        JUPYTER_CONFIG_DIR: place,
        JUPYTER_DATA_DIR: join(place, 'data'),
        JUPYTER_RUNTIME_DIR: join(place, 'runtime'),
        JUPYTERLAB_SETTINGS_DIR: join(place, 'settings'),
        JUPYTERLAB_WORKSPACES_DIR: join(place, 'workspaces'),
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_DEFAULT_REGION: 'eu-west-1'
      }
    }
  );
  const stop = async () => {
    await Promise.all([stopped(lab), stopped(server)]);
    rmSync(place, { recursive: true, force: true });
  };
  try {
    await untilUp(`http://127.0.0.1:${port}${base}/api`, lab);
  } catch (error) {
    await stop();
    throw error;
  }
  return { lab: `http://127.0.0.1:${port}${base}/lab`, hostile, stop };
}
