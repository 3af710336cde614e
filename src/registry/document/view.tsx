import { useQuery, useQueryClient } from '@tanstack/react-query';
import * as React from 'react';

import {
  actorName,
  lastApproved,
  usePersona,
  waitingOn
} from '../../approvals';
import { describeError } from '../../relay';
import { EmptyState, ErrorNotice, Loading, Notice } from '../../ui';
import {
  CommandIDs,
  type IConfig,
  type IModelPackageGroup
} from '../../tokens';
import { registryKeys, useGroup, useVersion, useVersions } from '../queries';
import { CompareSection } from './compareSection';
import { useServices } from './context';
import { GovernanceSection } from './governanceSection';
import { Header } from './header';
import { useGovernanceStatus, useKnownUseCases } from './hooks';
import { openMoreMenu } from './menu';
import { MetricSection } from './metricSection';
import { commonMetrics, rowOf } from './model';
import { Section, TextButton } from './parts';
import {
  CardSection,
  LifecycleSection,
  LineageSection,
  PreflightSection,
  WaysSection
} from './sideSections';
import { TimelineSection } from './timelineSection';
import { VersionsTable } from './versionsTable';

/** Pages of versions read without being asked; 100 versions each. */
const MAX_PAGES = 20;

/** Columns for metrics. */
const METRIC_COLUMNS = 3;

export interface IGroupViewProps {
  connection: string;
  /** ARN of the group. */
  arn: string;
  /** The first answer is there, good or bad. */
  onReady: () => void;
}

/** A model package group: what happened, and why it may or may not go on. */
export function GroupView(props: IGroupViewProps): JSX.Element {
  const { connection, arn, onReady } = props;
  const { registry, trans } = useServices();
  const group = useGroup(registry, connection, arn);
  const settled = !group.isPending;
  React.useEffect(() => {
    if (settled) {
      onReady();
    }
  }, [settled, onReady]);
  if (group.data) {
    return <Document group={group.data} />;
  }
  return (
    <div className="jp-sg-doc-alone">
      {group.error ? (
        <ErrorNotice
          problem={describeError(group.error, trans)}
          trans={trans}
          onRetry={() => void group.refetch()}
        />
      ) : (
        <Loading trans={trans} label={trans.__('Reading the group')} rows={6} />
      )}
    </div>
  );
}

function Document({ group }: { group: IModelPackageGroup }): JSX.Element {
  const services = useServices();
  const { governance, registry, relay, trans } = services;
  const client = useQueryClient();
  const config = useQuery<IConfig>({
    queryKey: ['config'],
    queryFn: () => relay.config()
  });
  const pages = useVersions(registry, group);
  const { fetchNextPage, hasNextPage, isFetching, isFetchNextPageError } =
    pages;
  const count = pages.data?.pages.length ?? 0;
  React.useEffect(() => {
    if (
      hasNextPage &&
      !isFetching &&
      !isFetchNextPageError &&
      count < MAX_PAGES
    ) {
      void fetchNextPage();
    }
  }, [hasNextPage, isFetching, isFetchNextPageError, count, fetchNextPage]);

  const versions = React.useMemo(
    () =>
      // A version registered while pages were read comes twice.
      [
        ...new Map(
          (pages.data?.pages.flatMap(page => page.items) ?? []).map(version => [
            version.arn,
            version
          ])
        ).values()
      ].sort((a, b) => b.version - a.version),
    [pages.data]
  );
  const [chosen, setChosen] = React.useState<string | null>(null);
  const latest = versions[0] ?? null;
  const selected = versions.find(({ arn }) => arn === chosen) ?? latest;
  const details = useVersion(registry, group.connection, selected?.arn ?? null);
  const facts = details.data ?? null;
  const rows = React.useMemo(
    () =>
      versions.map(version => {
        const row = rowOf(version, v => actorName(v.createdBy));
        // Lists of shared groups leave out what the description tells.
        return facts?.arn === version.arn
          ? {
              ...row,
              metrics: facts.metrics,
              by: row.by ?? actorName(facts.createdBy)
            }
          : row;
      }),
    [versions, facts]
  );
  const metrics = React.useMemo(
    () => commonMetrics(rows, METRIC_COLUMNS),
    [rows]
  );

  const me = usePersona(relay, registry, group.connection, trans);
  const { error, status } = useGovernanceStatus(
    governance,
    group,
    pages.data ? latest : undefined
  );
  const known = useKnownUseCases(governance, config.data ?? null, status);

  const base = selected ? lastApproved(versions, selected) : null;
  const [comparing, setComparing] = React.useState<boolean | null>(null);
  // Who decides should see what changed without asking for it.
  const decides =
    me?.role === 'approver' && selected?.approval === 'PendingManualApproval';
  const compares = comparing ?? decides;

  const refresh = (): void => {
    void client.invalidateQueries({ queryKey: registryKeys.group(group.arn) });
    void governance?.refresh();
  };
  const registryLabel =
    config.data?.connections.find(({ id }) => id === group.connection)?.label ??
    group.connection;

  return (
    <div className="jp-sg-doc-body">
      <Header
        group={group}
        registryLabel={registryLabel}
        status={status}
        known={known}
        waiting={waitingOn({
          latest: pages.data ? latest : undefined,
          status,
          me
        })}
        versions={versions}
        more={!!hasNextPage}
        selected={selected}
        details={facts}
        me={me}
        updatedAt={pages.dataUpdatedAt || null}
        busy={isFetching}
        onRefresh={refresh}
        onMenu={at =>
          openMoreMenu(services, { group, details: facts, status }, at)
        }
      />
      <div className="jp-sg-doc-main">
        <Section
          title={trans.__('Versions')}
          className="jp-sg-doc-versions"
          actions={
            selected && base ? (
              <TextButton
                expanded={compares}
                onClick={() => setComparing(!compares)}
              >
                {trans.__(
                  'Compare v%1 with v%2 (last approved)',
                  selected.version,
                  base.version
                )}
              </TextButton>
            ) : (
              selected && (
                <span className="jp-sg-doc-quiet">
                  {trans.__('No approved version to compare with')}
                </span>
              )
            )
          }
        >
          <Versions
            pages={pages}
            empty={!latest}
            group={group}
            complete={!hasNextPage}
          >
            <VersionsTable
              rows={rows}
              metrics={metrics}
              selected={selected?.arn ?? null}
              onSelect={setChosen}
            />
          </Versions>
        </Section>
        {details.error && (
          <ErrorNotice
            problem={describeError(details.error, trans)}
            trans={trans}
            onRetry={() => void details.refetch()}
          />
        )}
        {compares && base && <CompareSection details={facts} base={base} />}
        {selected && (
          <div className="jp-sg-doc-pair">
            <MetricSection rows={rows} selected={selected.arn} />
            {facts ? (
              <TimelineSection details={facts} known={known} />
            ) : (
              !details.error && (
                <Section title={trans.__('v%1 · timeline', selected.version)}>
                  <Loading trans={trans} rows={2} />
                </Section>
              )
            )}
          </div>
        )}
      </div>
      <aside
        className="jp-sg-doc-side"
        aria-label={trans.__('Governance and facts')}
      >
        <GovernanceSection
          group={group}
          status={status}
          error={error}
          config={config.data ?? null}
          known={known}
          onRefresh={refresh}
        />
        {facts && (
          <PreflightSection
            group={group}
            details={facts}
            latest={latest}
            status={status}
            me={me}
          />
        )}
        {selected && (
          <LifecycleSection version={selected} versions={versions} />
        )}
        {facts && <CardSection details={facts} known={known} />}
        {facts && <LineageSection details={facts} known={known} />}
        <WaysSection group={group} config={config.data ?? null} />
      </aside>
    </div>
  );
}

/** The table, or what there is instead. */
function Versions(props: {
  pages: ReturnType<typeof useVersions>;
  empty: boolean;
  complete: boolean;
  group: IModelPackageGroup;
  children: React.ReactNode;
}): JSX.Element {
  const { pages, group } = props;
  const { commands, trans } = useServices();
  if (pages.isPending) {
    return (
      <Loading trans={trans} label={trans.__('Reading versions')} rows={4} />
    );
  }
  const pageCount = pages.data?.pages.length ?? 0;
  const problem = pages.error ? describeError(pages.error, trans) : null;
  if (!pages.data && problem) {
    return (
      <ErrorNotice
        problem={problem}
        trans={trans}
        onRetry={() => void pages.refetch()}
      />
    );
  }
  if (props.empty) {
    return (
      <EmptyState
        title={trans.__('No versions yet')}
        actions={
          commands.hasCommand(CommandIDs.registerModel)
            ? [
                {
                  label: trans.__('Register version'),
                  onClick: () =>
                    void commands.execute(CommandIDs.registerModel, {
                      connection: group.connection,
                      group: group.arn
                    })
                }
              ]
            : []
        }
      >
        {trans.__(
          'Register a model from an MLflow run, a registered model or an S3 address.'
        )}
      </EmptyState>
    );
  }
  return (
    <>
      {problem && (
        <Notice
          kind="warning"
          action={{
            label: trans.__('Try again'),
            onClick: () => void pages.refetch()
          }}
        >
          {trans.__('Not all versions could be read: %1', problem.message)}
        </Notice>
      )}
      {!problem && !props.complete && pageCount >= MAX_PAGES && (
        <Notice
          kind="info"
          action={{
            label: trans.__('Read more'),
            onClick: () => void pages.fetchNextPage()
          }}
        >
          {trans.__('Older versions are not shown.')}
        </Notice>
      )}
      {props.children}
    </>
  );
}
