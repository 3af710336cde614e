/** What acting on governance works with. Light: part of the lab's start. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { IGovernance, IGroupArgs, IRegistry, IRelay } from '../../tokens';

/** Services of the lab, as the plugin was given them. */
export interface IActionServices {
  relay: IRelay;
  registry: IRegistry;
  governance: IGovernance;
  /** null: what was written is forgotten with the page. */
  state: Pick<IStateDB, 'fetch' | 'save'> | null;
  /** null: defaults hold. */
  settings: Pick<ISettingRegistry, 'get'> | null;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

let chosen: IGroupArgs | null = null;

/** The group that somebody has last chosen, in the panel or by its document. */
export function chooseGroup(group: IGroupArgs): void {
  chosen = { connection: group.connection, group: group.group };
}

/** null: none was chosen yet. */
export function chosenGroup(): IGroupArgs | null {
  return chosen;
}

let provided: IActionServices | null = null;

/** Called once, when the plugin starts; null in tests that end. */
export function provideActions(services: IActionServices | null): void {
  provided = services;
}

/** null: acting on governance is switched off in this lab. */
export function actionServices(): IActionServices | null {
  return provided;
}
