import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { groupOfArn } from '../relay';
import type { IGovernanceStatus, IGroupArgs } from '../tokens';
import { openAddress } from './link';
import type { Governance } from './service';
import { unknownReason } from './words';

/**
 * Open the use case of a group in a new browser tab.
 *
 * A status that is known opens at once: browsers block windows that open long
 * after the click.
 */
export async function openUseCase(
  service: Pick<Governance, 'known' | 'resolve'>,
  args: IGroupArgs,
  trans: TranslationBundle
): Promise<void> {
  if (!args.group || !args.connection) {
    throw new Error(
      trans.__('Name the connection and the model package group.')
    );
  }
  let status: IGovernanceStatus | undefined = service.known(args.group);
  if (!status) {
    status = (await service.resolve([groupOfArn(args)])).get(args.group);
  }
  const url = status?.useCase?.url;
  if (url) {
    openAddress(url);
    return;
  }
  const reason =
    status && !status.useCase ? unknownReason(status, trans) : null;
  Notification.warning(
    reason?.why ??
      trans.__(
        'No address of the governance console is configured for this use case.'
      ),
    { autoClose: 8000 }
  );
}
