/** What every source said of the use case, and where they differ. */
import * as React from 'react';

import { UseCaseLink, type KnownUseCases } from '../../governance';
import type {
  IConfig,
  IGovernanceStatus,
  IOpenPagesConnection,
  ISourceAnswer,
  IUseCase
} from '../../tokens';
import { describeError } from '../../relay';
import { Age, Glyph, Notice } from '../../ui';
import { useServices } from './context';
import { useEntityName } from './hooks';
import { answerText, matchedByText, sourceName } from './words';

interface IAnswersProps {
  status: IGovernanceStatus;
  config: IConfig | null;
}

interface ISayingProps extends IAnswersProps {
  /** Use cases that a card or a tag may mean. */
  known: KnownUseCases;
}

/** Console behind an answer. */
export function consoleOf(
  connection: string | null,
  config: IConfig | null
): IOpenPagesConnection | null {
  return (
    config?.connections.find(
      (candidate): candidate is IOpenPagesConnection =>
        candidate.kind === 'openpages' && candidate.id === connection
    ) ?? null
  );
}

function labelOf(answer: ISourceAnswer, config: IConfig | null): string | null {
  return consoleOf(answer.connection, config)?.label ?? answer.connection;
}

/** Each source with its answer, and when it was read. */
export function Answers(props: ISayingProps): JSX.Element {
  const { status, config } = props;
  const { trans } = useServices();
  return (
    <ul className="jp-sg-doc-answers" aria-label={trans.__('Sources')}>
      {status.answers.map((answer, index) => {
        const other = namesAnother(answer, props);
        const name = (
          <strong>
            {sourceName(answer.source, labelOf(answer, config), trans)}
          </strong>
        );
        return (
          <li key={index} data-state={answer.state} data-other={other}>
            <Glyph name={other ? 'warning' : GLYPHS[answer.state]} />
            <div>
              {answer.state === 'found' ? (
                filled(trans.__('%1 says %2', '%1', '%2'), [
                  name,
                  <Said key="said" {...props} answer={answer} />
                ])
              ) : (
                <>
                  {name} {answerText(answer, trans)}
                </>
              )}
              {other && (
                <div className="jp-sg-doc-other">
                  {trans.__('names another use case')}
                </div>
              )}
              <Reading answer={answer} />
            </div>
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

/** Elements in the places `%1`, `%2` of a sentence. */
function filled(sentence: string, parts: readonly JSX.Element[]): JSX.Element {
  return (
    <>
      {sentence.split(/(%\d)/).map((text, index) => (
        <React.Fragment key={index}>
          {index % 2 ? parts[Number(text[1]) - 1] : text}
        </React.Fragment>
      ))}
    </>
  );
}

/** The use case that a source names, with the status that it gives. */
function Said(props: ISayingProps & { answer: ISourceAnswer }): JSX.Element {
  const { answer, known } = props;
  const { trans } = useServices();
  const meant = meantBy(answer, known);
  if (!meant) {
    return <bdi>{answerText(answer, trans)}</bdi>;
  }
  const id = answer.useCase?.id ?? '';
  const status = answer.useCase?.status;
  const isNumber = answer.source !== 'openpages' && id === meant.id;
  return (
    <bdi>
      <UseCaseLink useCase={meant} trans={trans}>
        {meant.key ?? meant.name}
      </UseCaseLink>
      {isNumber && meant.key && ` (${id})`}
      {status && `: ${status}`}
    </bdi>
  );
}

/** How a source was matched, when it was read, and what went wrong since. */
function Reading({ answer }: { answer: ISourceAnswer }): JSX.Element | null {
  const { trans } = useServices();
  const matched = matchedByText(answer, trans);
  const failed =
    answer.state === 'found' && answer.error !== undefined
      ? describeError(answer.error, trans).title
      : null;
  if (!matched && answer.readAt === null && !failed) {
    return null;
  }
  return (
    <div className="jp-sg-doc-quiet">
      {matched}
      {matched && answer.readAt !== null && ' · '}
      {answer.readAt !== null && (
        <Age
          at={answer.readAt}
          trans={trans}
          say={age => trans.__('read %1', age)}
        />
      )}
      {failed && <> · {failed}</>}
    </div>
  );
}

/** The use case of a console that a source means; null: none that we know. */
function meantBy(
  { source, useCase }: ISourceAnswer,
  known: KnownUseCases
): IUseCase | null {
  return useCase && source !== 'openpages' ? known.get(useCase.id) : useCase;
}

/** Whether a source names another use case than the one that counts. */
function namesAnother(
  answer: ISourceAnswer,
  { status, known }: ISayingProps
): boolean {
  const { useCase } = answer;
  const counts = status.useCase;
  if (!status.disagreement || !useCase || !counts) {
    return false;
  }
  const meant = meantBy(answer, known) ?? useCase;
  const winner =
    (status.source === 'openpages' ? null : known.get(counts.id)) ?? counts;
  return meant.id !== winner.id || meant.url !== winner.url;
}

/** Different use cases: which one counts, and who is to be corrected. */
export function Disagreement(props: ISayingProps): JSX.Element | null {
  const { status, config } = props;
  const { trans } = useServices();
  if (!status.disagreement) {
    return null;
  }
  const others = status.answers.filter(answer => namesAnother(answer, props));
  const claims =
    status.source === 'openpages' &&
    others.length > 0 &&
    others.every(({ source }) => source !== 'openpages');
  return (
    <Notice kind="warning">
      <strong>{trans.__('The sources name different use cases.')}</strong>
      <span className="jp-sg-doc-line">
        {claims
          ? trans.__(
              'OpenPages counts. To be corrected: %1.',
              others
                .map(answer =>
                  sourceName(answer.source, labelOf(answer, config), trans)
                )
                .join(', ')
            )
          : trans.__('Have the wrong ones corrected.')}
      </span>
    </Notice>
  );
}

/** A use case that IBM never synchronises with this registry. */
export function OutsideEntity(
  props: IAnswersProps & { registry: string; registryLabel: string }
): JSX.Element | null {
  const { status, config, registry, registryLabel } = props;
  const { governance, trans } = useServices();
  const won = status.answers.find(
    ({ source, useCase }) =>
      source === 'openpages' && useCase && useCase === status.useCase
  );
  const from = consoleOf(won?.connection ?? null, config);
  const root = status.outsideEntity ? from?.entities[registry] : undefined;
  const name = useEntityName(governance, from?.id ?? null, root ?? null);
  if (!root) {
    return null;
  }
  const expected = name ? trans.__('“%1” (%2)', name, root) : root;
  return (
    <Notice kind="warning">
      <strong>
        {trans.__(
          'This use case is never synchronised with %1.',
          registryLabel
        )}
      </strong>
      <span className="jp-sg-doc-line">
        {trans.__(
          'IBM synchronises only use cases directly below the business entity of a registry, here %1. This one is below “%2”.',
          expected,
          status.useCase?.entity ?? ''
        )}
      </span>
      <span className="jp-sg-doc-line">
        {trans.__(
          'Ask its owner to move it there, or link the group to a use case that stands there.'
        )}
      </span>
    </Notice>
  );
}
