import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';

import {
  CommandIDs,
  type IGovernanceStatus,
  type IModelPackageDetails,
  type IModelPackageGroup
} from '../../tokens';
import { copyText } from '../../ui';
import type { IDocumentServices } from './context';
import {
  exportFacts,
  exportName,
  exportRows,
  save,
  toCsv,
  type IExportInput
} from './export';

/** What the menu acts on. */
export interface IMenuSubject {
  group: IModelPackageGroup;
  /** null: no version, or its facts are not there yet. */
  details: IModelPackageDetails | null;
  status: IGovernanceStatus | null;
}

/** Open the menu "More actions" of a document. Coordinates in px of the page. */
export function openMenu(
  services: IDocumentServices,
  subject: IMenuSubject,
  at: { x: number; y: number }
): void {
  const { commands, trans } = services;
  const { group, details, status } = subject;
  const local = new CommandRegistry();
  const menu = new MenuSvg({ commands: local });
  menu.addClass('jp-ThemedContainer');
  const add = (
    id: string,
    label: string,
    execute: () => void,
    isEnabled = true
  ): void => {
    local.addCommand(id, {
      label,
      execute,
      isEnabled: () => isEnabled,
      describedBy: { args: { type: 'object', properties: {} } }
    });
    menu.addItem({ command: id });
  };
  const facts = (): IExportInput | null =>
    details && { group, version: details, status, exportedAt: Date.now() };

  add('document:copy-group', trans.__('Copy ARN of the Group'), () =>
    copyText(group.arn)
  );
  add(
    'document:copy-version',
    trans.__('Copy ARN of the Version'),
    () => copyText(details?.arn ?? ''),
    details !== null
  );
  menu.addItem({ type: 'separator' });
  add(
    'document:export-json',
    details
      ? trans.__('Export Facts of v%1 as JSON', details.version)
      : trans.__('Export Facts as JSON'),
    () => {
      const input = facts();
      if (input) {
        save(
          exportName(input, 'json'),
          'application/json',
          JSON.stringify(exportFacts(input), null, 2)
        );
      }
    },
    details !== null
  );
  add(
    'document:export-csv',
    details
      ? trans.__('Export Facts of v%1 as CSV', details.version)
      : trans.__('Export Facts as CSV'),
    () => {
      const input = facts();
      if (input) {
        save(exportName(input, 'csv'), 'text/csv', toCsv(exportRows(input)));
      }
    },
    details !== null
  );
  if (commands.hasCommand(CommandIDs.openUseCase)) {
    menu.addItem({ type: 'separator' });
    add(
      'document:open-use-case',
      trans.__('Open Use Case in Governance Console'),
      () =>
        void commands.execute(CommandIDs.openUseCase, {
          connection: group.connection,
          group: group.arn
        }),
      !!status?.useCase?.url
    );
  }
  menu.aboutToClose.connect(() => {
    // The chosen command runs after the menu has closed.
    setTimeout(() => menu.dispose(), 0);
  });
  menu.open(at.x, at.y);
}
