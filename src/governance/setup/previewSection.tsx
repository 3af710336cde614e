/** Rows of the console as the product will read them. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { StatusBucket } from '../../tokens';
import { Loading, Notice, StatusBadge } from '../../ui';
import { Part } from './parts';
import { MOST_OBJECTS } from './reader';
import type { IPreview, ISetupSnapshot } from './snapshot';
import { slotLabel } from './words';

export interface IPreviewProps {
  snapshot: ISetupSnapshot;
  bucketOf: (word: string) => StatusBucket;
  trans: TranslationBundle;
}

function columnLabel(
  column: IPreview['columns'][number],
  trans: TranslationBundle
): string {
  return column === 'name'
    ? trans.__('Use case')
    : column === 'groupName'
      ? trans.__('Model group')
      : slotLabel(column, trans);
}

export function PreviewSection(props: IPreviewProps): JSX.Element {
  const { snapshot, bucketOf, trans } = props;
  const { preview, steps } = snapshot;
  const ready = !!preview && steps.preview.state === 'done';
  return (
    <Part
      title={trans.__('Sample rows')}
      hint={trans.__('The first rows of the console under this mapping.')}
    >
      <Matches snapshot={snapshot} trans={trans} />
      {steps.preview.state === 'running' && <Loading trans={trans} rows={2} />}
      {!ready && steps.preview.state === 'waiting' && (
        <p className="jp-sg-setup-quiet">
          {trans.__(
            'They are read once the use case and its status are known.'
          )}
        </p>
      )}
      {!ready &&
        (steps.preview.state === 'failed' ||
          steps.preview.state === 'cancelled') && (
          <p className="jp-sg-setup-quiet">
            {trans.__('They could not be read.')}
          </p>
        )}
      {ready && preview.rows.length === 0 && (
        <Notice>
          {trans.__(
            'The console shows no row: no use case with a model group that this user may read.'
          )}
        </Notice>
      )}
      {ready && preview.rows.length > 0 && (
        <div
          className="jp-sg-setup-scroll"
          role="region"
          aria-label={trans.__('Rows of the console')}
          tabIndex={0}
        >
          <table className="jp-sg-setup-table" data-rows="sample">
            <thead>
              <tr>
                {preview.columns.map(column => (
                  <th key={column} scope="col">
                    {columnLabel(column, trans)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {preview.rows.map((row, index) => (
                <tr key={index}>
                  {preview.columns.map((column, at) => (
                    <td key={column} data-column={column}>
                      {row[at] === null ? (
                        <span className="jp-sg-setup-quiet">
                          {trans.__('empty')}
                        </span>
                      ) : column === 'status' ? (
                        <StatusBadge
                          bucket={bucketOf(row[at] ?? '')}
                          label={row[at] ?? ''}
                        />
                      ) : (
                        <bdi>{row[at]}</bdi>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Part>
  );
}

/** How many groups of ours the console knows under this mapping. */
function Matches(props: {
  snapshot: ISetupSnapshot;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { snapshot, trans } = props;
  const { matched, groups, resolved, steps } = snapshot;
  if (!matched || steps.links.state !== 'done') {
    return null;
  }
  const ours = groups.byArn.size;
  const words = trans.__(
    '%1 of the %2 linked model groups of the console match one of your %3 groups, by %4.',
    matched.ours.toLocaleString(),
    matched.objects.toLocaleString(),
    ours.toLocaleString(),
    resolved.mapping.groupArn ? trans.__('ARN') : trans.__('name')
  );
  const capped = matched.capped
    ? trans.__(
        'Only the first %1 links were read.',
        MOST_OBJECTS.toLocaleString()
      )
    : '';
  return matched.ours > 0 ? (
    <p>
      <strong>{words}</strong> {capped}
    </p>
  ) : (
    <Notice>
      {words} {capped}{' '}
      {trans.__('Under this mapping no row of the panel would have a status.')}
    </Notice>
  );
}
