/**
 * Part of the shim: printing the page alone, all of it.
 *
 * MLflow scrolls inside its page; paper shows only what is laid out, so boxes
 * that scroll are opened while the browser prints.
 */
import type { IShim } from './core';

export function print(shim: IShim): void {
  /** Smaller boxes stay as they are, px. */
  const LEAST = 150;
  let closed: [HTMLElement, string | null][] = [];

  const open = (element: HTMLElement) => {
    closed.push([element, element.getAttribute('style')]);
    const { style } = element;
    style.setProperty('height', 'auto', 'important');
    style.setProperty('max-height', 'none', 'important');
    style.setProperty('overflow', 'visible', 'important');
  };
  const isScrolled = (element: HTMLElement) =>
    element.clientHeight >= LEAST &&
    element.scrollHeight > element.clientHeight + 1 &&
    /auto|scroll/.test(getComputedStyle(element).overflowY);

  window.addEventListener('beforeprint', () => {
    const opened = new Set<HTMLElement>();
    document.querySelectorAll<HTMLElement>('body *').forEach(element => {
      if (isScrolled(element)) {
        let box: HTMLElement | null = element;
        for (; box && !opened.has(box); box = box.parentElement) {
          opened.add(box);
        }
      }
    });
    opened.forEach(open);
  });
  window.addEventListener('afterprint', () => {
    for (const [element, style] of closed) {
      if (style === null) {
        element.removeAttribute('style');
      } else {
        element.setAttribute('style', style);
      }
    }
    closed = [];
  });
  shim.listeners.push(message => {
    if (message.kind === 'print') {
      window.print();
    }
  });
}
