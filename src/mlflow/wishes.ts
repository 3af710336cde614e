/**
 * What the framed MLflow may ask of the lab beyond data: open a page, save a
 * file, copy text. The lab decides; in doubt a person is asked.
 */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ROUTE } from '../tokens';
import { copyText } from '../ui';
import { fileName, relayPath, resolveAddress } from './bridge/address';
import type { FrameWish } from './bridge/host';

/** Whether a person has just done something; a script alone has not. */
export function hasGesture(): boolean {
  return navigator.userActivation?.isActive ?? false;
}

/** Mark of the button that copies. */
const COPY = 'copy';

export class Wishes {
  constructor(private _options: Wishes.IOptions) {}

  /** Grant, ask about or ignore a wish. */
  async grant(wish: FrameWish): Promise<void> {
    switch (wish.kind) {
      case 'copy':
        this._options.copied(
          wish.id,
          this._isAsked() && (await copyText(wish.text))
        );
        break;
      case 'save':
        await this._save(wish.blob, fileName(wish.name));
        break;
      case 'download':
      case 'open':
        await this._open(wish.url, wish.kind === 'download' ? wish.name : '');
        break;
      case 'key':
        if (this._isAsked()) {
          this._options.shortcut(wish.keystroke);
        }
        break;
      case 'reload':
        this._options.reload();
        break;
    }
  }

  private async _save(blob: Blob, name: string): Promise<void> {
    if (!(await this._mayDownload(name))) {
      return;
    }
    // The type is ours: nothing of the frame is ever opened as a page.
    const url = URL.createObjectURL(
      new Blob([blob], { type: 'application/octet-stream' })
    );
    click(url, name);
    // The browser has taken it over by then.
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }

  private async _open(raw: string, wanted: string): Promise<void> {
    const { base, connection } = this._options;
    const address = resolveAddress(raw, base);
    if (address.kind === 'inside' && !address.path && address.hash) {
      if (this._isAsked()) {
        this._options.beside(address.hash.slice(1));
      }
    } else if (address.kind === 'inside') {
      // The relay names the file after what is asked for, whatever the page says.
      const name = fileName(lastName(address.search, address.path) || wanted);
      if (await this._mayDownload(name)) {
        // Streams to disk through the relay, which forces an attachment.
        const path = relayPath(connection, address);
        // Not joined: a join resolves dots in the query too, out of our routes.
        const base = ServerConnection.makeSettings().baseUrl;
        click(`${base.replace(/\/*$/, '/')}${ROUTE}/${path}`, name);
      }
    } else if (address.kind === 'outside') {
      await this._leave(address.url);
    }
  }

  private async _leave(url: string): Promise<void> {
    const { trans } = this._options;
    // Never remembered for a site: a script in an artifact could then send there
    // what it has read, whenever somebody clicks.
    const copy = Dialog.createButton({
      label: trans.__('Copy link'),
      actions: [COPY]
    });
    const button = await this._ask(
      trans.__('Open a page outside the lab?'),
      trans.__('MLflow links to %1', shorten(url)),
      trans.__('Open in new tab'),
      copy
    );
    if (button?.actions.includes(COPY)) {
      await copyText(url);
    } else if (button?.accept) {
      window.open(url, '_blank', 'noopener,noreferrer');
    }
  }

  /** A person has just done something, and did it in the frame. */
  private _isAsked(): boolean {
    return hasGesture() && this._options.isFocused();
  }

  /** A click explains a download; without one a person is asked. */
  private async _mayDownload(name: string): Promise<boolean> {
    if (this._isAsked()) {
      return true;
    }
    const { trans } = this._options;
    const button = await this._ask(
      trans.__('Save a file from MLflow?'),
      trans.__('MLflow wants to save “%1”.', name),
      trans.__('Save')
    );
    return button?.accept ?? false;
  }

  /** One question at a time; what comes meanwhile is dropped. */
  private async _ask(
    title: string,
    body: string,
    label: string,
    ...others: Dialog.IButton[]
  ): Promise<Dialog.IButton | null> {
    if (this._asking) {
      return null;
    }
    this._asking = true;
    try {
      const { trans } = this._options;
      const result = await showDialog({
        title,
        body,
        buttons: [
          Dialog.cancelButton({ label: trans.__('Cancel') }),
          ...others,
          Dialog.okButton({ label })
        ]
      });
      return result.button;
    } finally {
      this._asking = false;
    }
  }

  private _asking = false;
}

export namespace Wishes {
  export interface IOptions {
    connection: string;
    /** Address that the frame believes to be MLflow's root. */
    base: string;
    /** Whether the focus is in the frame. */
    isFocused(): boolean;
    trans: TranslationBundle;
    shortcut(keystroke: string): void;
    reload(): void;
    /** Tell the frame whether its text was copied. */
    copied(id: number, done: boolean): void;
    /** Show a route of MLflow beside this page, if that is possible. */
    beside(route: string): void;
  }
}

function click(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.rel = 'noopener';
  document.body.appendChild(link);
  link.click();
  link.remove();
}

/** Name of the file that an artifact route names. */
function lastName(search: string, path: string): string {
  const query = new URLSearchParams(search);
  return (
    query.get('path') ||
    query.get('artifact_file_path') ||
    // Routes whose last segment names no file.
    (/(?:get-(?:trace-)?artifact|artifacts\/files)$/.test(path) ? '' : path)
  );
}

/** The host must stay visible, whatever follows. */
function shorten(url: string): string {
  return url.length > 200 ? `${url.slice(0, 200)}…` : url;
}
