/**
 * What happened to a version, as far as SageMaker tells. Pure.
 *
 * SageMaker keeps the creation, the last change and the last reason; it does
 * not say which change the last one was, and it overwrites the reason. So the
 * last change is shown as the last change, and what is missing is said.
 */
import { isRequested } from '../../approvals';
import type { IActor, IModelPackage } from '../../tokens';

export type TimelineKind =
  | 'registered'
  | 'requested'
  | 'approved'
  | 'rejected'
  | 'changed'
  | 'waiting-request'
  | 'waiting-decision';

/** What SageMaker does not record about a version. */
export type TimelineGap =
  /** When and why approval was requested: a later change took its place. */
  | 'request'
  /** Whether the last change was the decision or something after it. */
  | 'which-change'
  /** Who: no user profile and no identity. */
  | 'who'
  /** Reasons before the last. */
  | 'earlier-reasons';

export interface ITimelineEvent {
  kind: TimelineKind;
  /** ms since epoch; null: not recorded. */
  at: number | null;
  by: IActor | null;
  /** Reason, verbatim. */
  reason: string | null;
  /** It has not happened yet. */
  open: boolean;
}

export interface ITimeline {
  events: ITimelineEvent[];
  gaps: TimelineGap[];
}

/** Changes within this time of the creation are part of it, ms. */
const SAME_MOMENT = 2000;

function isNobody(actor: IActor | null): boolean {
  return (
    !actor || (!actor.userProfileName && !actor.sourceIdentity && !actor.arn)
  );
}

export function timelineOf(version: IModelPackage): ITimeline {
  const { approval, createdAt, createdBy, lastModifiedAt } = version;
  const reason = version.approvalDescription?.trim() || null;
  const changed =
    lastModifiedAt !== null &&
    (createdAt === null || lastModifiedAt - createdAt > SAME_MOMENT);
  const last = {
    at: changed ? lastModifiedAt : createdAt,
    by: changed ? version.lastModifiedBy : createdBy,
    reason,
    open: false
  };
  const events: ITimelineEvent[] = [
    {
      kind: 'registered',
      at: createdAt,
      by: createdBy,
      reason: null,
      open: false
    }
  ];
  const gaps: TimelineGap[] = [];
  if (approval === 'PendingManualApproval') {
    if (isRequested(version)) {
      events.push({ ...last, kind: 'requested' });
      events.push(waiting('waiting-decision'));
    } else {
      if (changed) {
        events.push({ ...last, kind: 'changed' });
      }
      events.push(waiting('waiting-request'));
    }
  } else {
    const kind = approval === 'Approved' ? 'approved' : 'rejected';
    events.push({ ...last, kind });
    gaps.push('request');
  }
  if (
    changed &&
    events.some(
      event => event.kind !== 'changed' && event.at === lastModifiedAt
    )
  ) {
    gaps.push('which-change');
  }
  if (events.some(event => !event.open && isNobody(event.by))) {
    gaps.push('who');
  }
  if (changed) {
    gaps.push('earlier-reasons');
  }
  return { events, gaps };
}

function waiting(kind: TimelineKind): ITimelineEvent {
  return { kind, at: null, by: null, reason: null, open: true };
}
