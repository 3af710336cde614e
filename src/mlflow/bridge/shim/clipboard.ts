/**
 * Part of the shim: copying goes through the lab, which lets it after a person's
 * act only. Pasting and Ctrl+C are the browser's own and need nothing.
 */
import type { IShim } from './core';

export function clipboard(shim: IShim): void {
  const waiting = new Map<number, (done: boolean) => void>();
  let last = 0;
  const refused = () => new DOMException('Not allowed', 'NotAllowedError');

  shim.listeners.push(message => {
    if (message.kind === 'copied') {
      waiting.get(message.copy)?.(message.done);
      waiting.delete(message.copy);
    }
  });

  /** Addresses of this document are meant to be MLflow's. */
  const named = (text: string) =>
    text
      .split(`${window.location.origin}${window.location.pathname}`)
      .join(shim.boot.base)
      .split(document.URL.split('#')[0])
      .join(shim.boot.base);

  const writeText = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const id = ++last;
      waiting.set(id, done => (done ? resolve() : reject(refused())));
      shim.send({ kind: 'copy', id, text: named(String(text)) });
    });
  /** Text of what a page copies in several forms. */
  const write = async (items: ClipboardItem[]) => {
    const item = items.find(({ types }) => types.includes('text/plain'));
    if (!item) {
      throw refused();
    }
    const blob = await item.getType('text/plain');
    await writeText(await blob.text());
  };
  Object.defineProperty(navigator, 'clipboard', {
    configurable: true,
    value: {
      writeText,
      write,
      readText: () => Promise.reject(refused()),
      read: () => Promise.reject(refused())
    }
  });
}
