import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

/** Which schema of `schemas.ts`. */
export type SchemaName = keyof typeof import('./schemas');

/**
 * Description of a command's arguments.
 *
 * Hardly anybody asks for it, so it is not part of what the lab loads at its
 * start.
 */
export function describedBy(
  name: SchemaName,
  trans: TranslationBundle
): () => Promise<Partial<CommandRegistry.Description>> {
  return async () => ({ args: (await import('./schemas'))[name](trans) });
}
