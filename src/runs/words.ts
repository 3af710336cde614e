/** Runs in words: what is drawn, and what a screen reader says. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IMetricPoint, IMLflowRun } from '../tokens';
import {
  absoluteTime,
  duration,
  formatMetric,
  type GlyphName,
  relativeTime
} from '../ui';
import { courseOf } from './metrics';

/** How a run stands; never in a colour of approval. */
export interface IStateText {
  word: string;
  glyph: GlyphName;
  /** Colours of a badge; null: nothing to point out, there is no badge. */
  tone: 'progress' | 'rejected' | 'retired' | null;
}

export function stateText(
  status: string,
  trans: TranslationBundle
): IStateText {
  switch (status) {
    case 'FINISHED':
      return { word: trans.__('Finished'), glyph: 'check', tone: null };
    case 'RUNNING':
      return { word: trans.__('Running'), glyph: 'play', tone: 'progress' };
    case 'SCHEDULED':
      return { word: trans.__('Scheduled'), glyph: 'clock', tone: 'progress' };
    case 'FAILED':
      return { word: trans.__('Failed'), glyph: 'cross', tone: 'rejected' };
    case 'KILLED':
      return { word: trans.__('Stopped'), glyph: 'box', tone: 'retired' };
    default:
      // A word of a newer MLflow, verbatim.
      return { word: status, glyph: 'question', tone: 'retired' };
  }
}

/** How a metric went, in a sentence; null: there is no line. */
export function courseText(
  points: readonly IMetricPoint[] | undefined,
  trans: TranslationBundle
): string | null {
  const course = courseOf(points);
  return (
    course &&
    trans.__(
      'from %1 to %2 over %3 points, lowest %4, highest %5',
      formatMetric(course.first),
      formatMetric(course.last),
      course.count,
      formatMetric(course.lowest),
      formatMetric(course.highest)
    )
  );
}

/** When it began and how long it took. */
export function timeText(
  { startTime, endTime }: IMLflowRun,
  trans: TranslationBundle
): string {
  if (startTime === null) {
    return trans.__('Not started');
  }
  const began = trans.__('Started %1', absoluteTime(startTime));
  return endTime === null
    ? began
    : trans.__('%1, took %2', began, duration(startTime, endTime));
}

/** Everything of a row, for tooltips. */
export function runTitle(run: IMLflowRun, trans: TranslationBundle): string {
  const user = run.tags['mlflow.user'];
  return [
    run.runName,
    run.runId,
    timeText(run, trans),
    user && trans.__('By %1', user),
    modelsText(run, trans)
  ]
    .filter(Boolean)
    .join('\n');
}

/** Models that the run has logged, with their versions in MLflow. */
export function modelsText(
  { models }: IMLflowRun,
  trans: TranslationBundle
): string {
  const names = models.map(({ name, registered }) =>
    registered
      ? trans.__(
          '%1 (%2 version %3)',
          name,
          registered.name,
          registered.version
        )
      : name
  );
  return names.length ? trans.__('Models: %1', names.join(', ')) : '';
}

/** A row as a screen reader says it. */
export function rowLabel(
  run: IMLflowRun,
  shown: readonly string[],
  points: (metric: string) => readonly IMetricPoint[] | undefined,
  trans: TranslationBundle
): string {
  const metrics = shown
    .filter(name => name in run.metrics)
    .map(name => {
      const course = courseText(points(name), trans);
      const value = `${name} ${formatMetric(run.metrics[name])}`;
      return course ? `${value} (${course})` : value;
    });
  return [
    run.runName,
    stateText(run.status, trans).word,
    run.startTime === null ? '' : relativeTime(run.startTime),
    ...metrics,
    modelsText(run, trans)
  ]
    .filter(Boolean)
    .join(', ');
}
