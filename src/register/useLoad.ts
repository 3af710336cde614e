/** Read something for a component, again whenever its key changes. */
import { useCallback, useEffect, useRef, useState } from 'react';

/** State of a read. */
export interface ILoad<T> {
  /** null until read, and after a failure. */
  data: T | null;
  error: unknown;
  loading: boolean;
  again: () => void;
}

/**
 * @param key what the answer belongs to; null: read nothing.
 * @param read the newest function is used; only `key` starts a read.
 */
export function useLoad<T>(
  key: string | null,
  read: (signal: AbortSignal) => Promise<T>
): ILoad<T> {
  const [state, setState] = useState<{
    key: string | null;
    data: T | null;
    error: unknown;
  }>({ key: null, data: null, error: null });
  const [round, setRound] = useState(0);
  const newest = useRef(read);
  newest.current = read;

  useEffect(() => {
    if (key === null) {
      return;
    }
    const abort = new AbortController();
    newest.current(abort.signal).then(
      data => {
        if (!abort.signal.aborted) {
          setState({ key, data, error: null });
        }
      },
      (error: unknown) => {
        if (!abort.signal.aborted) {
          setState({ key, data: null, error });
        }
      }
    );
    return () => abort.abort();
  }, [key, round]);

  const again = useCallback(() => {
    setState({ key: null, data: null, error: null });
    setRound(n => n + 1);
  }, []);
  const current = state.key === key;
  return {
    data: current ? state.data : null,
    error: current ? state.error : null,
    loading: key !== null && !current,
    again
  };
}
