/**
 * Part of the shim: the lab's theme while MLflow runs.
 *
 * MLflow 2 and 3 read the theme once, when they start, and keep it in their root
 * component, which gives its setter on as `setIsDarkTheme`
 * (`mlflow/server/js/src/app.tsx`, `DarkThemeContext`). It is found in React's
 * tree. Where it is not, the lab builds the page anew.
 */
import type { IShim } from './core';

export function theme(shim: IShim): void {
  interface IFiber {
    child: IFiber | null;
    sibling: IFiber | null;
    memoizedProps: {
      setIsDarkTheme?: unknown;
      value?: { setIsDarkTheme?: unknown } | null;
    } | null;
    stateNode: { current?: IFiber } | null;
  }
  type Setter = (dark: boolean) => void;
  /** By which MLflow remembers the theme, written after each change. */
  const KEY = '_mlflow_dark_mode_toggle_enabled';
  /** Ms between looks, and looks until MLflow counts as deaf. */
  const PAUSE = 100;
  const LOOKS = 50;
  /** Components near the root that are looked at. */
  const MOST = 5000;

  const findSetter = (): Setter | null => {
    const root = document.getElementById('root');
    const name = Object.keys(root ?? {}).find(key =>
      key.startsWith('__reactContainer$')
    );
    const container = name
      ? (root as unknown as Record<string, IFiber | null>)[name]
      : null;
    const open: (IFiber | null | undefined)[] = [
      container?.stateNode?.current ?? container
    ];
    for (let seen = 0; open.length > 0 && seen < MOST; seen++) {
      const fiber = open.shift();
      if (!fiber) {
        continue;
      }
      const { memoizedProps: props, sibling, child } = fiber;
      const setter = props?.setIsDarkTheme ?? props?.value?.setIsDarkTheme;
      if (typeof setter === 'function') {
        return setter as Setter;
      }
      open.push(sibling, child);
    }
    return null;
  };

  let turn = 0;
  shim.listeners.push(message => {
    if (message.kind !== 'theme') {
      return;
    }
    const { dark } = message;
    const mine = ++turn;
    let looks = 0;
    let isTold = false;
    const look = () => {
      if (mine !== turn) {
        return;
      }
      looks += 1;
      if (!isTold) {
        const setter = findSetter();
        isTold = setter !== null;
        setter?.(dark);
      }
      if (isTold && localStorage.getItem(KEY) === String(dark)) {
        shim.send({ kind: 'themed', done: true });
      } else if (looks < LOOKS) {
        setTimeout(look, PAUSE);
      } else {
        shim.send({ kind: 'themed', done: false });
      }
    };
    look();
  });
}
