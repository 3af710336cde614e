/** The sidebar as the lab's start sees it: an empty box until it is shown. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { PanelLayout, Widget } from '@lumino/widgets';

import type { IGovernancePanel } from '../../tokens';
import { governanceIcon } from '../../ui';
import type { IPanelContent, LoadSection } from './content';

/** Loads and makes the content. */
export type LoadContent = () => Promise<IPanelContent>;

export class GovernancePanel extends Widget implements IGovernancePanel {
  constructor(trans: TranslationBundle, load: LoadContent) {
    super();
    this._trans = trans;
    this._load = load;
    this.id = 'jp-sagemaker-governance';
    this.addClass('jp-sg-panel');
    // Before any style sheet of ours has come: wide enough for what will.
    this.node.style.minWidth = '240px';
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Model governance'));
    this.title.icon = governanceIcon;
    this.title.caption = trans.__('Model governance');
    this.title.dataset = { jpTabLabel: trans.__('Model governance') };
    this.layout = new PanelLayout();
  }

  /** Read everything again; nothing while the panel was never shown. */
  async refresh(): Promise<void> {
    await (await this._content)?.refresh();
  }

  /** Choose filter, order or search text, now or when the content is there. */
  setView(change: unknown): void {
    this._fill();
    this._content?.then(
      content => content.setView(change),
      () => undefined // `_fill` shows the failure.
    );
  }

  addSection(load: LoadSection): void {
    this._sections.push(load);
    this._show?.(load);
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._fill();
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._fill();
  }

  protected onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this._fill();
    const before = document.activeElement;
    this._content?.then(
      content => {
        // Loading takes a while: a field that somebody chose meanwhile keeps it.
        if (document.activeElement === before) {
          content.focus();
        }
      },
      () => undefined // `_fill` shows the failure.
    );
  }

  /** First look: load the content. */
  private _fill(): void {
    if (this._content || !this.isVisible) {
      return;
    }
    const loading = document.createElement('div');
    loading.style.padding = '12px';
    loading.setAttribute('role', 'status');
    loading.textContent = this._trans.__('Loading…');
    this.node.appendChild(loading);
    this._content = this._load();
    this._content.then(
      content => {
        loading.remove();
        if (this.isDisposed) {
          content.dispose();
          return;
        }
        const layout = this.layout as PanelLayout;
        layout.addWidget(content.widget);
        this.disposed.connect(() => content.dispose());
        this._show = load => content.addSection(layout, load);
        this._sections.forEach(this._show);
      },
      (error: unknown) => {
        this._content = null;
        this._showFailure(loading, error);
      }
    );
  }

  /** A chunk of ours did not load: say so, without any chunk of ours. */
  private _showFailure(box: HTMLElement, error: unknown): void {
    const text = document.createElement('p');
    text.textContent = this._trans.__(
      'The panel could not be loaded: %1',
      error instanceof Error ? error.message : String(error)
    );
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'jp-mod-styled jp-sg-button';
    button.textContent = this._trans.__('Try again');
    button.onclick = () => {
      box.remove();
      this._fill();
    };
    box.setAttribute('role', 'alert');
    box.replaceChildren(text, button);
  }

  private _trans: TranslationBundle;
  private _load: LoadContent;
  private _content: Promise<IPanelContent> | null = null;
  private _sections: LoadSection[] = [];
  private _show: ((load: LoadSection) => void) | null = null;
}
