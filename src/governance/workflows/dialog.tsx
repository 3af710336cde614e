/** The dialog that starts or moves a workflow. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { describeError, groupNameOf, type IProblem } from '../../relay';
import type { IWorkflowArgs } from '../../tokens';
import { Age, EmptyState, Field, Glyph, Notice } from '../../ui';
import type { FormErrors, IFormOptions, IFormProps } from '../../ui/formDialog';
import { OpenPagesError } from '../errors';
import type { IActionServices } from '../trail';
import {
  type IMoveContext,
  type IOffer,
  type ISubject,
  readMoves
} from './context';
import {
  carryOutMove,
  type IMoved,
  type Move,
  MovedMeanwhileError
} from './run';
import '../../../style/linking.css';

/** Longest comment, characters: OpenPages takes 4,000 bytes of text. */
const COMMENT_MAX = 1000;

export interface IMoveValue {
  /** `subjectKey` of the object. */
  subject: string | null;
  /** Name of the action, or id of the definition. */
  choice: string | null;
  /** The choice starts a workflow. */
  starts: boolean;
  comment: string;
}

type Props = IFormProps<IMoveContext, IMoveValue>;

function subjectKey({ console, id }: ISubject): string {
  return `${console.id}/${id}`;
}

function offerOf(
  { offers }: IMoveContext,
  { subject }: IMoveValue
): IOffer | null {
  return offers.find(offer => subjectKey(offer.subject) === subject) ?? null;
}

/** What the choice does; null: nothing is chosen. */
export function moveOf(offer: IOffer, value: IMoveValue): Move | null {
  const definition = offer.starts.find(({ id }) => id === value.choice);
  if (definition) {
    return { kind: 'start', definition: definition.id, name: definition.name };
  }
  const action = offer.actions.find(({ name }) => name === value.choice);
  return action
    ? {
        kind: 'action',
        name: action.name,
        comment: action.comment === 'none' ? null : value.comment.trim() || null
      }
    : null;
}

/**
 * The form; its result is what was done.
 *
 * @param onSend - called before anything is written.
 */
export function moveForm(
  services: IActionServices,
  args: IWorkflowArgs,
  onSend: () => void = () => undefined
): IFormOptions<IMoveContext, IMoveValue, IMoved> {
  const { trans } = services;
  let reads = 0;
  return {
    title: trans.__('Move a workflow of %1', groupNameOf(args.group)),
    subject: `move:${args.group}:${args.object ?? ''}`,
    trans,
    load: signal => readMoves(services, args, reads++ > 0, signal),
    initial: ({ offers }) => {
      const meant = args.object
        ? offers.find(({ subject }) => subject.id === args.object)
        : offers[0];
      return {
        subject: meant ? subjectKey(meant.subject) : null,
        choice: null,
        starts: meant !== undefined && !meant.active,
        comment: ''
      };
    },
    check: (value, context) => check(value, context, trans),
    submit: async (value, context, tools) => {
      const offer = offerOf(context, value);
      const move = offer && moveOf(offer, value);
      if (!offer || !move) {
        throw new Error(trans.__('Choose what to do.'));
      }
      tools.progress(trans.__('Checking that nobody moved it meanwhile…'));
      return carryOutMove(
        services,
        offer,
        move,
        () => {
          onSend();
          tools.progress(trans.__('Writing…'));
        },
        tools.signal
      );
    },
    Body: MoveBody,
    acceptLabel: value =>
      value?.starts ? trans.__('Start workflow') : trans.__('Take action'),
    footer: ({ offers }) =>
      offers.length
        ? trans.__(
            'OpenPages records the user of connection “%1”.',
            offers[0].subject.console.label
          )
        : '',
    describe: error => describeMove(error, trans),
    outdated: error => error instanceof MovedMeanwhileError
  };
}

function check(
  value: IMoveValue,
  context: IMoveContext,
  trans: TranslationBundle
): FormErrors {
  if (!context.offers.length) {
    return { '': trans.__('There is nothing to move from here.') };
  }
  const offer = offerOf(context, value);
  if (!offer) {
    return { subject: trans.__('Choose the object.') };
  }
  if (!offer.actions.length && !offer.starts.length) {
    return { '': trans.__('The console offers nothing to do here.') };
  }
  const move = moveOf(offer, value);
  if (!move) {
    return {
      choice: offer.active
        ? trans.__('Choose an action.')
        : trans.__('Choose a workflow.')
    };
  }
  if (value.comment.length > COMMENT_MAX) {
    return {
      comment: trans.__('At most %1 characters.', COMMENT_MAX.toLocaleString())
    };
  }
  return needOf(offer, value) === 'required' && !value.comment.trim()
    ? { comment: trans.__('A comment is needed.') }
    : {};
}

function needOf(
  offer: IOffer,
  { choice }: IMoveValue
): IOffer['actions'][number]['comment'] {
  return offer.actions.find(({ name }) => name === choice)?.comment ?? 'none';
}

/** Say a failure; refusals of the console lead to it. */
export function describeMove(
  error: unknown,
  trans: TranslationBundle
): IProblem {
  if (error instanceof MovedMeanwhileError) {
    const { now } = error;
    return {
      title: trans.__('The workflow has moved meanwhile'),
      message: now
        ? trans.__(
            'It is in stage “%1” of “%2” now.',
            now.state.stage ?? '?',
            now.state.workflow ?? '?'
          )
        : trans.__('The object is in no workflow any more.'),
      hint: trans.__(
        'What is offered is read again. Where an earlier try got no answer, it may have been yours.'
      ),
      action: 'none',
      details: error.message,
      retryable: false
    };
  }
  const problem = describeError(error, trans);
  const refused =
    error instanceof OpenPagesError &&
    (error.denied || error.reason === 'refused');
  return refused
    ? {
        ...problem,
        action: 'none',
        hint: trans.__(
          'You are not an assignee of the stage, or fields have no value yet: the governance console tells which.'
        )
      }
    : problem;
}

function MoveBody(props: Props): JSX.Element {
  const { context, value, set, trans } = props;
  const { offers, closed, links } = context;
  if (!offers.length) {
    return <Nothing {...props} />;
  }
  const offer = offerOf(context, value);
  const kinds = {
    'use-case': trans.__('Use case'),
    model: trans.__('Model')
  };
  return (
    <>
      <Field
        label={trans.__('Object in OpenPages')}
        error={props.errorOf('subject')}
        required
      >
        <select
          data-sg-first=""
          value={value.subject ?? ''}
          onChange={event => {
            const subject = event.target.value || null;
            const next = offerOf(context, { ...value, subject });
            set({ subject, choice: null, starts: !!next && !next.active });
          }}
        >
          {value.subject ? null : (
            <option value="">{trans.__('Choose…')}</option>
          )}
          {offers.map(({ subject }) => (
            <option key={subjectKey(subject)} value={subjectKey(subject)}>
              {`${kinds[subject.kind]}: ${subject.label}`}
            </option>
          ))}
        </select>
      </Field>
      {context.modelsError ? (
        <Notice kind="warning">
          {trans.__(
            'The models of the group could not be listed: %1',
            describeError(context.modelsError, trans).message
          )}
        </Notice>
      ) : null}
      {offer ? <Offer {...props} offer={offer} /> : null}
      {closed.length && links.length ? (
        <Notice kind="info">
          {trans.__(
            'Workflows of “%1” are moved in the governance console only.',
            closed.map(({ label }) => label).join(', ')
          )}
        </Notice>
      ) : null}
    </>
  );
}

/** Where the object stands, and what can be done. */
function Offer(props: Props & { offer: IOffer }): JSX.Element {
  const { offer, value, set, trans } = props;
  const { active, actions, starts, error, subject } = offer;
  const need = needOf(offer, value);
  const choices = active
    ? actions.map(({ name }) => ({ key: name, label: name }))
    : starts.map(({ id, name }) => ({ key: id, label: name }));
  return (
    <>
      <Standing offer={offer} trans={trans} />
      {error ? (
        <Notice
          kind="warning"
          action={{ label: trans.__('Read again'), onClick: props.reload }}
        >
          {trans.__(
            'What the console offers could not be read: %1',
            describeError(error, trans).message
          )}
        </Notice>
      ) : null}
      {choices.length ? (
        <fieldset className="jp-sg-picks">
          <legend>
            {active ? trans.__('Action') : trans.__('Workflow to start')}
          </legend>
          {choices.map(({ key, label }) => (
            <label key={key}>
              <input
                type="radio"
                name="jp-sg-move"
                checked={value.choice === key}
                onChange={() => set({ choice: key })}
              />
              <bdi>{label}</bdi>
            </label>
          ))}
        </fieldset>
      ) : error ? null : (
        <p className="jp-sg-link-quiet">
          {active
            ? trans.__('The console tells of no action in this stage.')
            : trans.__(
                'The object is in no workflow, and the console has none to start on it.'
              )}
        </p>
      )}
      {need === 'none' ? null : (
        <Field
          label={trans.__('Comment')}
          required={need === 'required'}
          error={props.errorOf('comment')}
          counter={{ n: value.comment.length, max: COMMENT_MAX }}
        >
          <textarea
            className="jp-mod-styled jp-sg-input"
            rows={3}
            dir="auto"
            value={value.comment}
            onChange={event => set({ comment: event.target.value })}
          />
        </Field>
      )}
      {subject.url ? <ConsoleLink subject={subject} trans={trans} /> : null}
    </>
  );
}

function Standing(props: {
  offer: IOffer;
  trans: TranslationBundle;
}): JSX.Element {
  const { offer, trans } = props;
  const state = offer.active?.state;
  const facts: [string, React.ReactNode][] = state
    ? [
        [trans.__('Workflow'), state.workflow],
        [trans.__('Stage'), state.stage],
        [
          trans.__('Since'),
          state.since === null ? null : <Age at={state.since} trans={trans} />
        ],
        [
          trans.__('Assigned to'),
          state.assignees.length ? state.assignees.join(', ') : null
        ]
      ]
    : [[trans.__('Workflow'), trans.__('none is active')]];
  return (
    <dl className="jp-sg-link-standing">
      {facts.map(([name, fact]) =>
        fact === null ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <bdi>{fact}</bdi>
            </dd>
          </div>
        )
      )}
    </dl>
  );
}

function ConsoleLink(props: {
  subject: ISubject;
  trans: TranslationBundle;
}): JSX.Element {
  const { subject, trans } = props;
  return (
    <a
      className="jp-sg-link-console"
      href={subject.url ?? undefined}
      target="_blank"
      rel="noopener noreferrer"
    >
      {trans.__('Open in the governance console')} <Glyph name="external" />
    </a>
  );
}

/** Nothing can be moved from here: why, and the links to the console. */
function Nothing({ context, reload, trans }: Props): JSX.Element {
  const { closed, links, name } = context;
  return (
    <>
      <EmptyState
        title={
          closed.length
            ? trans.__('Workflows are moved in the governance console')
            : trans.__('No object of %1 to move', name)
        }
        actions={
          closed.length
            ? []
            : [{ label: trans.__('Read again'), onClick: reload }]
        }
      >
        {closed.length
          ? trans.__(
              'The administrator has not enabled workflows of “%1” here.',
              closed.map(({ label }) => label).join(', ')
            )
          : trans.__(
              'OpenPages shows no use case and no model of this group: link it to a use case first.'
            )}
      </EmptyState>
      {links
        .filter(({ url }) => url)
        .map(subject => (
          <p key={subjectKey(subject)} className="jp-sg-link-lead">
            <bdi>{subject.label}</bdi>
            {' · '}
            <ConsoleLink subject={subject} trans={trans} />
          </p>
        ))}
    </>
  );
}
