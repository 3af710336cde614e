/** Groups to register into, those with an approved use case first. */
import type {
  IGovernance,
  IGovernanceStatus,
  IModelPackageGroup,
  IRegistry,
  ISageMakerConnection
} from '../tokens';

/** Pages of groups read per registry: 10 x 100. */
const PAGES = 10;

/** A group with what is known of its use case. */
export interface IGroupChoice {
  group: IModelPackageGroup;
  /** Label of its registry. */
  registry: string;
  /** null: governance is off or did not answer. */
  status: IGovernanceStatus | null;
}

/** What could be read. */
export interface IGroupChoices {
  choices: IGroupChoice[];
  failures: { registry: string; error: unknown }[];
  /** Registries with more groups than were read. */
  partial: string[];
}

/** Is the use case approved, now and without doubt? */
export function isGoverned(status: IGovernanceStatus | null): boolean {
  return (
    status?.state === 'linked' &&
    status.bucket === 'approved' &&
    !status.stale &&
    !status.disagreement
  );
}

/**
 * Governed groups first, then in the order of the registries, then by name.
 *
 * @param order ids of the connections, as configured.
 */
export function sortChoices(
  choices: readonly IGroupChoice[],
  order: readonly string[]
): IGroupChoice[] {
  const at = ({ group }: IGroupChoice) => order.indexOf(group.connection);
  return [...choices].sort(
    (a, b) =>
      Number(isGoverned(b.status)) - Number(isGoverned(a.status)) ||
      at(a) - at(b) ||
      a.group.name.localeCompare(b.group.name)
  );
}

/** Choices whose name, registry or use case holds every word typed. */
export function findChoices(
  choices: readonly IGroupChoice[],
  text: string
): IGroupChoice[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return choices.filter(({ group, registry, status }) => {
    const where = [
      group.name,
      group.description,
      registry,
      status?.useCase?.key,
      status?.useCase?.name
    ]
      .join(' ')
      .toLowerCase();
    return words.every(word => where.includes(word));
  });
}

async function readRegistry(
  registry: IRegistry,
  connection: string,
  signal: AbortSignal
): Promise<{ groups: IModelPackageGroup[]; partial: boolean }> {
  const groups = new Map<string, IModelPackageGroup>();
  let partial = false;
  for (const shared of [false, true]) {
    let token: string | undefined;
    for (let page = 0; page < PAGES; page++) {
      const found = shared
        ? await registry.listSharedGroups(connection, token, signal)
        : await registry.listGroups(connection, token, signal);
      for (const group of found.items) {
        if (!groups.has(group.arn)) {
          groups.set(group.arn, group);
        }
      }
      token = found.nextToken ?? undefined;
      if (!token) {
        break;
      }
    }
    partial ||= token !== undefined;
  }
  return { groups: [...groups.values()], partial };
}

/**
 * Groups of every registry. Each registry fails alone, and so does governance.
 */
export async function readChoices(
  registry: IRegistry,
  governance: IGovernance | null,
  connections: readonly ISageMakerConnection[],
  signal: AbortSignal
): Promise<IGroupChoices> {
  const failures: IGroupChoices['failures'] = [];
  const partial: string[] = [];
  const found = await Promise.all(
    connections.map(async ({ id, label }) => {
      try {
        const read = await readRegistry(registry, id, signal);
        if (read.partial) {
          partial.push(label);
        }
        return read.groups.map(group => ({ group, registry: label }));
      } catch (error) {
        failures.push({ registry: label, error });
        return [];
      }
    })
  );
  // A group shared by RAM may show up through several registries.
  const unique = [
    ...new Map(found.flat().map(entry => [entry.group.arn, entry])).values()
  ];
  let statuses: Map<string, IGovernanceStatus> | null = null;
  try {
    statuses =
      (await governance?.resolve(unique.map(({ group }) => group))) ?? null;
  } catch {
    // Without an answer no group counts as governed.
  }
  return {
    choices: sortChoices(
      unique.map(entry => ({
        ...entry,
        status: statuses?.get(entry.group.arn) ?? null
      })),
      connections.map(({ id }) => id)
    ),
    failures,
    partial
  };
}
