/** A page of MLflow that is ready before somebody opens it. */
import type { IMLflowConnection } from '../tokens';
import { FrameStorage } from './bridge/storage';
import { type IPageServices, makeBridge, markOf } from './page';
import { HOME_ROUTE } from './routes';
import type { WarmFrames } from './warm';

/**
 * Load MLflow's pages out of sight, up to their first request.
 *
 * Reads `index.html`, the version and static files, mostly from what is kept;
 * MLflow's API is not asked. Does nothing where it would do harm or no good:
 * little memory, a person who saves data, a browser that cannot move a frame.
 *
 * @param id - of a configured connection; others would have to be searched for
 * @param isOpen - whether somebody has opened it meanwhile
 */
export async function prepare(
  services: IPageServices,
  warm: WarmFrames,
  id: string,
  isOpen: () => boolean
): Promise<void> {
  const { connection: network } = navigator as {
    connection?: { saveData?: boolean };
  };
  if (
    isOpen() ||
    !warm.hasRoom ||
    warm.ids.includes(id) ||
    network?.saveData ||
    !('moveBefore' in HTMLElement.prototype)
  ) {
    return;
  }
  const { connections } = await services.relay.config();
  const connection = connections.find(
    (one): one is IMLflowConnection => one.kind === 'mlflow' && one.id === id
  );
  if (connection?.ui !== 'bridge' || warm.isDisposed || isOpen()) {
    return;
  }
  const around = document.getElementById('jp-main-dock-panel') ?? document.body;
  const bridge = makeBridge(services, connection, new FrameStorage(id), around);
  warm.put(id, markOf(connection), bridge, 'ready');
  if (!bridge.isDisposed) {
    await bridge.prepare(warm.node, HOME_ROUTE);
  }
}
