/** What the walk knows of a version of MLflow: its bundle and its seed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { current, older } from '../../sandbox/mlflow_server/versions.json';
import { root } from '../support/process';

/** Newest first. */
export const VERSIONS = [current, ...older];

/** Ids in the seed of a server. */
export interface ISeed {
  credit: string;
  assistant: string;
  /** Of the credit experiment; the first has a learning rate and versions. */
  runs: string[];
  letter: string;
  /** Run behind version 1 and 2 of the registered model. */
  version: [string, string];
  /** '' where that MLflow has none. */
  model: string;
  trace: string;
  dataset: string;
}

/** Id of the connection that the sandbox's lab has to a version. */
export function connectionOf(version: string): string {
  return version === current
    ? 'mlflow'
    : `mlflow-${version.replace(/\./g, '-')}`;
}

/** Whether a version is at least another. */
export function isAtLeast(version: string, other: string): boolean {
  return version.localeCompare(other, undefined, { numeric: true }) >= 0;
}

/**
 * Patterns of the router in a version's bundle.
 *
 * @throws Error when the version is not installed or its bundle is of another
 *   make
 */
export function patterns(version: string): string[] {
  const environment =
    version === current ? '.venv' : join('.cache/mlflow', version);
  const lib = join(root, environment, 'lib');
  const python = existsSync(lib)
    ? readdirSync(lib).find(name => name.startsWith('python3'))
    : undefined;
  const folder = join(
    lib,
    python ?? '',
    'site-packages/mlflow/server/js/build/static/js'
  );
  const main = readdirSync(folder).find(name => /^main\..*\.js$/.test(name));
  const source = readFileSync(join(folder, main ?? ''), 'utf8');
  const found = [
    ...source.matchAll(
      /static get \w+\(\)\{return\(0,\w+\.\w+\)\("(\/[^"]*)"\)\}/g
    )
  ].map(match => match[1]);
  if (found.length < 10) {
    throw new Error(`The bundle of MLflow ${version} names no routes.`);
  }
  return [...new Set(found)].sort();
}

/** Call a server; with a body as POST. */
export async function call<Answer>(
  url: string,
  body?: object
): Promise<Answer> {
  const answer = await fetch(url, {
    method: body ? 'POST' : 'GET',
    headers: { 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body)
  });
  if (!answer.ok) {
    throw new Error(`${url} answered ${answer.status}`);
  }
  return (await answer.json()) as Answer;
}

/** Find the seed of a server. */
export async function seedOf(url: string, version: string): Promise<ISeed> {
  const api = `${url}/ajax-api/2.0/mlflow`;
  const { experiments } = await call<{
    experiments: { name: string; experiment_id: string }[];
  }>(`${api}/experiments/search`, { max_results: 100 });
  const id = (name: string): string =>
    experiments.find(one => one.name === name)?.experiment_id ?? '';
  const [credit, assistant] = [
    id('credit-risk-scoring'),
    id('claims-assistant')
  ];
  const search = async (experiment: string): Promise<Map<string, string>> => {
    const { runs } = await call<{
      runs: { info: { run_id: string; run_name: string } }[];
    }>(`${api}/runs/search`, { experiment_ids: [experiment] });
    return new Map(runs.map(({ info }) => [info.run_name, info.run_id]));
  };
  const [runs, letters] = await Promise.all([
    search(credit),
    search(assistant)
  ]);
  const run = (name: string): string => runs.get(name) ?? '';
  const seed: ISeed = {
    credit,
    assistant,
    runs: ['bold-owl-118', 'keen-lark-093', 'stout-oak-412'].map(run),
    letter: letters.get('letter-draft-v2') ?? '',
    version: [run('stout-oak-412'), run('bold-owl-118')],
    model: '',
    trace: '',
    dataset: ''
  };
  if (isAtLeast(version, '3.4.0')) {
    const [{ models }, { traces }, { datasets }] = await Promise.all([
      call<{ models: { info: { model_id: string; source_run_id: string } }[] }>(
        `${api}/logged-models/search`,
        { experiment_ids: [credit] }
      ),
      call<{ traces: { trace_id: string }[] }>(
        `${url}/ajax-api/3.0/mlflow/traces/search`,
        {
          locations: [
            {
              type: 'MLFLOW_EXPERIMENT',
              mlflow_experiment: { experiment_id: assistant }
            }
          ],
          max_results: 10
        }
      ),
      call<{ datasets: { dataset_id: string }[] }>(
        `${url}/ajax-api/3.0/mlflow/datasets/search`,
        { experiment_ids: [assistant] }
      )
    ]);
    seed.model =
      models.find(({ info }) => info.source_run_id === seed.runs[0])?.info
        .model_id ?? '';
    seed.trace = traces.at(-1)?.trace_id ?? '';
    seed.dataset = datasets[0]?.dataset_id ?? '';
  }
  return seed;
}
