/** Hooks for what a view shows of a model or of a promise. */
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

/** A model as views see it: a snapshot, replaced before `changed` is emitted. */
export interface ISnapshotModel<T> {
  readonly changed: ISignal<unknown, unknown>;
  readonly snapshot: T;
}

/** The model's snapshot; the view is drawn again with each change. */
export function useSnapshot<T>(model: ISnapshotModel<T>): T {
  return React.useSyncExternalStore(
    React.useCallback(
      told => {
        model.changed.connect(told);
        return () => {
          model.changed.disconnect(told);
        };
      },
      [model]
    ),
    () => model.snapshot
  );
}

/** What was loaded, why it was not, and how to try again. */
export interface ILoaded<T> {
  /** undefined: not there (yet). */
  value: T | undefined;
  /** null: nothing went wrong. */
  error: unknown;
  retry: () => void;
}

/**
 * Load once for a view; an answer that comes after the view is gone is dropped.
 *
 * @param load - the same function as long as the same is to be loaded
 */
export function useLoaded<T>(load: () => Promise<T>): ILoaded<T> {
  const [value, setValue] = React.useState<T | undefined>(undefined);
  const [error, setError] = React.useState<unknown>(null);
  const [attempt, setAttempt] = React.useState(0);
  React.useEffect(() => {
    let current = true;
    setError(null);
    load().then(
      loaded => {
        if (current) {
          setValue(loaded);
        }
      },
      (failure: unknown) => {
        if (current) {
          setError(failure);
        }
      }
    );
    return () => {
      current = false;
    };
  }, [load, attempt]);
  return { value, error, retry: () => setAttempt(attempt + 1) };
}
