/** Versions of JupyterLab and MLflow: the demo's, and older ones that are tried. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './process.mjs';

const read = file => JSON.parse(readFileSync(join(root, file), 'utf8'));

const { current, older } = read('sandbox/studio/versions.json');

/** JupyterLab of the demo. */
export const CURRENT = current;

/** All JupyterLabs, the demo's first. */
export const LABS = [current, ...older];

/** MLflows beside the one of the project's environment. */
export const MLFLOWS = read('sandbox/mlflow_server/versions.json').older;
