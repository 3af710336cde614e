/** What a mention says of its use case. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IUseCase } from '../../tokens';

/** Key, name and status; for tool tips and screen readers. */
export function mentionText(
  { key, name, status, riskLevel, owner }: IUseCase,
  trans: TranslationBundle
): string {
  return [
    [key, name].filter(Boolean).join(' '),
    status
      ? trans.__('Status at the last reading: %1', status)
      : trans.__('No status'),
    riskLevel ? trans.__('Risk level: %1', riskLevel) : null,
    owner ? trans.__('Owner: %1', owner) : null
  ]
    .filter(Boolean)
    .join('\n');
}

/** What the tool tip of a link to a use case says. */
export function linkTitle(useCase: IUseCase, trans: TranslationBundle): string {
  return trans.__(
    '%1\nOpens the governance console in a new tab',
    mentionText(useCase, trans)
  );
}
