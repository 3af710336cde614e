/** Part of the shim: keys that belong to the lab. */
import type { IShim } from './core';

export function keys(shim: IShim): void {
  window.addEventListener('keydown', event => {
    const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (event.defaultPrevented) {
      return;
    }
    if (altKey && !ctrlKey && (key === 'ArrowLeft' || key === 'ArrowRight')) {
      event.preventDefault();
      history.go(key === 'ArrowLeft' ? -1 : 1);
      return;
    }
    // Named by the key as Lumino does: shift does not change the name.
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
    const digit = /^Digit(\d)$/.exec(event.code);
    const keystroke = [
      ...(ctrlKey ? ['Ctrl'] : []),
      ...(altKey ? ['Alt'] : []),
      ...(shiftKey ? ['Shift'] : []),
      ...(metaKey ? ['Cmd'] : []),
      /^[a-z]$/i.test(key)
        ? key.toUpperCase()
        : (digit?.[1] ?? signs[event.code] ?? key)
    ].join(' ');
    if (shim.boot.keystrokes.includes(keystroke)) {
      event.preventDefault();
      shim.send({ kind: 'key', keystroke });
    }
  });
}
