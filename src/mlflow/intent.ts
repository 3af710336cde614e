/** Somebody is about to open MLflow. Part of the lab's start: keep it small. */

/**
 * Do something once, when somebody points at a card of the launcher or reaches
 * it by keyboard: most of a second before a click, time to load code.
 *
 * @param caption - of the card's command, by which it is known
 */
export function onceWanted(caption: string, job: () => void): void {
  const signs = ['pointerover', 'focusin'];
  const look = ({ target }: Event): void => {
    const card =
      target instanceof Element ? target.closest('.jp-LauncherCard') : null;
    if (card?.getAttribute('title') === caption) {
      signs.forEach(sign => document.removeEventListener(sign, look));
      job();
    }
  };
  signs.forEach(sign => document.addEventListener(sign, look));
}
