/** What the requester is told of a decision. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { actorName } from '../approvals';
import { openActions } from '../ui';
import type { Outcome } from './decisions';

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
        '%1 v%2 is approved: %4 (last changed by %3)',
        record.name,
        record.version,
        who,
        reason
      )
    : trans.__(
        '%1 v%2 is rejected: %4 (last changed by %3)',
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
