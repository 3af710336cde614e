import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { waitsForMe } from '../../approvals';
import { LinkMark } from '../../governance/linking';
import { Glyph, StatusBadge, useNow } from '../../ui';
import type { IConnection } from '../../tokens';
import type { IRow } from './rows';
import { rowText } from './rowText';
import { originOf } from '../ways';

interface IGroupRowProps {
  row: IRow;
  trans: TranslationBundle;
  /** Of the configuration; the same array while that is the same. */
  connections: readonly IConnection[];
  /** False: no governance is installed, and no row has a badge. */
  governed: boolean;
  /** Star the group, or take its star; absent: groups have no stars. */
  onStar?: (row: IRow) => void;
}

/**
 * A group in the list.
 *
 * The style sheet lays the parts out: three lines in a wide panel, four in a
 * narrow one, where the name has a line of its own. Parts are cut rather than
 * wrapped, so that all rows are alike; a part that may be cut has a title.
 */
export const GroupRow = React.memo(function GroupRow(
  props: IGroupRowProps
): JSX.Element {
  const { row, trans, connections, governed } = props;
  // Ages in the words go on while nothing else changes.
  useNow();
  const text = rowText(row, trans);
  const { latest, group } = row;
  const origin = originOf(group, row.others, connections, trans);
  const ways = origin.ways.join('\n');
  return (
    <div
      className={`jp-sg-row${governed ? '' : ' jp-sg-mod-plain'}`}
      aria-hidden="true"
    >
      <bdi
        className="jp-sg-row-name"
        title={`${group.name}\n${group.arn}\n${ways}`}
      >
        {group.name}
      </bdi>
      {props.onStar && (
        // For the pointer: inside of an option nothing can take the focus. The
        // keyboard has `*` and the menu, and the label of the row says it.
        <span
          role="presentation"
          className="jp-sg-row-star"
          data-starred={row.starred}
          title={row.starred ? trans.__('Remove star') : trans.__('Star')}
          onClick={event => {
            event.stopPropagation();
            props.onStar?.(row);
          }}
          onDoubleClick={event => event.stopPropagation()}
        >
          <Glyph name={row.starred ? 'starred' : 'star'} />
        </span>
      )}
      <span className="jp-sg-row-badge">
        {text.badge ? (
          <StatusBadge {...text.badge} />
        ) : (
          governed && (
            <StatusBadge state="loading" label={trans.__('Reading…')} />
          )
        )}
      </span>
      {origin.label && (
        <span className="jp-sg-row-origin" title={ways}>
          <bdi>{origin.label}</bdi>
          {origin.account && (
            <span className="jp-sg-row-account"> · {origin.account}</span>
          )}
        </span>
      )}
      <span className="jp-sg-row-case">
        <LinkMark group={group.arn} trans={trans} />
        {text.warning && (
          <span className="jp-sg-row-mark" title={text.warning}>
            <Glyph name="warning" />
          </span>
        )}
        <bdi className="jp-sg-row-cut" title={text.useCase}>
          {text.useCase}
        </bdi>
        {text.byName && (
          <span className="jp-sg-row-dot" title={text.byName.text}>
            {text.byName.brief}
          </span>
        )}
        {text.risk && <bdi className="jp-sg-row-dot">{text.risk}</bdi>}
      </span>
      <span className="jp-sg-row-foot">
        <span className="jp-sg-row-approval" title={text.approval}>
          {text.version && <b className="jp-sg-row-version">{text.version}</b>}{' '}
          {text.approvalWord}
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
            className="jp-sg-row-cut jp-sg-row-dot jp-sg-row-life"
            title={trans.__('Lifecycle: %1', text.lifeCycle)}
          >
            {text.lifeCycle}
          </bdi>
        )}
        {text.waiting && (
          <span
            className="jp-sg-row-waiting"
            data-you={waitsForMe(row.waiting)}
            data-doubt={row.waiting?.doubt}
            title={text.waitingTitle ?? undefined}
          >
            <bdi className="jp-sg-row-cut">{text.waiting}</bdi>
            {text.waitingAge && (
              <span className="jp-sg-row-since">{text.waitingAge}</span>
            )}
          </span>
        )}
      </span>
    </div>
  );
});
