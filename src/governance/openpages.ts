/**
 * OpenPages REST API v2, read side, through the relay.
 *
 * Facts: IBM's API reference (cloud.ibm.com/apidocs/openpages) and the query
 * grammar that IBM's OpenPages MCP server documents. The shape of errors and
 * the largest page are documented nowhere, so both are read tolerantly.
 */
import { isAbort, RelayError, upstreamError } from '../relay';
import type { IRelay } from '../tokens';
import { OpenPagesError } from './errors';

/** Text of a cell; null: the object has no value there. */
export type Cell = string | null;

/** Rows asked for at a time; a server that gives fewer says so in `limit`. */
const PAGE = 500;

/** Stop of a paging that never ends, far above any real console. */
const MAX_PAGES = 2000;

interface IQueryPage {
  rows?: unknown;
  limit?: unknown;
  next?: unknown;
}

interface IInstancePage {
  activity_instances?: unknown;
  limit?: unknown;
  next?: unknown;
}

/** Reads one OpenPages console. */
export class OpenPagesClient {
  constructor(options: OpenPagesClient.IOptions) {
    this._relay = options.relay;
    this._connection = options.connection;
  }

  /**
   * Run a statement and read all its pages.
   *
   * @param statement - SQL-like text of the query service.
   * @param columns - number of columns in its SELECT. OpenPages names fields
   * without their type, so that a join has `Name` twice: cells are taken by
   * their position, and a row of another width is refused.
   * @param most - rows after which the reading ends; 0: all rows.
   * @returns one array of `columns` cells per row.
   * @throws OpenPagesError, RelayError
   */
  async query(
    statement: string,
    columns: number,
    signal?: AbortSignal,
    most = 0
  ): Promise<Cell[][]> {
    const rows: Cell[][] = [];
    let offset = 0;
    for (let page = 0; page < MAX_PAGES; page++) {
      const body = (await this._send(
        'api/v2/query',
        {
          method: 'POST',
          body: JSON.stringify({
            statement,
            offset,
            limit: most ? Math.min(PAGE, most) : PAGE,
            // 0 is what clients send for "no cap"; a cap would cut silently.
            max_rows: most,
            case_insensitive: false,
            honor_primary: false
          }),
          signal
        },
        statement
      )) as IQueryPage | null;
      if (!body || !Array.isArray(body.rows)) {
        throw this._badAnswer('The answer has no rows.', statement);
      }
      for (const row of body.rows) {
        rows.push(this._cells(row, columns, statement));
      }
      if (!body.next || (most > 0 && rows.length >= most)) {
        return most ? rows.slice(0, most) : rows;
      }
      const step = typeof body.limit === 'number' ? body.limit : PAGE;
      if (!(step > 0)) {
        throw this._badAnswer(
          `Paging cannot go on by ${step} rows.`,
          statement
        );
      }
      offset += step;
    }
    throw this._badAnswer('Paging did not come to an end.', statement);
  }

  /**
   * Read a path below the API root, e.g. `api/v2/types`.
   *
   * @returns parsed JSON, of any shape.
   * @throws OpenPagesError, RelayError
   */
  async get(path: string, signal?: AbortSignal): Promise<unknown> {
    return this._send(path, { signal }, path);
  }

  /**
   * Active workflow instances on objects of one type, as the console gives
   * them; see `workflowOf` for what they hold.
   *
   * How it pages is not published. A console that says `next` is followed as a
   * query is; one that does not is asked on after a full page, and ends with a
   * page that brings nothing new (it may not know `offset`).
   *
   * @throws OpenPagesError, RelayError
   */
  async workflowInstances(
    type: string,
    signal?: AbortSignal
  ): Promise<unknown[]> {
    const search = `api/v2/workflows/instances/search?type_definition=${encodeURIComponent(type)}`;
    const instances = new Map<string, unknown>();
    let offset = 0;
    let tells = false;
    for (let page = 0; page < MAX_PAGES; page++) {
      const path = `${search}&limit=${PAGE}${offset ? `&offset=${offset}` : ''}`;
      const body = (await this._send(
        path,
        { signal },
        path
      )) as IInstancePage | null;
      if (!body || !Array.isArray(body.activity_instances)) {
        throw this._badAnswer('The answer has no activity_instances.', path);
      }
      const before = instances.size;
      for (const instance of body.activity_instances as unknown[]) {
        const id = cellOf((instance as { id?: unknown } | null)?.id);
        instances.set(id ?? `#${instances.size}`, instance);
      }
      const step = typeof body.limit === 'number' ? body.limit : PAGE;
      tells ||= !!body.next;
      const more = tells ? body.next : body.activity_instances.length >= step;
      if (!more || instances.size === before || !(step > 0)) {
        break;
      }
      offset += step;
    }
    return [...instances.values()];
  }

  /**
   * Parents of an object.
   *
   * @param id - Resource ID.
   * @returns Resource ID and type (name or number, as the console gives it).
   * @throws OpenPagesError, RelayError
   */
  async parents(
    id: string,
    signal?: AbortSignal
  ): Promise<{ id: string; type: string | null }[]> {
    const path = `api/v2/contents/${encodeURIComponent(id)}/associations?association_type=parent`;
    const body = (await this._send(path, { signal }, path)) as {
      associations?: unknown;
    } | null;
    if (!body || !Array.isArray(body.associations)) {
      throw this._badAnswer('The answer has no associations.', path);
    }
    const parents: { id: string; type: string | null }[] = [];
    for (const entry of body.associations as Record<string, unknown>[]) {
      const parent = cellOf(entry?.id);
      if (parent) {
        parents.push({ id: parent, type: cellOf(entry.type_definition_id) });
      }
    }
    return parents;
  }

  /**
   * Whether this user may read an object.
   *
   * @throws OpenPagesError, RelayError for anything but a clear yes or no.
   */
  async readable(id: string, signal?: AbortSignal): Promise<boolean> {
    const path = `api/v2/contents/${encodeURIComponent(id)}`;
    try {
      await this._send(path, { signal }, path);
      return true;
    } catch (error) {
      if (
        error instanceof OpenPagesError &&
        (error.reason === 'forbidden' || error.reason === 'not-found')
      ) {
        return false;
      }
      throw error;
    }
  }

  /** One request; JSON out, JSON in. `what` goes into the details. */
  private async _send(
    path: string,
    init: RequestInit,
    what: string
  ): Promise<unknown> {
    const text = await this.send(path, init, what);
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw this._badAnswer('The answer is not JSON.', what);
    }
  }

  /**
   * One request, its answer as text: writes may be answered by nothing.
   *
   * @param what - goes into the details of a failure.
   * @throws OpenPagesError, RelayError
   */
  protected async send(
    path: string,
    init: RequestInit,
    what: string
  ): Promise<string> {
    const response = await this._relay.request(
      `openpages/${this._connection}/${path}`,
      {
        ...init,
        headers: {
          Accept: 'application/json',
          ...(init.body ? { 'Content-Type': 'application/json' } : {})
        }
      }
    );
    if (!response.ok) {
      throw OpenPagesError.from(
        await upstreamError(response, 'openpages', this._connection),
        { connection: this._connection, details: what }
      );
    }
    try {
      return await response.text();
    } catch (error) {
      if (isAbort(error)) {
        throw error;
      }
      throw new RelayError({
        code: 'upstream_closed',
        message: 'OpenPages broke off in the middle of its answer.',
        connection: this._connection,
        status: response.status,
        details: `${what}\n${String(error)}`
      });
    }
  }

  private _cells(row: unknown, columns: number, statement: string): Cell[] {
    const fields = (row as { fields?: unknown } | null)?.fields;
    if (!Array.isArray(fields) || fields.length !== columns) {
      throw this._badAnswer(
        `A row has ${Array.isArray(fields) ? fields.length : 'no'} fields where ${columns} were asked for.`,
        statement
      );
    }
    return (fields as { value?: unknown; values?: unknown }[]).map(field =>
      cellOf(field?.value ?? field?.values)
    );
  }

  private _badAnswer(message: string, what: string): OpenPagesError {
    return new OpenPagesError({
      connection: this._connection,
      reason: 'bad-answer',
      message,
      details: what
    });
  }

  private _relay: Pick<IRelay, 'request'>;
  private _connection: string;
}

export namespace OpenPagesClient {
  export interface IOptions {
    relay: Pick<IRelay, 'request'>;
    /** Id of the OpenPages connection. */
    connection: string;
  }
}

/** Members that may hold the text of an enum or user value, best first. */
const TEXT_MEMBERS = [
  'name',
  'display_name',
  'displayName',
  'user_name',
  'userName',
  'username',
  'email',
  'localized_label',
  'id'
] as const;

/**
 * Text of a field value.
 *
 * Seen: a string; an enum as `{"name": "High", "id": ...}`; a multi-value enum
 * as an array; a user as a string or an object; `value` left out altogether.
 */
export function cellOf(value: unknown): Cell {
  if (typeof value === 'string') {
    return value.trim() || null;
  }
  if (typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  if (Array.isArray(value)) {
    const parts = value.map(cellOf).filter((part): part is string => !!part);
    return parts.join(', ') || null;
  }
  if (value && typeof value === 'object') {
    const members = value as Record<string, unknown>;
    for (const member of TEXT_MEMBERS) {
      const text = members[member];
      if (typeof text === 'string' || typeof text === 'number') {
        const cell = cellOf(text);
        if (cell) {
          return cell;
        }
      }
    }
  }
  return null;
}

/**
 * Instant of a date-time cell: ISO 8601, its offset with or without a colon, or
 * a number of ms.
 *
 * @returns ms since epoch; null: no value, or not a date.
 */
export function instantOf(cell: Cell): number | null {
  if (!cell) {
    return null;
  }
  const at = /^\d{12,14}$/.test(cell)
    ? Number(cell)
    : Date.parse(cell.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isFinite(at) ? at : null;
}

/**
 * `[Type].[Field]` of a statement.
 *
 * @throws OpenPagesError when a configured name would break out of it.
 */
export function column(
  connection: string,
  type: string,
  field: string
): string {
  return `${quoted(connection, type)}.${quoted(connection, field)}`;
}

/** `[Type]`. @throws OpenPagesError */
export function quoted(connection: string, name: string): string {
  if (!name || /[[\]\p{Cc}]/u.test(name)) {
    throw new OpenPagesError({
      connection,
      reason: 'bad-schema',
      message: `The configured name "${name}" cannot be used in a query.`
    });
  }
  return `[${name}]`;
}
