/**
 * What can be done with a run or a model of MLflow: see it in the registries,
 * and put the code that loads it into the notebook. Loaded when it is done.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import {
  Dialog,
  Notification,
  showDialog,
  showErrorMessage
} from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { describeError, groupArnOf } from '../relay';
import { CommandIDs } from '../tokens';
import type {
  IMLflow,
  IMLflowOrigin,
  IModelPackage,
  IRegisterArgs,
  IRegistry,
  IRelay,
  ISageMakerConnection
} from '../tokens';
import { approvalLabel, type MenuEntry, openMenu } from '../ui';
import {
  type CodeServer,
  mlflowCode,
  modelUri,
  sageMakerCode,
  versionName
} from './loadCode';
import type { Subject } from './routes';
import { type ISubjectFacts, readSubject } from './subject';

export interface IActServices {
  relay: Pick<IRelay, 'config'>;
  mlflow: IMLflow;
  /** null: this lab has no registry. */
  registry: IRegistry | null;
  /** null: this lab has no notebooks. */
  notebooks: INotebookTracker | null;
  commands: CommandRegistry;
  shell: Pick<JupyterFrontEnd.IShell, 'activateById'>;
  trans: TranslationBundle;
}

/** What to do with a run or model. */
export type ModelAction = 'register' | 'insert-code' | 'show-governed';

/** A point on the page, for a menu when there is a choice. */
export interface IPoint {
  x: number;
  y: number;
}

/** Versions in SageMaker read for the code that loads them. */
const MOST_VERSIONS = 5;

/**
 * Do it.
 *
 * @param connection MLflow connection
 * @param subject what a route or a row names; it is read again first
 */
export async function act(
  action: ModelAction,
  services: IActServices,
  connection: string,
  subject: Subject,
  at: IPoint
): Promise<void> {
  const { mlflow, commands, trans } = services;
  try {
    const facts = await readSubject(mlflow, connection, subject);
    switch (action) {
      case 'register':
        await register(commands, facts.register);
        break;
      case 'insert-code':
        await insertCode(services, facts, at);
        break;
      case 'show-governed':
        await showGoverned(services, facts, at);
        break;
    }
  } catch (error) {
    const problem = describeError(error, trans);
    await showErrorMessage(
      problem.title,
      [problem.message, problem.hint].filter(Boolean).join(' ')
    );
  }
}

function register(
  commands: CommandRegistry,
  args: IRegisterArgs
): Promise<unknown> {
  return commands.execute(CommandIDs.registerModel, { ...args });
}

/** Versions in SageMaker, and the registries that could not be asked. */
interface IVersions {
  versions: IModelPackage[];
  /** Registries that were asked. */
  asked: ISageMakerConnection[];
  failed: { connection: ISageMakerConnection; error: unknown }[];
}

async function findVersions(
  { relay, registry }: IActServices,
  origins: readonly IMLflowOrigin[]
): Promise<IVersions> {
  if (!registry) {
    return { versions: [], asked: [], failed: [] };
  }
  const asked = (await relay.config()).connections.filter(
    (connection): connection is ISageMakerConnection =>
      connection.kind === 'sagemaker'
  );
  const failed: IVersions['failed'] = [];
  const found = await Promise.all(
    asked.map(async connection => {
      try {
        for (const origin of origins) {
          const versions = await registry.versionsFrom(connection.id, origin);
          if (versions.length) {
            return versions;
          }
        }
      } catch (error) {
        failed.push({ connection, error });
      }
      return [];
    })
  );
  // Two connections may lead to one account.
  const versions = new Map(found.flat().map(one => [one.arn, one]));
  return { versions: [...versions.values()], asked, failed };
}

/** Sentence on registries that could not be asked; empty: all could. */
function unreadText({ failed }: IVersions, trans: TranslationBundle): string {
  return failed
    .map(({ connection, error }) =>
      trans.__(
        '%1 could not be asked: %2.',
        connection.label,
        describeError(error, trans).title
      )
    )
    .join(' ');
}

/** Open the group that was registered from it. */
async function showGoverned(
  services: IActServices,
  facts: ISubjectFacts,
  at: IPoint
): Promise<void> {
  const { commands, trans } = services;
  const found = await findVersions(services, facts.origins);
  const groups = new Map<string, IModelPackage>();
  for (const version of found.versions) {
    const group = groupArnOf(version.arn) ?? version.groupArn;
    if (!groups.has(group)) {
      groups.set(group, version);
    }
  }
  const open = (group: string, { connection }: IModelPackage): void => {
    void commands.execute(CommandIDs.openGroup, { connection, group });
  };
  const all = [...groups];
  if (all.length === 1) {
    open(...all[0]);
    return;
  }
  if (all.length > 1) {
    openMenu(
      all.map(([group, version]) => ({
        label: versionLabel(group, version, trans),
        execute: () => open(group, version)
      })),
      at
    );
    return;
  }
  const mayRegister = commands.hasCommand(CommandIDs.registerModel);
  const unread = unreadText(found, trans);
  const result = await showDialog({
    title: unread
      ? trans.__('Not found in the registries that answered')
      : trans.__('Not registered in SageMaker'),
    body: [
      trans.__(
        'No version in %1 says that it comes from “%2”.',
        found.asked.map(({ label }) => label).join(', '),
        facts.name
      ),
      unread
    ]
      .filter(Boolean)
      .join(' '),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Close') }),
      ...(mayRegister
        ? [Dialog.okButton({ label: trans.__('Register…') })]
        : [])
    ]
  });
  if (mayRegister && result.button.accept) {
    await register(commands, facts.register);
  }
}

function versionLabel(
  group: string,
  { version, approval }: IModelPackage,
  trans: TranslationBundle
): string {
  return trans.__(
    '%1, %2',
    versionName(group, version),
    approvalLabel(approval, trans)
  );
}

/** Put the code that loads the model below the current cell. */
async function insertCode(
  services: IActServices,
  facts: ISubjectFacts,
  at: IPoint
): Promise<void> {
  const { trans } = services;
  const notebook = services.notebooks?.currentWidget?.content;
  if (!notebook?.model || notebook.model.readOnly) {
    await showDialog({
      title: notebook?.model
        ? trans.__('The notebook cannot be changed')
        : trans.__('No notebook is open'),
      body: notebook?.model
        ? trans.__('It is open for reading only. Open another one.')
        : trans.__(
            'The code goes into the notebook that was used last. Open one, then try again.'
          ),
      buttons: [Dialog.okButton({ label: trans.__('Close') })]
    });
    return;
  }
  const server = facts.models.length
    ? await codeServer(services, facts.connection)
    : null;
  const entries: { label: string; code: string }[] = facts.models.map(
    model => ({
      label: trans.__('From MLflow: %1', modelUri(model)),
      code: mlflowCode(
        model,
        trans.__('%1, from MLflow', facts.name),
        server,
        trans
      )
    })
  );
  const found = await findVersions(services, facts.origins);
  entries.push(...(await sageMakerEntries(services, found)));
  if (entries.length === 0) {
    await showDialog({
      title: trans.__('There is no model to load'),
      body: [
        trans.__('“%1” has logged no model.', facts.name),
        unreadText(found, trans)
      ]
        .filter(Boolean)
        .join(' '),
      buttons: [Dialog.okButton({ label: trans.__('Close') })]
    });
    return;
  }
  if (found.failed.length) {
    Notification.warning(unreadText(found, trans));
  }
  if (entries.length === 1) {
    insert(services, entries[0].code);
    return;
  }
  openMenu(
    entries.map(({ label, code }): MenuEntry => ({
      label,
      execute: () => insert(services, code)
    })),
    at
  );
}

/** The server as the code has to know it; null: it is not a connection any more. */
async function codeServer(
  { mlflow, relay }: IActServices,
  id: string
): Promise<CodeServer | null> {
  const connection = (await mlflow.connections()).find(one => one.id === id);
  if (!connection) {
    return null;
  }
  const { connections } = await relay.config();
  const foreign = connections.some(
    one =>
      one.kind === 'sagemaker' && one.id === connection.registry && !one.own
  );
  return { ...connection, foreign };
}

/** Code for versions in SageMaker; what cannot be read is added to `failed`. */
async function sageMakerEntries(
  { registry, trans }: IActServices,
  { versions, asked, failed }: IVersions
): Promise<{ label: string; code: string }[]> {
  if (!registry) {
    return [];
  }
  const entries = await Promise.all(
    versions.slice(0, MOST_VERSIONS).map(async ({ connection, arn }) => {
      try {
        const version = await registry.describeVersion(connection, arn);
        const group = groupArnOf(arn) ?? version.groupArn;
        const label = versionLabel(group, version, trans);
        const from = trans.__('%1, from SageMaker', label);
        const code = sageMakerCode(version, from);
        return code
          ? [{ label: trans.__('From SageMaker: %1', label), code }]
          : [];
      } catch (error) {
        const registryOf = asked.find(({ id }) => id === connection);
        if (registryOf) {
          failed.push({ connection: registryOf, error });
        }
        return [];
      }
    })
  );
  return entries.flat();
}

/** A new cell below the current one, in view and chosen. */
function insert({ notebooks, shell }: IActServices, code: string): void {
  const widget = notebooks?.currentWidget;
  const notebook = widget?.content;
  if (!notebook?.model) {
    return;
  }
  const index = notebook.activeCellIndex + 1;
  notebook.model.sharedModel.insertCell(index, {
    cell_type: 'code',
    source: code,
    // As the lab marks cells that the person made.
    metadata: { trusted: true }
  });
  notebook.activeCellIndex = index;
  notebook.deselectAll();
  shell.activateById(widget?.id ?? '');
  void notebook.scrollToItem(index, 'smart');
}
