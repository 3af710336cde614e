/**
 * What a request or a decision writes, and whether it still may. Pure.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { type IProblem, newToken } from '../relay';
import type {
  ApprovalStatus,
  IModelPackageDetails,
  IModelPackageUpdate
} from '../tokens';
import { absoluteTime, approvalLabel, formatCount } from '../ui';
import { actorName } from './persona';
import type { ILifeCyclePair } from './settings';

/** Longest `ApprovalDescription`, in characters; it holds no line breaks. */
export const REASON_MAX = 1024;

/** What `update` is made of. */
export interface IChange {
  approval: ApprovalStatus;
  reason: string;
  /** null: the life cycle stays as it is. */
  lifeCycle: ILifeCyclePair | null;
}

/**
 * Line breaks and tabs as spaces; SageMaker refuses line breaks in a reason.
 * Length stays, so that the cursor does not jump while typing.
 */
export function oneLine(text: string): string {
  return text.replace(/\r\n?|[\n\t\v\f\u0085\u2028\u2029]/g, ' ');
}

/** What is wrong with a reason; null: nothing. */
export function reasonError(
  reason: string,
  required: boolean,
  trans: TranslationBundle
): string | null {
  if (required && !reason.trim()) {
    return trans.__('A reason is needed.');
  }
  if (reason.length > REASON_MAX) {
    return trans.__(
      'The reason has %1 characters; SageMaker takes at most %2.',
      formatCount(reason.length),
      formatCount(REASON_MAX)
    );
  }
  return null;
}

/** The change as the registry takes it, without its token. */
export function updateOf(change: IChange): IModelPackageUpdate {
  const reason = oneLine(change.reason).trim();
  return {
    approval: change.approval,
    // An empty reason is left out: it would wipe what stands there.
    ...(reason ? { approvalDescription: reason } : {}),
    ...(change.lifeCycle ? { lifeCycle: change.lifeCycle } : {})
  };
}

/** Exactly what will be written, as `UpdateModelPackage` names it. */
export function writtenLines(
  update: IModelPackageUpdate
): { name: string; value: string }[] {
  const lines: { name: string; value: string }[] = [];
  if (update.approval) {
    lines.push({ name: 'ModelApprovalStatus', value: update.approval });
  }
  if (update.approvalDescription !== undefined) {
    lines.push({
      name: 'ApprovalDescription',
      value: update.approvalDescription
    });
  }
  if (update.lifeCycle) {
    lines.push({
      name: 'ModelLifeCycle',
      value: `${update.lifeCycle.stage} / ${update.lifeCycle.status}`
    });
  }
  return lines;
}

/**
 * One token per distinct change: sending the same again does not act twice, and
 * a change edited after a failure is a new one.
 */
export class ChangeTokens {
  /** Token of a change, at most 36 characters. */
  of(update: IModelPackageUpdate): string {
    const key = JSON.stringify(update);
    let token = this._tokens.get(key);
    if (!token) {
      token = newToken();
      this._tokens.set(key, token);
    }
    return token;
  }

  /** Was this change sent before? */
  used(update: IModelPackageUpdate): boolean {
    return this._tokens.has(JSON.stringify(update));
  }

  private _tokens = new Map<string, string>();
}

/** Somebody changed the version after we read it. */
export class ConflictError extends Error {
  constructor(
    readonly before: IModelPackageDetails,
    readonly now: IModelPackageDetails
  ) {
    super(`Version ${now.version} was changed by somebody else`);
    this.name = 'ConflictError';
  }
}

const facts = (v: IModelPackageDetails): string =>
  JSON.stringify([
    v.approval,
    v.approvalDescription,
    v.lifeCycle?.stage ?? null,
    v.lifeCycle?.status ?? null,
    v.lastModifiedAt
  ]);

/**
 * Refuse to overwrite what somebody else wrote since we read.
 *
 * SageMaker has no conditional write: this narrows the window to one round trip,
 * it does not close it.
 *
 * @throws ConflictError
 */
export function refuseConflict(
  before: IModelPackageDetails,
  now: IModelPackageDetails
): void {
  if (facts(before) !== facts(now)) {
    throw new ConflictError(before, now);
  }
}

/** Say a conflict: who, when, what. */
export function describeConflict(
  { before, now }: ConflictError,
  trans: TranslationBundle
): IProblem {
  const who = actorName(now.lastModifiedBy) ?? trans.__('Somebody');
  const when = now.lastModifiedAt
    ? absoluteTime(now.lastModifiedAt)
    : trans.__('an unknown time');
  const state = (v: IModelPackageDetails): string =>
    [
      approvalLabel(v.approval, trans),
      v.lifeCycle ? `${v.lifeCycle.stage} / ${v.lifeCycle.status}` : null,
      v.approvalDescription ? `“${v.approvalDescription}”` : null
    ]
      .filter(Boolean)
      .join(' · ');
  return {
    title: trans.__('Somebody else was here first'),
    message: trans.__(
      '%1 changed version %2 at %3.\nBefore: %4\nNow: %5',
      who,
      now.version,
      when,
      state(before),
      state(now)
    ),
    hint: trans.__(
      'Nothing was written. Check what stands there now, then send again or cancel; your text is kept.'
    ),
    action: 'none',
    details: [
      `ConflictError: ${now.arn}`,
      `before: ${facts(before)}`,
      `now: ${facts(now)}`
    ].join('\n'),
    retryable: false
  };
}
