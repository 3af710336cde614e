/** A row in words: what is drawn, and what a screen reader says. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { waitingText } from '../../approvals';
import {
  isDenied,
  statusLabel,
  statusNotes,
  unknownReason
} from '../../governance';
import { recordText } from '../../governance/linking';
import type { IStatusNote } from '../../governance';
import { describeError } from '../../relay';
import type {
  IConnection,
  IGovernanceStatus,
  IModelPackage,
  IUseCase
} from '../../tokens';
import { duration } from '../../ui';
import type { IStatusBadgeProps } from '../../ui';
import type { IRow } from './rows';
import { originOf } from '../ways';

/** Words of a row. */
export interface IRowText {
  /** null: governance is not installed. */
  badge: IStatusBadgeProps | null;
  /** Use case, or why there is none. */
  useCase: string;
  /** What is wrong with the link, line by line; null: nothing. */
  warning: string | null;
  /** Only its name ties the group to the use case. */
  byName: IStatusNote | null;
  risk: string | null;
  /** `v12`; null: the group has no version, or it is being read. */
  version: string | null;
  /** Approval, or why there is nothing to say. */
  approval: string;
  /** The same as briefly as a row beside its version needs it. */
  approvalWord: string;
  /** Stage and status verbatim. */
  lifeCycle: string | null;
  /** Who has the ball, briefly. */
  waiting: string | null;
  /** Since when, briefly. */
  waitingAge: string | null;
  /** The same in full, for tooltips and screen readers. */
  waitingSentence: string | null;
  /** With the next step, and what is not certain about it; line by line. */
  waitingTitle: string | null;
}

function badgeOf(
  status: IGovernanceStatus,
  trans: TranslationBundle
): IStatusBadgeProps {
  const label = statusLabel(status, trans);
  const reason = unknownReason(status, trans);
  return {
    state: status.state,
    bucket: status.bucket,
    label,
    stale: status.stale,
    title: [
      label,
      reason?.why,
      reason?.next,
      ...statusNotes(status, trans).map(note => note.text)
    ]
      .filter(Boolean)
      .join('\n')
  };
}

function nameOf({ key, name }: IUseCase): string {
  return key && !name.startsWith(key) ? `${key} ${name}` : name;
}

function useCaseOf({ status, group }: IRow, trans: TranslationBundle): string {
  if (!status) {
    return group.description;
  }
  const { useCase, state, lastKnown } = status;
  const name = useCase ? nameOf(useCase) : null;
  if (state === 'could-not-read' && lastKnown) {
    const last = trans.__(
      'Last known: %1, %2 ago',
      lastKnown.status,
      duration(lastKnown.readAt)
    );
    return name ? `${last} · ${name}` : last;
  }
  if (name) {
    return name;
  }
  switch (state) {
    case 'not-linked':
      return trans.__('No use case');
    case 'could-not-read':
      return isDenied(status)
        ? trans.__('A use case that you may not see')
        : trans.__('The use case could not be read');
    default:
      return '';
  }
}

function riskOf(
  status: IGovernanceStatus | null,
  trans: TranslationBundle
): string | null {
  const level = status?.useCase?.riskLevel;
  return level ? trans.__('%1 risk', level) : null;
}

function approvalOf(latest: IModelPackage, trans: TranslationBundle): string {
  switch (latest.approval) {
    case 'Approved':
      return trans.__('approved');
    case 'Rejected':
      return trans.__('rejected');
    case 'PendingManualApproval':
      return trans.__('pending approval');
  }
}

function lifeCycleOf({ lifeCycle }: IModelPackage): string | null {
  return lifeCycle
    ? [lifeCycle.stage, lifeCycle.status].filter(Boolean).join(' / ')
    : null;
}

/** Words of a row that tell where things stand, for the search. */
export function searchWords(
  status: IGovernanceStatus | null,
  latest: IModelPackage | null | undefined,
  trans: TranslationBundle
): string[] {
  return [
    status ? statusLabel(status, trans) : null,
    riskOf(status, trans),
    latest ? approvalOf(latest, trans) : null,
    latest ? lifeCycleOf(latest) : null
  ].filter((word): word is string => word !== null);
}

/** Put a row into words. */
export function rowText(row: IRow, trans: TranslationBundle): IRowText {
  const { latest, latestError, status, waiting } = row;
  const ball = waiting ? waitingText(waiting, trans) : null;
  const notes = status ? statusNotes(status, trans) : [];
  const warnings = notes.filter(({ kind }) => kind !== 'by-name');
  const approval = latest
    ? approvalOf(latest, trans)
    : latestError
      ? describeError(latestError, trans).title
      : latest === null
        ? trans.__('No version yet')
        : trans.__('Reading…');
  return {
    badge: status ? badgeOf(status, trans) : null,
    useCase: useCaseOf(row, trans),
    warning: warnings.map(note => note.text).join('\n') || null,
    byName: notes.find(({ kind }) => kind === 'by-name') ?? null,
    risk: riskOf(status, trans),
    version: latest ? `v${latest.version}` : null,
    approval,
    approvalWord:
      latest?.approval === 'PendingManualApproval'
        ? trans.__('pending')
        : approval,
    lifeCycle: latest ? lifeCycleOf(latest) : null,
    waiting: ball?.whom ?? null,
    waitingAge: ball?.age ?? null,
    waitingSentence: ball?.sentence ?? null,
    waitingTitle: ball
      ? [ball.sentence, ball.step, ball.doubt, ball.moment]
          .filter(Boolean)
          .join('\n')
      : null
  };
}

/** What a screen reader says of a row. */
export function rowLabel(
  row: IRow,
  trans: TranslationBundle,
  connections: readonly IConnection[]
): string {
  const text = rowText(row, trans);
  const { group, others, status } = row;
  const { account, label, ways } = originOf(group, others, connections, trans);
  return [
    row.group.name,
    row.starred ? trans.__('starred') : null,
    text.badge ? trans.__('status %1', text.badge.label) : null,
    text.badge?.stale ? trans.__('out of date') : null,
    recordText(row.group.arn, trans),
    text.useCase,
    ...(status ? statusNotes(status, trans).map(note => note.brief) : []),
    text.risk,
    [text.version, text.approval].filter(Boolean).join(' '),
    row.latest?.confirming ? trans.__('being confirmed') : null,
    text.lifeCycle,
    text.waitingSentence,
    label,
    account ? trans.__('account %1', account) : null,
    others.length ? trans.__('also %1', ways.slice(1).join('; ')) : null,
    status ? unknownReason(status, trans)?.next : null
  ]
    .filter(Boolean)
    .join(', ');
}
