import type { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { groupNameOf } from '../relay';
import { CommandIDs, type IGroupArgs } from '../tokens';

/** The button of a notification that opens a group, where that is possible. */
export function openActions(
  { commands, trans }: { commands: CommandRegistry; trans: TranslationBundle },
  { connection, group }: IGroupArgs
): Notification.IAction[] {
  return commands.hasCommand(CommandIDs.openGroup)
    ? [
        {
          label: trans.__('Open'),
          caption: trans.__('Open %1', groupNameOf(group)),
          callback: () => {
            void commands.execute(CommandIDs.openGroup, { connection, group });
          }
        }
      ]
    : [];
}
