/** JSON schemas of the arguments of commands; see the end of `tokens.ts`. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyJSONObject } from '@lumino/coreutils';

const text = (description: string): ReadonlyJSONObject => ({
  type: 'string',
  description
});

const groupProperties = (trans: TranslationBundle): ReadonlyJSONObject => ({
  connection: text(trans.__('Id of the SageMaker connection')),
  group: text(trans.__('ARN of the model package group'))
});

const versionProperties = (trans: TranslationBundle): ReadonlyJSONObject => ({
  ...groupProperties(trans),
  package: text(trans.__('ARN of the model package'))
});

/** No arguments. */
export function none(): ReadonlyJSONObject {
  return { type: 'object', properties: {} };
}

/** `IGroupArgs`. */
export function group(trans: TranslationBundle): ReadonlyJSONObject {
  return {
    type: 'object',
    required: ['connection', 'group'],
    properties: groupProperties(trans)
  };
}

/** `IGroupArgs`; the chosen group when they are absent. */
export function chosen(trans: TranslationBundle): ReadonlyJSONObject {
  return { type: 'object', properties: groupProperties(trans) };
}

/** `IVersionArgs`; the dialog asks for what is missing. */
export function version(trans: TranslationBundle): ReadonlyJSONObject {
  return { type: 'object', properties: versionProperties(trans) };
}

/** `IDecideArgs`; the dialog asks for what is missing. */
export function decide(trans: TranslationBundle): ReadonlyJSONObject {
  return {
    type: 'object',
    properties: {
      ...versionProperties(trans),
      decision: {
        ...text(trans.__('Decision to begin with')),
        enum: ['Approved', 'Rejected']
      }
    }
  };
}

/** `IWorkflowArgs`; the chosen group when they are absent. */
export function workflow(trans: TranslationBundle): ReadonlyJSONObject {
  return {
    type: 'object',
    properties: {
      ...groupProperties(trans),
      object: text(trans.__('Resource ID of the object in the console'))
    }
  };
}

/** `IMLflowArgs`. */
export function mlflow(trans: TranslationBundle): ReadonlyJSONObject {
  return {
    type: 'object',
    properties: {
      connection: text(trans.__('Id of the MLflow connection')),
      route: text(trans.__('Fragment route, such as /experiments/1/runs/ab12')),
      choose: {
        type: 'boolean',
        description: trans.__(
          'Ask which server, also where one opens without asking'
        )
      }
    }
  };
}

/** `IRegisterArgs`; the dialog asks for what is missing. */
export function register(trans: TranslationBundle): ReadonlyJSONObject {
  return {
    type: 'object',
    properties: {
      ...groupProperties(trans),
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

/** `{ text }`. */
export function copy(trans: TranslationBundle): ReadonlyJSONObject {
  return {
    type: 'object',
    required: ['text'],
    properties: { text: text(trans.__('Text to copy')) }
  };
}

/** Of the command that shows the panel. */
export function panel(trans: TranslationBundle): ReadonlyJSONObject {
  return {
    type: 'object',
    properties: {
      isLauncher: { type: 'boolean' },
      filter: {
        ...text(trans.__('Filter to show')),
        enum: ['all', 'mine', 'starred', 'attention', 'waiting']
      }
    }
  };
}
