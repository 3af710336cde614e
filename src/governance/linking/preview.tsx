/** What will be written where, and what became of it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IModelPackageGroup } from '../../tokens';
import { Glyph, type GlyphName } from '../../ui';
import {
  type ICardKeys,
  type ILinkRecord,
  type IPart,
  type Part,
  PARTS,
  type PartState
} from '../trail';
import type { ILinkPlan, ILinkValue } from './plan';
import { labelOf } from './plan';
import { keptReason, partName, partStateWord, partSubject } from './words';
import { whyNotText } from './words';

export interface IPreviewProps {
  group: IModelPackageGroup;
  plan: ILinkPlan;
  value: ILinkValue;
  set: (patch: Partial<ILinkValue>) => void;
  trans: TranslationBundle;
}

/** The writes, each with its place; the optional ones with a box. */
export function Preview(props: IPreviewProps): JSX.Element {
  const { group, plan, value, set, trans } = props;
  const { target, useCase, former, tag, card } = plan;
  const missing = (['tag', 'card'] as const).flatMap(what => {
    const { why } = plan[what];
    return why ? [{ what, text: whyNotText(what, why, trans) }] : [];
  });
  return (
    <section
      className="jp-sg-link-writes"
      aria-label={trans.__('What will be written')}
    >
      <h3>{trans.__('What will be written')}</h3>
      <ul>
        <li>
          <Glyph name={plan.already ? 'check' : 'link'} />
          <div>
            <strong>{target.console.label}</strong>
            <p>
              {plan.already
                ? trans.__(
                    'Model group %1 (%2) stands below use case %3 (%4) already.',
                    target.object.name ?? group.name,
                    target.object.id,
                    labelOf(useCase),
                    useCase.id
                  )
                : trans.__(
                    'Model group %1 (%2) gets the parent use case %3 (%4).',
                    target.object.name ?? group.name,
                    target.object.id,
                    labelOf(useCase),
                    useCase.id
                  )}
            </p>
          </div>
        </li>
        {former.length ? (
          <Choice
            checked={value.removeFormer}
            onChange={removeFormer => set({ removeFormer })}
            title={trans.__(
              'Take away the former parent %1',
              former.map(labelOf).join(', ')
            )}
          >
            {value.removeFormer
              ? trans.__('Afterwards, so that the group is never without one.')
              : trans.__(
                  'It stays otherwise; of several use cases the least favourable counts.'
                )}
          </Choice>
        ) : null}
        {tag.write ? (
          <Choice
            checked={value.tag}
            onChange={on => set({ tag: on })}
            title={trans.__('Tag on the model package group in SageMaker')}
          >
            <code>
              {tag.write.key} = {tag.write.value}
            </code>
            {tag.write.before === null
              ? null
              : ` · ${trans.__('now %1', tag.write.before)}`}
          </Choice>
        ) : null}
        {card.write ? (
          <Choice
            checked={value.card}
            onChange={on => set({ card: on })}
            title={trans.__(
              'Model card of version %1 in SageMaker',
              card.write.version
            )}
          >
            <CardLine before={card.write.before} after={card.write.after} />
            {trans.__('Only these custom details; the rest stays as it is.')}
          </Choice>
        ) : null}
      </ul>
      {missing.map(({ what, text }) => (
        <p key={what} className="jp-sg-link-quiet">
          {text}
        </p>
      ))}
    </section>
  );
}

function Choice(props: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  title: string;
  children: React.ReactNode;
}): JSX.Element {
  const id = React.useId();
  return (
    <li>
      <input
        type="checkbox"
        id={id}
        aria-describedby={`${id}-what`}
        checked={props.checked}
        onChange={event => props.onChange(event.target.checked)}
      />
      <div>
        <label htmlFor={id}>{props.title}</label>
        <p id={`${id}-what`}>{props.children}</p>
      </div>
    </li>
  );
}

function CardLine(props: { before: ICardKeys; after: ICardKeys }): JSX.Element {
  const { before, after } = props;
  const keys = ['UseCaseId', 'UseCaseName', 'UseCaseStage'] as const;
  return (
    <span className="jp-sg-link-keys">
      {keys
        .filter(key => before[key] !== after[key])
        .map(key => (
          <code key={key}>
            {key}
            {' = '}
            {before[key] === null ? null : (
              <>
                <del>{before[key]}</del>{' '}
              </>
            )}
            {after[key] === null ? null : <ins>{after[key]}</ins>}
          </code>
        ))}
    </span>
  );
}

const GLYPHS: Record<PartState, GlyphName> = {
  open: 'clock',
  unclear: 'question',
  failed: 'cross',
  written: 'check',
  already: 'check',
  undone: 'check',
  kept: 'warning'
};

/** What of a link is written and what is not. */
export function PartsList(props: {
  record: ILinkRecord;
  /** What is about to be done; default: what the record is. */
  kind?: ILinkRecord['kind'];
  trans: TranslationBundle;
}): JSX.Element {
  const { record, kind = record.kind, trans } = props;
  return (
    <ul className="jp-sg-link-parts" aria-label={trans.__('Parts of the link')}>
      {PARTS.map((part): [Part, IPart | null] => [part, record.parts[part]])
        .filter((entry): entry is [Part, IPart] => !!entry[1])
        .map(([part, state]) => (
          <li key={part} data-state={state.state} data-kind={kind}>
            <Glyph
              name={
                kind === 'unlink' && state.state === 'written'
                  ? 'clock'
                  : GLYPHS[state.state]
              }
            />
            <span>
              <strong>{partName(part, trans)}</strong>
              {': '}
              <bdi>{partSubject(record, part)}</bdi>
              {' · '}
              {partStateWord(state, kind, part, trans)}
              {state.state === 'kept' ? (
                <small>{keptReason(part, trans)}</small>
              ) : state.reason && state.state === 'failed' ? (
                <small>
                  <bdi>{state.reason}</bdi>
                </small>
              ) : null}
            </span>
          </li>
        ))}
    </ul>
  );
}
