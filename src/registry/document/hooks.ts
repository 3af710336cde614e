import * as React from 'react';

import { KnownUseCases } from '../../governance';
import type {
  IConfig,
  IGovernance,
  IGovernanceStatus,
  IModelPackage,
  IModelPackageGroup,
  IUseCase
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

const NO_USE_CASES: readonly IUseCase[] = [];

/**
 * Use cases of consoles from their last reading; a console that cannot be read
 * adds none.
 *
 * @param connections - ids of consoles; none are asked while it is empty.
 */
export function useUseCases(
  governance: IGovernance | null,
  connections: readonly string[]
): readonly IUseCase[] {
  const [useCases, setUseCases] = React.useState(NO_USE_CASES);
  const ids = connections.join(' ');
  React.useEffect(() => {
    if (governance === null) {
      return;
    }
    let live = true;
    const read = (): void => {
      void Promise.allSettled(
        ids
          .split(' ')
          .filter(Boolean)
          .map(id => governance.useCases(id))
      ).then(lists => {
        if (live) {
          setUseCases(
            lists.flatMap(list =>
              list.status === 'fulfilled' ? [...list.value] : []
            )
          );
        }
      });
    };
    read();
    governance.changed.connect(read);
    return () => {
      live = false;
      governance.changed.disconnect(read);
    };
  }, [governance, ids]);
  return useCases;
}

/** Name of a business entity, as use cases directly below it tell. */
export function useEntityName(
  governance: IGovernance | null,
  connection: string | null,
  entity: string | null
): string | null {
  const asked = React.useMemo(
    () => (connection && entity ? [connection] : []),
    [connection, entity]
  );
  const useCases = useUseCases(governance, asked);
  const below = useCases.find(
    ({ entities }) => entities.length === 1 && entities[0] === entity
  );
  return below?.entity ?? null;
}

/**
 * Use cases that texts of a group may name.
 *
 * Asked for when the status is known: then the consoles have been read, and
 * this costs no call.
 */
export function useKnownUseCases(
  governance: IGovernance | null,
  config: IConfig | null,
  status: IGovernanceStatus | null
): KnownUseCases {
  const asked = React.useMemo(
    () =>
      status
        ? (config?.connections ?? [])
            .filter(({ kind }) => kind === 'openpages')
            .map(({ id }) => id)
        : [],
    [config, status]
  );
  const useCases = useUseCases(governance, asked);
  const own = status?.source === 'openpages' ? status.useCase : null;
  return React.useMemo(
    () => new KnownUseCases(useCases, [own]),
    [useCases, own]
  );
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
