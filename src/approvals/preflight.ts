/**
 * Checks before an approval is requested. Pure: reads nothing, writes nothing.
 *
 * `ok` is said only of what was read and is so; what could not be read is
 * `unknown`, never `ok`.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { isLinkClaimed } from '../governance';
import type {
  IGovernanceStatus,
  IModelPackage,
  IModelPackageDetails
} from '../tokens';
import { actorName, isMine, type IPersona } from './persona';
import { approvalSettings, type IApprovalSettings } from './settings';
import { isRequested } from './waiting';

/** Outcome of a check; `block` keeps the request from being sent. */
export type PreflightState = 'ok' | 'warn' | 'block' | 'unknown';

/** Where in the lab a fix is done. */
export type PreflightAction = 'open-use-case' | 'register';

/** One check and what to do about it. */
export interface IPreflightItem {
  /** Stable id, for tests and keys. */
  id:
    | 'space'
    | 'approval'
    | 'package'
    | 'use-case'
    | 'contents'
    | 'card'
    | 'newer';
  state: PreflightState;
  text: string;
  /** What to do about it; null when nothing is wrong. */
  fix: string | null;
  /** Where the fix is done; null: not in the lab. */
  action: PreflightAction | null;
}

/** What the checks look at. */
export interface IPreflightInput {
  version: IModelPackageDetails;
  /** null: the governance plugin is off or its answer is missing. */
  status: IGovernanceStatus | null;
  me: IPersona;
  /** Latest version of the group, when it is known. */
  latest?: IModelPackage | null;
  settings?: IApprovalSettings;
  trans: TranslationBundle;
}

type Check = (input: IPreflightInput) => IPreflightItem | null;

const item = (
  id: IPreflightItem['id'],
  state: PreflightState,
  text: string,
  fix: string | null = null,
  action: IPreflightItem['action'] = null
): IPreflightItem => ({ id, state, text, fix, action });

const space: Check = ({ me }) =>
  me.canDecide.ok
    ? null
    : item('space', 'block', me.canDecide.reason ?? '', null);

const approval: Check = ({ version, trans }) => {
  const who = actorName(version.lastModifiedBy);
  if (version.approval === 'Approved') {
    return item(
      'approval',
      'block',
      who
        ? trans.__(
            'Version %1 is already approved (last changed by %2)',
            version.version,
            who
          )
        : trans.__('Version %1 is already approved', version.version),
      trans.__(
        'There is nothing to request. Register a new version to change the model.'
      ),
      'register'
    );
  }
  if (version.approval === 'Rejected') {
    return item(
      'approval',
      'warn',
      version.approvalDescription
        ? trans.__('This version was rejected: %1', version.approvalDescription)
        : trans.__('This version was rejected, without a reason'),
      trans.__('Say in the reason what has changed since.')
    );
  }
  if (isRequested(version)) {
    return item(
      'approval',
      'warn',
      version.approvalDescription
        ? trans.__(
            'Approval was already requested: %1',
            version.approvalDescription
          )
        : trans.__('Approval was already requested'),
      trans.__('Requesting again replaces the reason that the approver sees.')
    );
  }
  return null;
};

const packageStatus: Check = ({ version, trans }) => {
  switch (version.status) {
    case 'Completed':
      return null;
    case 'Failed':
      return item(
        'package',
        'block',
        trans.__('SageMaker could not create this version'),
        trans.__('Register the model again.'),
        'register'
      );
    default:
      return item(
        'package',
        'unknown',
        trans.__(
          'SageMaker has not finished this version (%1)',
          version.status
        ),
        trans.__('Wait a moment, then check again.')
      );
  }
};

const useCase: Check = ({ status, trans, settings }) => {
  const { useCasePolicy } = settings ?? approvalSettings();
  if (!status) {
    return item(
      'use-case',
      'unknown',
      trans.__('The use case was not checked'),
      trans.__('Governance status is switched off or has not been read.')
    );
  }
  const name = status.useCase?.key ?? status.useCase?.name ?? '';
  switch (status.state) {
    case 'loading':
      return item(
        'use-case',
        'unknown',
        trans.__('The use case is being read')
      );
    case 'could-not-read':
      return item(
        'use-case',
        'unknown',
        status.lastKnown
          ? trans.__(
              'The use case could not be read; last known: %1',
              status.lastKnown.status
            )
          : trans.__('The use case could not be read'),
        trans.__('Refresh, or ask the governance team for access to it.'),
        status.useCase?.url ? 'open-use-case' : null
      );
    case 'no-status':
      return item(
        'use-case',
        'unknown',
        trans.__('Use case %1 has no status', name),
        trans.__('Set its status in the governance console.'),
        status.useCase?.url ? 'open-use-case' : null
      );
    case 'not-linked':
      return item(
        'use-case',
        useCasePolicy,
        trans.__('No use case is linked to this group'),
        trans.__('Link the group to its use case in the governance console.')
      );
    case 'linked':
      break;
  }
  const word = status.useCase?.status ?? '';
  const open = status.useCase?.url ? 'open-use-case' : null;
  if (status.bucket === 'rejected' || status.bucket === 'retired') {
    return item(
      'use-case',
      'block',
      trans.__('Use case %1: %2', name, word),
      trans.__('Clear this with the owner of the use case first.'),
      open
    );
  }
  if (status.source !== 'openpages' || isLinkClaimed(status)) {
    return item(
      'use-case',
      useCasePolicy,
      trans.__(
        'Only a model card or tag links this group to use case %1: “%2”',
        name,
        word
      ),
      trans.__('Link the group to its use case in the governance console.'),
      open
    );
  }
  // Good news that got old has no bucket left (`other`); bad news stays as it is.
  const doubtful = status.bucket === 'approved' || status.bucket === 'other';
  if (status.stale && doubtful) {
    return item(
      'use-case',
      'unknown',
      trans.__(
        'Use case %1: %2 when last read; that may be out of date',
        name,
        word
      ),
      trans.__('Refresh to read it again.')
    );
  }
  if (status.bucket !== 'approved') {
    return item(
      'use-case',
      useCasePolicy,
      trans.__('Use case %1 is not approved yet: %2', name, word),
      trans.__('Get the use case approved in the governance console.'),
      open
    );
  }
  if (status.disagreement) {
    return item(
      'use-case',
      'warn',
      trans.__(
        'Use case %1: %2, but another source names a different use case',
        name,
        word
      ),
      trans.__(
        'Have the link corrected, so that all sources name one use case.'
      ),
      open
    );
  }
  return item('use-case', 'ok', trans.__('Use case %1: %2', name, word));
};

const contents: Check = ({ version, trans }) => {
  const missing: string[] = [];
  if (!version.containers.some(c => c.modelDataUrl)) {
    missing.push(trans.__('model artifact'));
  }
  if (!version.containers.some(c => c.image)) {
    missing.push(trans.__('image'));
  }
  if (Object.keys(version.metrics).length === 0) {
    missing.push(trans.__('metrics'));
  }
  return missing.length === 0
    ? item(
        'contents',
        'ok',
        trans.__('Model artifact, image and metrics are there')
      )
    : item(
        'contents',
        'warn',
        trans.__('Missing: %1', missing.join(', ')),
        trans.__('Register the next version with them filled in.'),
        'register'
      );
};

const card: Check = ({ version, trans }) => {
  if (!version.card) {
    return item(
      'card',
      'warn',
      trans.__('No model card that can be read'),
      trans.__('Register the next version with its intended use filled in.'),
      'register'
    );
  }
  return version.card.intendedUses?.trim()
    ? item('card', 'ok', trans.__('Model card: intended use is filled in'))
    : item(
        'card',
        'warn',
        trans.__('Model card: intended use is empty'),
        trans.__('Register the next version with its intended use filled in.'),
        'register'
      );
};

const newer: Check = ({ version, latest, me, trans }) => {
  if (!latest || latest.version <= version.version) {
    return null;
  }
  return item(
    'newer',
    'warn',
    isMine(latest, me)
      ? trans.__('Your version %1 is newer', latest.version)
      : trans.__('Version %1 is newer', latest.version),
    trans.__('Check that you mean version %1.', version.version)
  );
};

const CHECKS: readonly Check[] = [
  space,
  approval,
  packageStatus,
  useCase,
  contents,
  card,
  newer
];

/** Every check that has something to say, in the order shown. */
export function preflight(input: IPreflightInput): IPreflightItem[] {
  return CHECKS.map(check => check(input)).filter(
    (found): found is IPreflightItem => found !== null
  );
}

/** May the request be sent? */
export function mayRequest(items: readonly IPreflightItem[]): boolean {
  return items.every(({ state }) => state !== 'block');
}
