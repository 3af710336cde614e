/** The table of what differs between two versions. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { formatChange, formatMetric } from '../ui';
import type { DiffSection, IDifference } from './compare';
import '../../style/approvals.css';

export interface IDifferencesProps {
  differences: readonly IDifference[];
  /** Number of the version on the left. */
  before: number;
  /** Number of the version on the right. */
  now: number;
  /** Accessible name. */
  label: string;
  trans: TranslationBundle;
}

/** Before, now and the change, by section; what is the same stands back. */
export function Differences(props: IDifferencesProps): JSX.Element {
  const { differences, before, now, label, trans } = props;
  return (
    <div className="jp-sg-diff">
      <table aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{trans.__('What')}</th>
            <th scope="col">{`v${before}`}</th>
            <th scope="col">{`v${now}`}</th>
            <th scope="col">{trans.__('Change')}</th>
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
                      <bdi>{nameOf(difference, trans)}</bdi>
                    </th>
                    <td>
                      <Value value={difference.before} />
                    </td>
                    <td>
                      <Value value={difference.after} />
                    </td>
                    <td>{changeText(difference, trans)}</td>
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
    <bdi>
      {typeof value === 'number' ? formatMetric(value) : (value ?? '–')}
    </bdi>
  );
}

/** The kind of change in a word; for numbers the difference. */
function changeText(
  { change, before, after }: IDifference,
  trans: TranslationBundle
): string {
  switch (change) {
    case 'added':
      return trans.__('+ added');
    case 'removed':
      return trans.__('− removed');
    case 'same':
      return trans.__('= same');
    case 'changed':
      return typeof before === 'number' && typeof after === 'number'
        ? `${after > before ? '▲' : '▼'} ${formatChange(after, before)}`
        : trans.__('~ changed');
  }
}

/** What people call a fact; others keep the name that the source gives them. */
function nameOf({ name }: IDifference, trans: TranslationBundle): string {
  // Of several containers each is counted: `2 image`.
  const [, number, fact] = /^(?:(\d+) )?(.*)$/.exec(name) ?? [];
  const word = wordOf(fact, trans);
  return word ? (number ? `${number} ${word}` : word) : name;
}

function wordOf(fact: string, trans: TranslationBundle): string | null {
  switch (fact) {
    case 'image':
      return trans.__('Image');
    case 'modelDataUrl':
      return trans.__('Model artifact');
    case 'framework':
      return trans.__('Framework');
    case 'frameworkVersion':
      return trans.__('Framework version');
    case 'sourceUri':
      return trans.__('Source');
    case 'intended_uses.intended_uses':
      return trans.__('Intended use');
    case 'intended_uses.risk_rating':
      return trans.__('Risk rating');
    case 'additional_information.custom_details.UseCaseId':
      return trans.__('Use case');
    default:
      return null;
  }
}

function sectionText(section: DiffSection, trans: TranslationBundle): string {
  switch (section) {
    case 'metric':
      return trans.__('Metrics');
    case 'param':
      return trans.__('Parameters');
    case 'container':
      return trans.__('Image and model');
    case 'metadata':
      return trans.__('Metadata');
    case 'card':
      return trans.__('Model card');
  }
}
