/** Root business entity of each registry: candidates with their evidence. */
import type { Cell } from '../openpages';
import { arnKey } from '../sources/book';

/** A business entity with what stands directly below it. */
export interface IEntity {
  /** Resource ID. */
  id: string;
  name: string;
  /** Use cases directly below it. */
  useCases: number;
  /** Groups of a registry (connection id) whose use case is directly below. */
  groups: ReadonlyMap<string, number>;
  /** No other entity stands above it; null: not known. */
  top: boolean | null;
}

export interface IEntityProposal {
  /** Resource ID; null: not enough evidence. */
  value: string | null;
  /** Best first. */
  candidates: readonly IEntity[];
  /** Groups of the registry below the proposed entity, and with any link. */
  linked: { below: number; of: number };
  /** It is the only top-level entity above use cases, and only registry. */
  only: boolean;
}

/**
 * Count what stands below each entity.
 *
 * @param entities rows of Resource ID, name
 * @param above rows of use case id, entity id, entity name
 * @param links rows of use case id, model group id, ARN
 * @param ours connection id by ARN key
 * @param top by Resource ID; absent: not known
 */
export function countEntities(
  entities: readonly (readonly Cell[])[],
  above: readonly (readonly Cell[])[],
  links: readonly (readonly Cell[])[],
  ours: ReadonlyMap<string, string>,
  top: ReadonlyMap<string, boolean>
): IEntity[] {
  const groupsOf = new Map<string, Set<string>>();
  for (const [useCase, , arn] of links) {
    const key = arn ? arnKey(arn) : '';
    if (useCase && ours.has(key)) {
      groupsOf.set(useCase, (groupsOf.get(useCase) ?? new Set()).add(key));
    }
  }
  const found = new Map<
    string,
    { name: string; useCases: Set<string>; groups: Map<string, Set<string>> }
  >();
  const entityOf = (id: string, name: Cell) => {
    const known = found.get(id) ?? {
      name: name ?? id,
      useCases: new Set<string>(),
      groups: new Map<string, Set<string>>()
    };
    found.set(id, known);
    return known;
  };
  for (const [id, name] of entities) {
    if (id) {
      entityOf(id, name);
    }
  }
  for (const [useCase, id, name] of above) {
    if (!useCase || !id) {
      continue;
    }
    const entity = entityOf(id, name);
    entity.useCases.add(useCase);
    for (const arn of groupsOf.get(useCase) ?? []) {
      const connection = ours.get(arn) ?? '';
      entity.groups.set(
        connection,
        (entity.groups.get(connection) ?? new Set()).add(arn)
      );
    }
  }
  return [...found].map(([id, { name, useCases, groups }]) => ({
    id,
    name,
    useCases: useCases.size,
    groups: new Map([...groups].map(([key, arns]) => [key, arns.size])),
    top: top.get(id) ?? null
  }));
}

/** Candidates for one registry, best first. */
function ranked(entities: readonly IEntity[], connection: string): IEntity[] {
  const groups = ({ groups }: IEntity): number => groups.get(connection) ?? 0;
  return [...entities].sort(
    (a, b) =>
      Number(b.top === true) - Number(a.top === true) ||
      groups(b) - groups(a) ||
      b.useCases - a.useCases ||
      a.name.localeCompare(b.name)
  );
}

/**
 * Propose the root entity of a registry.
 *
 * Proposed is a top-level entity that holds the use cases of most of the
 * registry's groups; without such a link only where there is one registry and
 * one top-level entity above use cases.
 *
 * @param registries number of SageMaker connections
 */
export function proposeEntity(
  entities: readonly IEntity[],
  connection: string,
  registries: number
): IEntityProposal {
  const candidates = ranked(entities, connection);
  const count = (entity: IEntity | undefined): number =>
    entity?.groups.get(connection) ?? 0;
  const of = candidates.reduce((sum, entity) => sum + count(entity), 0);
  const [first, second] = candidates;
  const by = (value: string | null, only: boolean): IEntityProposal => ({
    value,
    candidates,
    linked: { below: value ? count(first) : 0, of },
    only
  });
  if (
    first?.top === true &&
    2 * count(first) > of &&
    count(first) > count(second)
  ) {
    return by(first.id, false);
  }
  const tops = candidates.filter(({ top, useCases }) => top && useCases > 0);
  return of === 0 && registries === 1 && tops.length === 1
    ? by(tops[0].id, true)
    : by(null, false);
}
