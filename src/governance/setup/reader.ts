/** Reads what discovery needs of a console; every call may be given up. */
import { Limiter } from '../../relay';
import { OpenPagesError } from '../errors';
import { column, quoted } from '../openpages';
import type { Cell, OpenPagesClient } from '../openpages';
import { arnKey } from '../sources/book';
import { ID, NAME } from '../sources/columns';
import type { IArnEvidence } from './propose';
import { hintsAtArn } from './names';
import { parseFields, parseRelations, parseTypes } from './schema';
import type { IFieldType, IObjectType, ITypeDetail } from './schema';
import { isText } from './schema';
import { parseArn } from '../../relay';

/** Calls to the console under way at a time. */
const IN_FLIGHT = 4;

/** Objects that a proof looks at; said where it is less than all. */
export const MOST_OBJECTS = 5000;

/** Objects that fields are sampled from, columns per statement, fields. */
const SAMPLE_OBJECTS = 500;
const SAMPLE_COLUMNS = 20;
const SAMPLE_FIELDS = 60;

/** Rows of the preview. */
export const PREVIEW_ROWS = 10;

export class SetupReader {
  constructor(
    private _client: Pick<OpenPagesClient, 'get' | 'query' | 'parents'>,
    private _connection: string
  ) {}

  /** Object types. @throws OpenPagesError, RelayError */
  async types(signal: AbortSignal): Promise<IObjectType[]> {
    const path = 'api/v2/types';
    return this._must(
      parseTypes(await this._client.get(path, signal)),
      'The answer lists no object types.',
      path
    );
  }

  /** Fields and relations of one type. @throws OpenPagesError, RelayError */
  async detail(type: string, signal: AbortSignal): Promise<ITypeDetail> {
    const path = `api/v2/types/${encodeURIComponent(type)}`;
    const [fields, relations] = await Promise.all([
      this._limiter.run(() => this._client.get(path, signal)),
      this._limiter.run(() => this._client.get(`${path}/associations`, signal))
    ]);
    return {
      fields: this._must(
        parseFields(fields),
        `The answer has no fields of the type ${type}.`,
        path
      ),
      relations: this._must(
        parseRelations(relations),
        `The answer has no associations of the type ${type}.`,
        `${path}/associations`
      )
    };
  }

  /**
   * Look at values of fields for ARNs of our groups: those called like it
   * first, other texts as far as the limits go.
   *
   * @param ours ARN keys of our groups
   */
  async arns(
    type: string,
    fields: readonly IFieldType[],
    ours: ReadonlyMap<string, string>,
    signal: AbortSignal
  ): Promise<Map<string, IArnEvidence>> {
    const texts = fields.filter(isText);
    const chosen = [
      ...texts.filter(hintsAtArn),
      ...texts.filter(field => !hintsAtArn(field))
    ].slice(0, SAMPLE_FIELDS);
    const found = new Map<string, IArnEvidence>();
    for (let from = 0; from < chosen.length; from += SAMPLE_COLUMNS) {
      const part = chosen.slice(from, from + SAMPLE_COLUMNS);
      const columns = part.map(({ name }) =>
        column(this._connection, type, name)
      );
      const rows = await this._client.query(
        `SELECT ${columns.join(', ')} FROM ${quoted(this._connection, type)}`,
        columns.length,
        signal,
        SAMPLE_OBJECTS
      );
      part.forEach(({ name }, index) =>
        found.set(
          name,
          lookAtValues(
            rows.map(row => row[index]),
            ours
          )
        )
      );
    }
    return found;
  }

  /** Rows of use case id, model group id, ARN (or name without a field). */
  links(
    types: { useCase: string; modelGroup: string },
    groupArn: string | null,
    signal: AbortSignal
  ): Promise<Cell[][]> {
    const columns = [
      this._column(types.useCase, ID),
      this._column(types.modelGroup, ID),
      this._column(types.modelGroup, groupArn ?? NAME)
    ];
    return this._join(types.useCase, types.modelGroup, columns, signal);
  }

  /** Rows of use case id, entity id, entity name. */
  above(
    types: { useCase: string; entity: string },
    signal: AbortSignal
  ): Promise<Cell[][]> {
    const { useCase, entity } = types;
    return this._client.query(
      `SELECT ${this._column(useCase, ID)}, ${this._column(entity, ID)}, ${this._column(entity, NAME)}` +
        ` FROM ${this._quoted(useCase)} JOIN ${this._quoted(entity)} ON CHILD(${this._quoted(useCase)})`,
      3,
      signal,
      MOST_OBJECTS
    );
  }

  /** Rows of Resource ID, name. */
  entities(entity: string, signal: AbortSignal): Promise<Cell[][]> {
    return this._client.query(
      `SELECT ${this._column(entity, ID)}, ${this._column(entity, NAME)} FROM ${this._quoted(entity)}`,
      2,
      signal,
      MOST_OBJECTS
    );
  }

  /**
   * Which of these entities have no entity above them.
   *
   * @param type name and, where told, number of the entity type
   */
  async tops(
    ids: readonly string[],
    type: { name: string; id: string | null },
    signal: AbortSignal
  ): Promise<Map<string, boolean>> {
    const answers = await Promise.all(
      ids.map(async id => {
        const parents = await this._limiter.run(() =>
          this._client.parents(id, signal)
        );
        return [
          id,
          !parents.some(
            parent => parent.type === type.name || parent.type === type.id
          )
        ] as const;
      })
    );
    return new Map(answers);
  }

  /**
   * Rows as the product will read them.
   *
   * @param columns names of fields, those of the use case first
   */
  preview(
    types: { useCase: string; modelGroup: string | null },
    columns: { useCase: readonly string[]; modelGroup: readonly string[] },
    signal: AbortSignal
  ): Promise<Cell[][]> {
    const { useCase, modelGroup } = types;
    const select = columns.useCase.map(name => this._column(useCase, name));
    if (!modelGroup) {
      return this._client.query(
        `SELECT ${select.join(', ')} FROM ${this._quoted(useCase)}`,
        select.length,
        signal,
        PREVIEW_ROWS
      );
    }
    select.push(
      ...columns.modelGroup.map(name => this._column(modelGroup, name))
    );
    return this._join(useCase, modelGroup, select, signal, PREVIEW_ROWS);
  }

  private _join(
    above: string,
    below: string,
    columns: readonly string[],
    signal: AbortSignal,
    most = MOST_OBJECTS
  ): Promise<Cell[][]> {
    return this._client.query(
      `SELECT ${columns.join(', ')} FROM ${this._quoted(above)} JOIN ${this._quoted(below)} ON PARENT(${this._quoted(above)})`,
      columns.length,
      signal,
      most
    );
  }

  private _column(type: string, field: string): string {
    return column(this._connection, type, field);
  }

  private _quoted(type: string): string {
    return quoted(this._connection, type);
  }

  private _must<T>(value: T | null, message: string, details: string): T {
    if (value === null) {
      throw new OpenPagesError({
        connection: this._connection,
        reason: 'bad-answer',
        message,
        details
      });
    }
    return value;
  }

  private _limiter = new Limiter(IN_FLIGHT);
}

/** What the values of one field look like. */
export function lookAtValues(
  values: readonly Cell[],
  ours: ReadonlyMap<string, string>
): IArnEvidence {
  const filled = values.filter((value): value is string => !!value);
  const types = filled.map(value => parseArn(value.trim())?.type);
  return {
    rows: values.length,
    filled: filled.length,
    groups: types.filter(type => type === 'model-package-group').length,
    packages: types.filter(type => type === 'model-package').length,
    matches: new Set(filled.map(arnKey).filter(key => ours.has(key))).size
  };
}
