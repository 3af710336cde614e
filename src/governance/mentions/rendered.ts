/** Use cases in rendered Markdown of notebooks: made links. */
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { KnownUseCases, type IMention } from './find';
import { linkTitle, mentionText } from './words';

const HOST = '.jp-RenderedMarkdown';
const OURS = 'jp-sg-mod-rendered';

/** Where a link would break something, or is already. */
const LEFT_ALONE = `a, button, mjx-container, .MathJax, math, svg, script, style, .${OURS}`;

/** Keeps links in what notebooks render; the documents themselves stay. */
export class RenderedMentions {
  constructor(
    tracker: INotebookTracker,
    private _trans: TranslationBundle
  ) {
    tracker.forEach(panel => this._add(panel));
    tracker.widgetAdded.connect((_, panel) => this._add(panel));
  }

  /** Link these use cases, and no others. */
  show(known: KnownUseCases): void {
    this._known = known;
    this._panels.forEach(({ node }) => this._linkAll(node));
  }

  private _add(panel: NotebookPanel): void {
    const { node } = panel;
    // Cells are rendered late, again after edits, and when they are scrolled to.
    const observer = new MutationObserver(records => {
      const hosts = new Set<Element>();
      for (const { addedNodes, target } of records) {
        const host = target instanceof Element ? target.closest(HOST) : null;
        if (host) {
          hosts.add(host);
          continue;
        }
        addedNodes.forEach(added => {
          if (added instanceof Element) {
            added.querySelectorAll(HOST).forEach(inner => hosts.add(inner));
            if (added.matches(HOST)) {
              hosts.add(added);
            }
          }
        });
      }
      hosts.forEach(host => this._link(host));
      // Only what others change is news.
      observer.takeRecords();
    });
    observer.observe(node, { childList: true, subtree: true });
    this._panels.add(panel);
    panel.disposed.connect(() => {
      observer.disconnect();
      this._panels.delete(panel);
    });
    this._linkAll(node);
  }

  private _linkAll(node: Element): void {
    node.querySelectorAll(HOST).forEach(host => this._link(host));
  }

  private _link(host: Element): void {
    // A cell out of sight keeps its links until it comes back.
    if (this._linked.get(host) !== this._known) {
      host.querySelectorAll(`.${OURS}`).forEach(link => {
        const parent = link.parentNode;
        link.replaceWith(...link.childNodes);
        parent?.normalize();
      });
      this._linked.set(host, this._known);
    }
    if (!this._known.size) {
      return;
    }
    const texts: Text[] = [];
    const walker = document.createTreeWalker(host, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      texts.push(walker.currentNode as Text);
    }
    for (const text of texts) {
      const mentions = this._known.find(text.data);
      if (mentions.length && !text.parentElement?.closest(LEFT_ALONE)) {
        // From the end, so that offsets before it stay.
        for (const mention of mentions.reverse()) {
          text.splitText(mention.to);
          const named = text.splitText(mention.from);
          const link = this._made(mention);
          named.replaceWith(link);
          link.append(named);
        }
      }
    }
  }

  private _made({ useCase }: IMention): HTMLElement {
    if (!useCase.url) {
      const plain = document.createElement('span');
      plain.className = `jp-sg-mention ${OURS}`;
      plain.title = mentionText(useCase, this._trans);
      return plain;
    }
    const link = document.createElement('a');
    link.className = `jp-sg-mention ${OURS}`;
    link.href = useCase.url;
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    link.title = linkTitle(useCase, this._trans);
    // Enter opens the link, not the cell's editor.
    link.dataset.lmSuppressShortcuts = 'true';
    return link;
  }

  private _known = new KnownUseCases([]);
  /** Use cases that the links of a rendered text are of. */
  private _linked = new WeakMap<Element, KnownUseCases>();
  private _panels = new Set<NotebookPanel>();
}
