/** Reads a console into a book, and looks a group up in it. */
import { isAbort } from '../../relay';
import type {
  IModelPackageGroup,
  IOpenPagesConnection,
  ISourceAnswer,
  IUseCase
} from '../../tokens';
import { OpenPagesError } from '../errors';
import type { OpenPagesClient } from '../openpages';
import { column, literal, quoted, type Cell } from '../openpages';
import { arnKey, Book, type IOrphan, type IUseCaseCells } from './book';

const ID = 'Resource ID';
const NAME = 'Name';

/** ARNs in one statement. */
const ARNS_PER_QUERY = 50;

/** With more missing groups than this, all model groups are listed instead. */
const MAX_FILTERED_ARNS = 200;

/** Up to so many model groups are asked one by one for their parents. */
const MAX_PARENT_LOOKUPS = 25;

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
    owner: add(fields.owner)
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
      owner: cell(row, at.owner)
    })
  };
}

/**
 * Read a console: one joined statement for all model groups, one for all use
 * cases with their entities; each in pages, never one call per group.
 *
 * Entities that cannot be read leave the rest usable (`Book.entityError`).
 *
 * @param now - ms since epoch: age counts from before the question.
 * @throws OpenPagesError, RelayError when the model groups cannot be read.
 */
export async function readBook(
  client: OpenPagesClient,
  connection: IOpenPagesConnection,
  now: number,
  signal?: AbortSignal
): Promise<Book> {
  const book = new Book(connection, now);
  const [links, entities] = await Promise.allSettled([
    readLinks(client, connection, signal),
    readEntities(client, connection, signal)
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
  if (entities.status === 'rejected') {
    if (isAbort(entities.reason) || !connection.schema.types.modelGroup) {
      throw entities.reason;
    }
    book.entityError = entities.reason;
    return book;
  }
  for (const row of entities.value) {
    const useCase = book.addUseCase(cells(row));
    const [id, name] = row.slice(select.length);
    if (useCase && id) {
      book.addEntity(useCase, id, name);
    }
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
    `SELECT ${columns.join(', ')} FROM ${useCase} JOIN ${group} ON PARENT(${useCase})`,
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
    `SELECT ${columns.join(', ')} FROM ${useCase} JOIN ${entity} ON CHILD(${useCase})`,
    columns.length,
    signal
  );
}

/**
 * Tell "linked to nothing" from "linked to a use case that you may not see".
 *
 * The joined statement leaves both out. Groups that it did not have are looked
 * for among the model groups alone (one query per 50 of them, or all in pages),
 * and the parents of those found are asked for, up to a limit. Writes into
 * `book.orphans`.
 *
 * @throws OpenPagesError, RelayError when the model groups cannot be read.
 */
export async function readOrphans(
  client: OpenPagesClient,
  book: Book,
  arns: readonly string[],
  signal?: AbortSignal
): Promise<void> {
  const { connection } = book;
  const { types, fields } = connection.schema;
  if (!types.modelGroup || !fields.groupArn) {
    return;
  }
  const select = [ID, NAME, fields.groupArn].map(field =>
    column(connection.id, types.modelGroup ?? '', field)
  );
  const base = `SELECT ${select.join(', ')} FROM ${quoted(connection.id, types.modelGroup)}`;
  const statements: string[] = [];
  if (arns.length > MAX_FILTERED_ARNS) {
    statements.push(base);
  } else {
    // An OR of equalities: whether `IN` takes text fields is documented nowhere.
    for (let start = 0; start < arns.length; start += ARNS_PER_QUERY) {
      const filter = arns
        .slice(start, start + ARNS_PER_QUERY)
        .map(arn => `${select[2]} = ${literal(arn)}`);
      statements.push(`${base} WHERE ${filter.join(' OR ')}`);
    }
  }
  for (const statement of statements) {
    for (const [id, name, arn] of await client.query(
      statement,
      select.length,
      signal
    )) {
      if (id && arn && !book.linksByArn(arn).length) {
        book.orphans.set(arnKey(arn), {
          group: { id, name, arn },
          parent: 'unknown'
        });
      }
    }
  }
  const found = arns
    .map(arn => book.orphans.get(arnKey(arn)))
    .filter((orphan): orphan is IOrphan => !!orphan);
  for (const orphan of found.slice(0, MAX_PARENT_LOOKUPS)) {
    try {
      orphan.parent = (await hasHiddenParent(
        client,
        book,
        orphan.group.id,
        signal
      ))
        ? 'hidden'
        : 'none';
    } catch (error) {
      if (isAbort(error)) {
        throw error;
      }
      orphan.error = error;
    }
  }
}

async function hasHiddenParent(
  client: OpenPagesClient,
  book: Book,
  id: string,
  signal?: AbortSignal
): Promise<boolean> {
  for (const parent of await client.parents(id, signal)) {
    if (
      parent.type !== book.connection.schema.types.entity &&
      !book.knows(parent.id) &&
      !(await client.readable(parent.id, signal))
    ) {
      return true;
    }
  }
  return false;
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
 * By ARN; by name only where no ARN field is configured; else by an id that a
 * card or a tag names. Several use cases above one group give several answers.
 */
export function askOpenPages(
  reading: IReading,
  group: IModelPackageGroup,
  claims: readonly string[]
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

  const { types, fields } = connection.schema;
  if (types.modelGroup) {
    const links = fields.groupArn
      ? book.linksByArn(group.arn)
      : (book.linksByName(group) ?? []);
    const useCases = [...new Set(links.map(link => link.useCase))];
    if (useCases.length) {
      const by = fields.groupArn ? 'arn' : 'name';
      return useCases.map(useCase => found(useCase, by));
    }
    const orphan = book.orphans.get(arnKey(group.arn));
    if (orphan && orphan.parent !== 'none') {
      return [
        failed(
          orphan.error ??
            new OpenPagesError({
              connection: connection.id,
              reason: 'use-case-not-visible',
              message:
                orphan.parent === 'hidden'
                  ? `OpenPages links ${group.name} to a use case that you may not see.`
                  : `OpenPages has the model group ${group.name}, but shows you no use case above it.`,
              details: `Model group ${orphan.group.id}`
            })
        )
      ];
    }
  }
  for (const claim of claims) {
    const named = book.named(claim);
    if (named.length === 1) {
      return [found(named[0], 'id')];
    }
    if (named.length > 1) {
      return [
        failed(
          new OpenPagesError({
            connection: connection.id,
            reason: 'ambiguous',
            message: `OpenPages has ${named.length} use cases called ${claim}.`,
            details: named.map(useCase => useCase.id).join(', ')
          })
        )
      ];
    }
  }
  // An old reading cannot tell that there is nothing now.
  if (reading.error) {
    return [failed(reading.error)];
  }
  if (claims.length) {
    return [
      failed(
        book.entityError ??
          new OpenPagesError({
            connection: connection.id,
            reason: 'unknown-use-case',
            message: `OpenPages shows you no use case ${claims[0]}: it does not exist there, or you may not see it.`
          })
      )
    ];
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
