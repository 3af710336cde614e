/** What the commands of the room do; loaded when one of them runs. */
import { Notification } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import {
  CommandIDs,
  type IDecideArgs,
  type IFollowing,
  type IVersionArgs
} from '../tokens';
import { openActions } from '../ui';
import { showForm } from '../ui/formDialog';
import { versionArgs } from './args';
import { chooserForm } from './dialogs/chooser';
import { decideForm } from './dialogs/decide';
import type { Fixes } from './dialogs/parts';
import { requestForm } from './dialogs/request';
import type { IApprovalServices } from './subject';

/** What the commands work with. */
export interface IActOptions extends IApprovalServices {
  commands: CommandRegistry;
  /** null: nobody tells of decisions later. */
  following: Pick<IFollowing, 'expect'> | null;
}

/** What the fixes of checks do; the plugins behind them may be off. */
function fixesFor(
  { commands }: IActOptions,
  { connection, group }: IVersionArgs
): Fixes {
  const run = (id: string) => () =>
    void commands.execute(id, { connection, group });
  return {
    ...(commands.hasCommand(CommandIDs.openUseCase) && {
      'open-use-case': run(CommandIDs.openUseCase)
    }),
    ...(commands.hasCommand(CommandIDs.registerModel) && {
      register: run(CommandIDs.registerModel)
    })
  };
}

/** Ask for approval of a version. */
export async function requestApproval(
  options: IActOptions,
  raw: ReadonlyPartialJSONObject
): Promise<void> {
  const { trans } = options;
  const args =
    versionArgs(raw) ??
    (await showForm(
      chooserForm(options, {
        title: trans.__('Request approval: which version?'),
        accept: trans.__('Continue')
      })
    ));
  if (!args) {
    return;
  }
  const done = await showForm(
    requestForm(options, args, fixesFor(options, args))
  );
  if (!done) {
    return;
  }
  const { group, version } = done.subject;
  await options.following?.expect({
    ...args,
    name: group.name,
    version: version.version,
    requestedAt: Date.now()
  });
  Notification.success(
    trans.__('Approval of %1 v%2 was requested.', group.name, version.version),
    { autoClose: 8000, actions: openActions(options, args) }
  );
}

/** Approve or reject a version. */
export async function decide(
  options: IActOptions,
  raw: ReadonlyPartialJSONObject
): Promise<void> {
  const { trans } = options;
  const version =
    versionArgs(raw) ??
    (await showForm(
      chooserForm(options, {
        title: trans.__('Decide: which version?'),
        accept: trans.__('Continue')
      })
    ));
  if (!version) {
    return;
  }
  const args: IDecideArgs = { ...version };
  if (raw.decision === 'Approved' || raw.decision === 'Rejected') {
    args.decision = raw.decision;
  }
  const done = await showForm(
    decideForm(options, args, fixesFor(options, version))
  );
  if (!done) {
    return;
  }
  const { group, version: on } = done.subject;
  Notification.success(
    done.decision === 'Approved'
      ? trans.__('%1 v%2 is approved.', group.name, on.version)
      : trans.__('%1 v%2 is rejected.', group.name, on.version),
    { autoClose: 8000, actions: openActions(options, version) }
  );
}
