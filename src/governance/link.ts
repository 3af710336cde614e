/** Addresses and names of a use case, as people see them. */
import type { IGovernanceStatus } from '../tokens';

/** `CREDIT-001` at the beginning of a name, with what parts it from the rest. */
const KEY =
  /^([A-Z][A-Z0-9]{0,11}(?:-[A-Z0-9]{1,8})*-\d{1,8})(?:$|[\s:·–—-]+)/u;

/** Short key that a use case name begins with, null when it has none. */
export function useCaseKey(name: string): string | null {
  return KEY.exec(name.trim())?.[1] ?? null;
}

/** Name without the key it begins with; the whole name when nothing is left. */
export function titleWithoutKey(name: string, key: string | null): string {
  const full = name.trim();
  if (!key || !full.startsWith(key)) {
    return full;
  }
  return full.slice(key.length).replace(/^[\s:·–—-]+/u, '') || full;
}

/**
 * Whether OpenPages told the status, but only a model card or a tag tells that
 * the group belongs to that use case.
 */
export function isLinkClaimed(status: IGovernanceStatus): boolean {
  return status.answers.some(
    ({ matchedBy, source, useCase }) =>
      source === 'openpages' &&
      matchedBy === 'id' &&
      useCase !== null &&
      useCase === status.useCase
  );
}

/**
 * Deep link to an object.
 *
 * @param template - address with `{id}`; null: none configured.
 * @param id - Resource ID; it is escaped.
 * @returns null unless the result is an http(s) address.
 */
export function taskViewUrl(
  template: string | null,
  id: string
): string | null {
  if (!template || !template.includes('{id}')) {
    return null;
  }
  const address = template.split('{id}').join(encodeURIComponent(id));
  try {
    const { protocol, username, password } = new URL(address);
    const web = protocol === 'https:' || protocol === 'http:';
    return web && !username && !password ? address : null;
  } catch {
    return null;
  }
}

/** Open an address of a console in a new tab that knows nothing of this one. */
export function openAddress(url: string): void {
  window.open(url, '_blank', 'noopener,noreferrer');
}
