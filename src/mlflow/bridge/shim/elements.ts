/**
 * Third part of the shim: elements that load something get it from the lab.
 *
 * The content security policy lets only `blob:` through, and a blob of another
 * origin cannot be read here, so each address becomes a blob made in the frame.
 */
import type { IShim } from './core';

export function elements(shim: IShim): void {
  /** What the page asked for, by element and attribute. */
  const wanted = new WeakMap<Element, Map<string, string>>();
  const getAttribute = Element.prototype.getAttribute;
  const setAttribute = Element.prototype.setAttribute;
  const removeAttribute = Element.prototype.removeAttribute;
  const hasAttribute = Element.prototype.hasAttribute;
  const shared = new Map<string, Promise<string>>();

  const attributeOf = (element: Element): string | null =>
    element instanceof HTMLLinkElement
      ? 'href'
      : element instanceof HTMLScriptElement ||
          element instanceof HTMLImageElement ||
          element instanceof HTMLMediaElement ||
          element instanceof HTMLSourceElement ||
          element instanceof HTMLIFrameElement
        ? 'src'
        : null;

  const isAsset = (address: string) => address.includes('/static-files/');

  /** CSS with its `url(...)` fetched too; of a font only the best format. */
  const stylesheet = async (address: string): Promise<Blob> => {
    const css = await (await shim.whole(address)).text();
    const pattern = /url\(\s*(['"]?)([^'")]+)\1\s*\)/g;
    const names = new Map<string, string>();
    const fetches: Promise<void>[] = [];
    const seen = css.matchAll(pattern);
    for (const match of Array.from(seen)) {
      const name = match[2];
      if (/^(?:data:|blob:|#)/i.test(name) || names.has(name)) {
        continue;
      }
      names.set(name, 'data:,');
      if (/\.(?:eot|ttf|otf|woff)(?:[?#]|$)/i.test(name)) {
        const stem = name.replace(
          /\.[0-9a-f]{8,}\.\w+(?:[?#].*)?$|\.\w+(?:[?#].*)?$/i,
          ''
        );
        if (css.includes(`${stem}.`) && /\.woff2/i.test(css)) {
          continue;
        }
      }
      const url = new URL(name, address).href;
      fetches.push(
        blobOf(url).then(
          blob => void names.set(name, blob),
          // A missing picture or font must not cost the whole sheet.
          () => undefined
        )
      );
    }
    await Promise.all(fetches);
    const text = css.replace(pattern, (all, _quote, name: string) =>
      names.has(name) ? `url("${names.get(name)}")` : all
    );
    return new Blob([text], { type: 'text/css' });
  };

  const blobOf = (address: string, style = false): Promise<string> => {
    const known = shared.get(address);
    if (known) {
      return known;
    }
    const made = (style ? stylesheet(address) : shim.whole(address)).then(
      blob => URL.createObjectURL(blob)
    );
    if (isAsset(address)) {
      shared.set(address, made);
      made.catch(() => shared.delete(address));
    }
    return made;
  };

  /** Give an element its address, through a blob when it is a remote one. */
  const assign = (element: Element, name: string, value: string): void => {
    const marks = wanted.get(element) ?? new Map<string, string>();
    wanted.set(element, marks);
    const address = value === '' ? null : shim.remote(value);
    if (address === null) {
      marks.delete(name);
      setAttribute.call(element, name, value);
      return;
    }
    marks.set(name, value);
    if (element instanceof HTMLLinkElement && element.rel !== 'stylesheet') {
      // Icons, manifests and preloads: nothing that the page needs.
      removeAttribute.call(element, name);
      return;
    }
    if (
      element instanceof HTMLIFrameElement &&
      !hasAttribute.call(element, 'sandbox')
    ) {
      setAttribute.call(element, 'sandbox', 'allow-scripts');
    }
    blobOf(address, element instanceof HTMLLinkElement).then(
      blob => {
        if (wanted.get(element)?.get(name) !== value) {
          return;
        }
        if (!isAsset(address) && !(element instanceof HTMLMediaElement)) {
          const release = () => URL.revokeObjectURL(blob);
          element.addEventListener('load', release, { once: true });
          element.addEventListener('error', release, { once: true });
        }
        setAttribute.call(element, name, blob);
      },
      () => {
        if (wanted.get(element)?.get(name) === value) {
          element.dispatchEvent(new Event('error'));
        }
      }
    );
  };

  for (const [prototype, name] of [
    [HTMLScriptElement.prototype, 'src'],
    [HTMLImageElement.prototype, 'src'],
    [HTMLMediaElement.prototype, 'src'],
    [HTMLSourceElement.prototype, 'src'],
    [HTMLIFrameElement.prototype, 'src'],
    [HTMLLinkElement.prototype, 'href']
  ] as const) {
    const native = Object.getOwnPropertyDescriptor(prototype, name);
    Object.defineProperty(prototype, name, {
      configurable: true,
      enumerable: true,
      get(this: Element) {
        const mark = wanted.get(this)?.get(name);
        return mark === undefined
          ? native?.get?.call(this)
          : (shim.remote(mark) ?? mark);
      },
      set(this: Element, value: unknown) {
        assign(this, name, String(value));
      }
    });
  }
  Element.prototype.setAttribute = function (name: string, value: string) {
    const lower = String(name).toLowerCase();
    if (lower === attributeOf(this)) {
      assign(this, lower, String(value));
    } else {
      setAttribute.call(this, name, value);
    }
  };
  Element.prototype.getAttribute = function (name: string) {
    const mark = wanted.get(this)?.get(String(name).toLowerCase());
    return mark === undefined ? getAttribute.call(this, name) : mark;
  };
  Element.prototype.hasAttribute = function (name: string) {
    return (
      wanted.get(this)?.has(String(name).toLowerCase()) ||
      hasAttribute.call(this, name)
    );
  };
  Element.prototype.removeAttribute = function (name: string) {
    wanted.get(this)?.delete(String(name).toLowerCase());
    removeAttribute.call(this, name);
  };

  // Elements that came as markup never passed a setter.
  const adopt = (element: Element) => {
    const name = attributeOf(element);
    const value = name && getAttribute.call(element, name);
    if (name && value && shim.remote(value) !== null) {
      if (wanted.get(element)?.get(name) !== value) {
        assign(element, name, value);
      }
    }
    if (hasAttribute.call(element, 'srcset')) {
      removeAttribute.call(element, 'srcset');
    }
  };
  new MutationObserver(records => {
    for (const record of records) {
      record.addedNodes.forEach(node => {
        if (node instanceof Element) {
          adopt(node);
          node
            .querySelectorAll('img,source,video,audio,iframe,link')
            .forEach(adopt);
        }
      });
    }
  }).observe(document, { childList: true, subtree: true });

  // A worker must exist at once, its script arrives later: the stand-in keeps
  // what it is sent until then. It is a classic one always: from an opaque
  // origin Chromium starts no module worker, but lets a classic one import.
  const NativeWorker = window.Worker;
  const stand = `
    const kept = [];
    const keep = event => {
      event.stopImmediatePropagation();
      const { mlflowScript: script, mlflowModule: module } = event.data || {};
      if (!script) {
        kept.push(event);
        return;
      }
      const start = () => {
        for (const old of kept) {
          self.dispatchEvent(
            new MessageEvent('message', { data: old.data, ports: old.ports })
          );
        }
      };
      self.removeEventListener('message', keep);
      if (module) {
        import(script).then(start, error =>
          setTimeout(() => {
            throw error;
          })
        );
      } else {
        importScripts(script);
        start();
      }
    };
    self.addEventListener('message', keep);`;
  window.Worker = class extends NativeWorker {
    constructor(url: string | URL, options?: WorkerOptions) {
      const address = shim.remote(url);
      if (address === null) {
        super(url, options);
        return;
      }
      const code = new Blob([stand], { type: 'text/javascript' });
      super(URL.createObjectURL(code), { name: options?.name });
      shim.whole(address).then(
        // A module is run under a script's type only, which a server that does
        // not know `.mjs` leaves out.
        blob =>
          this.postMessage({
            mlflowScript: URL.createObjectURL(
              new Blob([blob], { type: 'text/javascript' })
            ),
            mlflowModule: options?.type === 'module'
          }),
        () => this.dispatchEvent(new Event('error'))
      );
    }
  };
  // No shared worker in an opaque origin. MLflow has one, for what it tells
  // its makers of the use: without a port it leaves that, and says no error.
  Object.defineProperty(window, 'SharedWorker', {
    configurable: true,
    value: class extends EventTarget {
      readonly port = null;
    }
  });
}
