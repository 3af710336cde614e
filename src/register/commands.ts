/** The command that registers a model, and what it tells afterwards. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';
import { CommandIDs, type IRegisterArgs } from '../tokens';
import type { IRegisterServices } from './services';

/** JSON schema of `IRegisterArgs`, for whoever calls the command. */
function schema(trans: TranslationBundle): ReadonlyJSONObject {
  const text = (description: string): ReadonlyJSONObject => ({
    type: 'string',
    description
  });
  return {
    type: 'object',
    properties: {
      connection: text(trans.__('Id of the SageMaker connection')),
      group: text(trans.__('ARN of the model package group')),
      mlflow: text(trans.__('Id of the MLflow connection')),
      runId: text(trans.__('Id of the MLflow run')),
      modelId: text(trans.__('Id of a logged model of the run')),
      registeredModel: {
        type: 'object',
        description: trans.__('Version in MLflow’s own registry'),
        required: ['name', 'version'],
        properties: {
          name: { type: 'string' },
          version: { type: 'string' }
        }
      },
      s3Uri: text(trans.__('S3 address of the model'))
    }
  };
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

/** Add the command. */
export function addCommand(
  commands: CommandRegistry,
  services: IRegisterServices
): void {
  const { trans } = services;
  commands.addCommand(CommandIDs.registerModel, {
    label: args =>
      args.group
        ? trans.__('Register Version…')
        : trans.__('Register a Model…'),
    caption: trans.__(
      'Register a model from MLflow or S3 as a version of a model package group'
    ),
    describedBy: { args: schema(trans) },
    execute: async raw => {
      const [{ showForm }, { registerForm }] = await Promise.all([
        import('../ui/formDialog'),
        import('./dialog/form')
      ]);
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
  });
}
