/**
 * What the lifecycle of a version (`ModelLifeCycle`) means for who has the ball.
 *
 * Stage and status are free text, written by people, by pipelines and by the
 * governance console. Only the words below mean something to us, and settings
 * may replace them; every other pair is shown verbatim and decides nothing.
 */
import type { IModelPackage } from '../tokens';
import type { ILifeCycleRule, LifeCycleMeaning } from './settings';

/**
 * Words of AWS's template for the staging construct, and of the console's
 * mapping of model statuses (`Development/Review`, `DataPrep-…/InProgress`).
 *
 * `Complete` is left out: the console writes it when verification begins, others
 * when the author is done.
 */
export const LIFE_CYCLE_RULES: readonly ILifeCycleRule[] = [
  { stage: 'Archived', status: '*', means: 'retired' },
  { stage: '*', status: 'Retired', means: 'retired' },
  { stage: '*', status: 'OnHold', means: 'hold' },
  { stage: '*', status: 'Rejected', means: 'rejected' },
  { stage: '*', status: 'PendingApproval', means: 'decision' },
  { stage: '*', status: 'Review', means: 'review' },
  { stage: 'Development', status: 'InProgress', means: 'progress' },
  { stage: 'DataPrep-*', status: 'InProgress', means: 'progress' }
];

/** `On-Hold`, `on_hold` and `OnHold` are one word. */
const fold = (word: string): string =>
  word.toLowerCase().replace(/[\s_-]+/g, '');

/** Does a word fit? `*` at the end of a pattern stands for any rest. */
function fits(pattern: string, word: string): boolean {
  return pattern.endsWith('*')
    ? fold(word).startsWith(fold(pattern.slice(0, -1)))
    : fold(word) === fold(pattern);
}

/** Meaning of a version's lifecycle; null: it has none, or none that we know. */
export function lifeCycleMeaning(
  { lifeCycle }: IModelPackage,
  rules: readonly ILifeCycleRule[] | null
): LifeCycleMeaning | null {
  if (!lifeCycle?.status) {
    return null;
  }
  const { stage, status } = lifeCycle;
  return (
    (rules ?? LIFE_CYCLE_RULES).find(
      rule => fits(rule.stage, stage) && fits(rule.status, status)
    )?.means ?? null
  );
}
