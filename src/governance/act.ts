/** What the commands of `actions` do; loaded with the first of them. */
import { link as linkOnce, undo as undoOnce } from './linking/commands';
import type { IActionServices } from './trail';
import { move as moveOnce } from './workflows/commands';

/** @returns ARN of the group that was acted on; null: nothing was written. */
type Act<A> = (services: IActionServices, args: A) => Promise<string | null>;

/**
 * One dialog for the same wish: a double click comes before the first of them
 * covers the page, and JupyterLab would show the second after it.
 */
function alone<A>(act: Act<A>): Act<A> {
  const open = new Map<string, Promise<string | null>>();
  return (services, args) => {
    const wish = JSON.stringify(args);
    const running =
      open.get(wish) ??
      act(services, args).finally(() => {
        open.delete(wish);
      });
    open.set(wish, running);
    return running;
  };
}

export const link = alone(linkOnce);
export const undo = alone(undoOnce);
export const move = alone(moveOnce);
