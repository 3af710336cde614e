/** May this person decide on this version? Pure. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ApprovalStatus, IModelPackageDetails } from '../tokens';
import { actorName, type IPersona, samePerson } from './persona';

/** Answer to `mayDecide`. */
export interface IMayDecide {
  /** `ask`: nothing tells who registered it; the person must say so. */
  verdict: 'yes' | 'no' | 'ask';
  /** Why not, or why asked; null with `yes`. */
  reason: string | null;
}

/**
 * Four eyes: who registered a version does not decide on it.
 *
 * A hint of the view; the IAM policies keep it for real.
 */
export function mayDecide(
  version: IModelPackageDetails,
  me: IPersona,
  trans: TranslationBundle
): IMayDecide {
  if (!me.canDecide.ok) {
    return { verdict: 'no', reason: me.canDecide.reason };
  }
  switch (samePerson(version.createdBy, me)) {
    case 'same':
      return {
        verdict: 'no',
        reason: trans.__(
          'You registered this version (%1). Somebody else has to decide on it.',
          actorName(version.createdBy) ?? ''
        )
      };
    case 'different':
      return { verdict: 'yes', reason: null };
    case 'unknown':
      return {
        verdict: 'ask',
        reason: trans.__(
          'SageMaker did not record enough to tell who registered this version.'
        )
      };
  }
}

/** Why a decision makes no sense in this state; null: it does. */
export function pointless(
  version: IModelPackageDetails,
  decision: ApprovalStatus,
  trans: TranslationBundle
): string | null {
  if (version.approval !== decision) {
    return null;
  }
  const who = actorName(version.lastModifiedBy);
  return decision === 'Approved'
    ? who
      ? trans.__('Already approved (last changed by %1).', who)
      : trans.__('Already approved.')
    : who
      ? trans.__('Already rejected (last changed by %1).', who)
      : trans.__('Already rejected.');
}
