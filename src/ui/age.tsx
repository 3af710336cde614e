import type { TranslationBundle } from '@jupyterlab/translation';

import { absoluteTime, relativeTime, useNow } from './time';

export interface IAgeProps {
  /** ms since epoch; null: nothing is shown. */
  at: number | null;
  trans: TranslationBundle;
  /** Words around it, e.g. `age => trans.__('updated %1', age)`. */
  say?: (age: string) => string;
}

/** Time since then; keeps itself current, the full time in the title. */
export function Age({ at, trans, say }: IAgeProps): JSX.Element | null {
  const now = useNow();
  if (at === null) {
    return null;
  }
  // Never "in the future" when the clocks of two machines differ a little.
  const words = now - at < 5_000 ? trans.__('just now') : relativeTime(at, now);
  return (
    <time
      className="jp-sg-age"
      dateTime={new Date(at).toISOString()}
      title={absoluteTime(at)}
    >
      {say ? say(words) : words}
    </time>
  );
}
