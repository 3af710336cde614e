/** Last part of the shim: load what `index.html` named, in its order. */
import type { IShim } from './core';

export function start(shim: IShim): void {
  const { scripts, styles } = shim.boot;
  shim.listeners.push(message => {
    if (message.kind === 'ping') {
      shim.send({ kind: 'pong' });
    }
  });
  const wait = (element: HTMLElement) =>
    new Promise<void>(resolve => {
      element.addEventListener('load', () => resolve(), { once: true });
      element.addEventListener('error', () => resolve(), { once: true });
      document.head.appendChild(element);
    });
  const run = async () => {
    // Scripts need not wait for the sheets: the lab shows the page only when
    // MLflow has drawn something.
    for (const address of styles) {
      const link = document.createElement('link');
      link.rel = 'stylesheet';
      link.href = address;
      document.head.appendChild(link);
    }
    const sources = scripts.map(address => shim.whole(address));
    // Each is awaited in its turn below; none may count as unhandled until then.
    sources.forEach(source => void source.catch(() => undefined));
    for (let at = 0; at < scripts.length; at++) {
      const script = document.createElement('script');
      // The address stays on the element: bundlers read it from there.
      script.setAttribute('data-address', scripts[at]);
      script.src = URL.createObjectURL(await sources[at]);
      await wait(script);
    }
  };
  const fail = (error: unknown) => {
    const text = document.createElement('pre');
    text.setAttribute('role', 'alert');
    text.textContent = String(error);
    document.body.appendChild(text);
  };
  const begin = () => void run().catch(fail);
  if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', begin);
  } else {
    begin();
  }
}
