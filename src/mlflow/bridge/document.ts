/** From MLflow's `index.html` to the document that the frame loads. */
import type { IBoot } from './protocol';
import { shimSource } from './shim';

/**
 * Content security policy inside the frame: nothing but what the shim makes.
 *
 * `unsafe-eval` and `unsafe-inline` do not widen what a script can reach: the
 * origin is opaque and the network is closed; MLflow's charts compile code.
 */
export const FRAME_POLICY = [
  "default-src 'none'",
  "script-src blob: 'unsafe-inline' 'unsafe-eval'",
  "style-src blob: 'unsafe-inline'",
  'img-src blob: data:',
  'font-src blob: data:',
  'media-src blob: data:',
  'worker-src blob:',
  'frame-src blob: data:',
  'connect-src blob: data:',
  "form-action 'none'",
  "base-uri 'none'"
].join('; ');

/** What `index.html` says about the page. */
export interface IIndex {
  scripts: string[];
  styles: string[];
  title: string;
  /** Markup of the body, without anything that runs or loads. */
  body: string;
  lang: string;
}

/** The answer is not MLflow's page. */
export class NotMLflowError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotMLflowError';
  }
}

/**
 * Read MLflow's `index.html`.
 *
 * @throws NotMLflowError when it is another page: a login, a proxy's error
 */
export function parseIndex(html: string): IIndex {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const scripts = Array.from(page.querySelectorAll('script[src]'), script =>
    script.getAttribute('src')
  ).filter((src): src is string => !!src);
  const styles = Array.from(
    page.querySelectorAll('link[rel="stylesheet"][href]'),
    link => link.getAttribute('href')
  ).filter((href): href is string => !!href);
  if (!page.getElementById('root') || scripts.length === 0) {
    throw new NotMLflowError(page.title.trim().slice(0, 120) || 'no title');
  }
  // Only the containers that MLflow renders into are taken over.
  const containers = Array.from(page.body.children)
    .filter(child => child.tagName === 'DIV' && child.id)
    .map(child => {
      const container = document.createElement('div');
      container.id = child.id;
      container.className = child.className;
      return container.outerHTML;
    });
  return {
    scripts,
    styles,
    title: page.title,
    body: containers.join(''),
    lang: /^[a-zA-Z-]{1,20}$/.test(page.documentElement.lang)
      ? page.documentElement.lang
      : 'en'
  };
}

function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}

/**
 * The frame's document: policy first, then the shim, then empty containers.
 *
 * @param style - of ours, for what MLflow's page shall not offer
 */
export function frameDocument(
  index: IIndex,
  boot: IBoot,
  style: string
): string {
  return [
    `<!doctype html><html lang="${index.lang}"><head><meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${FRAME_POLICY}">`,
    '<meta name="referrer" content="no-referrer">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escapeHtml(index.title)}</title>`,
    `<style>${style}</style>`,
    `<script>${shimSource(boot)}</script>`,
    `</head><body>${index.body}</body></html>`
  ].join('');
}

/**
 * Point `window.location` in one of MLflow's scripts at the shim's own: the
 * browser's cannot be replaced, and in the frame it names a blob.
 */
export function rewriteScript(source: string): string {
  return source.replace(/\bwindow\.location\b/g, 'window.__mlflowLocation');
}
