/** What changed against the last approved version, for the approver. Pure. */
import type { IModelPackage, IModelPackageDetails, IRegistry } from '../tokens';

/** A metric in both versions. */
export interface IMetricChange {
  name: string;
  /** null: this version does not report it. */
  now: number | null;
  /** null: the approved version did not report it. */
  before: number | null;
}

/** A value that is not the same in both. */
export interface IValueChange {
  kind:
    'param' | 'image' | 'artifact' | 'framework' | 'intended-use' | 'use-case';
  name: string;
  now: string | null;
  before: string | null;
}

/** Differences of a version to the last approved one. */
export interface IComparison {
  against: IModelPackageDetails;
  metrics: IMetricChange[];
  values: IValueChange[];
}

const params = (v: IModelPackageDetails): Map<string, string> =>
  new Map(
    Object.entries(v.metadata)
      .filter(([key]) => key.startsWith('param.'))
      .map(([key, value]) => [key.slice('param.'.length), value])
  );

const keysOf = (...maps: Iterable<string>[]): string[] =>
  [...new Set(maps.flatMap(keys => [...keys]))].sort((a, b) =>
    a.localeCompare(b)
  );

/** Compare two versions; every metric is listed, other values only if changed. */
export function compare(
  version: IModelPackageDetails,
  against: IModelPackageDetails
): IComparison {
  const metrics = keysOf(
    Object.keys(version.metrics),
    Object.keys(against.metrics)
  ).map(name => ({
    name,
    now: version.metrics[name] ?? null,
    before: against.metrics[name] ?? null
  }));
  const values: IValueChange[] = [];
  const add = (
    kind: IValueChange['kind'],
    name: string,
    now: string | null | undefined,
    before: string | null | undefined
  ) => {
    if ((now ?? null) !== (before ?? null)) {
      values.push({ kind, name, now: now ?? null, before: before ?? null });
    }
  };
  const [ours, theirs] = [params(version), params(against)];
  for (const name of keysOf(ours.keys(), theirs.keys())) {
    add('param', name, ours.get(name), theirs.get(name));
  }
  const [a, b] = [version.containers[0], against.containers[0]];
  add('image', '', a?.image, b?.image);
  add('artifact', '', a?.modelDataUrl, b?.modelDataUrl);
  const framework = (c: typeof a | undefined): string | null =>
    [c?.framework, c?.frameworkVersion].filter(Boolean).join(' ') || null;
  add('framework', '', framework(a), framework(b));
  add(
    'intended-use',
    '',
    version.card?.intendedUses,
    against.card?.intendedUses
  );
  add('use-case', '', version.card?.useCaseId, against.card?.useCaseId);
  return { against, metrics, values };
}

/** Pages of versions searched for the last approved one. */
const PAGES = 5;

/**
 * The newest approved version below or above this one; null when there is none
 * among the newest pages.
 *
 * @throws what the registry throws.
 */
export async function lastApproved(
  registry: Pick<IRegistry, 'listVersions'>,
  group: Parameters<IRegistry['listVersions']>[0],
  except: string,
  signal?: AbortSignal
): Promise<IModelPackage | null> {
  let token: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const found = await registry.listVersions(group, token, signal);
    const hit = found.items.find(
      v => v.approval === 'Approved' && v.arn !== except
    );
    if (hit) {
      return hit;
    }
    if (!found.nextToken) {
      return null;
    }
    token = found.nextToken;
  }
  return null;
}
