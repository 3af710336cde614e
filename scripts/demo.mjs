/** The product on the sandbox, from one command: `npm run demo`. */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { bootstrap, python } from './bootstrap.mjs';
import { Failure, guarded, root, say, stream } from './process.mjs';
import { CURRENT, LABS } from './versions.mjs';

const HELP = `Usage: npm run demo -- [options]

Sets everything up, starts the sandbox (AWS, OpenPages, MLflow and Studio on this
machine) and opens JupyterLab with the built wheel. Ctrl-C stops all of it.

  --port N            port of the lab; 0 = any free one (default 8888, or a free
                      one when that is taken)
  --as PERSONA        data-scientist (default), approver or reader. When the run
                      directory's sandbox is up already, a second lab joins it.
  --groups N          model package groups in the registries (default 40)
  --registries N      connected SageMaker registries, 1 to 10 (default 3)
  --mlflow-kinds      MLflow behind API Gateway, a tracking server and an App too
  --fault NAME        switch a fault on; may be repeated. 'list' shows the names.
  --space KIND        private (default) or shared
  --jupyterlab V      ${LABS.join(', ')} (default ${CURRENT})
  --no-browser        do not open a browser
  --run-dir DIR       state and logs (default .run/demo); decisions taken in one
                      run are there in the next
  --help              this text
`;

const OPTIONS = {
  port: { type: 'string' },
  as: { type: 'string' },
  groups: { type: 'string' },
  registries: { type: 'string' },
  'mlflow-kinds': { type: 'boolean', default: false },
  fault: { type: 'string', multiple: true },
  space: { type: 'string' },
  jupyterlab: { type: 'string', default: CURRENT },
  'no-browser': { type: 'boolean', default: false },
  'run-dir': { type: 'string', default: '.run/demo' },
  help: { type: 'boolean', default: false }
};

/** What an option may be; checked before minutes go into the set-up. */
const ALLOWED = {
  port: [/^\d{1,5}$/, 'a number, 0 for any free port'],
  as: [
    /^(data-scientist|approver|reader)$/,
    'data-scientist, approver or reader'
  ],
  groups: [/^\d{1,5}$/, 'a number up to 10000'],
  registries: [/^(?:[1-9]|10)$/, 'a number from 1 to 10'],
  space: [/^(private|shared)$/, 'private or shared'],
  jupyterlab: [/^\d+\.\d+\.\d+$/, 'an exact version']
};

function readOptions() {
  try {
    const { values } = parseArgs({ options: OPTIONS, allowPositionals: false });
    for (const [name, [pattern, words]] of Object.entries(ALLOWED)) {
      if (values[name] !== undefined && !pattern.test(values[name])) {
        throw new Error(`--${name} must be ${words}, not '${values[name]}'`);
      }
    }
    return values;
  } catch (error) {
    throw new Failure(
      error.message,
      'npm run demo -- --help shows the options.'
    );
  }
}

/** Open the default browser; that none can be opened is no failure. */
function openBrowser(url) {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  child.once('error', () =>
    say('No browser could be opened: open the address.')
  );
  child.unref();
}

/** Run the supervisor until it ends or we are told to stop. */
function supervise(args, onReady) {
  return new Promise((resolve, reject) => {
    const child = spawn(python, args, {
      cwd: root,
      // Own group: Ctrl-C reaches it once, through us.
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit']
    });
    let signals = 0;
    const stop = () => {
      signals += 1;
      if (signals === 1) {
        say('\nStopping ...');
        child.kill('SIGTERM');
      } else if (signals === 3) {
        say('Ending it the hard way.');
        child.kill('SIGKILL');
      }
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, stop);
    }
    let text = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', chunk => {
      process.stdout.write(chunk);
      text += chunk;
      const ready = /^Lab ready: (\S+)\n/m.exec(text);
      if (ready) {
        text = '';
        onReady(ready[1]);
      }
    });
    child.once('error', error =>
      reject(new Failure(`The sandbox could not be started: ${error.message}`))
    );
    child.once('close', code => resolve(signals > 0 ? 0 : (code ?? 1)));
  });
}

await guarded(async () => {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (options.fault?.includes('list')) {
    await bootstrap({ python: true });
    return stream(python, ['-m', 'sandbox', '--list-faults']);
  }
  await bootstrap({ python: true, labs: [options.jupyterlab] });
  const passed = [
    ...['port', 'as', 'groups', 'registries', 'space', 'jupyterlab', 'run-dir']
  ];
  const args = [
    ...['-m', 'sandbox', '--parent', String(process.pid)],
    ...passed.flatMap(name =>
      options[name] === undefined ? [] : [`--${name}`, options[name]]
    ),
    ...(options['mlflow-kinds'] ? ['--mlflow-kinds'] : []),
    ...(options.fault ?? []).flatMap(name => ['--fault', name])
  ];
  return supervise(args, url => {
    if (!options['no-browser']) {
      openBrowser(url);
    }
  });
});
