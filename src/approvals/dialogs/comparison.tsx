/** Differences to the last approved version, as the approver reads them. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IComparison, IMetricChange, IValueChange } from '../compare';

const SIGNIFICANT = 4;

function num(value: number | null): string {
  return value === null
    ? '–'
    : Number.isInteger(value)
      ? String(value)
      : value.toPrecision(SIGNIFICANT);
}

function difference({ now, before }: IMetricChange): string {
  if (now === null || before === null) {
    return '';
  }
  const d = now - before;
  const text = Number(Math.abs(d).toPrecision(SIGNIFICANT));
  return d === 0 ? '±0' : `${d > 0 ? '+' : '−'}${text}`;
}

function nameOf(change: IValueChange, trans: TranslationBundle): string {
  switch (change.kind) {
    case 'param':
      return change.name;
    case 'image':
      return trans.__('Image');
    case 'artifact':
      return trans.__('Model artifact');
    case 'framework':
      return trans.__('Framework');
    case 'intended-use':
      return trans.__('Intended use');
    case 'use-case':
      return trans.__('Use case');
  }
}

/** What changed against the last approved version. */
export function Comparison(props: {
  comparison: IComparison | null;
  /** Version number decided on. */
  version: number;
  trans: TranslationBundle;
}): JSX.Element {
  const { comparison, version, trans } = props;
  if (!comparison) {
    return (
      <p className="jp-sg-compare-none">
        {trans.__(
          'No approved version found to compare with: this would be the first.'
        )}
      </p>
    );
  }
  const { against, metrics, values } = comparison;
  const title = trans.__(
    'Version %1 against %2, the last approved one',
    version,
    against.version
  );
  return (
    <details className="jp-sg-compare" open>
      <summary>{title}</summary>
      {metrics.length === 0 && values.length === 0 ? (
        <p>
          {trans.__('No difference in metrics, parameters, image or card.')}
        </p>
      ) : (
        <table aria-label={title}>
          <thead>
            <tr>
              <th scope="col">{trans.__('What')}</th>
              <th scope="col">{`v${against.version}`}</th>
              <th scope="col">{`v${version}`}</th>
              <th scope="col">{trans.__('Change')}</th>
            </tr>
          </thead>
          <tbody>
            {metrics.map(metric => (
              <tr key={`m-${metric.name}`}>
                <th scope="row">
                  <bdi>{metric.name}</bdi>
                </th>
                <td className="jp-sg-mod-number">{num(metric.before)}</td>
                <td className="jp-sg-mod-number">{num(metric.now)}</td>
                <td className="jp-sg-mod-number">{difference(metric)}</td>
              </tr>
            ))}
            {values.map(change => (
              <tr key={`${change.kind}-${change.name}`}>
                <th scope="row">
                  <bdi>{nameOf(change, trans)}</bdi>
                </th>
                <td>
                  <bdi>{change.before ?? '–'}</bdi>
                </td>
                <td>
                  <bdi>{change.now ?? '–'}</bdi>
                </td>
                <td>
                  {change.before === null
                    ? trans.__('added')
                    : change.now === null
                      ? trans.__('removed')
                      : trans.__('changed')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
}
