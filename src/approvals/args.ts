import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { IVersionArgs } from '../tokens';

/** Arguments that name a version, or null when any is missing. */
export function versionArgs(
  args: ReadonlyPartialJSONObject
): IVersionArgs | null {
  const { connection, group, package: arn } = args;
  return typeof connection === 'string' &&
    typeof group === 'string' &&
    typeof arn === 'string'
    ? { connection, group, package: arn }
    : null;
}
