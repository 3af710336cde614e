/**
 * Settings on their way from the lab's start to the code that parses them, which
 * loads later: the room's dialogs, the panel.
 */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

/** What the lab has for the plugin, and how to tell of what cannot be used. */
export interface IGivenSettings {
  composite: ISettingRegistry.ISettings['composite'];
  /** @param problems names of settings whose default holds */
  tell: (problems: readonly string[]) => void;
}

let given: IGivenSettings | null = null;
let taker: ((settings: IGivenSettings) => void) | null = null;

/** Hand settings on; the plugin calls this, also after each change. */
export function giveSettings(settings: IGivenSettings): void {
  given = settings;
  taker?.(settings);
}

/** Take settings, those given so far and all that come. */
export function takeSettings(take: (settings: IGivenSettings) => void): void {
  taker = take;
  if (given) {
    take(given);
  }
}
