/** JSON as AWS sends it, untouched by the SDK's idea of its shape. */
export type Json =
  string | number | boolean | null | Json[] | { [name: string]: Json };

export type JsonObject = { [name: string]: Json };

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is an object; empty when it is missing. */
export function member(value: JsonObject, name: string): JsonObject {
  const found = value[name];
  return isObject(found) ? found : {};
}

/** A member that is text; empty when it is missing. */
export function word(value: JsonObject, name: string): string {
  const found = value[name];
  return typeof found === 'string' ? found : '';
}

/** Objects of a member that is a list. */
export function objects(value: JsonObject, name: string): JsonObject[] {
  const found = value[name];
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** JSON text in which the order of members says nothing. */
export function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join(',')}]`;
  }
  if (isObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map(name => `${JSON.stringify(name)}:${canonical(value[name])}`);
    return `{${members.join(',')}}`;
  }
  return value === undefined ? '' : JSON.stringify(value);
}

/** One difference of two values. */
export interface IDifference {
  /** Dotted path of the member. */
  path: string;
  /** undefined: it was not there. */
  before: Json | undefined;
  /** undefined: it is not there any more. */
  after: Json | undefined;
}

/** Every member that two values do not share; lists count as a whole. */
export function differences(
  before: Json | undefined,
  after: Json | undefined,
  path = ''
): IDifference[] {
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names]
      .sort()
      .flatMap(name =>
        differences(
          before[name],
          after[name],
          path === '' ? name : `${path}.${name}`
        )
      );
  }
  return canonical(before) === canonical(after)
    ? []
    : [{ path, before, after }];
}
