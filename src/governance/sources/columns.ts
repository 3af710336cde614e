/** Fields that every object of OpenPages has. */
export const ID = 'Resource ID';
export const NAME = 'Name';
/** A date-time with its offset, e.g. `2026-06-01T09:00:00.000+02:00`. */
export const MODIFIED = 'Last Modification Date';

/**
 * Order of the rows of a statement, by every Resource ID that it selects: pages
 * are asked for one by one, and only an order makes them parts of one whole.
 *
 * @param columns - `[Type].[Field]` each
 */
export function orderedBy(columns: readonly string[]): string {
  const ids = columns.filter(name => name.endsWith(`.[${ID}]`));
  return `ORDER BY ${ids.join(', ')}`;
}
