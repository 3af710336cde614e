import {
  CommandIDs,
  type IGovernanceStatus,
  type IModelPackageDetails,
  type IModelPackageGroup
} from '../../tokens';
import { copyText, openMenu, type MenuEntry } from '../../ui';
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
export function openMoreMenu(
  services: IDocumentServices,
  subject: IMenuSubject,
  at: { x: number; y: number }
): void {
  const { commands, trans } = services;
  const { group, details, status } = subject;
  const isEnabled = details !== null;
  const withFacts = (use: (input: IExportInput) => void) => () => {
    if (details) {
      use({ group, version: details, status, exportedAt: Date.now() });
    }
  };
  const entries: MenuEntry[] = [
    {
      label: trans.__('Copy ARN of the Group'),
      execute: () => void copyText(group.arn)
    },
    {
      label: trans.__('Copy ARN of the Version'),
      execute: () => void copyText(details?.arn ?? ''),
      isEnabled
    },
    null,
    {
      label: details
        ? trans.__('Export Facts of v%1 as JSON', details.version)
        : trans.__('Export Facts as JSON'),
      execute: withFacts(input =>
        save(
          exportName(input, 'json'),
          'application/json',
          JSON.stringify(exportFacts(input), null, 2)
        )
      ),
      isEnabled
    },
    {
      label: details
        ? trans.__('Export Facts of v%1 as CSV', details.version)
        : trans.__('Export Facts as CSV'),
      execute: withFacts(input =>
        save(exportName(input, 'csv'), 'text/csv', toCsv(exportRows(input)))
      ),
      isEnabled
    }
  ];
  if (commands.hasCommand(CommandIDs.openUseCase)) {
    entries.push(null, {
      label: trans.__('Open Use Case in Governance Console'),
      execute: () =>
        void commands.execute(CommandIDs.openUseCase, {
          connection: group.connection,
          group: group.arn
        }),
      isEnabled: !!status?.useCase?.url
    });
  }
  openMenu(entries, at);
}
