/** Reads a console into a book, and answers from it. */
import { isAbort } from '../../relay';
import type {
  IModelPackageGroup,
  IOpenPagesConnection,
  ISourceAnswer,
  IUseCase
} from '../../tokens';
import { OpenPagesError } from '../errors';
import type { OpenPagesClient } from '../openpages';
import { column, quoted, type Cell } from '../openpages';
import { arnKey, Book, type IOrphan, type IUseCaseCells } from './book';
import { ID, MODIFIED, NAME, orderedBy } from './columns';
import { readOrphans } from './orphans';
import { readWorkflows } from './workflows';

/** Columns of a use case: configured ones that are null are left out. */
function useCaseColumns(connection: IOpenPagesConnection): {
  select: string[];
  cells: (row: readonly Cell[]) => IUseCaseCells;
} {
  const { types, fields } = connection.schema;
  const select: string[] = [];
  const add = (field: string | null): number =>
    field === null
      ? -1
      : select.push(column(connection.id, types.useCase, field)) - 1;
  const at = {
    id: add(ID),
    name: add(NAME),
    status: add(fields.status),
    riskLevel: add(fields.riskLevel),
    owner: add(fields.owner),
    modified: add(MODIFIED)
  };
  const cell = (row: readonly Cell[], index: number): Cell =>
    index < 0 ? null : row[index];
  return {
    select,
    cells: row => ({
      id: cell(row, at.id),
      name: cell(row, at.name),
      status: cell(row, at.status),
      riskLevel: cell(row, at.riskLevel),
      owner: cell(row, at.owner),
      modified: cell(row, at.modified)
    })
  };
}

/**
 * Read a console with three joined statements, whatever the number of groups:
 *
 * 1. model groups with the use case above each,
 * 2. use cases with the business entities above each,
 * 3. model groups without a visible use case, with the entity above each.
 *
 * With pages of `limit` rows (500, or what the server grants) the calls are
 * exactly `pages(1) + pages(2) + pages(3)`, `pages(n) = max(1, ceil(rows(n) /
 * limit))`; rows of 1 and 3 together are the model groups, once per parent. A
 * console that refuses outer joins costs, instead of `pages(3)`, one call for
 * the refusal and the pages of all model groups and of those below an entity.
 *
 * Where workflows are on, the active ones of use cases are read beside these:
 * `pages(4)` calls more.
 *
 * Entities that cannot be read leave the rest usable (`Book.entityError`), and
 * so do groups without a use case (`Book.orphanError`): those are unknown then.
 * Workflows that cannot be read are missing (`Book.workflowError`).
 *
 * @param now - ms since epoch: age counts from before the question.
 * @throws OpenPagesError, RelayError when the links cannot be read.
 */
export async function readBook(
  client: OpenPagesClient,
  connection: IOpenPagesConnection,
  now: number,
  signal?: AbortSignal
): Promise<Book> {
  const book = new Book(connection, now);
  const [links, entities, orphans, workflows] = await Promise.allSettled([
    readLinks(client, connection, signal),
    readEntities(client, connection, signal),
    readOrphans(client, connection, signal),
    readWorkflows(client, connection, signal)
  ]);
  if (links.status === 'rejected') {
    throw links.reason;
  }
  const { cells, select } = useCaseColumns(connection);
  for (const row of links.value) {
    const useCase = book.addUseCase(cells(row));
    const [id, name, arn] = row.slice(select.length);
    if (useCase && id) {
      book.addLink({ group: { id, name, arn: arn ?? null }, useCase });
    }
  }
  if (orphans.status === 'fulfilled') {
    book.addOrphans(orphans.value);
  } else if (isAbort(orphans.reason)) {
    throw orphans.reason;
  } else {
    book.orphanError = orphans.reason;
  }
  if (entities.status === 'rejected') {
    if (isAbort(entities.reason) || !connection.schema.types.modelGroup) {
      throw entities.reason;
    }
    book.entityError = entities.reason;
  } else {
    for (const row of entities.value) {
      const useCase = book.addUseCase(cells(row));
      const [id, name] = row.slice(select.length);
      if (useCase && id) {
        book.addEntity(useCase, id, name);
      }
    }
  }
  if (workflows.status === 'fulfilled') {
    workflows.value.forEach((state, object) => book.addWorkflow(object, state));
  } else if (isAbort(workflows.reason)) {
    throw workflows.reason;
  } else {
    book.workflowError = workflows.reason;
  }
  return book;
}

/** Model groups with the use case above each: `PARENT([A])` gives A's children. */
async function readLinks(
  client: OpenPagesClient,
  connection: IOpenPagesConnection,
  signal?: AbortSignal
): Promise<Cell[][]> {
  const { types, fields } = connection.schema;
  if (!types.modelGroup) {
    return [];
  }
  const { select } = useCaseColumns(connection);
  const columns = [
    ...select,
    column(connection.id, types.modelGroup, ID),
    column(connection.id, types.modelGroup, NAME),
    ...(fields.groupArn
      ? [column(connection.id, types.modelGroup, fields.groupArn)]
      : [])
  ];
  const useCase = quoted(connection.id, types.useCase);
  const group = quoted(connection.id, types.modelGroup);
  return client.query(
    `SELECT ${columns.join(', ')} FROM ${useCase} JOIN ${group} ON PARENT(${useCase}) ${orderedBy(columns)}`,
    columns.length,
    signal
  );
}

/** Use cases with the entities above each. */
async function readEntities(
  client: OpenPagesClient,
  connection: IOpenPagesConnection,
  signal?: AbortSignal
): Promise<Cell[][]> {
  const { types } = connection.schema;
  const columns = [
    ...useCaseColumns(connection).select,
    column(connection.id, types.entity, ID),
    column(connection.id, types.entity, NAME)
  ];
  const useCase = quoted(connection.id, types.useCase);
  const entity = quoted(connection.id, types.entity);
  return client.query(
    `SELECT ${columns.join(', ')} FROM ${useCase} JOIN ${entity} ON CHILD(${useCase}) ${orderedBy(columns)}`,
    columns.length,
    signal
  );
}

/** What the last readings of one console left. */
export interface IReading {
  connection: IOpenPagesConnection;
  /** Last book; null: never read. */
  book: Book | null;
  /** Why the last reading failed; null: it did not. */
  error: unknown;
}

/**
 * Answers of one console about a group.
 *
 * By ARN; by name only where no ARN field is configured; else by the ids that a
 * card and a tag name. Several use cases give several answers, and so does an id
 * that cannot be told: it may mean a use case that says no.
 *
 * @param claims - ids that card and tag name.
 * @param elsewhere - whether another console shows a use case of that id.
 */
export function askOpenPages(
  reading: IReading,
  group: IModelPackageGroup,
  claims: readonly string[],
  elsewhere: (claim: string) => boolean = () => false
): ISourceAnswer[] {
  const { book, connection } = reading;
  const base = { source: 'openpages', connection: connection.id } as const;
  if (!book) {
    return [
      {
        ...base,
        state: reading.error ? 'failed' : 'not-asked',
        useCase: null,
        matchedBy: null,
        readAt: null,
        error: reading.error ?? undefined
      }
    ];
  }
  const found = (
    useCase: IUseCase,
    matchedBy: 'arn' | 'name' | 'id'
  ): ISourceAnswer => ({
    ...base,
    state: 'found',
    useCase,
    matchedBy,
    readAt: book.readAt,
    error: reading.error ?? book.entityError ?? undefined
  });
  const failed = (error: unknown): ISourceAnswer => ({
    ...base,
    state: 'failed',
    useCase: null,
    matchedBy: null,
    readAt: book.readAt,
    error
  });

  const missing = (
    reason: 'use-case-not-visible' | 'not-looked-at',
    message: string,
    { group: { id } }: IOrphan
  ): OpenPagesError =>
    new OpenPagesError({
      connection: connection.id,
      reason,
      message,
      details: `Model group ${id}`
    });
  const notVisible = (orphan: IOrphan): OpenPagesError =>
    missing(
      'use-case-not-visible',
      `OpenPages links ${group.name} to a use case that the connection’s user may not see.`,
      orphan
    );
  const notLookedAt = (orphan: IOrphan): OpenPagesError =>
    missing(
      'not-looked-at',
      `OpenPages has the model group ${group.name}, but shows no use case above it.`,
      orphan
    );

  const { types, fields } = connection.schema;
  if (types.modelGroup) {
    const links = fields.groupArn
      ? book.linksByArn(group.arn)
      : (book.linksByName(group) ?? []);
    const useCases = [...new Set(links.map(link => link.useCase))];
    const orphan = book.orphans.get(arnKey(group.arn));
    const hidden = orphan?.parent === 'hidden';
    if (useCases.length) {
      const by = fields.groupArn ? 'arn' : 'name';
      return [
        ...useCases.map(useCase => found(useCase, by)),
        // A look at the group has found another one beside them.
        ...(orphan && hidden ? [failed(notVisible(orphan))] : [])
      ];
    }
    if (orphan && orphan.parent !== 'none') {
      return [
        failed(
          orphan.error ?? (hidden ? notVisible(orphan) : notLookedAt(orphan))
        )
      ];
    }
    // Without entities nobody can tell whose group a name means.
    const unread =
      book.orphanError ?? (fields.groupArn ? null : book.entityError);
    if (unread) {
      return [failed(unread)];
    }
  }
  const named = new Map<string, ISourceAnswer>();
  for (const claim of claims) {
    const useCases = book.named(claim);
    if (useCases.length === 1) {
      named.set(useCases[0].id, found(useCases[0], 'id'));
    } else if (useCases.length > 1) {
      named.set(`?${claim}`, failed(ambiguous(connection.id, claim, useCases)));
    } else if (!elsewhere(claim)) {
      named.set(
        `?${claim}`,
        failed(
          reading.error ?? book.entityError ?? notShown(connection.id, claim)
        )
      );
    }
  }
  if (named.size) {
    return [...named.values()];
  }
  // An old reading cannot tell that there is nothing now.
  if (reading.error) {
    return [failed(reading.error)];
  }
  return [
    {
      ...base,
      state:
        types.modelGroup && (fields.groupArn || book.linksByName(group))
          ? 'none'
          : 'not-asked',
      useCase: null,
      matchedBy: null,
      readAt: book.readAt
    }
  ];
}

function ambiguous(
  connection: string,
  claim: string,
  useCases: readonly IUseCase[]
): OpenPagesError {
  return new OpenPagesError({
    connection,
    reason: 'ambiguous',
    message: `OpenPages has ${useCases.length} use cases called ${claim}.`,
    details: useCases.map(useCase => useCase.id).join(', ')
  });
}

function notShown(connection: string, claim: string): OpenPagesError {
  return new OpenPagesError({
    connection,
    reason: 'unknown-use-case',
    message: `OpenPages shows no use case ${claim}: it does not exist there, or the connection’s user may not see it.`
  });
}
