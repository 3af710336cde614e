/** How long a space waits for the installer. */
import { spawn } from 'node:child_process';
import { builtWheel, python } from '../bootstrap.mjs';
import { Failure, root } from '../process.mjs';

/**
 * Start apps in a Studio-like tree.
 *
 * @param {number} runs of each kind
 * @returns {Promise<object>} ms: `first` from S3, `warm` in a new container with
 *   the wheel on the volume, `again` in a container that has it; of each the
 *   processor's time beside it, which a busy machine does not stretch as much
 */
export function installer(runs) {
  const child = spawn(
    python,
    [
      'lifecycle-config/tests/measure.py',
      ...['--wheel', builtWheel(), '--runs', String(runs)]
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] }
  );
  let said = '';
  child.stdout.on('data', chunk => (said += chunk));
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', code =>
      code === 0
        ? done(JSON.parse(said))
        : failed(new Failure(`The installer was not measured (${code}).`))
    );
  });
}
