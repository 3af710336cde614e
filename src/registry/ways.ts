/** Groups of all registries, each once, whatever the ways to it. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type {
  IConnection,
  IModelPackageGroup,
  ISageMakerConnection
} from '../tokens';
import type { IRegistryState } from './panel/loader';

/** Groups by the ARN of the way that is used; the other ways by the same ARN. */
export interface IMerged {
  groups: ReadonlyMap<string, IModelPackageGroup>;
  others: ReadonlyMap<string, readonly IModelPackageGroup[]>;
}

/**
 * Put the groups of registries together.
 *
 * The same group may be shared with our account by RAM and stand in an account
 * that we reach by a role. It is used through the connection of its own account,
 * where tags are readable and writing may be allowed; through another one only
 * while that connection fails.
 *
 * @param states - in the order of the configuration, which decides at last.
 */
export function mergeRegistries(states: readonly IRegistryState[]): IMerged {
  const seen = new Map<string, { group: IModelPackageGroup; rank: number }[]>();
  for (const { broken, groups } of states) {
    for (const group of groups) {
      const rank = (broken ? 2 : 0) + (group.shared ? 1 : 0);
      const key = group.arn.toLowerCase();
      const ways = seen.get(key);
      if (ways) {
        ways.push({ group, rank });
        // Sorting is stable: of equal ways the first one configured stays.
        ways.sort((a, b) => a.rank - b.rank);
      } else {
        seen.set(key, [{ group, rank }]);
      }
    }
  }
  const groups = new Map<string, IModelPackageGroup>();
  const others = new Map<string, readonly IModelPackageGroup[]>();
  for (const [{ group }, ...rest] of seen.values()) {
    groups.set(group.arn, group);
    if (rest.length) {
      others.set(
        group.arn,
        rest.map(way => way.group)
      );
    }
  }
  return { groups, others };
}

/** A way to a group in words. */
export function wayText(
  { account, shared }: Pick<IModelPackageGroup, 'account' | 'shared'>,
  connection: ISageMakerConnection | null,
  trans: TranslationBundle
): string {
  const label = connection?.label ?? '';
  if (shared) {
    return trans.__(
      'shared by account %1 with %2, without its tags',
      account,
      label
    );
  }
  return connection?.role
    ? trans.__('%1: account %2 by role %3', label, account, connection.role)
    : trans.__('%1: account %2', label, account);
}

/** Where a group comes from, for a row. */
export interface IOrigin {
  /** Name of the registry; null: the own account's, which goes without saying. */
  label: string | null;
  /** Account, where the label does not say it. */
  account: string | null;
  /** Every way to the group, the one that is used first. */
  ways: readonly string[];
}

export function originOf(
  group: IModelPackageGroup,
  others: readonly IModelPackageGroup[],
  connections: readonly IConnection[],
  trans: TranslationBundle
): IOrigin {
  const connectionOf = (id: string): ISageMakerConnection | null =>
    connections.find(
      (candidate): candidate is ISageMakerConnection =>
        candidate.kind === 'sagemaker' && candidate.id === id
    ) ?? null;
  const connection = connectionOf(group.connection);
  const label = group.shared
    ? group.account
    : connection && !connection.own
      ? connection.label
      : null;
  return {
    label,
    account: label && !label.includes(group.account) ? group.account : null,
    ways: [group, ...others].map(way =>
      wayText(way, connectionOf(way.connection), trans)
    )
  };
}
