import type { TranslationBundle } from '@jupyterlab/translation';

import type {
  ApprovalStatus,
  IGovernanceStatus,
  StatusBucket
} from '../tokens';
import type { GlyphName } from './glyph';
import { Glyph } from './glyph';
import '../../style/ui.css';

/** What a badge can stand for; each has its own drawing and colours. */
export type BadgeKind =
  StatusBucket | Exclude<IGovernanceStatus['state'], 'linked'>;

const GLYPHS: Record<BadgeKind, GlyphName> = {
  approved: 'check',
  pending: 'clock',
  progress: 'play',
  draft: 'pen',
  rejected: 'cross',
  retired: 'box',
  other: 'question',
  'no-status': 'dash',
  'not-linked': 'link',
  'could-not-read': 'warning',
  loading: 'dots'
};

export interface IStatusBadgeProps {
  /** Bucket of the status word; only with state `linked`. */
  bucket?: StatusBucket | null;
  /** Default `linked`. */
  state?: IGovernanceStatus['state'];
  /** The word(s), verbatim from the source. */
  label: string;
  /** The answer is old: shown hollow, with a clock in the title. */
  stale?: boolean;
  /** Tool tip; the label when absent. */
  title?: string;
}

/** Drawing and word for a governance status. Never colour alone. */
export function StatusBadge(props: IStatusBadgeProps): JSX.Element {
  const { bucket, state = 'linked', label, stale, title } = props;
  const kind: BadgeKind = state === 'linked' ? (bucket ?? 'other') : state;
  return (
    <span
      className={`jp-sg-badge${stale ? ' jp-sg-mod-stale' : ''}`}
      data-status={kind}
      title={title ?? label}
    >
      <Glyph name={GLYPHS[kind]} />
      <bdi className="jp-sg-badge-label">{label}</bdi>
      {stale && <Glyph name="clock" />}
    </span>
  );
}

/** Approval status of a version in words. */
export function approvalLabel(
  approval: ApprovalStatus,
  trans: TranslationBundle
): string {
  switch (approval) {
    case 'Approved':
      return trans.__('Approved');
    case 'Rejected':
      return trans.__('Rejected');
    case 'PendingManualApproval':
      return trans.__('Pending approval');
  }
}

const APPROVAL_BUCKET: Record<ApprovalStatus, StatusBucket> = {
  Approved: 'approved',
  Rejected: 'rejected',
  PendingManualApproval: 'pending'
};

export interface IApprovalBadgeProps {
  approval: ApprovalStatus;
  trans: TranslationBundle;
  title?: string;
}

/** Drawing and word for the approval status of a version. */
export function ApprovalBadge(props: IApprovalBadgeProps): JSX.Element {
  const { approval, trans, title } = props;
  return (
    <StatusBadge
      bucket={APPROVAL_BUCKET[approval]}
      label={approvalLabel(approval, trans)}
      title={title}
    />
  );
}
