/** What every source said of the use case, and where they differ. */
import type {
  IConfig,
  IGovernanceStatus,
  IOpenPagesConnection,
  ISourceAnswer
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
export function Answers({ status, config }: IAnswersProps): JSX.Element {
  const { trans } = useServices();
  return (
    <ul className="jp-sg-doc-answers" aria-label={trans.__('Sources')}>
      {status.answers.map((answer, index) => {
        const matched = matchedByText(answer, trans);
        return (
          <li key={index} data-state={answer.state}>
            <Glyph name={GLYPHS[answer.state]} />
            <span>
              <strong>
                {sourceName(answer.source, labelOf(answer, config), trans)}
              </strong>
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

/** Different use cases, each with who says so. */
export function Disagreement({
  status,
  config
}: IAnswersProps): JSX.Element | null {
  const { trans } = useServices();
  if (!status.disagreement) {
    return null;
  }
  return (
    <Notice kind="warning">
      <strong>{trans.__('The sources name different use cases.')}</strong>
      {status.answers
        .filter(({ useCase }) => useCase)
        .map((answer, index) => (
          <span key={index} className="jp-sg-doc-line">
            {trans.__(
              '%1 says %2.',
              sourceName(answer.source, labelOf(answer, config), trans),
              answerText(answer, trans)
            )}
          </span>
        ))}
      <span className="jp-sg-doc-line">
        {status.source === 'openpages'
          ? trans.__('OpenPages counts; have the others corrected.')
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
