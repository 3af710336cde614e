import * as React from 'react';

import type {
  IGovernance,
  IGovernanceStatus,
  IModelPackage,
  IModelPackageGroup
} from '../../tokens';

export interface IGovernanceState {
  /** null: not there yet, switched off, or failed (`error`). */
  status: IGovernanceStatus | null;
  error: unknown;
}

/**
 * Governance status of a group, kept current.
 *
 * @param latest - undefined: not read yet.
 */
export function useGovernanceStatus(
  governance: IGovernance | null,
  group: IModelPackageGroup | null,
  latest: IModelPackage | null | undefined
): IGovernanceState {
  const [state, setState] = React.useState<IGovernanceState>({
    status: null,
    error: null
  });
  React.useEffect(() => {
    if (!governance || !group) {
      return;
    }
    let turn = 0;
    const resolve = (): void => {
      const mine = ++turn;
      const known = new Map<string, IModelPackage | null>(
        latest === undefined ? [] : [[group.arn, latest]]
      );
      governance.resolve([group], known).then(
        statuses => {
          if (mine === turn) {
            setState({ status: statuses.get(group.arn) ?? null, error: null });
          }
        },
        (error: unknown) => {
          if (mine === turn) {
            // What was known stays on screen beside the failure.
            setState(former => ({ ...former, error }));
          }
        }
      );
    };
    resolve();
    governance.changed.connect(resolve);
    return () => {
      turn = -1;
      governance.changed.disconnect(resolve);
    };
  }, [governance, group, latest]);
  return state;
}

/** Width of an element, px; 0 until it is measured. */
export function useWidth(ref: React.RefObject<HTMLElement>): number {
  const [width, setWidth] = React.useState(0);
  React.useLayoutEffect(() => {
    const node = ref.current;
    if (!node || typeof ResizeObserver === 'undefined') {
      return;
    }
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.floor(entry.contentRect.width))
    );
    observer.observe(node);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}
