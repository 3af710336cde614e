/** Opening MLflow: which connection, and how the admin wants it shown. */
import {
  Dialog,
  type IThemeManager,
  showDialog,
  showErrorMessage
} from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

import { describeError, RelayError } from '../relay';
import {
  CommandIDs,
  type IMLflowArgs,
  type IMLflowConnection,
  type IRelay,
  PLUGIN_NAMESPACE
} from '../tokens';
import type { IActServices } from './act';
import { parseRouteText } from './bridge/protocol';
import { openInBrowserTab, tabWay } from './browserTab';
import { actOn } from './lazyAct';
import { MLflowPanel } from './panel';
import { HOME_ROUTE, START_ROUTE, subjectOf } from './routes';
import { findServer, isDown } from './servers';
import type { WarmFrames } from './warm';
import { MLflowWidget } from './widget';

/** Plugin whose settings hold the connection to open. */
const PAGES_ID = `${PLUGIN_NAMESPACE}:mlflow`;
const PREFERRED = 'defaultConnection';

export interface IOpenServices extends IActServices {
  relay: IRelay;
  themes: IThemeManager | null;
  settings: ISettingRegistry | null;
  /** Pages that nobody sees. */
  warm?: WarmFrames;
}

/** Id of the connection that opens without asking, empty: none. */
async function preferredOf({ settings }: IOpenServices): Promise<string> {
  const mine = await settings?.load(PAGES_ID).catch(() => null);
  return String(mine?.composite[PREFERRED] ?? '');
}

/**
 * The connection to open, asked for when several could be meant.
 *
 * @param choose - ask, whatever is preferred
 * @returns null when there is none or nobody chose; that has been said then
 */
export async function chooseConnection(
  services: IOpenServices,
  wanted: string | undefined,
  choose = false
): Promise<IMLflowConnection | null> {
  const { relay, trans } = services;
  try {
    if (wanted !== undefined) {
      const found = await findConnection(services, wanted);
      if (!found) {
        await showDialog({
          title: trans.__('No such MLflow connection'),
          body: trans.__(
            'There is no MLflow connection “%1”. Its administrator may have renamed or removed it.',
            wanted
          ),
          buttons: [Dialog.okButton({ label: trans.__('Close') })]
        });
      }
      return found;
    }
    const { connections } = await relay.config();
    const configured = connections.filter(
      (one): one is IMLflowConnection => one.kind === 'mlflow'
    );
    const preferred = await preferredOf(services);
    if (!choose) {
      const usable = configured.filter(({ ui }) => ui !== 'none');
      const one =
        usable.find(({ id }) => id === preferred) ??
        (preferred ? await findConnection(services, preferred) : null) ??
        (usable.length === 1 ? usable[0] : null);
      if (one) {
        return one;
      }
    }
    return await ask(services, configured, preferred);
  } catch (error) {
    const problem = describeError(error, trans);
    await showErrorMessage(problem.title, problem.message);
    return null;
  }
}

/** Let a person choose among all servers, and keep it if that is wanted. */
async function ask(
  services: IOpenServices,
  configured: readonly IMLflowConnection[],
  preferred: string
): Promise<IMLflowConnection | null> {
  const { relay, settings, trans } = services;
  const [{ showForm }, { chooserForm }] = await Promise.all([
    import('../ui/formDialog'),
    import('./chooser')
  ]);
  const result = await showForm(
    chooserForm({ relay, trans, configured, preferred })
  );
  if (result?.remember) {
    await settings?.set(PAGES_ID, PREFERRED, result.connection.id);
  }
  return result?.connection ?? null;
}

/**
 * A connection by its id, configured or found.
 *
 * @throws RelayError
 */
async function findConnection(
  { mlflow, relay }: IOpenServices,
  id: string
): Promise<IMLflowConnection | null> {
  const { connections } = await relay.config();
  for (const one of connections) {
    if (one.kind === 'mlflow' && one.id === id) {
      // Without the client of MLflow, which is more code to load.
      return one;
    }
  }
  const all = await mlflow.connections();
  return all.find(one => one.id === id) ?? findServer(relay, id);
}

/**
 * Open a connection that the lab does not show in a browser tab.
 *
 * @param route - none: MLflow's start page, which every version has; of which
 *   one the pages are is not asked
 * @returns false when its server has to be started first, which a tab of the lab
 *   offers
 */
export async function openOutside(
  { relay, trans }: IOpenServices,
  connection: IMLflowConnection,
  route = START_ROUTE
): Promise<boolean> {
  if (tabWay(connection) === 'link') {
    // Where it cannot be learnt, SageMaker's refusal says what is wrong.
    const server = await findServer(relay, connection.id).catch(() => null);
    if (server && isDown(server)) {
      return false;
    }
  }
  await openInBrowserTab(relay, connection, route, trans);
  return true;
}

/** Route of command arguments; the list of experiments when there is none. */
export function routeOf(args: IMLflowArgs): string {
  return (args.route && parseRouteText(args.route)) || HOME_ROUTE;
}

/** The tab of a connection; the connection itself is read when it is shown. */
export function createWidget(
  services: IOpenServices,
  id: string,
  route?: string
): MLflowWidget {
  const { relay, trans, commands, themes, warm } = services;
  const panel = new MLflowPanel({
    id,
    relay,
    trans,
    commands,
    themes,
    route,
    warm,
    find: async () => {
      const found = await findConnection(services, id);
      if (!found) {
        throw new RelayError({
          code: 'unknown_connection',
          message: `There is no MLflow connection ${id}.`,
          connection: id
        });
      }
      return found;
    }
  });
  let acting: Promise<void> | null = null;
  return new MLflowWidget({
    panel,
    trans,
    choose: () =>
      void commands.execute(CommandIDs.openMLflow, { choose: true }),
    copyLink: () => void commands.execute(CommandIDs.mlflowCopyLink),
    openTab: connection =>
      openInBrowserTab(relay, connection, panel.place.route, trans),
    act: (action, at) => {
      // The route comes from the frame: what it names is read again.
      const subject = subjectOf(panel.place.route);
      if (subject) {
        acting ??= actOn(action, services, id, subject, at).finally(() => {
          acting = null;
        });
      }
    },
    // The plugins behind them may be off.
    actions: [
      ...(commands.hasCommand(CommandIDs.registerModel)
        ? (['register'] as const)
        : []),
      ...(services.notebooks ? (['insert-code'] as const) : []),
      ...(services.registry && commands.hasCommand(CommandIDs.openGroup)
        ? (['show-governed'] as const)
        : [])
    ]
  });
}
