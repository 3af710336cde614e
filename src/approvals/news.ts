/** What people are told after a request or decision. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { groupNameOf } from '../relay';
import { CommandIDs, type IVersionArgs } from '../tokens';
import { actorName } from './persona';
import type { Outcome } from './watch';

/** What telling needs. */
export interface INewsOptions {
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** Tell the requester what came of a request. */
export function tellOutcome(options: INewsOptions, outcome: Outcome): void {
  const { trans } = options;
  const { record } = outcome;
  if (outcome.kind === 'gone') {
    Notification.warning(
      trans.__(
        '%1 v%2 was deleted before a decision.',
        record.name,
        record.version
      ),
      { autoClose: false }
    );
    return;
  }
  const { now } = outcome;
  const who = actorName(now.lastModifiedBy) ?? trans.__('somebody');
  const reason = now.approvalDescription ?? trans.__('no reason given');
  const approved = now.approval === 'Approved';
  const text = approved
    ? trans.__(
        '%1 v%2 was approved by %3: %4',
        record.name,
        record.version,
        who,
        reason
      )
    : trans.__(
        '%1 v%2 was rejected by %3: %4',
        record.name,
        record.version,
        who,
        reason
      );
  Notification.emit(text, approved ? 'success' : 'warning', {
    autoClose: false,
    actions: openActions(options, record)
  });
}

/** The button of a notification that opens the group, where that is possible. */
export function openActions(
  { commands, trans }: INewsOptions,
  { connection, group }: IVersionArgs
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
