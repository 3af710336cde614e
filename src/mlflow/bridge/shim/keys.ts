/**
 * Part of the shim: back and forward, and the keys that belong to the lab.
 *
 * MLflow comes first: what it has handled, and what types a character in one of
 * its fields, stays there.
 */
import type { IShim } from './core';

export function keys(shim: IShim): void {
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  let mine = new Set(shim.boot.keystrokes);
  shim.listeners.push(message => {
    if (message.kind === 'keys') {
      mine = new Set(message.keystrokes);
    }
  });

  const isField = (target: EventTarget | undefined) =>
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
  /** 1, -1 or 0: where the browser would go in its history. */
  const turn = ({ key, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent) => {
    const [back, forward] = isMac ? ['[', ']'] : ['ArrowLeft', 'ArrowRight'];
    const isTurn =
      !ctrlKey &&
      !shiftKey &&
      (isMac ? metaKey && !altKey : altKey && !metaKey);
    return !isTurn ? 0 : key === back ? -1 : key === forward ? 1 : 0;
  };
  /** Named by the key as Lumino does: shift does not change the name. */
  const nameOf = (event: KeyboardEvent) => {
    const signs: Record<string, string> = {
      BracketLeft: '[',
      BracketRight: ']',
      Comma: ',',
      Period: '.',
      Slash: '/',
      Backslash: '\\',
      Semicolon: ';',
      Quote: "'",
      Backquote: '`',
      Minus: '-',
      Equal: '='
    };
    const { key, code, altKey, ctrlKey, metaKey, shiftKey } = event;
    const digit = /^Digit(\d)$/.exec(code);
    return [
      ...(ctrlKey ? ['Ctrl'] : []),
      ...(altKey ? ['Alt'] : []),
      ...(shiftKey ? ['Shift'] : []),
      ...(metaKey ? ['Cmd'] : []),
      /^[a-z]$/i.test(key)
        ? key.toUpperCase()
        : (digit?.[1] ?? signs[code] ?? key)
    ].join(' ');
  };

  window.addEventListener('keydown', event => {
    // AltGr, and Option on a Mac, type characters of their own.
    const types =
      event.isComposing ||
      event.getModifierState('AltGraph') ||
      (isMac && event.altKey && !event.ctrlKey && !event.metaKey);
    const isTyped = types && event.key.length === 1;
    const [target] = event.composedPath();
    if (event.defaultPrevented || (isTyped && isField(target))) {
      return;
    }
    const delta = turn(event);
    const keystroke = nameOf(event);
    if (delta !== 0) {
      event.preventDefault();
      history.go(delta);
    } else if (mine.has(keystroke)) {
      event.preventDefault();
      shim.send({ kind: 'key', keystroke });
    }
  });

  // The side buttons of a mouse would take the lab's own page away.
  for (const type of ['mousedown', 'mouseup', 'auxclick'] as const) {
    window.addEventListener(type, event => {
      if (event.button === 3 || event.button === 4) {
        event.preventDefault();
        if (type === 'mouseup') {
          history.go(event.button === 3 ? -1 : 1);
        }
      }
    });
  }
}
