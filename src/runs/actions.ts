/** What can be done in the section. */
import { InputDialog, showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Menu } from '@lumino/widgets';

import {
  actOn,
  type IActServices,
  type IPoint,
  type ModelAction,
  runRoute
} from '../mlflow';
import { describeError } from '../relay';
import { CommandIDs, type IMLflowRun } from '../tokens';
import { copyText, type MenuEntry, openMenu } from '../ui';
import { bestFirst, NEWEST } from './metrics';
import type { RunsModel } from './model';
import type { FoundTarget } from './target';

/** Metrics in the menus; more would not fit on the screen. */
const MOST_NAMES = 30;

/** Acts on runs, by the commands that are there. */
export class RunActions {
  constructor(
    private _model: RunsModel,
    private _services: IActServices
  ) {}

  /** Whether runs can be registered here. */
  get registers(): boolean {
    return this._services.commands.hasCommand(CommandIDs.registerModel);
  }

  /** Whether the lab shows MLflow's pages at all. */
  get opensPages(): boolean {
    return this._services.commands.hasCommand(CommandIDs.openMLflow);
  }

  /** Whether MLflow's pages are shown for this connection. */
  opens({ connection }: FoundTarget): boolean {
    return connection.ui !== 'none' && this.opensPages;
  }

  /** Open MLflow of a connection, whatever its server does. */
  openServer(connection: string): void {
    void this._services.commands.execute(CommandIDs.openMLflow, { connection });
  }

  register({ connection, runId }: IMLflowRun): void {
    void this._services.commands.execute(CommandIDs.registerModel, {
      mlflow: connection,
      runId
    });
  }

  open({ connection, experimentId, runId }: IMLflowRun): void {
    void this._services.commands.execute(CommandIDs.openMLflow, {
      connection,
      route: runRoute(experimentId, runId)
    });
  }

  /** Open the experiment itself. */
  openExperiment({ connection, id }: FoundTarget): void {
    void this._services.commands.execute(CommandIDs.openMLflow, {
      connection: connection.id,
      route: `/experiments/${encodeURIComponent(id)}`
    });
  }

  /** Open the menu of a run. */
  openRunMenu(run: IMLflowRun, target: FoundTarget, at: IPoint): Menu {
    const { trans, commands, registry, notebooks } = this._services;
    const doIt = (action: ModelAction) => (): void => {
      const { experimentId, runId, connection } = run;
      const subject = { kind: 'run', experimentId, runId } as const;
      void actOn(action, this._services, connection, subject, at);
    };
    const entries: MenuEntry[] = [];
    if (this.opens(target)) {
      const execute = (): void => this.open(run);
      entries.push({ label: trans.__('Open in MLflow'), execute });
    }
    if (this.registers) {
      const execute = (): void => this.register(run);
      entries.push({ label: trans.__('Register This Run…'), execute });
    }
    if (registry && commands.hasCommand(CommandIDs.openGroup)) {
      entries.push({
        label: trans.__('Show in Model Governance'),
        execute: doIt('show-governed')
      });
    }
    if (notebooks) {
      entries.push({
        label: trans.__('Insert Code That Loads the Model'),
        execute: doIt('insert-code')
      });
    }
    return openMenu(
      [
        ...entries,
        ...(entries.length ? [null] : []),
        {
          label: trans.__('Copy Run ID'),
          execute: () => void copyText(run.runId)
        }
      ],
      at
    );
  }

  /** Open the menu with the orders of the list. */
  openSortMenu(at: IPoint): Menu {
    const { trans } = this._services;
    const { names, sort } = this._model.getSnapshot();
    const { by, ascending } = sort;
    const turn = (up: boolean): MenuEntry => ({
      label: up ? trans.__('Lowest First') : trans.__('Highest First'),
      isEnabled: by !== null,
      isToggled: by !== null && ascending === up,
      execute: () => this._model.setSort({ by, ascending: up })
    });
    return openMenu(
      [
        {
          label: trans.__('Newest First'),
          isToggled: by === null,
          execute: () => this._model.setSort(NEWEST)
        },
        ...names.slice(0, MOST_NAMES).map(name => ({
          label: trans.__('By %1', name),
          isToggled: by === name,
          execute: () => this._model.setSort(bestFirst(name))
        })),
        null,
        turn(false),
        turn(true)
      ],
      at
    );
  }

  /** Open the menu with the metrics that rows show, and what else there is. */
  openMoreMenu(at: IPoint): Menu {
    const { trans } = this._services;
    const { names, shown, target } = this._model.getSnapshot();
    return openMenu(
      [
        {
          label: trans.__('Choose Experiment…'),
          execute: () => void this.choose()
        },
        ...(target.kind === 'found' && this.opens(target)
          ? [
              {
                label: trans.__('Open Experiment in MLflow'),
                execute: () => this.openExperiment(target)
              }
            ]
          : []),
        ...(names.length ? [null] : []),
        ...names.slice(0, MOST_NAMES).map(name => ({
          label: trans.__('Show %1', name),
          isToggled: shown.includes(name),
          execute: () => this._model.toggleMetric(name)
        }))
      ],
      at
    );
  }

  /** Ask for an experiment to show instead. */
  async choose(): Promise<void> {
    const { trans } = this._services;
    const { notebook } = this._model.getSnapshot();
    let found: { items: IItem[]; unread: string[] };
    try {
      found = await this._experiments();
    } catch (error) {
      const { title, message, hint } = describeError(error, trans);
      await showErrorMessage(title, [message, hint].filter(Boolean).join(' '));
      return;
    }
    const { choice } = this._model;
    const items: IItem[] = [
      ...(notebook?.experiment
        ? [
            {
              label: trans.__('As the notebook says'),
              isCurrent: !choice,
              choose: () => this._model.choose(null)
            }
          ]
        : []),
      ...found.items
    ];
    if (items.length === 0) {
      await showErrorMessage(
        trans.__('No experiments'),
        trans.__('There is none that you may see.')
      );
      return;
    }
    const label = notebook
      ? trans.__('Experiment, for the notebook %1', notebook.path)
      : trans.__('Experiment');
    const result = await InputDialog.getItem({
      title: trans.__('Show runs of'),
      label: found.unread.length
        ? `${label}. ${trans.__('Could not be read: %1', found.unread.join(', '))}`
        : label,
      items: items.map(item => item.label),
      current: Math.max(
        0,
        items.findIndex(({ isCurrent }) => isCurrent)
      ),
      okLabel: trans.__('Show')
    });
    if (result.button.accept) {
      items.find(item => item.label === result.value)?.choose();
    }
  }

  /**
   * Experiments of all connections, the last changed first.
   *
   * @throws RelayError, UpstreamError when no connection could be read
   */
  private async _experiments(): Promise<{ items: IItem[]; unread: string[] }> {
    const { mlflow } = this._services;
    const connections = await mlflow.connections();
    const answers = await Promise.allSettled(
      connections.map(({ id }) => mlflow.searchExperiments(id))
    );
    const items: IItem[] = [];
    const unread: string[] = [];
    let error: unknown = null;
    answers.forEach((answer, i) => {
      const { id: connection, label } = connections[i];
      if (answer.status === 'rejected') {
        error ??= answer.reason;
        unread.push(label);
        return;
      }
      for (const { id, name } of answer.value) {
        const { choice } = this._model;
        items.push({
          label: connections.length > 1 ? `${name} (${label})` : name,
          isCurrent:
            choice?.connection === connection && choice.experiment === id,
          choose: () => this._model.choose({ connection, experiment: id, name })
        });
      }
    });
    if (error !== null && unread.length === answers.length) {
      throw error;
    }
    return { items, unread };
  }
}

/** An experiment that can be chosen. */
interface IItem {
  label: string;
  isCurrent: boolean;
  choose: () => void;
}

/** Why there is no MLflow. */
export function noConnection(trans: TranslationBundle): string {
  return trans.__(
    'No MLflow connection is configured. An administrator adds one to the configuration of the server extension.'
  );
}
