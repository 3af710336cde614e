/**
 * Two versions side by side, every fact of both, and which approved version to
 * put beside one. The dialog of the approver and the group document show the
 * same.
 */
import type {
  IModelPackage,
  IModelPackageDetails,
  IModelPackageGroup,
  IRegistry
} from '../tokens';

export type DiffSection =
  'metric' | 'param' | 'container' | 'metadata' | 'card';

export interface IDifference {
  section: DiffSection;
  name: string;
  change: 'added' | 'removed' | 'changed' | 'same';
  before: string | number | null;
  after: string | number | null;
}

type Value = string | number;
type Facts = Record<DiffSection, Map<string, Value>>;

const SECTIONS: readonly DiffSection[] = [
  'metric',
  'param',
  'container',
  'metadata',
  'card'
];

const PARAM = 'param.';
const METRIC = 'metric.';

/** Paths of all leaves of a JSON value: `a.b[0]` -> text. */
export function leaves(
  value: unknown,
  path = '',
  into = new Map<string, Value>()
): Map<string, Value> {
  if (Array.isArray(value)) {
    value.forEach((item, index) => leaves(item, `${path}[${index}]`, into));
  } else if (value && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      leaves(item, path ? `${path}.${key}` : key, into);
    }
  } else if (value !== null && value !== undefined && value !== '') {
    into.set(path, typeof value === 'number' ? value : String(value));
  }
  return into;
}

/** All facts of a version, by section. Card metrics are metrics, not card. */
export function factsOf(version: IModelPackageDetails): Facts {
  const facts: Facts = {
    metric: new Map(Object.entries(version.metrics)),
    param: new Map(),
    container: new Map(),
    metadata: new Map(),
    card: new Map()
  };
  for (const [key, value] of Object.entries(version.metadata)) {
    if (key.startsWith(PARAM)) {
      facts.param.set(key.slice(PARAM.length), value);
    } else if (!key.startsWith(METRIC)) {
      facts.metadata.set(key, value);
    }
  }
  version.containers.forEach((container, index) => {
    const prefix = version.containers.length > 1 ? `${index + 1} ` : '';
    for (const [key, value] of Object.entries(container)) {
      if (value) {
        facts.container.set(`${prefix}${key}`, String(value));
      }
    }
  });
  if (version.sourceUri) {
    facts.container.set('sourceUri', version.sourceUri);
  }
  const card = Object.entries(version.card?.raw ?? {}).filter(
    ([part]) => part !== 'evaluation_details'
  );
  facts.card = leaves(Object.fromEntries(card));
  if (version.card?.status) {
    facts.card.set('status', version.card.status);
  }
  return facts;
}

/**
 * Compare two versions.
 *
 * @returns metrics all, other facts only where they differ; by section, then
 * by name.
 */
export function diffVersions(
  before: IModelPackageDetails,
  after: IModelPackageDetails
): IDifference[] {
  const [a, b] = [factsOf(before), factsOf(after)];
  const differences: IDifference[] = [];
  for (const section of SECTIONS) {
    const names = [...new Set([...a[section].keys(), ...b[section].keys()])];
    for (const name of names.sort((x, y) => x.localeCompare(y))) {
      const [old, now] = [a[section].get(name), b[section].get(name)];
      const change =
        old === undefined
          ? 'added'
          : now === undefined
            ? 'removed'
            : old === now
              ? 'same'
              : 'changed';
      if (change !== 'same' || section === 'metric') {
        differences.push({
          section,
          name,
          change,
          before: old ?? null,
          after: now ?? null
        });
      }
    }
  }
  return differences;
}

/**
 * The version to compare with: the newest approved one before it, else the
 * newest approved one at all.
 */
export function lastApproved(
  versions: readonly IModelPackage[],
  of: Pick<IModelPackage, 'arn' | 'version'>
): IModelPackage | null {
  const approved = versions
    .filter(v => v.approval === 'Approved' && v.arn !== of.arn)
    .sort((a, b) => b.version - a.version);
  return approved.find(v => v.version < of.version) ?? approved[0] ?? null;
}

/** Pages of versions searched for the last approved one; 100 versions each. */
const PAGES = 5;

/**
 * The same, read page by page, newest first, until one before it is found.
 *
 * @returns null when there is none among the newest pages.
 * @throws what `IRegistry.listVersions` throws.
 */
export async function readLastApproved(
  registry: Pick<IRegistry, 'listVersions'>,
  group: IModelPackageGroup,
  of: Pick<IModelPackage, 'arn' | 'version'>,
  signal?: AbortSignal
): Promise<IModelPackage | null> {
  const versions: IModelPackage[] = [];
  let token: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const found = await registry.listVersions(group, token, signal);
    versions.push(...found.items);
    const hit = lastApproved(versions, of);
    if ((hit && hit.version < of.version) || !found.nextToken) {
      return hit;
    }
    token = found.nextToken;
  }
  return lastApproved(versions, of);
}
