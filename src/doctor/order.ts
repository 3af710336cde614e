/** What is shown in which order; pure. */
import type { CheckState } from '../tokens';
import type { ICheckGroup, IFinding } from './stream';

/** The worst first. */
export const STATES: readonly CheckState[] = [
  'failed',
  'warning',
  'ok',
  'untested',
  'info'
];

const GROUPS: readonly ICheckGroup[] = [
  'installation',
  'identity',
  'registry',
  'openpages',
  'mlflow'
];

/** Findings under one heading. */
export interface ISection {
  group: ICheckGroup;
  /** Connection of the heading; null: the heading is of the group. */
  connection: string | null;
  findings: IFinding[];
}

/** How many there are of each state. */
export function countStates(
  findings: readonly IFinding[]
): Record<CheckState, number> {
  const counts = { failed: 0, warning: 0, untested: 0, ok: 0, info: 0 };
  findings.forEach(({ state }) => counts[state]++);
  return counts;
}

/** Whether somebody has something to do. */
export function needsAttention({ state }: IFinding): boolean {
  return state === 'failed' || state === 'warning';
}

/**
 * Headings with their findings: registries, consoles and MLflow servers one by
 * one, in the order of the configuration; what failed first.
 *
 * @param connections - ids in the order of the configuration
 */
export function sectionsOf(
  findings: readonly IFinding[],
  connections: readonly string[]
): ISection[] {
  const place = (id: string | null): number =>
    id === null ? -1 : (connections.indexOf(id) + 1 || Infinity) - 1;
  const sections: ISection[] = [];
  for (const group of GROUPS) {
    const inside = findings.filter(finding => finding.group === group);
    const apart = group !== 'installation' && group !== 'identity';
    const ids = apart
      ? [...new Set(inside.map(({ connection }) => connection))]
      : [null];
    ids.sort((a, b) => compare(place(a), place(b)));
    for (const id of ids) {
      const own = inside.filter(
        ({ connection }) => !apart || connection === id
      );
      if (own.length > 0) {
        sections.push({
          group,
          connection: id,
          findings: own.sort(
            (a, b) =>
              compare(rank(a), rank(b)) ||
              compare(place(a.connection), place(b.connection))
          )
        });
      }
    }
  }
  return sections;
}

/** Sections in which something failed before the others, then warnings. */
export function worstFirst(sections: readonly ISection[]): ISection[] {
  const weight = ({ findings }: ISection): number =>
    findings.some(({ state }) => state === 'failed')
      ? 0
      : findings.some(({ state }) => state === 'warning')
        ? 1
        : 2;
  return [...sections].sort((a, b) => weight(a) - weight(b));
}

/** A line, or several rights that are fine: there are many of them. */
export interface IEntry extends IFinding {
  /** Subjects of the lines that are shown as one. */
  subjects: readonly string[];
}

/** Lines of a section; rights that are fine become one. */
export function entriesOf(findings: readonly IFinding[]): IEntry[] {
  const fine = ({ check, state, subject }: IFinding): boolean =>
    check === 'action' && state === 'ok' && subject !== null;
  const allowed = findings.filter(fine);
  return findings
    .filter(finding => !fine(finding) || finding === allowed[0])
    .map(finding => ({
      ...finding,
      ms:
        finding === allowed[0]
          ? allowed.reduce((sum, { ms }) => sum + ms, 0)
          : finding.ms,
      subjects: fine(finding)
        ? allowed.map(({ subject }) => subject ?? '')
        : finding.subject === null
          ? []
          : [finding.subject]
    }));
}

function rank({ state }: IFinding): number {
  return STATES.indexOf(state);
}

/** Also where both are infinite, which a difference would not order. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
