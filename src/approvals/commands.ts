/** The two commands of the room, and what they tell afterwards. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';
import { CommandIDs, type IDecideArgs, type IVersionArgs } from '../tokens';
import type { IApprovalServices } from './subject';
import type { Fixes } from './dialogs/parts';
import { openActions } from './news';
import type { DecisionWatch } from './watch';

/** JSON schema of `IVersionArgs`, for whoever calls the commands. */
function versionSchema(trans: TranslationBundle): ReadonlyJSONObject {
  return {
    type: 'object',
    properties: {
      connection: {
        type: 'string',
        description: trans.__('Id of the SageMaker connection')
      },
      group: {
        type: 'string',
        description: trans.__('ARN of the model package group')
      },
      package: {
        type: 'string',
        description: trans.__('ARN of the model package')
      }
    }
  };
}

/** JSON schema of `IDecideArgs`. */
function decideSchema(trans: TranslationBundle): ReadonlyJSONObject {
  const version = versionSchema(trans);
  return {
    ...version,
    properties: {
      ...(version.properties as ReadonlyJSONObject),
      decision: {
        type: 'string',
        enum: ['Approved', 'Rejected'],
        description: trans.__('Decision to begin with')
      }
    }
  };
}

/** Arguments that name a version, or null when any is missing. */
export function versionArgs(
  args: ReadonlyPartialJSONObject
): IVersionArgs | null {
  const { connection, group, package: arn } = args;
  return typeof connection === 'string' &&
    typeof group === 'string' &&
    typeof arn === 'string'
    ? { connection, group, package: arn }
    : null;
}

/** What the commands work with. */
export interface ICommandOptions extends IApprovalServices {
  commands: CommandRegistry;
  watch: Pick<DecisionWatch, 'add'>;
}

/** Add the commands to request approval and to decide. */
export function addCommands(options: ICommandOptions): void {
  const { commands, trans, watch } = options;

  /** What the fixes of checks do; the plugins behind them may be off. */
  const fixesFor = ({ connection, group }: IVersionArgs): Fixes => {
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
  };

  commands.addCommand(CommandIDs.requestApproval, {
    label: args =>
      versionArgs(args)
        ? trans.__('Request Approval…')
        : trans.__('Request Approval of a Model Version…'),
    caption: trans.__('Ask an approver to decide on a model version'),
    describedBy: { args: versionSchema(trans) },
    execute: async raw => {
      const [{ showForm }, { requestForm }, { chooserForm }] =
        await loadDialogs();
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
      const done = await showForm(requestForm(options, args, fixesFor(args)));
      if (!done) {
        return;
      }
      const { group, version } = done.subject;
      await watch.add({
        ...args,
        name: group.name,
        version: version.version,
        requestedAt: Date.now()
      });
      Notification.success(
        trans.__(
          'Approval of %1 v%2 was requested.',
          group.name,
          version.version
        ),
        { autoClose: 8000, actions: openActions(options, args) }
      );
    }
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
    describedBy: { args: decideSchema(trans) },
    execute: async raw => {
      const [{ showForm }, { decideForm }, { chooserForm }] =
        await loadDecision();
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
      const done = await showForm(decideForm(options, args, fixesFor(version)));
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
  });
}

function loadDialogs() {
  return Promise.all([
    import('../ui/formDialog'),
    import('./dialogs/request'),
    import('./dialogs/chooser')
  ]);
}

function loadDecision() {
  return Promise.all([
    import('../ui/formDialog'),
    import('./dialogs/decide'),
    import('./dialogs/chooser')
  ]);
}
