/** Our model package groups, for the proof that a field holds their ARNs. */
import { isAbort } from '../../relay';
import type {
  IModelPackageGroup,
  IPage,
  IRegistry,
  ISageMakerConnection
} from '../../tokens';
import { arnKey } from '../sources/book';

/** Pages read of a registry; a proof needs no more. */
const MOST_PAGES = 10;

export interface IOurGroups {
  /** ARN key -> connection id. */
  byArn: ReadonlyMap<string, string>;
  /** Name in lower case -> connection id. */
  byName: ReadonlyMap<string, string>;
  /** Groups read, by connection id. */
  counts: ReadonlyMap<string, number>;
  /** Registries that could not be read. */
  failures: readonly { registry: ISageMakerConnection; error: unknown }[];
}

/**
 * Read the groups of all registries side by side; each fails alone.
 *
 * @param progress called with the number of registries read
 * @throws AbortError only
 */
export async function readGroups(
  registry: Pick<IRegistry, 'listGroups' | 'listSharedGroups'>,
  registries: readonly ISageMakerConnection[],
  signal: AbortSignal,
  progress: (done: number) => void
): Promise<IOurGroups> {
  const byArn = new Map<string, string>();
  const byName = new Map<string, string>();
  const counts = new Map<string, number>();
  const failures: { registry: ISageMakerConnection; error: unknown }[] = [];
  let done = 0;
  const pages = async (
    connection: ISageMakerConnection,
    read: (token?: string) => Promise<IPage<IModelPackageGroup>>
  ): Promise<void> => {
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const { items, nextToken } = await read(token);
      for (const { arn, name } of items) {
        const key = arnKey(arn);
        if (!byArn.has(key)) {
          byArn.set(key, connection.id);
          counts.set(connection.id, (counts.get(connection.id) ?? 0) + 1);
        }
        byName.set(name.toLowerCase(), connection.id);
      }
      if (!nextToken) {
        return;
      }
      token = nextToken;
    }
  };
  await Promise.all(
    registries.map(async connection => {
      const { id, own } = connection;
      try {
        await pages(connection, token =>
          registry.listGroups(id, token, signal)
        );
        if (own) {
          await pages(connection, token =>
            registry.listSharedGroups(id, token, signal)
          );
        }
      } catch (error) {
        if (isAbort(error)) {
          throw error;
        }
        failures.push({ registry: connection, error });
      }
      progress(++done);
    })
  );
  return { byArn, byName, counts, failures };
}
