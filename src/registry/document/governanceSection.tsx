import * as React from 'react';

import {
  statusLabel,
  statusNotes,
  unknownReason,
  UseCaseLink
} from '../../governance';
import { LinkNotice } from '../../governance/linking';
import type { IUnknownReason, KnownUseCases } from '../../governance';
import { describeError } from '../../relay';
import {
  CommandIDs,
  type IConfig,
  type IGovernanceStatus,
  type IModelPackageGroup,
  type IWorkflowState
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
import {
  Answers,
  consoleOf,
  Disagreement,
  OutsideEntity
} from './governanceAnswers';
import { Facts, Section, TextButton } from './parts';
import { requestText } from './words';

export interface IGovernanceSectionProps {
  group: IModelPackageGroup;
  status: IGovernanceStatus | null;
  /** Why there is no status, or no newer one. */
  error: unknown;
  config: IConfig | null;
  /** Use cases that sources may name. */
  known: KnownUseCases;
  onRefresh: () => void;
}

/** The use case: what it says, who says so, and when it was read. */
export function GovernanceSection(props: IGovernanceSectionProps): JSX.Element {
  const { status, error, onRefresh } = props;
  const { governance, trans } = useServices();
  const run = useCommand(props.group);
  const open = status?.useCase?.url && run(CommandIDs.openUseCase);
  return (
    <Section
      title={trans.__('Use case')}
      actions={
        open ? (
          <TextButton
            title={trans.__('Open in the governance console, in a new tab')}
            onClick={open}
          >
            {trans.__('Open')} <Glyph name="external" />
          </TextButton>
        ) : null
      }
    >
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
      <LinkNotice group={props.group.arn} trans={trans} />
      {status && <Status {...props} status={status} />}
    </Section>
  );
}

/** Something to do for the group by a command; null where no plugin has it. */
function useCommand(
  group: IModelPackageGroup
): (command: string) => (() => void) | null {
  const { commands } = useServices();
  return command =>
    commands.hasCommand(command)
      ? () =>
          void commands.execute(command, {
            connection: group.connection,
            group: group.arn
          })
      : null;
}

interface IStatusProps extends IGovernanceSectionProps {
  status: IGovernanceStatus;
}

function Status(props: IStatusProps): JSX.Element {
  const { group, status, config, known } = props;
  const { trans } = useServices();
  const { useCase } = status;
  const reason = unknownReason(status, trans);
  const byName = statusNotes(status, trans).find(
    ({ kind }) => kind === 'by-name'
  );
  const registryLabel =
    config?.connections.find(({ id }) => id === group.connection)?.label ??
    group.connection;
  return (
    <>
      {useCase && (
        <p className="jp-sg-doc-usecase">
          {useCase.key && (
            <>
              <UseCaseLink useCase={useCase} trans={trans}>
                <strong>{useCase.key}</strong>
              </UseCaseLink>{' '}
            </>
          )}
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
          [
            trans.__('Workflow'),
            useCase?.workflow ? <Workflow state={useCase.workflow} /> : null
          ],
          [trans.__('Risk level'), text(useCase?.riskLevel)],
          [trans.__('Owner'), text(useCase?.owner)],
          [trans.__('Entity'), text(useCase?.entity)],
          [
            trans.__('Last change'),
            useCase?.modifiedAt ? (
              <Age key="modified" at={useCase.modifiedAt} trans={trans} />
            ) : null
          ]
        ]}
      />
      {reason && (
        <div className="jp-sg-doc-why" data-way={reason.way}>
          <p>{reason.why}</p>
          <p>{reason.next}</p>
          <WayOut {...props} reason={reason} />
        </div>
      )}
      <Disagreement status={status} config={config} known={known} />
      <OutsideEntity
        status={status}
        config={config}
        registry={group.connection}
        registryLabel={registryLabel}
      />
      {byName && (
        <Notice kind="info">
          <strong>{trans.__('Matched by name.')}</strong> {byName.text}
        </Notice>
      )}
      <Answers status={status} config={config} known={known} />
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

/** Where the use case stands, with whom and since when; words of the console. */
function Workflow({ state }: { state: IWorkflowState }): JSX.Element {
  const { trans } = useServices();
  const { assignees, since, stage, workflow } = state;
  return (
    <>
      <bdi title={workflow ?? undefined}>
        {stage ?? workflow ?? trans.__('in progress')}
      </bdi>
      {assignees.length > 0 && (
        <>
          {' · '}
          <bdi>{trans.__('with %1', assignees.join(', '))}</bdi>
        </>
      )}
      {since !== null && (
        <>
          {' · '}
          <Age
            at={since}
            trans={trans}
            say={age => trans.__('since %1', age)}
          />
        </>
      )}
    </>
  );
}

/** What can be done about an unknown status with one button. */
function WayOut(
  props: IStatusProps & { reason: IUnknownReason }
): JSX.Element | null {
  const { config, group, onRefresh, reason, status } = props;
  const { trans } = useServices();
  const run = useCommand(group);
  const button = (
    label: string,
    act: (() => void) | null
  ): JSX.Element | null =>
    act && <TextButton onClick={act}>{label}</TextButton>;
  switch (reason.way) {
    case 'link':
      return button(
        trans.__('Link to a use case…'),
        run(CommandIDs.linkUseCase)
      );
    case 'open':
      return (
        button(trans.__('Start its workflow…'), run(CommandIDs.moveWorkflow)) ??
        button(trans.__('Open use case'), run(CommandIDs.openUseCase))
      );
    case 'set-up':
      return (
        button(
          trans.__('Set up the connection…'),
          run(CommandIDs.setUpConnection)
        ) ?? button(trans.__('Refresh'), onRefresh)
      );
    case 'ask':
      return (
        <Ask
          text={requestText(
            group,
            status,
            id => consoleOf(id, config)?.label ?? id,
            trans
          )}
          onRefresh={onRefresh}
        />
      );
    case 'refresh':
      return button(trans.__('Refresh'), onRefresh);
    case 'wait':
    case 'none':
      return null;
  }
}

/** A request for a right, ready to be sent, and a look whether it was given. */
function Ask(props: { text: string; onRefresh: () => void }): JSX.Element {
  const { commands, trans } = useServices();
  return (
    <span className="jp-sg-doc-ways">
      {commands.hasCommand(CommandIDs.copy) && (
        <TextButton
          title={props.text}
          onClick={() =>
            void commands.execute(CommandIDs.copy, { text: props.text })
          }
        >
          {trans.__('Copy request')}
        </TextButton>
      )}
      <TextButton onClick={props.onRefresh}>{trans.__('Refresh')}</TextButton>
    </span>
  );
}
