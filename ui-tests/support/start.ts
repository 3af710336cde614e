/** Before the first test: one fresh sandbox for all; after the last: its end. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, runDir, startSandbox } from './process';

export default async function start(): Promise<() => Promise<void>> {
  if (!existsSync(join(root, '.cache/labs'))) {
    throw new Error(
      'Nothing is set up: run npm test -- --only ui, or npm run setup.'
    );
  }
  // Decisions of an earlier run must not be there.
  rmSync(runDir, { recursive: true, force: true });
  const sandbox = await startSandbox([]);
  return sandbox.stop;
}
