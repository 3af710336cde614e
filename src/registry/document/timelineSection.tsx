import * as React from 'react';

import { actorName } from '../../approvals';
import { MentionText, type KnownUseCases } from '../../governance';
import { CommandIDs, type IModelPackageDetails } from '../../tokens';
import { absoluteTime, duration, useNow } from '../../ui';
import { useServices } from './context';
import { runRoute } from './model';
import { Section, TextButton } from './parts';
import { timelineOf, type ITimelineEvent } from './timeline';
import { eventText, gapText } from './words';

/** What happened to a version, and what SageMaker does not tell of it. */
export function TimelineSection(props: {
  details: IModelPackageDetails;
  /** Use cases that reasons may name. */
  known: KnownUseCases;
}): JSX.Element {
  const { details, known } = props;
  const { trans } = useServices();
  const { events, gaps } = React.useMemo(() => timelineOf(details), [details]);
  const since = events
    .filter(event => !event.open)
    .reduce<number | null>((last, { at }) => at ?? last, null);
  return (
    <Section title={trans.__('v%1 · timeline', details.version)}>
      <ol className="jp-sg-doc-timeline">
        {events.map(event => (
          <Event
            key={event.kind}
            event={event}
            since={since}
            details={details}
            known={known}
          />
        ))}
      </ol>
      {gaps.length > 0 && (
        <p className="jp-sg-doc-quiet">
          {trans.__(
            'SageMaker does not record: %1.',
            gaps.map(gap => gapText(gap, trans)).join('; ')
          )}
        </p>
      )}
    </Section>
  );
}

function Event(props: {
  event: ITimelineEvent;
  since: number | null;
  details: IModelPackageDetails;
  known: KnownUseCases;
}): JSX.Element {
  const { event, since, details, known } = props;
  const { trans } = useServices();
  const now = useNow();
  const who = actorName(event.by);
  return (
    <li className={event.open ? 'jp-sg-mod-open' : undefined}>
      <div>
        <strong>{eventText(event.kind, trans)}</strong>
        {event.kind === 'registered' && details.run && (
          <RunLink details={details} />
        )}
        {event.reason && (
          <q className="jp-sg-doc-reason" dir="auto">
            <MentionText text={event.reason} known={known} trans={trans} />
          </q>
        )}
      </div>
      <div className="jp-sg-doc-quiet">
        {event.open ? (
          since !== null && trans.__('for %1', duration(since, now))
        ) : (
          <>
            <bdi>{who ?? trans.__('somebody')}</bdi>
            {' · '}
            {event.at === null ? (
              trans.__('time not recorded')
            ) : (
              <time dateTime={new Date(event.at).toISOString()}>
                {absoluteTime(event.at)}
              </time>
            )}
          </>
        )}
      </div>
    </li>
  );
}

/** Link to the run behind a version. */
export function RunLink(props: {
  details: IModelPackageDetails;
}): JSX.Element | null {
  const { details } = props;
  const { commands, trans } = useServices();
  const { run } = details;
  if (!run) {
    return null;
  }
  const name = details.metadata['mlflow.run_name'] || run.runId;
  const route = runRoute(run);
  if (!route || !commands.hasCommand(CommandIDs.openMLflow)) {
    return <bdi className="jp-sg-doc-run">{trans.__('from run %1', name)}</bdi>;
  }
  return (
    <span className="jp-sg-doc-run">
      <TextButton
        title={trans.__('Open the run in MLflow')}
        onClick={() =>
          void commands.execute(CommandIDs.openMLflow, {
            route,
            ...(run.connection ? { connection: run.connection } : {})
          })
        }
      >
        <bdi>{trans.__('from run %1', name)}</bdi>
      </TextButton>
    </span>
  );
}
