/** One step of discovery and how it goes. Pure. */

/** What is read, in order; each fails alone. */
export const STEPS = [
  'types',
  'details',
  'groups',
  'arns',
  'links',
  'entities',
  'preview'
] as const;
export type StepName = (typeof STEPS)[number];

export interface IStep {
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  /** Parts read and to read; 0 where a step has no parts. */
  done: number;
  of: number;
  /** With state `failed`. */
  error: unknown;
  /** Names of the parts that failed, where a step has named parts. */
  about: readonly string[];
  /** What it was read for; another key makes it due again. */
  key: string | null;
}

export type Steps = Readonly<Record<StepName, IStep>>;

const WAITING: IStep = {
  state: 'waiting',
  done: 0,
  of: 0,
  error: null,
  about: [],
  key: null
};

export function noSteps(): Steps {
  return Object.fromEntries(STEPS.map(name => [name, WAITING])) as Record<
    StepName,
    IStep
  >;
}

/** Whether a step is to be read for a key: not when done or failed for it. */
export function isDue(step: IStep, key: string): boolean {
  return (
    step.key !== key || step.state === 'waiting' || step.state === 'cancelled'
  );
}

/** Whether a step is under way, or comes after one that is. */
export function isAhead({ state }: IStep): boolean {
  return state === 'waiting' || state === 'running';
}

/** Steps after which another try begins: what failed or was given up. */
export function retried(steps: Steps): Steps {
  return Object.fromEntries(
    STEPS.map(name => {
      const { state } = steps[name];
      return [
        name,
        state === 'failed' || state === 'cancelled' || state === 'running'
          ? WAITING
          : steps[name]
      ];
    })
  ) as Record<StepName, IStep>;
}
