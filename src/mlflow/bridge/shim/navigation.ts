/**
 * Fourth part of the shim: history, title, and that the page is there.
 *
 * The frame keeps its own history and only ever replaces the browser's entry:
 * MLflow's Back can never take the lab away, nor fill the lab's history.
 */
import type { IEntry, IShim } from './core';

export function navigation(shim: IShim): void {
  const entries: IEntry[] = [
    { url: window.location.hash || '#/', state: history.state as unknown }
  ];
  let at = 0;

  const hashOf = (address: unknown): string | null => {
    const text = String(address ?? '');
    if (text.startsWith('#')) {
      return text;
    }
    const remote = shim.remote(text);
    if (remote === null || remote.split('#')[0] !== shim.boot.base) {
      return null;
    }
    return `#${remote.split('#')[1] ?? '/'}`;
  };
  const report = () => {
    shim.send({
      kind: 'route',
      route: entries[at].url.replace(/^#/, ''),
      index: at,
      length: entries.length
    });
  };
  const place = (state: unknown, address: unknown, push: boolean) => {
    const url =
      address === undefined || address === null || address === ''
        ? entries[at].url
        : hashOf(address);
    if (url === null) {
      shim.leave(String(address));
      return;
    }
    if (push) {
      entries.splice(at + 1, entries.length, { url, state });
      at = entries.length - 1;
      if (entries.length > 200) {
        entries.shift();
        at -= 1;
      }
    } else {
      entries[at] = { url, state };
    }
    shim.native.replaceState(state, '', url);
    report();
  };
  const announce = (before: string) => {
    const { state } = entries[at];
    window.dispatchEvent(new PopStateEvent('popstate', { state }));
    if (before !== window.location.hash) {
      window.dispatchEvent(new HashChangeEvent('hashchange'));
    }
  };
  const go = (delta = 0) => {
    const to = at + delta;
    if (delta === 0) {
      shim.send({ kind: 'reload' });
    } else if (to >= 0 && to < entries.length) {
      const before = window.location.hash;
      at = to;
      shim.native.replaceState(entries[at].state, '', entries[at].url);
      report();
      // As in a browser: never before the caller has returned.
      setTimeout(() => announce(before), 0);
    }
  };
  const define = (name: string, what: PropertyDescriptor) =>
    Object.defineProperty(history, name, { configurable: true, ...what });
  define('pushState', {
    value: (state: unknown, _title: string, url?: unknown) =>
      place(state, url, true)
  });
  define('replaceState', {
    value: (state: unknown, _title: string, url?: unknown) =>
      place(state, url, false)
  });
  define('go', { value: go });
  define('back', { value: () => go(-1) });
  define('forward', { value: () => go(1) });
  define('length', { get: () => entries.length });

  shim.visit = route => {
    const before = window.location.hash;
    const url = hashOf(route) ?? '#/';
    if (url === before) {
      return;
    }
    const old = entries[at].state as { idx?: unknown } | null;
    const idx = typeof old?.idx === 'number' ? old.idx + 1 : at + 1;
    // The state that MLflow's router would have written itself.
    const key = Math.random().toString(36).slice(2, 10);
    place({ usr: null, key, idx }, url, true);
    announce(before);
  };
  shim.leave = address => {
    const hash = hashOf(address);
    if (hash !== null) {
      shim.visit(hash);
    } else {
      shim.send({ kind: 'open', url: shim.remote(address) ?? address });
    }
  };
  shim.listeners.push(message => {
    if (message.kind === 'go') {
      go(message.delta);
    } else if (message.kind === 'navigate') {
      shim.visit(`#${message.route}`);
    }
  });

  let title = '';
  const tell = () => {
    if (document.title !== title) {
      title = document.title;
      shim.send({ kind: 'title', title });
    }
  };
  let ready = false;
  const look = () => {
    if (!ready && document.querySelector('#root > *')) {
      ready = true;
      shim.send({ kind: 'ready' });
    }
  };
  new MutationObserver(() => {
    tell();
    look();
  }).observe(document, { childList: true, subtree: true });
  report();
}
