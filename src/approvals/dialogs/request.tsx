/** The dialog that requests approval of a version. */
import type { IVersionArgs } from '../../tokens';
import { describeError, groupNameOf, versionOf } from '../../relay';
import {
  type FormErrors,
  type IFormProps,
  type IFormOptions
} from '../../ui/formDialog';
import { mayRequest, preflight, type IPreflightItem } from '../preflight';
import { approvalSettings } from '../settings';
import { readSubject } from '../subject';
import type { IApprovalServices, ISubject } from '../subject';
import {
  ChangeTokens,
  ConflictError,
  describeConflict,
  reasonError,
  updateOf
} from '../write';
import {
  actingAs,
  type Fixes,
  LifeCycleBox,
  PreflightList,
  ReasonField,
  Written
} from './parts';
import { writeOnce } from './send';

/** What is typed. */
export interface IRequestValue {
  reason: string;
  setLifeCycle: boolean;
}

/** What the dialog shows. */
export interface IRequestContext extends ISubject {
  items: IPreflightItem[];
}

/** What was asked for, for the watch and the notification. */
export interface IRequested {
  subject: ISubject;
  reason: string;
}

const changeOf = (value: IRequestValue) => ({
  approval: 'PendingManualApproval' as const,
  reason: value.reason,
  lifeCycle: value.setLifeCycle ? approvalSettings().onRequest : null
});

function bodyFor(fixes: Fixes) {
  return function RequestBody({
    context,
    value,
    set,
    errorOf,
    trans
  }: IFormProps<IRequestContext, IRequestValue>): JSX.Element {
    const { onRequest, reasonRequired } = approvalSettings();
    return (
      <>
        <PreflightList items={context.items} fixes={fixes} trans={trans} />
        <ReasonField
          label={trans.__('Reason (the approver sees this)')}
          value={value.reason}
          onChange={reason => set({ reason })}
          error={errorOf('reason')}
          required={reasonRequired.request}
          trans={trans}
        />
        {onRequest ? (
          <LifeCycleBox
            pair={onRequest}
            checked={value.setLifeCycle}
            onChange={setLifeCycle => set({ setLifeCycle })}
            trans={trans}
          />
        ) : null}
        <Written
          target={`${context.group.name}/${context.version.version}`}
          update={updateOf(changeOf(value))}
          trans={trans}
        />
      </>
    );
  };
}

/**
 * The form of a request.
 *
 * @param fixes what the fixes of checks do
 */
export function requestForm(
  services: IApprovalServices,
  args: IVersionArgs,
  fixes: Fixes
): IFormOptions<IRequestContext, IRequestValue, IRequested> {
  const { registry, trans } = services;
  const tokens = new ChangeTokens();
  const number = versionOf(args.package) ?? '?';
  return {
    title: trans.__(
      'Request approval for %1 v%2',
      groupNameOf(args.group),
      number
    ),
    subject: `request:${args.package}`,
    trans,
    load: async signal => {
      const subject = await readSubject(services, args, signal);
      return { ...subject, items: preflight({ ...subject, trans }) };
    },
    initial: ({ version }) => ({
      reason: '',
      // Never move a version to another stage unasked.
      setLifeCycle:
        !version.lifeCycle ||
        version.lifeCycle.stage === approvalSettings().onRequest?.stage
    }),
    check: (value, context) => {
      const errors: Record<string, string> = {};
      if (!mayRequest(context.items)) {
        const blocking = context.items.filter(i => i.state === 'block');
        errors[''] = blocking.map(({ text }) => text).join(' · ');
      }
      const reason = reasonError(
        value.reason,
        approvalSettings().reasonRequired.request,
        trans
      );
      if (reason) {
        errors.reason = reason;
      }
      return errors satisfies FormErrors;
    },
    submit: async (value, context, tools) => {
      await writeOnce({
        registry,
        args,
        before: context.version,
        update: updateOf(changeOf(value)),
        tokens,
        tools,
        trans
      });
      return { subject: context, reason: value.reason.trim() };
    },
    Body: bodyFor(fixes),
    acceptLabel: () => trans.__('Request approval'),
    footer: ({ me }) => actingAs(me, trans),
    describe: error =>
      error instanceof ConflictError
        ? describeConflict(error, trans)
        : describeError(error, trans),
    outdated: error => error instanceof ConflictError
  };
}
