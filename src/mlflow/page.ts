/** Making the page of a connection, in a tab or ahead of one. */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { describeError } from '../relay';
import type { IMLflowConnection, IRelay } from '../tokens';
import { Bridge } from './bridge/host';
import type { FrameStorage } from './bridge/storage';
import { shortcutsAt } from './keys';

export interface IPageServices {
  relay: IRelay;
  trans: TranslationBundle;
  commands: CommandRegistry;
  themes: IThemeManager | null;
}

/**
 * A page that has not started.
 *
 * @param node - element whose shortcuts the page gives back
 */
export function makeBridge(
  { relay, trans, commands, themes }: IPageServices,
  connection: IMLflowConnection,
  storage: FrameStorage,
  node: Element
): Bridge {
  if (themes) {
    storage.setDark(isDark(themes));
  }
  storage.prefer();
  return new Bridge({
    relay,
    connection,
    storage,
    title: trans.__('MLflow: %1', connection.label),
    keystrokes: new Set(shortcutsAt(commands, node).keys()),
    caches: 'caches' in window ? window.caches : null,
    words: error => {
      const { title, message, hint } = describeError(error, trans);
      return [`${title}:`, message, hint].filter(Boolean).join(' ');
    }
  });
}

/** Whether the lab's theme is a dark one. */
export function isDark(themes: IThemeManager | null): boolean {
  return !!themes?.theme && !themes.isLight(themes.theme);
}

/** What has to be the same for a page to be shown again. */
export function markOf(connection: IMLflowConnection): string {
  return JSON.stringify([
    connection.id,
    connection.label,
    connection.ui,
    connection.readOnly,
    connection.publicUrl,
    connection.arn,
    // The same name may stand for another server now.
    connection.trackingUri,
    connection.server,
    connection.assets,
    connection.routes
  ]);
}

/** Longest title that is passed on, characters: it comes from the frame. */
const MAX_TITLE = 120;

/** What MLflow calls a page; it names itself at the end of each title. */
export function pageTitle(title: string): string {
  return title
    .replace(/(?:^|\s+[-–—|]\s+)MLflow\s*$/, '')
    .trim()
    .slice(0, MAX_TITLE);
}
