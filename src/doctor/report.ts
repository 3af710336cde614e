/**
 * What was found, as text for a ticket and as JSON.
 *
 * In English whatever the language of the lab: administrators and support read
 * it, and the words of the server are English too.
 */
import type { CheckState, ICheckSummary } from '../tokens';
import { sectionsOf } from './order';
import { redact } from './redact';
import type { IFinding, IPageFacts } from './stream';

const WORDS: Record<CheckState, string> = {
  failed: 'FAILED',
  warning: 'warning',
  untested: 'not testable',
  ok: 'ok',
  info: 'fact'
};

/** Everything that a report tells. */
export interface IReport {
  page: IPageFacts;
  summary: ICheckSummary;
  /** ms that it took; null: it did not come to its end. */
  ms: number | null;
  findings: readonly IFinding[];
  /** Ids of connections in the order of the configuration. */
  connections: readonly string[];
  /** Why there is no more; null: there is nothing more. */
  problem: string | null;
}

/** Text of a report; no line of it holds a secret. */
export function reportText(report: IReport): string {
  const { page, summary, ms, problem } = report;
  const counts = (Object.keys(WORDS) as CheckState[])
    .filter(state => summary.counts[state] > 0)
    .map(state => `${summary.counts[state]} ${WORDS[state]}`);
  const lines = [
    `Model governance ${page.version}, JupyterLab ${page.lab}, checked ${new Date(summary.at).toISOString()}`,
    counts.join(', ') || 'no checks',
    summary.complete
      ? `All checks in ${((ms ?? 0) / 1000).toFixed(1)} s.`
      : 'INCOMPLETE: not everything was looked at.',
    ...(problem ? [problem] : [])
  ];
  for (const section of sectionsOf(report.findings, report.connections)) {
    const { group, connection, findings } = section;
    lines.push('', `[${connection ? `${group} ${connection}` : group}]`);
    for (const finding of findings) {
      const { check, subject, state, message, hint } = finding;
      const of = [
        check,
        connection ? null : finding.connection,
        subject
      ].filter(Boolean);
      lines.push(`${WORDS[state].padEnd(13)}${of.join(' ')}: ${message}`);
      if (hint) {
        lines.push(`${''.padEnd(13)}-> ${hint}`);
      }
    }
  }
  return lines.map(line => keepIndent(line)).join('\n');
}

/** `redact` puts a text on one line and trims it; the indent is ours. */
function keepIndent(line: string): string {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const [, word = '', rest = line.trim()] =
    /^(FAILED|warning|not testable|ok|fact)( .*)$/.exec(line.trim()) ?? [];
  return word
    ? `${indent}${word.padEnd(13)}${redact(rest)}`
    : `${indent}${redact(rest)}`;
}

/** The same as JSON, two spaces deep. */
export function reportJson(report: IReport): string {
  const { page, summary, ms, findings, problem } = report;
  return JSON.stringify(
    {
      version: page.version,
      api: page.api,
      jupyterlab: page.lab,
      at: new Date(summary.at).toISOString(),
      ms,
      complete: summary.complete,
      problem: problem && redact(problem),
      counts: summary.counts,
      findings: findings.map(finding => ({
        ...finding,
        message: redact(finding.message),
        hint: redact(finding.hint)
      }))
    },
    null,
    2
  );
}
