/**
 * Server state of the registry for React, in the one cache of the relay.
 *
 * The hooks need a `QueryClientProvider` above them.
 */
import type {
  InfiniteData,
  QueryClient,
  UseInfiniteQueryResult,
  UseQueryResult
} from '@tanstack/react-query';
import {
  queryOptions,
  useInfiniteQuery,
  useQuery
} from '@tanstack/react-query';

import { groupArnOf } from '../relay';
import type {
  IModelPackage,
  IModelPackageDetails,
  IModelPackageGroup,
  IPage,
  IRegistry
} from '../tokens';

/** Keys in the cache; a shorter key covers the longer ones. */
export const registryKeys = {
  all: ['registry'] as const,
  group: (arn: string) => ['registry', 'group', arn] as const,
  latest: (arn: string) => ['registry', 'group', arn, 'latest'] as const,
  versions: (arn: string) => ['registry', 'group', arn, 'versions'] as const,
  version: (arn: string) =>
    ['registry', 'group', groupArnOf(arn), 'version', arn] as const,
  ways: (arn: string) => ['registry-ways', arn.toLowerCase()] as const
};

/** Reads of single things, for `useQuery` and `fetchQuery` alike. */
export const registryQueries = {
  group: (registry: IRegistry, connection: string, arn: string) =>
    queryOptions({
      queryKey: [...registryKeys.group(arn), 'facts'],
      queryFn: ({ signal }) => registry.describeGroup(connection, arn, signal)
    }),
  latest: (registry: IRegistry, group: IModelPackageGroup) =>
    queryOptions({
      queryKey: registryKeys.latest(group.arn),
      queryFn: ({ signal }) => registry.latestVersion(group, signal)
    }),
  version: (registry: IRegistry, connection: string, arn: string) =>
    queryOptions({
      queryKey: registryKeys.version(arn),
      queryFn: ({ signal }) => registry.describeVersion(connection, arn, signal)
    })
};

/** A group by its ARN. */
export function useGroup(
  registry: IRegistry,
  connection: string,
  arn: string
): UseQueryResult<IModelPackageGroup> {
  return useQuery(registryQueries.group(registry, connection, arn));
}

/** Latest version of a group; null data: it has none. */
export function useLatestVersion(
  registry: IRegistry,
  group: IModelPackageGroup
): UseQueryResult<IModelPackage | null> {
  return useQuery(registryQueries.latest(registry, group));
}

/** Versions of a group, newest first, page by page. */
export function useVersions(
  registry: IRegistry,
  group: IModelPackageGroup
): UseInfiniteQueryResult<InfiniteData<IPage<IModelPackage>>> {
  return useInfiniteQuery({
    queryKey: registryKeys.versions(group.arn),
    queryFn: ({ pageParam, signal }) =>
      registry.listVersions(group, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.nextToken ?? undefined
  });
}

/** Everything about one version; null: none is chosen. */
export function useVersion(
  registry: IRegistry,
  connection: string,
  arn: string | null
): UseQueryResult<IModelPackageDetails> {
  return useQuery({
    ...registryQueries.version(registry, connection, arn ?? ''),
    enabled: arn !== null
  });
}

/** Put the other ways to groups where the document looks for them. */
export function keepWays(
  client: QueryClient,
  others: ReadonlyMap<string, readonly IModelPackageGroup[]>
): void {
  if (others.size) {
    client.setQueryDefaults(['registry-ways'], { gcTime: Infinity });
  }
  for (const [arn, ways] of others) {
    client.setQueryData(registryKeys.ways(arn), ways);
  }
}

/** Other ways to a group, as far as the panel has met them. */
export function useWays(arn: string): readonly IModelPackageGroup[] {
  const { data } = useQuery<readonly IModelPackageGroup[]>({
    queryKey: registryKeys.ways(arn),
    queryFn: () => [],
    enabled: false,
    staleTime: Infinity
  });
  return data ?? [];
}

const bound = new WeakMap<QueryClient, WeakSet<IRegistry>>();

/** From now on our own writes make the cached reads of their group stale. */
export function followChanges(client: QueryClient, registry: IRegistry): void {
  const known = bound.get(client) ?? new WeakSet<IRegistry>();
  if (known.has(registry)) {
    return;
  }
  known.add(registry);
  bound.set(client, known);
  // Both live as long as the lab.
  registry.changed.connect((_, arn) => {
    void client.invalidateQueries({ queryKey: registryKeys.group(arn) });
  });
}
