/**
 * What one OpenPages console said in one reading: use cases and model groups,
 * indexed. No requests here.
 */
import type {
  IModelGroupObject,
  IModelPackageGroup,
  IOpenPagesConnection,
  IUseCase,
  IWorkflowState
} from '../../tokens';
import { taskViewUrl, titleWithoutKey, useCaseKey } from '../link';
import { instantOf, type Cell } from '../openpages';

/** A model group object of OpenPages. */
export interface IModelGroup {
  /** Resource ID. */
  id: string;
  name: string | null;
  /** ARN in the configured field, as written; null: empty or no field. */
  arn: string | null;
}

/** A model group under a use case. */
export interface IGroupLink {
  group: IModelGroup;
  useCase: IUseCase;
}

/** Cells of a use case, in the order of the SELECT. */
export interface IUseCaseCells {
  id: Cell;
  name: Cell;
  status: Cell;
  riskLevel: Cell;
  owner: Cell;
  modified: Cell;
}

/** Form in which ARNs are compared: SageMaker lower-cases names in them. */
export function arnKey(arn: string): string {
  return arn.trim().toLowerCase();
}

/** Form in which ids and keys that people typed are compared. */
export function idKey(id: string): string {
  return id.trim().toLowerCase();
}

/** A reading of one console. */
export class Book {
  constructor(connection: IOpenPagesConnection, readAt: number) {
    this.connection = connection;
    this.readAt = readAt;
  }

  readonly connection: IOpenPagesConnection;
  /** ms since epoch. */
  readonly readAt: number;
  /** Why use cases or entities are incomplete; null: they are not. */
  entityError: unknown = null;
  /** Why `orphans` could not be read; null: they could. */
  orphanError: unknown = null;
  /** Why workflows could not be read; null: they could, or nobody asked. */
  workflowError: unknown = null;
  /** Model groups without a use case that we may see, by ARN key. */
  readonly orphans = new Map<string, IOrphan>();

  /** Use case of a row; the same object for the same Resource ID. */
  addUseCase(cells: IUseCaseCells): IUseCase | null {
    if (!cells.id) {
      return null;
    }
    const known = this._byId.get(cells.id);
    if (known) {
      return known;
    }
    const fullName = cells.name ?? cells.id;
    const key = useCaseKey(fullName);
    const useCase: IUseCase = {
      id: cells.id,
      key,
      name: titleWithoutKey(fullName, key),
      status: cells.status,
      riskLevel: cells.riskLevel,
      owner: cells.owner,
      entity: null,
      entities: [],
      modifiedAt: instantOf(cells.modified),
      workflow: null,
      url: taskViewUrl(this.connection.taskViewUrl, cells.id)
    };
    this._byId.set(useCase.id, useCase);
    if (useCase.key) {
      push(this._byKey, idKey(useCase.key), useCase);
    }
    return useCase;
  }

  /** Note a business entity above a use case. */
  addEntity(useCase: IUseCase, id: string, name: string | null): void {
    if (!useCase.entities.includes(id)) {
      useCase.entities = [...useCase.entities, id];
      useCase.entity = [useCase.entity, name ?? id].filter(Boolean).join(', ');
    }
    this._entityIds.add(id);
  }

  /**
   * Take model groups over whose use case is missing or hidden.
   *
   * A group directly below an entity was put there by the synchronisation and
   * waits for its link: it has none. Of several groups with one ARN the one
   * that we know least of counts.
   *
   * @param rows - Resource ID, name, ARN, Resource ID of an entity above or
   * null; groups that have a link are passed over.
   */
  addOrphans(rows: readonly (readonly Cell[])[]): void {
    const byId = new Map<string, IOrphan>();
    for (const [id, name, arn, entity] of rows) {
      if (!id || !arn || this.linksByArn(arn).length) {
        continue;
      }
      const orphan = byId.get(id) ?? {
        group: { id, name, arn },
        parent: 'unknown' as const
      };
      if (entity) {
        orphan.parent = 'none';
        this._entityIds.add(entity);
      }
      byId.set(id, orphan);
    }
    for (const orphan of byId.values()) {
      const key = arnKey(orphan.group.arn ?? '');
      if (this.orphans.get(key)?.parent !== 'unknown') {
        this.orphans.set(key, orphan);
      }
    }
  }

  /** Note where a use case stands in its workflow; others are passed over. */
  addWorkflow(object: string, workflow: IWorkflowState): void {
    const useCase = this._byId.get(object);
    if (useCase) {
      useCase.workflow = workflow;
    }
  }

  addLink(link: IGroupLink): void {
    if (link.group.arn) {
      push(this._byArn, arnKey(link.group.arn), link);
    }
    if (link.group.name) {
      push(this._byName, link.group.name, link);
    }
  }

  /** Links of a group by its ARN. */
  linksByArn(arn: string): readonly IGroupLink[] {
    return this._byArn.get(arnKey(arn)) ?? [];
  }

  /**
   * Links of a group by its name, under the root entity of its registry.
   *
   * Names repeat across accounts, so that without a configured entity nothing
   * can be said: null.
   */
  linksByName(group: IModelPackageGroup): readonly IGroupLink[] | null {
    const root = this.connection.entities[group.connection];
    if (!root) {
      return null;
    }
    return (this._byName.get(group.name) ?? []).filter(link =>
      link.useCase.entities.includes(root)
    );
  }

  /** Use cases that an id or a key of a card or tag may mean. */
  named(id: string): readonly IUseCase[] {
    const byId = this._byId.get(id.trim());
    return byId ? [byId] : (this._byKey.get(idKey(id)) ?? []);
  }

  /** Every use case of the reading. */
  get useCases(): readonly IUseCase[] {
    return [...this._byId.values()];
  }

  /**
   * Model group objects of a group: by ARN where its field is known, else by
   * name under the root entity of its registry.
   */
  modelGroups(group: IModelPackageGroup): readonly IModelGroupObject[] {
    const byArn = this.connection.schema.fields.groupArn !== null;
    const links = byArn
      ? this.linksByArn(group.arn)
      : (this.linksByName(group) ?? []);
    const objects = new Map<string, IModelGroupObject>();
    for (const { group: object, useCase } of links) {
      objects.set(object.id, {
        connection: this.connection.id,
        id: object.id,
        name: object.name,
        matchedBy: byArn ? 'arn' : 'name',
        useCases: [...(objects.get(object.id)?.useCases ?? []), useCase],
        above: 'visible'
      });
    }
    const orphan = this.orphans.get(arnKey(group.arn));
    if (orphan && !objects.size) {
      objects.set(orphan.group.id, {
        connection: this.connection.id,
        id: orphan.group.id,
        name: orphan.group.name,
        matchedBy: 'arn',
        useCases: [],
        above: orphan.parent
      });
    }
    return [...objects.values()];
  }

  /** Use case that we have read, by its Resource ID. */
  useCase(id: string): IUseCase | undefined {
    return this._byId.get(id);
  }

  /** Whether an object is a use case or entity that we have read. */
  knows(id: string): boolean {
    return this._byId.has(id) || this._entityIds.has(id);
  }

  /** Ask once whether an object may be read; a failure is asked again. */
  once(id: string, ask: () => Promise<boolean>): Promise<boolean> {
    let answer = this._asked.get(id);
    if (!answer) {
      answer = ask();
      this._asked.set(id, answer);
      answer.catch(() => this._asked.delete(id));
    }
    return answer;
  }

  /** Whether a use case is not directly below the root entity it should be. */
  outsideEntity(group: IModelPackageGroup, useCase: IUseCase): boolean {
    const root = this.connection.entities[group.connection];
    const { entities } = useCase;
    return !!root && entities.length > 0 && !entities.includes(root);
  }

  private _byId = new Map<string, IUseCase>();
  private _byKey = new Map<string, IUseCase[]>();
  private _byArn = new Map<string, IGroupLink[]>();
  private _byName = new Map<string, IGroupLink[]>();
  private _entityIds = new Set<string>();
  private _asked = new Map<string, Promise<boolean>>();
}

/** A model group that no visible use case stands above. */
export interface IOrphan {
  group: IModelGroup;
  /**
   * `hidden`: a use case is there, this user may not see it. `none`: there is
   * none. `unknown`: nobody has looked (see `lookAbove`), or the look failed
   * (`error`) or told nothing.
   */
  parent: 'hidden' | 'none' | 'unknown';
  error?: unknown;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) {
    list.push(value);
  } else {
    map.set(key, [value]);
  }
}
