/** What can be done with a row, by the commands that are there. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Menu } from '@lumino/widgets';

import { canUndoLink } from '../../governance/linking';
import { runRoute as routeOf } from '../../mlflow';
import { CommandIDs } from '../../tokens';
import type { IGovernanceStatus, IModelPackage } from '../../tokens';
import { openMenu } from '../../ui';
import { SORTS } from './rows';
import type { IRow, PanelSort } from './rows';

/** An entry of the context menu; null is a separator. */
type Entry = {
  command: string;
  label: string;
  args: ReadonlyPartialJSONObject;
} | null;

/** Route of the run behind a version in MLflow's UI; null: none is recorded. */
export function runRoute(
  version: IModelPackage | null | undefined
): { connection?: string; route: string } | null {
  const run = version?.metadata['mlflow.run_id'];
  const experiment = version?.metadata['mlflow.experiment_id'];
  if (!run || !experiment) {
    return null;
  }
  const connection = version.metadata['mlflow.connection'];
  return {
    ...(connection && { connection }),
    route: routeOf(experiment, run)
  };
}

/** The group may be linked, to this or to another use case. */
function linkLabel(
  status: IGovernanceStatus | null,
  trans: TranslationBundle
): string {
  return status?.source === 'openpages'
    ? trans.__('Link to Another Use Case…')
    : trans.__('Link to Use Case…');
}

/** Entries of a row's menu. */
export function rowEntries(row: IRow, trans: TranslationBundle): Entry[] {
  const { group, latest, status } = row;
  const args = { connection: group.connection, group: group.arn };
  const run = runRoute(latest);
  return [
    { command: CommandIDs.openGroup, label: trans.__('Open'), args },
    {
      command: CommandIDs.toggleStar,
      label: row.starred ? trans.__('Remove Star') : trans.__('Star'),
      args
    },
    ...(status?.useCase?.url
      ? [
          {
            command: CommandIDs.openUseCase,
            label: trans.__('Open Use Case'),
            args
          }
        ]
      : []),
    ...(run
      ? [
          {
            command: CommandIDs.openMLflow,
            label: trans.__('Open Run in MLflow'),
            args: run
          }
        ]
      : []),
    null,
    { command: CommandIDs.linkUseCase, label: linkLabel(status, trans), args },
    ...(canUndoLink(group.arn)
      ? [
          {
            command: CommandIDs.undoLink,
            label: trans.__('Undo Link…'),
            args
          }
        ]
      : []),
    {
      command: CommandIDs.moveWorkflow,
      label: trans.__('Move Workflow…'),
      args
    },
    null,
    {
      command: CommandIDs.registerModel,
      label: trans.__('Register Version…'),
      args
    },
    ...(latest && latest.approval === 'PendingManualApproval'
      ? [
          {
            command: CommandIDs.requestApproval,
            label: trans.__('Request Approval…'),
            args: { ...args, package: latest.arn }
          },
          {
            command: CommandIDs.decide,
            label: trans.__('Approve or Reject…'),
            args: { ...args, package: latest.arn }
          }
        ]
      : []),
    null,
    {
      command: CommandIDs.copy,
      label: trans.__('Copy ARN of Group'),
      args: { text: group.arn }
    },
    ...(latest
      ? [
          {
            command: CommandIDs.copy,
            label: trans.__('Copy ARN of Latest Version'),
            args: { text: latest.arn }
          }
        ]
      : [])
  ];
}

/**
 * Open the menu of a row.
 *
 * The labels are ours: in a menu of one row "Open" says more than the
 * command's own label. Entries whose command no plugin has added are left out.
 */
export function openRowMenu(
  app: CommandRegistry,
  row: IRow,
  trans: TranslationBundle,
  x: number,
  y: number
): Menu {
  const there = rowEntries(row, trans).filter(
    entry => !entry || app.hasCommand(entry.command)
  );
  return openMenu(
    there.map(
      entry =>
        entry && {
          label: entry.label,
          isEnabled: app.isEnabled(entry.command, entry.args),
          execute: () => void app.execute(entry.command, entry.args)
        }
    ),
    { x, y }
  );
}

/** Open the menu with the orders of the list. */
export function openSortMenu(
  current: PanelSort,
  choose: (sort: PanelSort) => void,
  trans: TranslationBundle,
  anchor: DOMRect
): Menu {
  const labels: Record<PanelSort, string> = {
    name: trans.__('By Name'),
    changed: trans.__('By Last Change'),
    attention: trans.__('Needs Attention First'),
    status: trans.__('By Status of Use Case')
  };
  return openMenu(
    SORTS.map(sort => ({
      label: labels[sort],
      isToggled: sort === current,
      execute: () => choose(sort)
    })),
    below(anchor)
  );
}

/** Open the menu with what concerns the whole panel. */
export function openMoreMenu(app: CommandRegistry, anchor: DOMRect): Menu {
  const ids = [
    CommandIDs.registerModel,
    CommandIDs.openMLflow,
    CommandIDs.editVocabulary,
    CommandIDs.setUpConnection,
    CommandIDs.checkInstallation,
    CommandIDs.about
  ].filter(id => app.hasCommand(id));
  return openMenu(
    ids.map(id => ({
      label: app.label(id),
      isEnabled: app.isEnabled(id),
      execute: () => void app.execute(id)
    })),
    below(anchor)
  );
}

function below({ left, bottom }: DOMRect): { x: number; y: number } {
  return { x: left, y: bottom };
}
