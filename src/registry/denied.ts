/**
 * One refusal out of two, so that a person reads both missing rights.
 *
 * @param search refusal of the preferred way
 * @param list refusal of the fallback
 */
export function deniedBoth(search: unknown, list: unknown): unknown {
  if (!(search instanceof Error) || !(list instanceof Error)) {
    return list;
  }
  const both = new Error(`${search.message}\n${list.message}`);
  both.name = list.name;
  return Object.assign(both, {
    $metadata: (list as { $metadata?: unknown }).$metadata ?? {}
  });
}
