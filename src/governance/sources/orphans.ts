/** Model groups without a visible use case: what stands above them instead. */
import type { IOpenPagesConnection } from '../../tokens';
import { OpenPagesError } from '../errors';
import { column, quoted, type Cell, type OpenPagesClient } from '../openpages';
import type { Book, IOrphan } from './book';
import { ID, NAME, orderedBy } from './columns';

/**
 * Model groups above which this user sees no use case, each with the business
 * entities directly above it (null: none that this user sees).
 *
 * The console filters, so that only these groups travel. A console that refuses
 * the outer joins (OP-60002) is asked with plain statements for all model
 * groups and for those below an entity; who has a use case is sorted out here.
 *
 * @returns rows of Resource ID, name, ARN, Resource ID of the entity.
 * @throws OpenPagesError, RelayError
 */
export async function readOrphans(
  client: OpenPagesClient,
  connection: IOpenPagesConnection,
  signal?: AbortSignal
): Promise<Cell[][]> {
  const { types, fields } = connection.schema;
  if (!types.modelGroup || !fields.groupArn) {
    return [];
  }
  const group = quoted(connection.id, types.modelGroup);
  const useCase = quoted(connection.id, types.useCase);
  const entity = quoted(connection.id, types.entity);
  const own = [ID, NAME, fields.groupArn].map(field =>
    column(connection.id, types.modelGroup ?? '', field)
  );
  const above = column(connection.id, types.entity, ID);
  const below = `ON CHILD(${group})`;
  try {
    return await client.query(
      `SELECT ${own.join(', ')}, ${above} FROM ${group} LEFT OUTER JOIN ${useCase} ${below} LEFT OUTER JOIN ${entity} ${below} WHERE ${column(connection.id, types.useCase, ID)} IS NULL ${orderedBy([...own, above])}`,
      4,
      signal
    );
  } catch (error) {
    if (
      !(error instanceof OpenPagesError) ||
      !['bad-query', 'refused'].includes(error.reason)
    ) {
      throw error;
    }
  }
  const [every, placed] = await Promise.all([
    client.query(
      `SELECT ${own.join(', ')} FROM ${group} ${orderedBy(own)}`,
      3,
      signal
    ),
    client.query(
      `SELECT ${own.join(', ')}, ${above} FROM ${group} JOIN ${entity} ${below} ${orderedBy([...own, above])}`,
      4,
      signal
    )
  ]);
  return [...every.map(row => [...row, null]), ...placed];
}

/**
 * Look at one model group: whether a use case stands above it that this user
 * may not see. One call for its parents, and one for each parent that the
 * reading does not know; several groups below one parent share that call.
 *
 * Changes the orphan; a use case that we know by now becomes its link. A
 * failure is noted in the orphan, never thrown.
 */
export async function lookAbove(
  client: OpenPagesClient,
  book: Book,
  orphan: IOrphan
): Promise<void> {
  try {
    orphan.parent = await parentOf(client, book, orphan);
    orphan.error = undefined;
  } catch (error) {
    orphan.error = error;
  }
}

async function parentOf(
  client: OpenPagesClient,
  book: Book,
  { group }: IOrphan
): Promise<IOrphan['parent']> {
  let found: IOrphan['parent'] = 'none';
  for (const parent of await client.parents(group.id)) {
    const useCase = book.useCase(parent.id);
    if (useCase) {
      book.addLink({ group, useCase });
    } else if (
      !book.knows(parent.id) &&
      parent.type !== book.connection.schema.types.entity
    ) {
      const readable = await book.once(parent.id, () =>
        client.readable(parent.id)
      );
      if (!readable) {
        return 'hidden';
      }
      // Made since the reading: the next one tells what it is.
      found = 'unknown';
    }
  }
  return found;
}
