import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { absoluteTime, Glyph, StatusBadge, useNow } from '../../ui';
import type { IRow } from './rows';
import { rowText } from './rowText';

interface IGroupRowProps {
  row: IRow;
  trans: TranslationBundle;
  /** Where the group comes from, when it is not the own account. */
  origin: string | null;
}

/**
 * A group in the list: three lines, in a narrow panel four, each cut rather
 * than wrapped, so that all rows are alike.
 */
export const GroupRow = React.memo(function GroupRow(
  props: IGroupRowProps
): JSX.Element {
  const { row, trans, origin } = props;
  // Ages in the words go on while nothing else changes.
  useNow();
  const text = rowText(row, trans);
  const { latest, group } = row;
  return (
    <div className="jp-sg-row" aria-hidden="true">
      <div className="jp-sg-row-head">
        <bdi className="jp-sg-row-name" title={group.arn}>
          {group.name}
        </bdi>
        {text.badge && <StatusBadge {...text.badge} />}
      </div>
      <div className="jp-sg-row-line">
        <bdi className="jp-sg-row-cut" title={text.useCase}>
          {text.useCase}
        </bdi>
        {text.risk && (
          <span className="jp-sg-row-keep jp-sg-row-risk">
            <bdi>{text.risk}</bdi>
          </span>
        )}
      </div>
      <div className="jp-sg-row-line jp-sg-row-last">
        <span className="jp-sg-row-keep">
          {text.version && <b className="jp-sg-row-version">{text.version}</b>}{' '}
          {text.approval}
          {latest?.confirming && (
            <span
              className="jp-sg-row-confirming"
              title={trans.__(
                'Written by you; the registry does not show it everywhere yet.'
              )}
            >
              <Glyph name="dots" />
            </span>
          )}
        </span>
        {text.lifeCycle && (
          <bdi
            className="jp-sg-row-cut jp-sg-row-life"
            title={trans.__('Lifecycle: %1', text.lifeCycle)}
          >
            {text.lifeCycle}
          </bdi>
        )}
        <span className="jp-sg-row-tail">
          <span
            className="jp-sg-row-waiting"
            data-you={row.waiting?.who === 'you'}
            title={[
              text.step,
              row.waiting?.since ? absoluteTime(row.waiting.since) : null
            ]
              .filter(Boolean)
              .join('\n')}
          >
            {text.waiting ?? (row.latest === undefined ? null : '—')}
          </span>
          {origin && (
            <bdi className="jp-sg-row-origin" title={origin}>
              {origin}
            </bdi>
          )}
        </span>
      </div>
    </div>
  );
});
