/** What was written from here, in the row and in the document of its group. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { CommandIDs } from '../../tokens';
import { absoluteTime, Age, Glyph } from '../../ui';
import {
  actionServices,
  type ILinkRecord,
  type IMoveRecord,
  type IRecord,
  PATIENCE,
  rest,
  trailOf,
  unclear,
  undoable,
  useLinkRecord,
  useMoveRecord
} from '../trail';
import { PartsList } from './preview';
import '../../../style/linking.css';

/** A record in one line, e.g. for a row. */
export function recordSummary(
  record: IRecord,
  trans: TranslationBundle
): string | null {
  if (record.state === 'late') {
    return record.kind === 'workflow'
      ? trans.__('Workflow: not shown yet')
      : trans.__('Link: not shown yet');
  }
  if (record.kind !== 'workflow' && unclear(record)) {
    return trans.__('Link: not clear what was written');
  }
  if (record.kind === 'link' && rest(record).length) {
    return trans.__('Link: partly written');
  }
  if (record.kind === 'unlink' && rest(record).length) {
    return trans.__('Link: partly taken back');
  }
  if (record.state === 'confirmed') {
    return null;
  }
  switch (record.kind) {
    case 'link':
      return trans.__('Linked · waiting for synchronisation');
    case 'unlink':
      return trans.__('Unlinked · waiting for synchronisation');
    case 'workflow':
      return trans.__('Workflow moved · waiting for synchronisation');
  }
}

/** Mark in a row; nothing when there is nothing to wait for. */
export function LinkMark(props: {
  /** ARN of the group. */
  group: string;
  trans: TranslationBundle;
}): JSX.Element | null {
  const link = useLinkRecord(props.group);
  const move = useMoveRecord(props.group);
  const record = link && recordSummary(link, props.trans) ? link : move;
  const text = record && recordSummary(record, props.trans);
  if (!record || !text) {
    return null;
  }
  const what =
    record.kind === 'workflow'
      ? `${record.object.label} · ${record.action ?? record.workflow}`
      : record.useCase.label;
  return (
    <span
      className="jp-sg-link-mark"
      data-state={record.state}
      title={`${text}\n${what}\n${absoluteTime(record.at)}`}
    >
      <Glyph name={record.state === 'late' ? 'warning' : 'clock'} />
      <span className="jp-sg-row-cut">{text}</span>
    </span>
  );
}

/** Whether a link of a group was written from here and can be taken back. */
export function canUndoLink(group: string): boolean {
  const record = trailOf()?.link(group);
  return !!record && undoable(record);
}

export interface ILinkNoticeProps {
  /** ARN of the group. */
  group: string;
  trans: TranslationBundle;
}

/** What was written, since when we wait for it, and the ways out. */
export function LinkNotice(props: ILinkNoticeProps): JSX.Element {
  const link = useLinkRecord(props.group);
  const move = useMoveRecord(props.group);
  return (
    <>
      {link ? <LinkedNotice record={link} trans={props.trans} /> : null}
      {move ? <MoveNotice record={move} trans={props.trans} /> : null}
    </>
  );
}

/** What a screen reader says of a row, beside its status; null: nothing. */
export function recordText(
  group: string,
  trans: TranslationBundle
): string | null {
  const trail = trailOf();
  const [link, move] = [trail?.link(group), trail?.move(group)];
  return (
    (link && recordSummary(link, trans)) ??
    (move && recordSummary(move, trans)) ??
    null
  );
}

function Frame(props: {
  record: IRecord;
  title: string;
  children: React.ReactNode;
  actions: { label: string; onClick: () => void }[];
}): JSX.Element {
  const { record } = props;
  return (
    <section
      className="jp-sg-link-notice"
      data-state={record.state}
      aria-label={props.title}
    >
      <p className="jp-sg-link-title" role="status">
        <Glyph
          name={
            record.state === 'confirmed'
              ? 'check'
              : record.state === 'late'
                ? 'warning'
                : 'clock'
          }
        />
        <strong>{props.title}</strong>
      </p>
      {props.children}
      <div className="jp-sg-actions">
        {props.actions.map(({ label, onClick }) => (
          <button
            key={label}
            type="button"
            className="jp-sg-link"
            onClick={onClick}
          >
            {label}
          </button>
        ))}
      </div>
    </section>
  );
}

/** How long nothing has been shown, and what to do about it. */
function late({ consoleLabel }: IRecord, trans: TranslationBundle): string {
  return trans.__(
    '%1 has not shown it for %2 minutes after it was written. Look again, or see in the governance console what became of it.',
    consoleLabel,
    Math.round(PATIENCE / 60_000)
  );
}

function LinkedNotice(props: {
  record: ILinkRecord;
  trans: TranslationBundle;
}): JSX.Element {
  const { record, trans } = props;
  const open = rest(record);
  const begun = open.length > 0;
  const run = (command: string) => () =>
    void actionServices()?.commands.execute(command, {
      connection: record.connection,
      group: record.group
    });
  const { url } = record.useCase;
  const confirmed = record.state === 'confirmed' && !begun;
  return (
    <Frame
      record={record}
      title={titleOf(record, begun, trans)}
      actions={[
        ...(begun
          ? [
              {
                label: trans.__('Try the rest again'),
                onClick: run(
                  record.kind === 'link'
                    ? CommandIDs.linkUseCase
                    : CommandIDs.undoLink
                )
              }
            ]
          : []),
        ...(record.state === 'late' ? [lookAgain(record, trans)] : []),
        ...(record.kind === 'link' && undoable(record)
          ? [
              {
                label: trans.__('Undo link…'),
                onClick: run(CommandIDs.undoLink)
              }
            ]
          : []),
        ...(record.state === 'late' && url ? [openConsole(url, trans)] : []),
        ...(confirmed || begun || record.state === 'late'
          ? [
              {
                label: trans.__('Dismiss'),
                onClick: () => void trailOf()?.forget(record)
              }
            ]
          : [])
      ]}
    >
      {record.state === 'late' ? (
        <p>{late(record, trans)}</p>
      ) : record.state === 'waiting' && !begun ? (
        <p>
          {trans.__('It counts once %1 shows it.', record.consoleLabel)}{' '}
          <Age
            at={record.at}
            trans={trans}
            say={age => trans.__('Written %1.', age)}
          />
        </p>
      ) : null}
      <PartsList record={record} trans={trans} />
    </Frame>
  );
}

function titleOf(
  record: ILinkRecord,
  begun: boolean,
  trans: TranslationBundle
): string {
  const { label } = record.useCase;
  if (unclear(record)) {
    return trans.__('It is not clear what was written');
  }
  if (begun) {
    return record.kind === 'link'
      ? trans.__('Only a part of the link was written')
      : trans.__('Only a part of the link was taken back');
  }
  if (record.state === 'late') {
    return trans.__('Not shown yet');
  }
  if (record.kind === 'unlink') {
    return trans.__(
      'Link to %1 taken back, waiting for synchronisation',
      label
    );
  }
  return record.state === 'confirmed'
    ? trans.__('Linked from here to %1', label)
    : trans.__('Linked to %1, waiting for synchronisation', label);
}

function lookAgain(
  record: IRecord,
  trans: TranslationBundle
): { label: string; onClick: () => void } {
  return {
    label: trans.__('Look again'),
    onClick: () => void trailOf()?.lookAgain(record)
  };
}

function openConsole(
  url: string,
  trans: TranslationBundle
): { label: string; onClick: () => void } {
  return {
    label: trans.__('Open in the governance console'),
    onClick: () => {
      window.open(url, '_blank', 'noopener,noreferrer');
    }
  };
}

function MoveNotice(props: {
  record: IMoveRecord;
  trans: TranslationBundle;
}): JSX.Element {
  const { record, trans } = props;
  const { url } = record.object;
  return (
    <Frame
      record={record}
      title={
        record.state === 'late'
          ? trans.__('Not shown yet')
          : trans.__('Workflow moved, waiting for synchronisation')
      }
      actions={
        record.state === 'late'
          ? [
              lookAgain(record, trans),
              ...(url ? [openConsole(url, trans)] : []),
              {
                label: trans.__('Dismiss'),
                onClick: () => void trailOf()?.forget(record)
              }
            ]
          : []
      }
    >
      <p>
        {record.action
          ? trans.__(
              '%1: “%2” on %3.',
              record.workflow,
              record.action,
              record.object.label
            )
          : trans.__(
              '%1 was started on %2.',
              record.workflow,
              record.object.label
            )}{' '}
        {record.state === 'late' ? (
          late(record, trans)
        ) : (
          <Age
            at={record.at}
            trans={trans}
            say={age => trans.__('Written %1.', age)}
          />
        )}
      </p>
    </Frame>
  );
}
