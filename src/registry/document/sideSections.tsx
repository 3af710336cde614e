/** Facts of the chosen version beside the table. */
import * as React from 'react';

import { preflight, type IPersona, type PreflightState } from '../../approvals';
import { MentionText, titleWithoutKey, UseCaseLink } from '../../governance';
import type { KnownUseCases } from '../../governance';
import {
  CommandIDs,
  type IConfig,
  type IGovernanceStatus,
  type IModelPackage,
  type IModelPackageDetails,
  type IModelPackageGroup
} from '../../tokens';
import { Glyph, Loading, type GlyphName } from '../../ui';
import { useServices } from './context';
import { useWays } from '../queries';
import { originOf } from '../ways';
import { stageText } from './model';
import { Facts, Section, TextButton } from './parts';
import { RunLink } from './timelineSection';

/**
 * Order of the stages of AWS's template for the staging construct; stages of
 * other names, as other systems write them, come after.
 */
const TEMPLATE = [
  'Proposal',
  'Development',
  'QA',
  'PreProduction',
  'Production',
  'Archived'
];

/** Stages that occur in the group, in a sensible order. */
export function stagesOf(versions: readonly IModelPackage[]): string[] {
  const place = (stage: string): number => {
    const at = TEMPLATE.indexOf(stage);
    return at < 0 ? TEMPLATE.length : at;
  };
  const stages = versions.flatMap(({ lifeCycle }) =>
    lifeCycle?.stage ? [lifeCycle.stage] : []
  );
  return [...new Set(stages)].sort(
    (a, b) => place(a) - place(b) || a.localeCompare(b)
  );
}

/** Stage and status of the life cycle, verbatim. */
export function LifecycleSection(props: {
  version: IModelPackage;
  versions: readonly IModelPackage[];
}): JSX.Element {
  const { version, versions } = props;
  const { trans } = useServices();
  const stages = React.useMemo(() => stagesOf(versions), [versions]);
  const stage = stageText(version);
  return (
    <Section title={trans.__('Life cycle of v%1', version.version)}>
      {stage && (
        <ol
          className="jp-sg-doc-stages"
          aria-label={trans.__('Stages that versions of this group are in')}
        >
          {stages.map(name => (
            <li
              key={name}
              aria-current={name === version.lifeCycle?.stage || undefined}
            >
              <bdi>{name}</bdi>
            </li>
          ))}
        </ol>
      )}
      <p className={stage ? undefined : 'jp-sg-doc-quiet'}>
        {stage ? (
          <bdi>{stage}</bdi>
        ) : (
          trans.__('This version has no life-cycle stage.')
        )}
      </p>
      {version.lifeCycle?.description && (
        <p className="jp-sg-doc-quiet" dir="auto">
          {version.lifeCycle.description}
        </p>
      )}
    </Section>
  );
}

const PREFLIGHT_GLYPHS: Record<PreflightState, GlyphName> = {
  ok: 'check',
  warn: 'warning',
  block: 'cross',
  unknown: 'question'
};

/** Checks before an approval, each with its fix. */
export function PreflightSection(props: {
  group: IModelPackageGroup;
  details: IModelPackageDetails;
  latest: IModelPackage | null;
  status: IGovernanceStatus | null;
  me: IPersona | null;
}): JSX.Element | null {
  const { group, details, latest, status, me } = props;
  const { commands, trans } = useServices();
  if (details.approval === 'Approved') {
    return null;
  }
  const word: Record<PreflightState, string> = {
    ok: trans.__('Fine:'),
    warn: trans.__('Note:'),
    block: trans.__('In the way:'),
    unknown: trans.__('Unknown:')
  };
  const target = { connection: group.connection, group: group.arn };
  return (
    <Section title={trans.__('Before approval')}>
      {!me ? (
        <Loading trans={trans} rows={2} />
      ) : (
        <ul className="jp-sg-doc-checks">
          {preflight({ version: details, status, me, latest, trans }).map(
            check => (
              <li key={check.id} data-state={check.state}>
                <Glyph name={PREFLIGHT_GLYPHS[check.state]} />
                <div>
                  <span className="jp-sg-doc-hidden">{word[check.state]}</span>{' '}
                  <bdi>{check.text}</bdi>
                  {check.fix && (
                    <div className="jp-sg-doc-quiet">{check.fix}</div>
                  )}
                  {check.action === 'open-use-case' &&
                    commands.hasCommand(CommandIDs.openUseCase) && (
                      <TextButton
                        onClick={() =>
                          void commands.execute(CommandIDs.openUseCase, target)
                        }
                      >
                        {trans.__('Open use case')}
                      </TextButton>
                    )}
                  {check.action === 'register' &&
                    commands.hasCommand(CommandIDs.registerModel) && (
                      <TextButton
                        onClick={() =>
                          void commands.execute(
                            CommandIDs.registerModel,
                            target
                          )
                        }
                      >
                        {trans.__('Register version')}
                      </TextButton>
                    )}
                </div>
              </li>
            )
          )}
        </ul>
      )}
    </Section>
  );
}

/** What the model card says, in short and in full. */
export function CardSection(props: {
  details: IModelPackageDetails;
  known: KnownUseCases;
}): JSX.Element {
  const { known } = props;
  const { card } = props.details;
  const { trans } = useServices();
  return (
    <Section title={trans.__('Model card')}>
      {!card ? (
        <p className="jp-sg-doc-quiet">
          {trans.__('This version has no model card, or it cannot be read.')}
        </p>
      ) : (
        <>
          <Facts
            facts={[
              [trans.__('Card status'), card.status],
              [
                trans.__('Risk rating'),
                card.riskRating ?? trans.__('not stated')
              ],
              [
                trans.__('Intended uses'),
                card.intendedUses ? (
                  <span key="uses" dir="auto" className="jp-sg-doc-long">
                    <MentionText
                      text={card.intendedUses}
                      known={known}
                      trans={trans}
                    />
                  </span>
                ) : (
                  trans.__('not stated')
                )
              ],
              [
                trans.__('Use case'),
                card.useCaseId && (
                  <CardUseCase key="use-case" {...props} id={card.useCaseId} />
                )
              ],
              [trans.__('Stage'), card.useCaseStage]
            ]}
          />
          <details>
            <summary>{trans.__('Whole card')}</summary>
            {/* A scrolling text must be reachable by keys. */}
            <pre className="jp-sg-doc-raw" tabIndex={0} dir="auto">
              <MentionText
                text={JSON.stringify(card.raw, null, 2)}
                known={known}
                trans={trans}
              />
            </pre>
          </details>
        </>
      )}
    </Section>
  );
}

/** The use case that a card names, by key or Resource ID; a link when known. */
function CardUseCase(props: {
  details: IModelPackageDetails;
  known: KnownUseCases;
  id: string;
}): JSX.Element {
  const { details, known, id } = props;
  const { trans } = useServices();
  const title = titleWithoutKey(details.card?.useCaseName ?? '', id);
  const text = [id, title].filter(Boolean).join(' ');
  const useCase = known.get(id);
  return useCase ? (
    <UseCaseLink useCase={useCase} trans={trans}>
      <bdi>{text}</bdi>
    </UseCaseLink>
  ) : (
    <MentionText text={text} known={known} trans={trans} />
  );
}

/** Where the version comes from and what it is made of. */
export function LineageSection(props: {
  details: IModelPackageDetails;
  known: KnownUseCases;
}): JSX.Element {
  const { details, known } = props;
  const { trans } = useServices();
  const many = details.containers.length > 1;
  return (
    <Section title={trans.__('Origin')}>
      <Facts
        facts={[
          [
            trans.__('MLflow'),
            details.run ? (
              <RunLink key="run" details={details} />
            ) : (
              trans.__('no run recorded')
            )
          ],
          [trans.__('Source'), details.sourceUri],
          ...details.containers.flatMap((container, index) => {
            const name = (label: string): string =>
              many ? `${label} ${index + 1}` : label;
            return [
              [name(trans.__('Image')), container.image],
              [name(trans.__('Model data')), container.modelDataUrl],
              [
                name(trans.__('Framework')),
                [container.framework, container.frameworkVersion]
                  .filter(Boolean)
                  .join(' ') || null
              ]
            ] as const;
          }),
          [
            trans.__('Content types'),
            details.supportedContentTypes.join(', ') || null
          ],
          [
            trans.__('Description'),
            details.description ? (
              <MentionText
                key="description"
                text={details.description}
                known={known}
                trans={trans}
              />
            ) : null
          ]
        ]}
      />
    </Section>
  );
}

/** Every connection that shows the group, where there are several. */
export function WaysSection(props: {
  group: IModelPackageGroup;
  config: IConfig | null;
}): JSX.Element | null {
  const { group, config } = props;
  const { trans } = useServices();
  const others = useWays(group.arn).filter(
    way => way.connection !== group.connection || way.shared !== group.shared
  );
  if (!others.length) {
    return null;
  }
  const { ways } = originOf(group, others, config?.connections ?? [], trans);
  return (
    <Section title={trans.__('Ways to this group')}>
      <ol className="jp-sg-doc-waylist">
        {ways.map((way, index) => (
          <li key={way}>
            <bdi>{way}</bdi>
            {index === 0 && (
              <span className="jp-sg-doc-quiet">
                {' '}
                · {trans.__('used here')}
              </span>
            )}
          </li>
        ))}
      </ol>
    </Section>
  );
}
