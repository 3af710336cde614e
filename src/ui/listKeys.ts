/** Where the keys of a list box lead; WAI-ARIA practices, "Listbox". */

/**
 * Index that a key moves to, null when it is no key of movement.
 *
 * @param current index, -1 for none
 * @param count number of items
 * @param page items in view
 */
export function moveFor(
  key: string,
  current: number,
  count: number,
  page: number
): number | null {
  if (count === 0) {
    return null;
  }
  const clamp = (n: number): number => Math.min(count - 1, Math.max(0, n));
  switch (key) {
    case 'ArrowDown':
      return clamp(current + 1);
    case 'ArrowUp':
      return current < 0 ? count - 1 : clamp(current - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    case 'PageDown':
      return clamp(Math.max(current, 0) + page);
    case 'PageUp':
      return clamp(current - page);
    default:
      return null;
  }
}

/**
 * Index of the next item that starts with what was typed, -1 for none.
 *
 * One letter, also repeated, walks through the items from the current one on;
 * a longer text may stay on the current item.
 */
export function typeAhead(
  texts: readonly string[],
  typed: string,
  current: number
): number {
  const text = typed.toLocaleLowerCase();
  const repeated = [...text].every(letter => letter === text[0]);
  const prefix = repeated ? text[0] : text;
  const start = repeated ? current + 1 : Math.max(current, 0);
  for (let i = 0; i < texts.length; i++) {
    const index = (start + i) % texts.length;
    if (texts[index].toLocaleLowerCase().startsWith(prefix)) {
      return index;
    }
  }
  return -1;
}
