/** The command that registers a model. What it does is loaded when it runs. */
import type { CommandRegistry } from '@lumino/commands';
import { CommandIDs } from '../tokens';
import { describedBy } from '../ui';
import type { IActOptions } from './act';

/** Add the command. */
export function addCommand(
  commands: CommandRegistry,
  options: IActOptions
): void {
  const { trans } = options;
  commands.addCommand(CommandIDs.registerModel, {
    label: args =>
      args.group
        ? trans.__('Register Version…')
        : trans.__('Register a Model…'),
    caption: trans.__(
      'Register a model from MLflow or S3 as a version of a model package group'
    ),
    describedBy: describedBy('register', trans),
    execute: async args =>
      (await import('./act')).registerModel(commands, options, args)
  });
}
