/** Door of the trail: what was written from here and not yet read back. */
import * as React from 'react';

import { actionServices } from './services';
import type { ILinkRecord, IMoveRecord } from './records';
import { Trail } from './trail';

export { PARTS, rest, unclear, undoable } from './records';
export type {
  ICardKeys,
  ILinkRecord,
  IMoveRecord,
  INamed,
  IPart,
  IRecord,
  Part,
  PartState
} from './records';
export {
  actionServices,
  chooseGroup,
  chosenGroup,
  provideActions
} from './services';
export type { IActionServices } from './services';
export { PATIENCE, Trail, TRAIL_KEY } from './trail';

const trails = new WeakMap<object, Trail>();

/** The one trail of this lab; null: acting on governance is switched off. */
export function trailOf(): Trail | null {
  const services = actionServices();
  if (!services) {
    return null;
  }
  let trail = trails.get(services);
  if (!trail) {
    trail = new Trail(services);
    trails.set(services, trail);
  }
  return trail;
}

/** The last link of a group, kept current; null: nothing to tell. */
export function useLinkRecord(group: string): ILinkRecord | null {
  return useTrail(group, trail => trail.link(group));
}

/** The last move of a workflow of a group, kept current. */
export function useMoveRecord(group: string): IMoveRecord | null {
  return useTrail(group, trail => trail.move(group));
}

function useTrail<T>(group: string, read: (trail: Trail) => T): T | null {
  const trail = trailOf();
  const subscribe = React.useCallback(
    (notify: () => void) => {
      const onChange = (_: Trail, changed: string): void => {
        if (changed === group) {
          notify();
        }
      };
      trail?.changed.connect(onChange);
      return () => {
        trail?.changed.disconnect(onChange);
      };
    },
    [trail, group]
  );
  return React.useSyncExternalStore(subscribe, () =>
    trail ? read(trail) : null
  );
}
