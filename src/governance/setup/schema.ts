/**
 * The object model of an OpenPages console, as its `types` calls tell it.
 *
 * Shapes: `GET types` and `types/{name}/associations` give flat arrays,
 * `types/{name}` an object with `field_definitions` (public clients of the
 * API). Wrapped arrays and camel case are understood as well, since IBM
 * publishes no schema of these answers.
 */

/** An object type. */
export interface IObjectType {
  /** Name for queries. */
  name: string;
  /** Number in this installation; null: not told. */
  id: string | null;
  /** What people call it; the name when the console gives no label. */
  label: string;
}

/** A field of a type. */
export interface IFieldType {
  /** `Group:Field`, or a system field such as `Name`. */
  name: string;
  label: string;
  /** E.g. `ENUM_TYPE`; empty: not told. */
  dataType: string;
  /** Words that an enum may have. */
  values: readonly string[];
}

/** A type that may stand directly above or below another. */
export interface IRelation {
  name: string;
  label: string;
  role: 'parent' | 'child';
}

/** What is read of one type alone. */
export interface ITypeDetail {
  fields: readonly IFieldType[];
  /** Enabled associations only. */
  relations: readonly IRelation[];
}

/** What is known of a console's object model so far. */
export interface ISchema {
  types: readonly IObjectType[];
  details: ReadonlyMap<string, ITypeDetail>;
}

type Members = Record<string, unknown>;

/** The array in an answer: itself, or its only member that is one. */
function listIn(answer: unknown): Members[] | null {
  const list = Array.isArray(answer)
    ? (answer as unknown[])
    : answer && typeof answer === 'object'
      ? Object.values(answer).find(member => Array.isArray(member))
      : undefined;
  return Array.isArray(list)
    ? list.filter(
        (entry): entry is Members => !!entry && typeof entry === 'object'
      )
    : null;
}

function textOf(entry: Members, ...names: string[]): string | null {
  for (const name of names) {
    const value = entry[name];
    if (typeof value === 'number') {
      return String(value);
    }
    if (typeof value === 'string' && value.trim()) {
      return value.trim();
    }
  }
  return null;
}

function labelOf(entry: Members, name: string): string {
  return (
    textOf(entry, 'localized_label', 'localizedLabel', 'label', 'title') ?? name
  );
}

/** Types of `GET types`. @returns null when the answer lists none. */
export function parseTypes(answer: unknown): IObjectType[] | null {
  const types = listIn(answer)?.flatMap(entry => {
    const name = textOf(entry, 'name');
    return name
      ? [{ name, id: textOf(entry, 'id'), label: labelOf(entry, name) }]
      : [];
  });
  return types?.length ? types : null;
}

/** Fields of `GET types/{name}`. @returns null when the answer has none. */
export function parseFields(answer: unknown): IFieldType[] | null {
  const members = (answer ?? {}) as Members;
  const list = listIn(
    members.field_definitions ?? members.fieldDefinitions ?? members.fields
  );
  return (
    list?.flatMap(entry => {
      const name = textOf(entry, 'name');
      return name
        ? [
            {
              name,
              label: labelOf(entry, name),
              dataType: textOf(entry, 'data_type', 'dataType') ?? '',
              values: (
                listIn(entry.enum_values ?? entry.enumValues) ?? []
              ).flatMap(value => textOf(value, 'name') ?? [])
            }
          ]
        : [];
    }) ?? null
  );
}

/** Relations of `types/{name}/associations`. @returns null for no list. */
export function parseRelations(answer: unknown): IRelation[] | null {
  return (
    listIn(answer)?.flatMap(entry => {
      const name = textOf(entry, 'name');
      const role = textOf(entry, 'relationship', 'type')?.toLowerCase();
      return name &&
        (role === 'parent' || role === 'child') &&
        entry.enabled !== false
        ? [{ name, label: labelOf(entry, name), role } as const]
        : [];
    }) ?? null
  );
}

/** Whether a field has a list of words. */
export function isEnum(field: IFieldType): boolean {
  return /ENUM/i.test(field.dataType) || field.values.length > 0;
}

/** Whether a field may hold a line of text. */
export function isText(field: IFieldType): boolean {
  return /^$|STRING|TEXT/i.test(field.dataType) && !field.values.length;
}
