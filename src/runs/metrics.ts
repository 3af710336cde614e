/** Runs by their metrics: which matter, which order, which are found. Pure. */
import type { IMetricPoint, IMLflowRun } from '../tokens';

/** Metrics that a row shows until somebody chooses others. */
export const KEY_METRICS = 2;

/** Most metrics that a row shows. */
export const MOST_METRICS = 3;

/** Of training and tuning: they tell how it went, not how good it is. */
const TRAINING = /^(?:train|val|valid|validation|epoch|iter)/i;

/** Of those, what was measured on data that was not trained on. */
const VALIDATION = /^val/i;

/** What models are mostly compared by, as a word of the name. */
const PRIMARY =
  /(?:^|[_./ -])(?:auc|auroc|gini|ks|f1|r2|rmse|mae|mape)(?:$|[_./ -])/i;

/** MLflow's own measurements of the machine. */
const SYSTEM = /^system\//;

/** Metrics of which less is better. */
const LESS =
  /(?:^|[_./ -])(?:loss|logloss|error|err|rmse|mse|mae|mape|brier|deviance|perplexity|wer|cer|seconds|latency)(?:$|[_./ \d-])/i;

/** Order of the list; `by: null`: the newest first. */
export interface IRunSort {
  /** Name of a metric, or null. */
  by: string | null;
  ascending: boolean;
}

export const NEWEST: IRunSort = { by: null, ascending: false };

/** Order that one wants of a metric: the best first. */
export function bestFirst(metric: string): IRunSort {
  return { by: metric, ascending: LESS.test(metric) };
}

/**
 * All metrics of runs: results first, then validation and training, the machine
 * last; among alike what is mostly looked at, then what most runs have.
 */
export function metricNames(runs: readonly IMLflowRun[]): string[] {
  const counts = new Map<string, number>();
  for (const { metrics } of runs) {
    for (const name of Object.keys(metrics)) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const kind = (name: string): number =>
    SYSTEM.test(name)
      ? 3
      : VALIDATION.test(name)
        ? 1
        : TRAINING.test(name)
          ? 2
          : 0;
  const rank = (name: string): number =>
    2 * kind(name) + (PRIMARY.test(name) ? 0 : 1);
  return [...counts]
    .sort(
      ([a, n], [b, m]) => rank(a) - rank(b) || m - n || a.localeCompare(b, 'en')
    )
    .map(([name]) => name);
}

/**
 * Metrics shown until somebody chooses: a result, and one whose way through
 * the training is worth a look.
 */
export function keyMetrics(names: readonly string[]): string[] {
  const results = names.filter(
    name => !TRAINING.test(name) && !SYSTEM.test(name)
  );
  const training = names.filter(name => TRAINING.test(name));
  return [
    ...results.slice(0, 1),
    ...training.slice(0, 1),
    ...results.slice(1),
    ...training.slice(1)
  ].slice(0, KEY_METRICS);
}

/**
 * Metrics of a row: those that are shown, but of a run that has none of them
 * its own.
 *
 * @param names all metrics, in order
 */
export function linesOf(
  { metrics }: IMLflowRun,
  shown: readonly string[],
  names: readonly string[]
): readonly string[] {
  if (shown.some(name => name in metrics)) {
    return shown;
  }
  const own = names.filter(name => name in metrics).slice(0, shown.length);
  return own.length ? own : shown;
}

/** Put runs into order; those without the metric come last. */
export function sortRuns(
  runs: readonly IMLflowRun[],
  { by, ascending }: IRunSort
): IMLflowRun[] {
  const age = (a: IMLflowRun, b: IMLflowRun): number =>
    (b.startTime ?? 0) - (a.startTime ?? 0);
  if (by === null) {
    return [...runs].sort(age);
  }
  const sign = ascending ? 1 : -1;
  const has = ({ metrics }: IMLflowRun): boolean =>
    by in metrics && !Number.isNaN(metrics[by]);
  return [...runs].sort((a, b) => {
    if (!has(a) || !has(b)) {
      return Number(has(b)) - Number(has(a)) || age(a, b);
    }
    const [x, y] = [a.metrics[by], b.metrics[by]];
    return x === y ? age(a, b) : sign * (x < y ? -1 : 1);
  });
}

/** `auc > 0.8`, of metrics and parameters, as people write it. */
const CONDITION =
  /(\S+?)\s*(>=|<=|==|=|>|<)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?=\s|$)/gi;

/** Whether a run fits the search text: all words, and all conditions. */
export function makeFilter(text: string): (run: IMLflowRun) => boolean {
  const conditions: ((run: IMLflowRun) => boolean)[] = [];
  const rest = text.replace(
    CONDITION,
    (_, metric: string, compare: string, number: string) => {
      conditions.push(condition(fold(metric), compare, Number(number)));
      return ' ';
    }
  );
  const words = fold(rest).split(/\s+/).filter(Boolean);
  return run =>
    conditions.every(fits => fits(run)) &&
    (words.length === 0 || matches(run, words));
}

function condition(
  name: string,
  compare: string,
  number: number
): (run: IMLflowRun) => boolean {
  const holds = (value: number): boolean => {
    switch (compare) {
      case '>':
        return value > number;
      case '>=':
        return value >= number;
      case '<':
        return value < number;
      case '<=':
        return value <= number;
      default:
        return value === number;
    }
  };
  // A parameter is text; one that is no number fits nothing.
  return ({ metrics, params }) =>
    [...Object.entries(metrics), ...Object.entries(params)].some(
      ([key, value]) =>
        fold(key) === name && value !== '' && holds(Number(value))
    );
}

function matches(run: IMLflowRun, words: readonly string[]): boolean {
  const { runName, runId, status, models, params, tags } = run;
  const text = fold(
    [
      runName,
      runId,
      status,
      tags['mlflow.user'] ?? '',
      ...models.flatMap(({ name, registered }) => [name, registered?.name]),
      ...Object.entries(params).map(([name, value]) => `${name}=${value}`)
    ].join('\n')
  );
  return words.every(word => text.includes(word));
}

function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
}

/** Whether a run goes on, and its numbers may change. */
export function isLive({ status }: IMLflowRun): boolean {
  return status === 'RUNNING' || status === 'SCHEDULED';
}

/** What a line of points tells in numbers; null: there is no line. */
export interface ICourse {
  first: number;
  last: number;
  lowest: number;
  highest: number;
  count: number;
}

/** Points that can be drawn: two at least. */
export function courseOf(
  points: readonly IMetricPoint[] | undefined
): ICourse | null {
  const values = (points ?? [])
    .map(({ value }) => value)
    .filter(value => Number.isFinite(value));
  return values.length < 2
    ? null
    : {
        first: values[0],
        last: values[values.length - 1],
        lowest: Math.min(...values),
        highest: Math.max(...values),
        count: values.length
      };
}

/**
 * Where the points lie in a box, by step from left to right.
 *
 * @param pad px kept free at each side, for the line's own width
 */
export function placePoints(
  points: readonly IMetricPoint[],
  width: number,
  height: number,
  pad: number
): [number, number][] {
  const drawn = points.filter(({ value }) => Number.isFinite(value));
  const course = courseOf(drawn);
  if (!course) {
    return [];
  }
  const from = drawn[0].step;
  const span = drawn[drawn.length - 1].step - from;
  const range = course.highest - course.lowest;
  const inner = { width: width - 2 * pad, height: height - 2 * pad };
  return drawn.map(({ step, value }, i) => {
    const along = span > 0 ? (step - from) / span : i / (drawn.length - 1);
    const up = range > 0 ? (value - course.lowest) / range : 0.5;
    return [pad + along * inner.width, pad + (1 - up) * inner.height];
  });
}
