/** Opening MLflow: which connection, and how the admin wants it shown. */
import {
  Dialog,
  InputDialog,
  type IThemeManager,
  showDialog,
  showErrorMessage
} from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { describeError, RelayError } from '../relay';
import {
  CommandIDs,
  type IMLflowArgs,
  type IMLflowConnection,
  type IRelay
} from '../tokens';
import type { IActServices } from './act';
import { parseRouteText } from './bridge/protocol';
import { actOn } from './lazyAct';
import { MLflowPanel } from './panel';
import { HOME_ROUTE, subjectOf } from './routes';
import { MLflowWidget } from './widget';

export interface IOpenServices extends IActServices {
  relay: IRelay;
  themes: IThemeManager | null;
  /** Id of the connection to prefer, empty: none. */
  preferred(): Promise<string>;
}

/**
 * The connection to open, asked for when several could be meant.
 *
 * @returns null when there is none or nobody chose; that has been said then
 */
export async function chooseConnection(
  services: IOpenServices,
  wanted: string | undefined
): Promise<IMLflowConnection | null> {
  const { mlflow, trans } = services;
  let all: IMLflowConnection[];
  try {
    all = await mlflow.connections();
  } catch (error) {
    const problem = describeError(error, trans);
    await showErrorMessage(problem.title, problem.message);
    return null;
  }
  if (wanted !== undefined) {
    const found = all.find(({ id }) => id === wanted);
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
    return found ?? null;
  }
  const usable = all.filter(({ ui }) => ui !== 'none');
  if (usable.length === 0) {
    await showDialog({
      title: trans.__('MLflow is not set up'),
      body: all.length
        ? trans.__(
            'Your administrator has switched MLflow’s pages off; registering from MLflow works.'
          )
        : trans.__(
            'No MLflow connection is configured. An administrator adds one to the configuration of the server extension.'
          ),
      buttons: [Dialog.okButton({ label: trans.__('Close') })]
    });
    return null;
  }
  if (usable.length === 1) {
    return usable[0];
  }
  const preferred = await services.preferred();
  const chosen = usable.find(({ id }) => id === preferred);
  if (chosen) {
    return chosen;
  }
  // Labels are free text and may be alike; the id tells them apart.
  const items = usable.map(({ id, label }) => `${label} (${id})`);
  const result = await InputDialog.getItem({
    title: trans.__('Open MLflow'),
    label: trans.__('Connection'),
    items,
    okLabel: trans.__('Open')
  });
  return result.button.accept && result.value
    ? (usable[items.indexOf(result.value)] ?? null)
    : null;
}

/** Open MLflow outside the lab, as the admin has set for the connection. */
export async function openOutside(
  connection: IMLflowConnection,
  route: string,
  trans: TranslationBundle
): Promise<void> {
  if (connection.ui === 'tab' && connection.publicUrl) {
    const root = connection.publicUrl.replace(/[#?].*$/, '');
    window.open(`${root}#${route}`, '_blank', 'noopener,noreferrer');
    return;
  }
  await showDialog({
    title: trans.__('%1 is not shown in the lab', connection.label),
    body:
      connection.ui === 'tab'
        ? trans.__(
            'It opens in a browser tab, but no address for that is configured. Ask your administrator for “public_url”.'
          )
        : trans.__('Your administrator has switched MLflow’s pages off.'),
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}

/** Route of command arguments; the list of experiments when there is none. */
export function routeOf(args: IMLflowArgs): string {
  return (args.route && parseRouteText(args.route)) || HOME_ROUTE;
}

/** The tab of a connection; the connection itself is read when it is shown. */
export function createWidget(
  services: IOpenServices,
  id: string,
  route: string
): MLflowWidget {
  const { relay, mlflow, trans, commands, themes } = services;
  const panel = new MLflowPanel({
    id,
    relay,
    trans,
    commands,
    themes,
    route,
    find: async () => {
      const found = (await mlflow.connections()).find(item => item.id === id);
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
