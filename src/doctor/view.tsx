/** What the checks have found. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { describeError } from '../relay';
import type { CheckState, IConnection } from '../tokens';
import {
  absoluteTime,
  copyText,
  ErrorNotice,
  Glyph,
  Notice,
  useSnapshot
} from '../ui';
import type { DoctorModel, IDoctorSnapshot } from './model';
import {
  entriesOf,
  needsAttention,
  sectionsOf,
  STATES,
  worstFirst
} from './order';
import type { IEntry, ISection } from './order';
import { reportJson, reportText } from './report';
import type { IReport } from './report';
import { checkTitle, countWords, GLYPHS, groupTitle, stateWord } from './words';

interface IViewProps {
  model: DoctorModel;
  trans: TranslationBundle;
}

/** The tab's content. */
export function DoctorView({ model, trans }: IViewProps): JSX.Element {
  const snapshot = useSnapshot(model);
  const [narrow, setNarrow] = React.useState(false);
  const { findings, state, connections } = snapshot;
  const ids = connections.map(({ id }) => id);
  const shown = narrow ? findings.filter(needsAttention) : findings;
  const ordered = sectionsOf(shown, ids);
  // Not while they come: what is being read must not move.
  const sections = state === 'running' ? ordered : worstFirst(ordered);
  const problem =
    state === 'failed' ? describeError(snapshot.error, trans) : null;
  return (
    <>
      <h1>{trans.__('Check of this installation')}</h1>
      <p className="jp-sg-doctor-quiet">
        {trans.__('The checks only read. The report holds no secret.')}
      </p>
      <Tools
        model={model}
        snapshot={snapshot}
        trans={trans}
        narrow={narrow}
        onNarrow={setNarrow}
      />
      <Progress snapshot={snapshot} trans={trans} />
      {problem && (
        <ErrorNotice
          problem={problem}
          trans={trans}
          onRetry={() => void model.run()}
        />
      )}
      {state === 'cancelled' && (
        <Notice>
          {trans.__('The check was given up: not everything was looked at.')}
        </Notice>
      )}
      {narrow && state === 'done' && shown.length === 0 && (
        <p>{trans.__('Nothing needs attention.')}</p>
      )}
      {sections.map(section => (
        <Section
          key={`${section.group}/${section.connection}`}
          section={section}
          connections={connections}
          trans={trans}
        />
      ))}
    </>
  );
}

function Tools(
  props: IViewProps & {
    snapshot: IDoctorSnapshot;
    narrow: boolean;
    onNarrow: (narrow: boolean) => void;
  }
): JSX.Element {
  const { model, snapshot, trans, narrow, onNarrow } = props;
  const running = snapshot.state === 'running';
  const attention = snapshot.findings.filter(needsAttention).length;
  const [copied, setCopied] = React.useState(false);
  React.useEffect(() => setCopied(false), [snapshot]);
  const empty = snapshot.findings.length === 0 && !snapshot.error;
  return (
    <div
      className="jp-sg-doctor-tools"
      role="group"
      aria-label={trans.__('Tools of the check')}
    >
      <button
        type="button"
        className={`jp-mod-styled jp-sg-button${running ? '' : ' jp-mod-accept'}`}
        onClick={() => (running ? model.cancel() : void model.run())}
      >
        {running ? trans.__('Cancel') : trans.__('Run again')}
      </button>
      <button
        type="button"
        className="jp-mod-styled jp-sg-button"
        disabled={empty}
        onClick={() => {
          void copyText(reportText(reportOf(model, trans))).then(setCopied);
        }}
      >
        {copied ? trans.__('Copied') : trans.__('Copy report')}
      </button>
      <button
        type="button"
        className="jp-mod-styled jp-sg-button"
        disabled={empty}
        onClick={() => download(reportJson(reportOf(model, trans)), snapshot)}
      >
        {trans.__('Download JSON')}
      </button>
      <label className="jp-sg-doctor-filter">
        <input
          type="checkbox"
          checked={narrow}
          onChange={event => onNarrow(event.currentTarget.checked)}
        />
        {trans.__('Only what needs attention (%1)', attention)}
      </label>
    </div>
  );
}

function Progress(props: {
  snapshot: IDoctorSnapshot;
  trans: TranslationBundle;
}): JSX.Element {
  const { snapshot, trans } = props;
  const { state, finished, total, ms, startedAt, findings } = snapshot;
  const running = state === 'running';
  return (
    <>
      {running && (
        <progress
          className="jp-sg-doctor-progress"
          aria-label={trans.__('Checks that are through')}
          {...(total !== null && { value: finished, max: Math.max(total, 1) })}
        />
      )}
      <p className="jp-sg-doctor-summary">
        {STATES.map(one => (
          <Count
            key={one}
            state={one}
            count={findings.filter(finding => finding.state === one).length}
            trans={trans}
          />
        ))}
        <span className="jp-sg-doctor-quiet" role="status">
          {running
            ? trans.__('%1 of %2 checks', finished, total ?? '…')
            : state === 'done' && ms !== null
              ? trans.__(
                  'checked %1, in %2 s',
                  absoluteTime(startedAt),
                  (ms / 1000).toFixed(1)
                )
              : null}
        </span>
      </p>
    </>
  );
}

function Count(props: {
  state: CheckState;
  count: number;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { state, count, trans } = props;
  return count > 0 ? (
    <span className="jp-sg-doctor-count" data-state={state}>
      <Glyph name={GLYPHS[state]} />
      {countWords(state, count, trans)}
    </span>
  ) : null;
}

function Section(props: {
  section: ISection;
  connections: readonly IConnection[];
  trans: TranslationBundle;
}): JSX.Element {
  const { section, connections, trans } = props;
  const { group, connection, findings } = section;
  const label = labelOf(connection, connections);
  const title = groupTitle(group, trans);
  return (
    <section className="jp-sg-doctor-section">
      <h2>
        {label ? (
          <>
            {title}: <bdi>{label}</bdi>
          </>
        ) : (
          title
        )}
      </h2>
      <ul>
        {entriesOf(findings).map(finding => (
          <Row
            key={`${finding.check}/${finding.connection}/${finding.subject}/${finding.message}`}
            finding={finding}
            of={
              connection === null
                ? labelOf(finding.connection, connections)
                : null
            }
            trans={trans}
          />
        ))}
      </ul>
    </section>
  );
}

function Row(props: {
  finding: IEntry;
  /** Connection, where the heading does not name it. */
  of: string | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { finding, of, trans } = props;
  const { state, check, subjects, message, hint, ms } = finding;
  return (
    <li className="jp-sg-doctor-row" data-state={state} data-check={check}>
      <span className="jp-sg-doctor-state" data-state={state}>
        <Glyph name={GLYPHS[state]} />
        {stateWord(state, trans)}
      </span>
      <div className="jp-sg-doctor-body">
        <p>
          <b>
            {checkTitle(check, trans)}
            {of !== null && (
              <>
                {' '}
                (<bdi>{of}</bdi>)
              </>
            )}
          </b>
          {subjects.map(subject => (
            <React.Fragment key={subject}>
              {' '}
              <code>{subject}</code>
            </React.Fragment>
          ))}{' '}
          {/* The server's words are English in every language of the lab. */}
          <span lang="en" dir="auto">
            {message}
          </span>
        </p>
        {hint && (
          <p className="jp-sg-doctor-hint" lang="en" dir="auto">
            {hint}
          </p>
        )}
      </div>
      {ms > 0 && (
        <span className="jp-sg-doctor-ms">{trans.__('%1 ms', ms)}</span>
      )}
    </li>
  );
}

function labelOf(
  id: string | null,
  connections: readonly IConnection[]
): string | null {
  return connections.find(one => one.id === id)?.label ?? id;
}

function reportOf(model: DoctorModel, trans: TranslationBundle): IReport {
  const { findings, ms, connections, state, error } = model.snapshot;
  const problem = state === 'failed' ? describeError(error, trans) : null;
  return {
    page: model.page,
    summary: model.summary,
    ms,
    findings,
    connections: connections.map(({ id }) => id),
    problem:
      problem &&
      [problem.title, problem.message, problem.details]
        .filter(Boolean)
        .join('. ')
  };
}

/** Hand the browser a file to save. */
function download(text: string, { startedAt }: IDoctorSnapshot): void {
  const url = URL.createObjectURL(
    new Blob([text], { type: 'application/json' })
  );
  const link = document.createElement('a');
  link.href = url;
  const day = new Date(startedAt).toISOString().slice(0, 16).replace(/:/g, '');
  link.download = `model-governance-check-${day}.json`;
  link.click();
  // Browsers read it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
