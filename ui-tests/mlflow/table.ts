/** The table of docs/mlflow.md: which page of which version is shown. */
import { changesOf } from './changes';
import { FAULTS, LEFT, REFUSED, WALKED } from './pages';
import type { IPage } from './pages';
import { isAtLeast, patterns, VERSIONS } from './server';

/** The pages of a version, in the order of its router. */
export function pagesOf(version: string): IPage[] {
  return patterns(version)
    .flatMap(pattern => WALKED[pattern] ?? [])
    .filter(
      ({ since, until }) =>
        (!since || isAtLeast(version, since)) &&
        (!until || !isAtLeast(version, until))
    );
}

/** Patterns of a version that no list has. */
export function unknown(version: string): string[] {
  return patterns(version).filter(
    pattern => !(pattern in WALKED) && !(pattern in LEFT)
  );
}

/** Lines of Markdown. */
export function table(): string {
  const shown = new Map(
    VERSIONS.map(version => [
      version,
      new Set(
        [...pagesOf(version), ...changesOf(version)].map(
          ({ feature }) => feature
        )
      )
    ])
  );
  const features = [
    ...new Set(VERSIONS.flatMap(version => [...(shown.get(version) ?? [])]))
  ].sort();
  const row = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const left = Object.entries(LEFT).filter(([pattern]) =>
    VERSIONS.some(version => patterns(version).includes(pattern))
  );
  return [
    row([
      'Page, or what is done there',
      ...VERSIONS.map(version => `MLflow ${version}`)
    ]),
    row(['---', ...VERSIONS.map(() => '---')]),
    ...features.map(feature =>
      row([
        feature,
        ...VERSIONS.map(version =>
          shown.get(version)?.has(feature) ? 'yes' : 'not in this MLflow'
        )
      ])
    ),
    '',
    'Not walked:',
    '',
    row(['Page', 'Why']),
    row(['---', '---']),
    ...left.map(([pattern, why]) => row([`\`${pattern}\``, why])),
    '',
    'Refused by design, in every version:',
    '',
    row(['Call', 'Answer', 'Why']),
    row(['---', '---', '---']),
    ...REFUSED.map(({ name, status, why }) =>
      row([`\`${name}\``, String(status), why])
    ),
    '',
    'Faults of MLflow’s own, the same in a browser tab:',
    '',
    row(['MLflow', 'What was done', 'What is seen']),
    row(['---', '---', '---']),
    ...FAULTS.map(({ versions, what, then }) =>
      row([versions.join(', '), what, then])
    )
  ].join('\n');
}
