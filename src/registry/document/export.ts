/** A version's facts for auditors, as JSON and as CSV. Pure but for `save`. */
import type {
  IGovernanceStatus,
  IModelPackageDetails,
  IModelPackageGroup,
  ISourceAnswer
} from '../../tokens';

import { factsOf } from '../../approvals';
import { timelineOf } from './timeline';

/** What is exported. */
export interface IExportInput {
  group: IModelPackageGroup;
  version: IModelPackageDetails;
  /** null: governance is off. */
  status: IGovernanceStatus | null;
  /** ms since epoch. */
  exportedAt: number;
}

const iso = (at: number | null): string | null =>
  at === null ? null : new Date(at).toISOString();

function answerFacts(answer: ISourceAnswer): Record<string, unknown> {
  return {
    source: answer.source,
    connection: answer.connection,
    state: answer.state,
    matchedBy: answer.matchedBy,
    readAt: iso(answer.readAt),
    useCase: answer.useCase,
    error: answer.error instanceof Error ? answer.error.message : null
  };
}

/** Everything the document shows, with where each part comes from. */
export function exportFacts(input: IExportInput): Record<string, unknown> {
  const { group, version, status } = input;
  const { events, gaps } = timelineOf(version);
  return {
    format: 'sagemaker-governance/version-facts',
    formatVersion: 1,
    exportedAt: iso(input.exportedAt),
    group: {
      name: group.name,
      arn: group.arn,
      account: group.account,
      region: group.region,
      description: group.description,
      createdAt: iso(group.createdAt),
      createdBy: group.createdBy,
      tags: group.tags
    },
    version: {
      number: version.version,
      arn: version.arn,
      description: version.description,
      status: version.status,
      approval: version.approval,
      approvalDescription: version.approvalDescription,
      lifeCycle: version.lifeCycle,
      registrationType: version.registrationType,
      createdAt: iso(version.createdAt),
      createdBy: version.createdBy,
      lastModifiedAt: iso(version.lastModifiedAt),
      lastModifiedBy: version.lastModifiedBy,
      sourceUri: version.sourceUri,
      containers: version.containers,
      metrics: version.metrics,
      metadata: version.metadata,
      mlflowRun: version.run,
      modelCardStatus: version.card?.status ?? null,
      modelCard: version.card?.raw ?? null
    },
    timeline: {
      events: events.map(event => ({ ...event, at: iso(event.at) })),
      notRecordedBySageMaker: gaps
    },
    governance: status
      ? {
          state: status.state,
          status: status.useCase?.status ?? null,
          bucket: status.bucket,
          stale: status.stale,
          source: status.source,
          readAt: iso(status.readAt),
          lastKnown: status.lastKnown
            ? { ...status.lastKnown, readAt: iso(status.lastKnown.readAt) }
            : null,
          disagreement: status.disagreement,
          useCase: status.useCase,
          answers: status.answers.map(answerFacts)
        }
      : null
  };
}

/** One fact a line: section, name, value. */
export function exportRows(input: IExportInput): string[][] {
  const { group, version, status } = input;
  const rows: string[][] = [['section', 'name', 'value']];
  const add = (section: string, facts: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(facts)) {
      if (value !== null && value !== undefined && value !== '') {
        rows.push([section, name, String(value)]);
      }
    }
  };
  add('export', { exportedAt: iso(input.exportedAt) });
  add('group', {
    name: group.name,
    arn: group.arn,
    account: group.account,
    region: group.region
  });
  add('version', {
    number: version.version,
    arn: version.arn,
    status: version.status,
    approval: version.approval,
    approvalDescription: version.approvalDescription,
    stage: version.lifeCycle?.stage,
    stageStatus: version.lifeCycle?.status
  });
  const { events, gaps } = timelineOf(version);
  for (const event of events) {
    const who =
      event.by?.userProfileName ?? event.by?.sourceIdentity ?? event.by?.arn;
    add('timeline', {
      [event.kind]: [iso(event.at), who, event.reason]
        .filter(Boolean)
        .join(' | ')
    });
  }
  gaps.forEach(gap => rows.push(['timeline', 'not recorded', gap]));
  for (const [section, facts] of Object.entries(factsOf(version))) {
    add(section, Object.fromEntries(facts));
  }
  if (status) {
    add('governance', {
      state: status.state,
      status: status.useCase?.status,
      bucket: status.bucket,
      stale: status.stale,
      source: status.source,
      readAt: iso(status.readAt),
      disagreement: status.disagreement,
      useCaseId: status.useCase?.id,
      useCase: status.useCase?.name,
      riskLevel: status.useCase?.riskLevel,
      owner: status.useCase?.owner,
      entity: status.useCase?.entity
    });
    for (const { source, connection, state, useCase } of status.answers) {
      rows.push([
        'governance source',
        [source, connection].filter(Boolean).join(' '),
        [state, useCase?.id, useCase?.status].filter(Boolean).join(' | ')
      ]);
    }
  }
  return rows;
}

/**
 * A cell of RFC 4180; text that a spreadsheet would run as a formula is
 * preceded by an apostrophe (OWASP, CSV injection), numbers are not.
 */
function csvCell(text: string): string {
  const formula = /^[=+\-@\t\r]/.test(text) && !Number.isFinite(Number(text));
  const safe = formula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/** CSV with CRLF and a byte order mark, so that spreadsheets see UTF-8. */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return `\ufeff${rows.map(row => row.map(csvCell).join(',')).join('\r\n')}\r\n`;
}

/** File name for an export; the ARN's name is plain ASCII. */
export function exportName(input: IExportInput, ending: string): string {
  return `${input.group.name}-v${input.version.version}-facts.${ending}`;
}

/** Hand a text to the browser as a download. */
export function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The download has begun by then; browsers offer no event for it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
