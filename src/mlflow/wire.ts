/**
 * From MLflow's JSON to our types (MLflow REST API 2.0, servers 2.x and 3.x).
 *
 * Protobuf's JSON writes int64 as text, and MLflow itself not always: numbers
 * are read from both. What is missing becomes null, never a guess.
 */
import type { IMLflowModel, IMLflowRun } from '../tokens';

export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return !!value && typeof value === 'object' && !Array.isArray(value);
}

/** A member that is an object, else an empty one. */
export function member(value: Json, name: string): Json {
  const inner = value[name];
  return isObject(inner) ? inner : {};
}

/** Objects in a member that is a list. */
export function list(value: Json, name: string): Json[] {
  const inner = value[name];
  return Array.isArray(inner) ? (inner as unknown[]).filter(isObject) : [];
}

export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** An int64 or double, as a number or as text; null when it is neither. */
export function number(value: unknown): number | null {
  if (typeof value === 'number') {
    return value;
  }
  if (typeof value !== 'string' || value.trim() === '') {
    return null;
  }
  const parsed = Number(value);
  return Number.isFinite(parsed) || /^(?:NaN|-?Infinity)$/.test(value)
    ? parsed
    : null;
}

/** Pairs `{key, value}` as a record. */
function pairs(items: Json[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (const { key, value } of items) {
    if (typeof key === 'string') {
      record[key] = value === undefined || value === null ? '' : String(value);
    }
  }
  return record;
}

/** A run, without its models. */
export function parseRun(
  connection: string,
  run: Json
): IMLflowRun & { modelIds: string[] } {
  const info = member(run, 'info');
  const data = member(run, 'data');
  const metrics: Record<string, number> = {};
  for (const metric of list(data, 'metrics')) {
    const value = number(metric.value);
    if (typeof metric.key === 'string' && value !== null) {
      metrics[metric.key] = value;
    }
  }
  const tags = pairs(list(data, 'tags'));
  const runId = text(info.run_id) ?? text(info.run_uuid) ?? '';
  return {
    connection,
    experimentId: String(info.experiment_id ?? ''),
    experimentName: null,
    runId,
    runName: text(info.run_name) ?? tags['mlflow.runName'] ?? runId,
    status: text(info.status) ?? 'UNKNOWN',
    startTime: number(info.start_time),
    endTime: number(info.end_time),
    artifactUri: text(info.artifact_uri) ?? '',
    metrics,
    params: pairs(list(data, 'params')),
    tags,
    models: [],
    modelIds: list(member(run, 'outputs'), 'model_outputs').flatMap(
      ({ model_id }) => (typeof model_id === 'string' ? [model_id] : [])
    )
  };
}

/** A logged model of MLflow 3. */
export function parseLoggedModel(model: Json): IMLflowModel {
  const info = member(model, 'info');
  const tags = pairs(list(info, 'tags'));
  return {
    modelId: text(info.model_id),
    name: text(info.name) ?? text(info.model_id) ?? '',
    artifactUri: text(info.artifact_uri) ?? '',
    runId: text(info.source_run_id),
    registered:
      lastRegistration(list(info, 'registrations')) ??
      lastRegistration(jsonList(tags['mlflow.modelVersions']))
  };
}

/**
 * Models of a run of MLflow 2: the tag `mlflow.log-model.history` names their
 * folders below the run's artifacts.
 */
export function modelsFromTags(run: IMLflowRun): IMLflowModel[] {
  const paths = jsonList(run.tags['mlflow.log-model.history'])
    .map(({ artifact_path }) => text(artifact_path))
    .filter((path): path is string => path !== null);
  return Array.from(new Set(paths)).map(path => ({
    modelId: null,
    name: path,
    artifactUri: `${run.artifactUri.replace(/\/+$/, '')}/${path}`,
    runId: run.runId,
    registered: null
  }));
}

/** The registered version with the highest number. */
function lastRegistration(
  items: Json[]
): { name: string; version: string } | null {
  let last: { name: string; version: string } | null = null;
  for (const item of items) {
    const name = text(item.name);
    const version = number(item.version);
    if (name && version !== null && version > Number(last?.version ?? -1)) {
      last = { name, version: String(version) };
    }
  }
  return last;
}

/** Objects of a list that was written as JSON text; none when it is broken. */
export function jsonList(value: string | undefined): Json[] {
  try {
    return list({ items: JSON.parse(value ?? '[]') as unknown }, 'items');
  } catch {
    return [];
  }
}
