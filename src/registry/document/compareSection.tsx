import * as React from 'react';

import { describeError } from '../../relay';
import type { IModelPackage, IModelPackageDetails } from '../../tokens';
import { ErrorNotice, Loading } from '../../ui';
import { useVersion } from '../queries';
import { useServices } from './context';
import { diffVersions, type IDifference } from './diff';
import { formatMetric } from './model';
import { Section } from './parts';
import { sectionText } from './words';

/** What changed between a version and the last approved one. */
export function CompareSection(props: {
  details: IModelPackageDetails | null;
  base: IModelPackage;
}): JSX.Element {
  const { details, base } = props;
  const { registry, trans } = useServices();
  const before = useVersion(registry, base.connection, base.arn);
  const differences = React.useMemo(
    () => (details && before.data ? diffVersions(before.data, details) : null),
    [details, before.data]
  );
  const title = details
    ? trans.__(
        'v%1 against v%2, the last approved',
        details.version,
        base.version
      )
    : trans.__('Against v%1, the last approved', base.version);
  return (
    <Section title={title} className="jp-sg-doc-compare">
      {before.error ? (
        <ErrorNotice
          problem={describeError(before.error, trans)}
          trans={trans}
          onRetry={() => void before.refetch()}
          compact
        />
      ) : !differences ? (
        <Loading trans={trans} rows={2} />
      ) : differences.every(({ change }) => change === 'same') ? (
        <p className="jp-sg-doc-quiet">
          {trans.__(
            'Nothing differs in metrics, parameters, image, metadata and model card.'
          )}
        </p>
      ) : (
        <DifferenceTable differences={differences} base={base.version} />
      )}
    </Section>
  );
}

function DifferenceTable(props: {
  differences: readonly IDifference[];
  base: number;
}): JSX.Element {
  const { trans } = useServices();
  const { differences } = props;
  return (
    <div className="jp-sg-doc-scroll">
      <table className="jp-sg-doc-plain">
        <thead>
          <tr>
            <th scope="col">{trans.__('What')}</th>
            <th scope="col">{trans.__('Change')}</th>
            <th scope="col">{trans.__('Before (v%1)', props.base)}</th>
            <th scope="col">{trans.__('Now')}</th>
          </tr>
        </thead>
        {[...new Set(differences.map(({ section }) => section))].map(
          section => (
            <tbody key={section}>
              <tr>
                <th scope="rowgroup" colSpan={4}>
                  {sectionText(section, trans)}
                </th>
              </tr>
              {differences
                .filter(difference => difference.section === section)
                .map(difference => (
                  <tr key={difference.name} data-change={difference.change}>
                    <th scope="row">
                      <bdi>{difference.name}</bdi>
                    </th>
                    <td>
                      <Change difference={difference} />
                    </td>
                    <td>
                      <Value value={difference.before} />
                    </td>
                    <td>
                      <Value value={difference.after} />
                    </td>
                  </tr>
                ))}
            </tbody>
          )
        )}
      </table>
    </div>
  );
}

function Value({ value }: { value: string | number | null }): JSX.Element {
  return (
    <bdi className="jp-sg-doc-value">
      {typeof value === 'number' ? formatMetric(value) : (value ?? '–')}
    </bdi>
  );
}

/** The kind of change in a word; for numbers the difference. */
function Change({ difference }: { difference: IDifference }): JSX.Element {
  const { trans } = useServices();
  const { before, after } = difference;
  switch (difference.change) {
    case 'added':
      return <>{trans.__('+ added')}</>;
    case 'removed':
      return <>{trans.__('− removed')}</>;
    case 'same':
      return <>{trans.__('= same')}</>;
    case 'changed':
      break;
  }
  if (typeof before === 'number' && typeof after === 'number') {
    const delta = after - before;
    return (
      <>
        {delta > 0 ? '▲ +' : '▼ −'}
        {formatMetric(Math.abs(delta))}
      </>
    );
  }
  return <>{trans.__('~ changed')}</>;
}
