/** ms between two looks. */
const EVERY = 15_000;

/**
 * Look now and then for as long as the page lives, but not while it is hidden.
 *
 * Many short pauses rather than a long one: a timer stands still while the
 * computer sleeps, and the time goes on.
 */
export function lookWhileVisible(look: () => void): void {
  const lookIfVisible = (): void => {
    if (!document.hidden) {
      look();
    }
  };
  setInterval(lookIfVisible, EVERY);
  document.addEventListener('visibilitychange', lookIfVisible);
}
