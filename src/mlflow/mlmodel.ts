/** The file `MLmodel` that MLflow writes beside a model. */
import { Lexer, parse } from 'yaml';

import type { IMLflowModel, IMLmodel } from '../tokens';
import type { Calls, Query } from './calls';
import { isObject, type Json, member, text } from './wire';

/**
 * Larger files are not read, bytes. Real ones have a few thousand; one whose model
 * takes 8000 columns has half a million, in the text of its signature.
 */
export const MAX_MLMODEL = 512 * 1024;
/**
 * Parts of YAML in one file; real ones have some hundred, a signature is one. The
 * parser's time grows with their square: a file of commas would stop the lab.
 */
const MAX_TOKENS = 20_000;
/** Escapes that are none; each costs an error object, real files have none. */
const BAD_ESCAPE =
  /\\(?:[^0abefnrtvNLP_ /\\"xuU\t\r\n]|[xuU](?![0-9a-fA-F]{2}))/g;
const MAX_BAD_ESCAPES = 1000;

/** Routes for the UI only; they have no twin below `api/`. */
const AJAX = 'ajax-api/2.0/mlflow/';

/**
 * Flavour -> SageMaker's framework name and the flavour's member with the
 * version (MLflow `mlflow/<flavour>/__init__.py`, SageMaker `Framework`).
 */
const FRAMEWORKS: readonly [string, string, readonly string[]][] = [
  ['sklearn', 'SKLEARN', ['sklearn_version']],
  ['xgboost', 'XGBOOST', ['xgb_version']],
  ['pytorch', 'PYTORCH', ['pytorch_version']],
  ['tensorflow', 'TENSORFLOW', ['tf_version', 'tensorflow_version']],
  ['keras', 'KERAS', ['keras_version']],
  ['lightgbm', 'LIGHTGBM', ['lgb_version']],
  ['catboost', 'CATBOOST', ['catboost_version']],
  ['onnx', 'ONNX', ['onnx_version']]
];

/**
 * Parse `MLmodel`.
 *
 * Plain data only: YAML's core schema has no tag that makes anything but
 * scalars, lists and maps; aliases are capped against expansion bombs, and what
 * would take the parser seconds is not parsed.
 *
 * @returns null when it is not an `MLmodel`
 */
export function parseMLmodel(source: string): IMLmodel | null {
  if (!isModest(source)) {
    return null;
  }
  let model: unknown;
  try {
    model = parse(source, {
      schema: 'core',
      version: '1.2',
      maxAliasCount: 20,
      // Both take the square of the size.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error'
    });
  } catch {
    return null;
  }
  if (!isObject(model) || !isObject(model.flavors)) {
    return null;
  }
  const flavors = model.flavors;
  const python = member(flavors, 'python_function');
  return {
    flavors: Object.keys(flavors),
    ...frameworkOf(flavors),
    pythonVersion: scalar(python.python_version),
    signature: isObject(model.signature)
      ? {
          inputs: jsonText(model.signature.inputs),
          outputs: jsonText(model.signature.outputs)
        }
      : null,
    mlflowVersion: scalar(model.mlflow_version)
  };
}

/** Whether parsing it takes a moment at most. */
function isModest(source: string): boolean {
  if (
    source.length > MAX_MLMODEL ||
    (source.match(BAD_ESCAPE)?.length ?? 0) > MAX_BAD_ESCAPES
  ) {
    return false;
  }
  const tokens = new Lexer().lex(source);
  for (let count = 0; count <= MAX_TOKENS; count++) {
    if (tokens.next().done) {
      return true;
    }
  }
  return false;
}

function frameworkOf(flavors: Json): {
  framework: string | null;
  frameworkVersion: string | null;
} {
  for (const [flavor, framework, members] of FRAMEWORKS) {
    if (isObject(flavors[flavor])) {
      const facts = member(flavors, flavor);
      const version = members.map(name => scalar(facts[name])).find(Boolean);
      return { framework, frameworkVersion: version ?? null };
    }
  }
  return { framework: null, frameworkVersion: null };
}

/** A version such as `1.4` may have been written without quotes. */
function scalar(value: unknown): string | null {
  return typeof value === 'number' ? String(value) : text(value);
}

/** The schema as MLflow stores it: JSON text. */
function jsonText(value: unknown): string | null {
  if (value === null || value === undefined) {
    return null;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * Read the `MLmodel` of a model; null when there is none.
 *
 * @throws RelayError, UpstreamError
 */
export async function readMLmodel(
  calls: Calls,
  connection: string,
  model: IMLflowModel,
  signal?: AbortSignal
): Promise<IMLmodel | null> {
  for (const [path, query] of mlmodelAddresses(model)) {
    const source = await calls.readText(
      connection,
      path,
      query,
      MAX_MLMODEL,
      signal
    );
    if (source !== null) {
      return parseMLmodel(source);
    }
  }
  return null;
}

/** Where a model's `MLmodel` may be read, best first. */
function mlmodelAddresses(model: IMLflowModel): [string, Query][] {
  const addresses: [string, Query][] = [];
  if (model.modelId) {
    addresses.push([
      `${AJAX}logged-models/${encodeURIComponent(model.modelId)}/artifacts/files`,
      { artifact_file_path: 'MLmodel' }
    ]);
  }
  if (model.registered) {
    addresses.push([
      'model-versions/get-artifact',
      { ...model.registered, path: 'MLmodel' }
    ]);
  }
  if (model.runId) {
    const [, folder] =
      model.artifactUri.split(`/${model.runId}/artifacts/`, 2) ?? [];
    if (folder) {
      addresses.push([
        'get-artifact',
        { run_uuid: model.runId, path: `${folder.replace(/\/+$/, '')}/MLmodel` }
      ]);
    }
  }
  return addresses;
}
