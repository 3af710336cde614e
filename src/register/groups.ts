/** Groups to register into, those whose use case is approved first. */
import type {
  IGovernance,
  IGovernanceStatus,
  IModelPackageGroup,
  IRegistry,
  ISageMakerConnection
} from '../tokens';
import { language } from '../ui';
import { gateState } from './gate';
import type { IRegisterSettings } from './settings';

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

/** Where a group stands in the list. */
export type GroupSection = 'approved' | 'other' | 'not-linked';

const SECTIONS: readonly GroupSection[] = ['approved', 'other', 'not-linked'];

/** Approved use cases first, then every other word, then none at all. */
export function sectionOf(
  { status }: Pick<IGroupChoice, 'status'>,
  settings: IRegisterSettings
): GroupSection {
  const state = gateState({ status, governed: true }, settings);
  return state === 'approved' || state === 'not-linked' ? state : 'other';
}

/** Within a section, what nobody should register for comes last. */
const stopped = ({ status }: IGroupChoice): number =>
  Number(status?.bucket === 'rejected' || status?.bucket === 'retired');

/**
 * By section, then in the order of the registries, then by name.
 *
 * @param order ids of the connections, as configured.
 */
export function sortChoices(
  choices: readonly IGroupChoice[],
  order: readonly string[],
  settings: IRegisterSettings
): IGroupChoice[] {
  const section = new Map(
    choices.map(choice => [
      choice,
      SECTIONS.indexOf(sectionOf(choice, settings))
    ])
  );
  const rank = (choice: IGroupChoice): number => section.get(choice) ?? 0;
  const at = ({ group }: IGroupChoice) => order.indexOf(group.connection);
  const { compare } = new Intl.Collator(language(), { numeric: true });
  return [...choices].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      stopped(a) - stopped(b) ||
      at(a) - at(b) ||
      compare(a.group.name, b.group.name)
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
  settings: IRegisterSettings,
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
    // Without an answer no group counts as approved.
  }
  return {
    choices: sortChoices(
      unique.map(entry => ({
        ...entry,
        status: statuses?.get(entry.group.arn) ?? null
      })),
      connections.map(({ id }) => id),
      settings
    ),
    failures,
    partial
  };
}
