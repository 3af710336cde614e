/** The queue: versions that wait for a decision. */
import type { IModelPackage, IRegistry } from '../tokens';

/** Pages read at most for a queue: 10 x 100 versions of one registry. */
const PAGES = 10;

/** Pending versions of one connection, and whether there were more. */
export interface IQueue {
  versions: IModelPackage[];
  /** More pages exist than were read. */
  partial: boolean;
}

/**
 * Versions of a connection that wait for a decision.
 *
 * @throws what `IRegistry.pendingVersions` throws.
 */
export async function pendingQueue(
  registry: Pick<IRegistry, 'pendingVersions'>,
  connection: string,
  signal?: AbortSignal
): Promise<IQueue> {
  const versions: IModelPackage[] = [];
  let token: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const found = await registry.pendingVersions(connection, token, signal);
    versions.push(...found.items);
    if (!found.nextToken) {
      return { versions, partial: false };
    }
    token = found.nextToken;
  }
  return { versions, partial: true };
}
