/** The two commands of the room. What they do is loaded when one runs. */
import { CommandIDs } from '../tokens';
import { describedBy } from '../ui';
import type { IActOptions } from './act';
import { versionArgs } from './args';

/** Add the commands to request approval and to decide. */
export function addCommands(options: IActOptions): void {
  const { commands, trans } = options;

  commands.addCommand(CommandIDs.requestApproval, {
    label: args =>
      versionArgs(args)
        ? trans.__('Request Approval…')
        : trans.__('Request Approval of a Model Version…'),
    caption: trans.__('Ask an approver to decide on a model version'),
    describedBy: describedBy('version', trans),
    execute: async args =>
      (await import('./act')).requestApproval(options, args)
  });

  commands.addCommand(CommandIDs.decide, {
    label: args =>
      !versionArgs(args)
        ? trans.__('Approve or Reject a Model Version…')
        : args.decision === 'Approved'
          ? trans.__('Approve…')
          : args.decision === 'Rejected'
            ? trans.__('Reject…')
            : trans.__('Approve or Reject…'),
    caption: trans.__('Decide on a model version that waits for approval'),
    describedBy: describedBy('decide', trans),
    execute: async args => (await import('./act')).decide(options, args)
  });
}
