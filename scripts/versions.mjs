/** JupyterLab versions: the demo's, and older ones that the wheel is tried in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './process.mjs';

const { current, older } = JSON.parse(
  readFileSync(join(root, 'sandbox/studio/versions.json'), 'utf8')
);

/** The demo's version. */
export const CURRENT = current;

/** All of them, the demo's first. */
export const LABS = [current, ...older];
