/** What the command of the room does; loaded when it runs. */
import { Notification } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { CommandIDs, type IRegisterArgs } from '../tokens';
import { showForm } from '../ui/formDialog';
import { registerForm } from './dialog/form';
import type { IRegisterServices } from './services';
import { parseSettings } from './settings';

/** What the lab's start hands on: settings as the lab keeps them. */
export interface IActOptions extends Omit<IRegisterServices, 'settings'> {
  composite: () => Parameters<typeof parseSettings>[0];
}

/** The arguments that can be used; anything else is left out. */
export function registerArgs(args: ReadonlyPartialJSONObject): IRegisterArgs {
  const out: IRegisterArgs = {};
  for (const key of [
    'connection',
    'group',
    'mlflow',
    'runId',
    'modelId',
    's3Uri'
  ] as const) {
    const value = args[key];
    if (typeof value === 'string' && value) {
      out[key] = value;
    }
  }
  const registered = args.registeredModel;
  if (
    typeof registered === 'object' &&
    registered !== null &&
    !Array.isArray(registered)
  ) {
    const { name, version } = registered as ReadonlyPartialJSONObject;
    if (typeof name === 'string' && typeof version === 'string') {
      out.registeredModel = { name, version };
    }
  }
  return out;
}

/** Ask what to register, register it, and tell of it. */
export async function registerModel(
  commands: CommandRegistry,
  options: IActOptions,
  raw: ReadonlyPartialJSONObject
): Promise<void> {
  const { trans } = options;
  const settings = parseSettings(options.composite());
  const services = { ...options, settings: () => settings };
  const done = await showForm(registerForm(services, registerArgs(raw)));
  if (!done) {
    return;
  }
  const { connection, group, name, version } = done;
  const open = { connection, group };
  Notification.success(
    version === null
      ? trans.__('A version of %1 is registered.', name)
      : trans.__('%1 v%2 is registered.', name, version),
    {
      autoClose: 15000,
      actions: [
        {
          id: CommandIDs.openGroup,
          label: trans.__('Open'),
          caption: trans.__('Open %1', name),
          args: open
        },
        {
          id: CommandIDs.requestApproval,
          label: trans.__('Request approval…'),
          caption: trans.__('Request approval of %1', name),
          args: { ...open, package: done.package }
        }
      ]
        // The plugins behind them may be off.
        .filter(({ id }) => commands.hasCommand(id))
        .map(({ id, label, caption, args }) => ({
          label,
          caption,
          callback: () => void commands.execute(id, args)
        }))
    }
  );
}
