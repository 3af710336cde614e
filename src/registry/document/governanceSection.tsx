import * as React from 'react';

import { statusLabel, unknownReason } from '../../governance';
import { describeError } from '../../relay';
import {
  CommandIDs,
  type IConfig,
  type IGovernanceStatus,
  type IModelPackageGroup
} from '../../tokens';
import {
  Age,
  ErrorNotice,
  Glyph,
  Loading,
  Notice,
  StatusBadge
} from '../../ui';
import { useServices } from './context';
import { Facts, Section, TextButton } from './parts';
import { answerText, matchedByText, sourceName } from './words';

export interface IGovernanceSectionProps {
  group: IModelPackageGroup;
  status: IGovernanceStatus | null;
  /** Why there is no status, or no newer one. */
  error: unknown;
  config: IConfig | null;
  onRefresh: () => void;
}

/** The use case: what it says, who says so, and when it was read. */
export function GovernanceSection(props: IGovernanceSectionProps): JSX.Element {
  const { group, status, error, onRefresh } = props;
  const { commands, governance, trans } = useServices();
  const useCase = status?.useCase ?? null;
  const open =
    useCase?.url && commands.hasCommand(CommandIDs.openUseCase) ? (
      <TextButton
        title={trans.__('Open in the governance console, in a new tab')}
        onClick={() =>
          void commands.execute(CommandIDs.openUseCase, {
            connection: group.connection,
            group: group.arn
          })
        }
      >
        {trans.__('Open')} <Glyph name="external" />
      </TextButton>
    ) : null;
  return (
    <Section title={trans.__('Use case')} actions={open}>
      {!governance && (
        <p className="jp-sg-doc-quiet">
          {trans.__('Governance status is switched off in this lab.')}
        </p>
      )}
      {error !== null && error !== undefined && (
        <ErrorNotice
          problem={describeError(error, trans)}
          trans={trans}
          onRetry={onRefresh}
          compact
        />
      )}
      {governance && !status && !error && <Loading trans={trans} rows={2} />}
      {status && <Status {...props} status={status} />}
    </Section>
  );
}

function Status(
  props: IGovernanceSectionProps & { status: IGovernanceStatus }
): JSX.Element {
  const { status, onRefresh } = props;
  const { trans } = useServices();
  const { useCase } = status;
  const reason = unknownReason(status, trans);
  return (
    <>
      {useCase && (
        <p className="jp-sg-doc-usecase">
          {useCase.key && <strong>{useCase.key} </strong>}
          <bdi>{useCase.name}</bdi>
        </p>
      )}
      <Facts
        facts={[
          [
            trans.__('Status'),
            <React.Fragment key="status">
              <StatusBadge
                state={status.state}
                bucket={status.bucket}
                label={statusLabel(status, trans)}
                stale={status.stale}
              />
              <Meaning word={useCase?.status ?? null} />
            </React.Fragment>
          ],
          [
            trans.__('Last known'),
            status.lastKnown && (
              <>
                <bdi>{status.lastKnown.status}</bdi>
                {' · '}
                <Age at={status.lastKnown.readAt} trans={trans} />
              </>
            )
          ],
          [trans.__('Risk level'), text(useCase?.riskLevel)],
          [trans.__('Owner'), text(useCase?.owner)],
          [trans.__('Entity'), text(useCase?.entity)]
        ]}
      />
      {reason && (
        <div className="jp-sg-doc-why">
          <p>{reason.why}</p>
          <p>{reason.next}</p>
          {(status.stale || status.state === 'could-not-read') && (
            <TextButton onClick={onRefresh}>{trans.__('Refresh')}</TextButton>
          )}
        </div>
      )}
      {status.disagreement && (
        <Notice kind="warning">
          {trans.__(
            'The sources name different use cases. OpenPages counts; have the others corrected.'
          )}
        </Notice>
      )}
      <Answers {...props} />
    </>
  );
}

/** The way to what a status word means. */
function Meaning({ word }: { word: string | null }): JSX.Element | null {
  const { commands, trans } = useServices();
  return word && commands.hasCommand(CommandIDs.editVocabulary) ? (
    <>
      {' '}
      <TextButton
        title={trans.__('Show which line of the vocabulary decides it')}
        onClick={() =>
          void commands.execute(CommandIDs.editVocabulary, { word })
        }
      >
        {trans.__('What does this status mean?')}
      </TextButton>
    </>
  ) : null;
}

function text(value: string | null | undefined): React.ReactNode {
  return value ? <bdi>{value}</bdi> : null;
}

/** What every source said. */
function Answers(
  props: IGovernanceSectionProps & { status: IGovernanceStatus }
): JSX.Element {
  const { status, config } = props;
  const { trans } = useServices();
  return (
    <ul className="jp-sg-doc-answers" aria-label={trans.__('Sources')}>
      {status.answers.map((answer, index) => {
        const label =
          config?.connections.find(({ id }) => id === answer.connection)
            ?.label ?? answer.connection;
        const matched = matchedByText(answer, trans);
        return (
          <li key={index} data-state={answer.state}>
            <Glyph name={GLYPHS[answer.state]} />
            <span>
              <strong>{sourceName(answer.source, label, trans)}</strong>
              {' · '}
              <bdi>{answerText(answer, trans)}</bdi>
              {matched && ` · ${matched}`}
              {answer.readAt !== null && (
                <>
                  {' · '}
                  <Age
                    at={answer.readAt}
                    trans={trans}
                    say={age => trans.__('read %1', age)}
                  />
                </>
              )}
              {answer.state === 'found' && answer.error !== undefined && (
                <> · {describeError(answer.error, trans).title}</>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

const GLYPHS = {
  found: 'link',
  none: 'dash',
  failed: 'warning',
  'not-asked': 'dots'
} as const;
