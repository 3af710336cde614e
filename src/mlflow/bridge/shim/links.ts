/** Part of the shim: links, downloads and new windows are the lab's to decide. */
import type { IShim } from './core';

export function links(shim: IShim): void {
  /** Addresses of large files, by the blob address of their stand-in. */
  const large = new Map<string, string>();
  const createObjectURL = URL.createObjectURL.bind(URL);
  URL.createObjectURL = source => {
    const url = createObjectURL(source);
    const address = source instanceof Blob ? shim.large.get(source) : undefined;
    if (address !== undefined) {
      large.set(url, address);
    }
    return url;
  };

  /** Hand a file to the lab: the frame itself may not download. */
  const save = (address: string, name: string) => {
    const remote = shim.remote(large.get(address) ?? address);
    if (remote !== null) {
      shim.send({ kind: 'download', url: remote, name });
    } else if (/^(?:blob|data):/i.test(address)) {
      shim.native
        .fetch(address)
        .then(answer => answer.blob())
        .then(blob => shim.send({ kind: 'save', blob, name }))
        .catch(() => undefined);
    }
  };
  /** @returns whether the link was taken over. */
  const follow = (link: HTMLAnchorElement): boolean => {
    const href = link.getAttribute('href');
    if (href === null || /^javascript:/i.test(href)) {
      return false;
    }
    if (link.hasAttribute('download')) {
      save(href, link.getAttribute('download') || '');
    } else if (shim.remote(href) !== null) {
      shim.leave(href);
    } else if (/^(?:blob|data):/i.test(href)) {
      save(href, '');
    } else {
      shim.send({ kind: 'open', url: href });
    }
    return true;
  };
  const linkOf = (event: Event): HTMLAnchorElement | undefined =>
    event
      .composedPath()
      .find(
        (target): target is HTMLAnchorElement =>
          target instanceof HTMLAnchorElement
      );
  /** Address of a page of MLflow that a link names, else null. */
  const pageOf = (link: HTMLAnchorElement): string | null => {
    const href = link.getAttribute('href');
    const remote = href === null ? null : shim.remote(href);
    const isPage = !!remote && remote.indexOf(`${shim.boot.base}#`) === 0;
    return isPage && !link.hasAttribute('download') ? remote : null;
  };
  // On the window, in the bubbling phase: MLflow's own handlers come first.
  for (const type of ['click', 'auxclick'] as const) {
    window.addEventListener(type, event => {
      const link = linkOf(event);
      if (!link || event.defaultPrevented || event.button > 1) {
        return;
      }
      const { button, ctrlKey, metaKey } = event;
      const page = pageOf(link);
      if (page !== null && (button === 1 || ctrlKey || metaKey)) {
        // Wanted beside this page: where, the lab knows.
        shim.send({ kind: 'open', url: page });
        event.preventDefault();
      } else if (follow(link)) {
        event.preventDefault();
      }
    });
  }
  if (!/^https:\/\/mlflow\.invalid\//.test(shim.boot.base)) {
    // The browser's own menu copies and opens what the attribute says, which in
    // this document would be an address that is worth nothing elsewhere.
    window.addEventListener('contextmenu', event => {
      const link = linkOf(event);
      const href = link?.getAttribute('href') ?? null;
      const remote = href === null ? null : shim.remote(href);
      if (!link || href === null || remote === null || remote === href) {
        return;
      }
      link.setAttribute('href', remote);
      const restore = () => {
        if (link.getAttribute('href') === remote) {
          link.setAttribute('href', href);
        }
        for (const type of ['pointermove', 'pointerdown', 'keydown']) {
          window.removeEventListener(type, restore, true);
        }
      };
      for (const type of ['pointermove', 'pointerdown', 'keydown']) {
        window.addEventListener(type, restore, true);
      }
    });
  }
  const click = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = function () {
    // A link outside the document: its click reaches no listener of ours.
    if (this.isConnected || !follow(this)) {
      click.call(this);
    }
  };
  window.open = address => {
    if (address !== undefined && String(address) !== '') {
      const text = String(address);
      if (/^blob:/i.test(text)) {
        save(text, '');
      } else {
        shim.leave(text);
      }
    }
    return null;
  };
}
