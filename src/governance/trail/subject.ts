import { Notification } from '@jupyterlab/apputils';

import { parseArn } from '../../relay';
import { CommandIDs, type IGroupArgs } from '../../tokens';
import { chosenGroup, type IActionServices } from './services';

/**
 * The group that a command means: that of its arguments, else the chosen one.
 *
 * @returns null when none is chosen; the user has been told how to.
 * @throws Error for arguments that name no group.
 */
export function subject(
  { commands, trans }: IActionServices,
  { connection, group }: Partial<IGroupArgs>
): IGroupArgs | null {
  if (connection || group) {
    if (
      typeof connection !== 'string' ||
      typeof group !== 'string' ||
      parseArn(group)?.type !== 'model-package-group'
    ) {
      throw new Error(
        trans.__(
          'Give the id of a connection and the ARN of a model package group.'
        )
      );
    }
    return { connection, group };
  }
  const chosen = chosenGroup();
  if (!chosen) {
    Notification.info(
      trans.__('Choose a model package group first, in the panel.'),
      {
        autoClose: 8000,
        actions: commands.hasCommand(CommandIDs.openPanel)
          ? [
              {
                label: trans.__('Show panel'),
                callback: () => void commands.execute(CommandIDs.openPanel)
              }
            ]
          : []
      }
    );
  }
  return chosen;
}
