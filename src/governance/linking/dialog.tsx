/** The dialog that links a group to a use case. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { groupNameOf } from '../../relay';
import type { IGroupArgs } from '../../tokens';
import { EmptyState, Field, Notice } from '../../ui';
import type { FormErrors, IFormOptions, IFormProps } from '../../ui/formDialog';
import { type IActionServices, type ILinkRecord, rest } from '../trail';
import { type ILinkContext, readContext } from './context';
import { LinkedMeanwhileError, PartialError } from './failures';
import {
  type ILinkPlan,
  type ILinkValue,
  labelOf,
  planOf,
  targetKey,
  targetOf
} from './plan';
import { PartsList, Preview } from './preview';
import { carryOut, recordOf, refuseBeforehand } from './run';
import { LinkSession } from './session';
import { UseCaseList } from './useCaseList';
import { describeLinking, progressOf } from './words';
import '../../../style/linking.css';

type Props = IFormProps<ILinkContext, ILinkValue>;

/** What the form works with beside the services. */
export interface ILinkFormOptions {
  services: IActionServices;
  args: IGroupArgs;
  /** A link of the group of which parts are not written; null: none. */
  begun: ILinkRecord | null;
  /** Called before and after each part, so that a reload loses nothing. */
  keep: (record: ILinkRecord) => Promise<void>;
  /** What was kept last did not happen. */
  drop: () => Promise<void>;
}

/** The form; its result is what was written. */
export function linkForm(
  options: ILinkFormOptions
): IFormOptions<ILinkContext, ILinkValue, ILinkRecord> {
  const { services, args, keep, drop } = options;
  const { relay, trans } = services;
  const session = new LinkSession(relay, options.begun);
  const name = groupNameOf(args.group);
  const carry = async (
    record: ILinkRecord,
    context: ILinkContext,
    tools: Parameters<
      IFormOptions<ILinkContext, ILinkValue, ILinkRecord>['submit']
    >[2]
  ): Promise<ILinkRecord> => {
    const run = {
      services,
      signal: tools.signal,
      progress: (part: Parameters<typeof progressOf>[1]) =>
        tools.progress(progressOf('link', part, trans)),
      keep,
      drop
    };
    try {
      if (record.parts.association?.state !== 'written') {
        tools.progress(trans.__('Checking rights, and that nobody was first…'));
        await refuseBeforehand(
          { services, signal: tools.signal },
          record,
          labelsOf(context, record.console),
          new Set(
            context.targets
              .find(({ object }) => object.id === record.object)
              ?.object.useCases.map(({ id }) => id)
          )
        );
      }
      session.record = await carryOut(run, record);
      return session.record;
    } catch (error) {
      if (error instanceof PartialError) {
        session.record = error.record;
      }
      throw error;
    } finally {
      // Where nobody waits any more, the parts are shown as they are by now.
      tools.progress('');
    }
  };
  return {
    title: trans.__('Link %1 to a use case', name),
    subject: `link:${args.group}`,
    trans,
    load: signal => readContext(services, args, session.reads++ > 0, signal),
    initial: () => ({
      text: '',
      target: null,
      useCase: null,
      removeFormer: false,
      tag: true,
      card: true
    }),
    check: (value, context) => check(session, context, value, trans),
    submit: async (value, context, tools) => {
      // A try that was stopped may still be writing its last part.
      await session.running;
      const plan = planOf(context, value);
      const record =
        session.record ??
        (plan && recordOf({ ...args, name }, plan, value, Date.now()));
      if (!record) {
        throw new Error(trans.__('Choose a use case.'));
      }
      const run = carry(record, context, tools);
      session.running = run.then(
        () => undefined,
        () => undefined
      );
      return run;
    },
    Body: bodyFor(services, session),
    acceptLabel: () =>
      session.record ? trans.__('Try the rest again') : trans.__('Link'),
    footer: ({ targets }) => {
      const label = targets[0]?.console.label;
      return label
        ? trans.__('OpenPages records the user of connection “%1”.', label)
        : '';
    },
    describe: error => describeLinking(error, trans),
    outdated: error => error instanceof LinkedMeanwhileError
  };
}

/** Labels of a console's use cases by Resource ID. */
function labelsOf(
  { useCases }: ILinkContext,
  console: string
): ReadonlyMap<string, string> {
  return new Map(
    (useCases.get(console) ?? []).map(one => [one.id, labelOf(one)])
  );
}

/** Whether a plan changes anything. */
function writesSomething(plan: ILinkPlan, value: ILinkValue): boolean {
  return (
    !plan.already ||
    (value.removeFormer && plan.former.length > 0) ||
    (value.tag && plan.tag.write !== null) ||
    (value.card && plan.card.write !== null)
  );
}

function check(
  session: LinkSession,
  context: ILinkContext,
  value: ILinkValue,
  trans: TranslationBundle
): FormErrors {
  if (session.record) {
    return rest(session.record).length
      ? {}
      : { '': trans.__('Everything is written.') };
  }
  if (!context.consoles.length) {
    return { '': trans.__('No console keeps this registry.') };
  }
  if (!context.targets.length) {
    return { '': trans.__('Nothing can be linked yet.') };
  }
  const target = targetOf(context, value);
  if (!target) {
    return { target: trans.__('Choose the model group in OpenPages.') };
  }
  if (target.object.above === 'hidden') {
    return {
      '': trans.__('The group is linked to a use case that you may not see.')
    };
  }
  const { console } = target;
  if (session.right(console.id, target.object.id) === false) {
    return {
      '': trans.__('You may not associate this model group in OpenPages.')
    };
  }
  const plan = planOf(context, value);
  if (!plan) {
    return { useCase: trans.__('Choose a use case.') };
  }
  if (session.right(console.id, plan.useCase.id) === false) {
    return { useCase: trans.__('Choose another use case.') };
  }
  return writesSomething(plan, value)
    ? {}
    : { useCase: trans.__('The group is linked to it already.') };
}

function bodyFor(
  services: IActionServices,
  session: LinkSession
): (props: Props) => JSX.Element {
  return function LinkBody(props: Props): JSX.Element {
    const { context, value, set, reload, trans } = props;
    if (session.record) {
      return (
        <>
          <p className="jp-sg-link-lead">
            {trans.__(
              'The link to %1 was begun; this is how far it came.',
              session.record.useCase.label
            )}
          </p>
          <PartsList record={session.record} trans={trans} />
        </>
      );
    }
    if (!context.consoles.length) {
      return (
        <EmptyState title={trans.__('No console keeps this registry')}>
          {trans.__(
            'Ask the administrator to connect watsonx.governance, with a business entity for this registry.'
          )}
        </EmptyState>
      );
    }
    if (!context.targets.length) {
      return <NotSynchronised {...props} />;
    }
    const target = targetOf(context, value);
    return (
      <>
        {context.targets.length > 1 || !target ? (
          <Field
            label={trans.__('Model group in OpenPages')}
            error={props.errorOf('target')}
            required
          >
            <select
              value={target ? targetKey(target) : ''}
              onChange={event =>
                set({ target: event.target.value || null, useCase: null })
              }
            >
              <option value="">{trans.__('Choose…')}</option>
              {context.targets.map(one => (
                <option key={targetKey(one)} value={targetKey(one)}>
                  {`${one.object.name ?? one.object.id} (${one.object.id}) · ${one.console.label}`}
                </option>
              ))}
            </select>
          </Field>
        ) : null}
        {target?.object.above === 'hidden' ? (
          <EmptyState
            title={trans.__('Linked to a use case that you may not see')}
            actions={[{ label: trans.__('Read again'), onClick: reload }]}
          >
            {trans.__(
              'Ask its owner, or the administrator of “%1”, for the right to read it; a second link would go unseen beside it.',
              target.console.label
            )}
          </EmptyState>
        ) : target ? (
          <Choose
            {...props}
            services={services}
            session={session}
            target={target}
          />
        ) : null}
      </>
    );
  };
}

/** The group is not in OpenPages: nothing can be linked yet. */
function NotSynchronised({ context, reload, trans }: Props): JSX.Element {
  return (
    <EmptyState
      title={trans.__('OpenPages does not have this group yet')}
      actions={[{ label: trans.__('Read again'), onClick: reload }]}
    >
      <p>
        {trans.__(
          'A link is made on the model group’s object there, and %1 has none.',
          context.group.name
        )}
      </p>
      <p>
        {trans.__(
          'The administrator of “%1” runs “Synchronize existing model information” (Integrations > Amazon SageMaker); groups made later come by themselves, after some minutes.',
          context.consoles.map(({ label }) => label).join(', ')
        )}
      </p>
    </EmptyState>
  );
}

function Choose(
  props: Props & {
    services: IActionServices;
    session: LinkSession;
    target: NonNullable<ReturnType<typeof targetOf>>;
  }
): JSX.Element {
  const { context, value, set, errors, services, session, target, trans } =
    props;
  const { console, object } = target;
  const useCases = context.useCases.get(console.id) ?? [];
  const linked = React.useMemo(
    () => new Set(object.useCases.map(({ id }) => id)),
    [object]
  );
  const chosen = value.useCase;
  const redraw = React.useRef(set);
  redraw.current = set;
  React.useEffect(() => {
    for (const id of chosen ? [object.id, chosen] : [object.id]) {
      void session
        .ask(console.id, id)
        // An empty change: what may be sent depends on the answer.
        .then(fresh => fresh && redraw.current({}));
    }
  }, [session, console.id, object.id, chosen]);
  const plan = planOf(context, value);
  const refused = session.right(console.id, chosen ?? '') === false;
  const blocked = errors[''] ?? (chosen ? errors.useCase : undefined);
  return (
    <>
      {object.matchedBy === 'name' ? (
        <Notice kind="warning">
          {trans.__(
            'Matched by name: check that model group %1 is this group.',
            object.id
          )}
        </Notice>
      ) : null}
      {object.useCases.length ? (
        <Notice kind="info">
          {trans.__(
            'Linked now to %1.',
            object.useCases.map(labelOf).join(', ')
          )}
        </Notice>
      ) : object.above === 'unknown' ? (
        <Notice kind="warning">
          {trans.__(
            'OpenPages shows no use case above the group, and does not tell whether there is one that you may not see.'
          )}
        </Notice>
      ) : null}
      <UseCaseList
        console={console}
        connection={context.group.connection}
        useCases={useCases}
        linked={linked}
        bucketOf={status => services.governance.bucketOf(status)}
        text={value.text}
        onText={text => set({ text })}
        selected={chosen}
        onSelect={({ id }) => set({ useCase: id })}
        trans={trans}
      />
      {plan && refused ? (
        <Notice kind="warning">
          {trans.__(
            'You may read %1, but not associate it with others.',
            labelOf(plan.useCase)
          )}{' '}
          {trans.__(
            'Ask the owner of the use case, or the administrator of OpenPages, for the right to associate.'
          )}
        </Notice>
      ) : plan ? (
        <Warnings plan={plan} services={services} trans={trans} />
      ) : null}
      {plan && !blocked ? (
        <Preview
          group={context.group}
          plan={plan}
          value={value}
          set={set}
          trans={trans}
        />
      ) : null}
    </>
  );
}

/** What to mind about the chosen use case. */
function Warnings(props: {
  plan: ILinkPlan;
  services: IActionServices;
  trans: TranslationBundle;
}): JSX.Element {
  const { plan, services, trans } = props;
  const { place, useCase } = plan;
  const bucket = useCase.status
    ? services.governance.bucketOf(useCase.status)
    : null;
  return (
    <>
      {place === 'outside' ? (
        <Notice kind="warning">
          {trans.__(
            'It does not stand directly below the business entity of this registry: IBM never synchronises it.'
          )}
        </Notice>
      ) : place === 'unknown' ? (
        <Notice kind="warning">
          {trans.__(
            'Whether IBM synchronises it cannot be told: its business entity, or that of this registry, is not known.'
          )}
        </Notice>
      ) : null}
      {bucket === 'rejected' || bucket === 'retired' ? (
        <Notice kind="warning">
          {trans.__('Its status is “%1”.', useCase.status)}
        </Notice>
      ) : null}
    </>
  );
}
