/** The dialog in which an approver approves or rejects a version. */
import { describeError, groupNameOf, versionOf } from '../../relay';
import type { IDecideArgs, IModelPackageDetails } from '../../tokens';
import { ApprovalBadge, Notice } from '../../ui';
import type { IFormOptions, IFormProps } from '../../ui/formDialog';
import { type IMayDecide, mayDecide, pointless } from '../authors';
import { readLastApproved } from '../compare';
import { actorName } from '../persona';
import { preflight, type IPreflightItem } from '../preflight';
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
import { Comparison } from './comparison';
import {
  actingAs,
  type Fixes,
  LifeCycleBox,
  PreflightList,
  ReasonField,
  Written
} from './parts';
import { writeOnce } from './send';

type Decision = 'Approved' | 'Rejected';

/** What is chosen and typed. */
export interface IDecideValue {
  decision: Decision | null;
  reason: string;
  setLifeCycle: boolean;
  /** "I did not register it": asked only when nothing tells. */
  notAuthor: boolean;
}

/** What the dialog shows. */
export interface IDecideContext extends ISubject {
  items: IPreflightItem[];
  may: IMayDecide;
  /** Last approved version; null: nothing to compare with. */
  against: IModelPackageDetails | null;
}

/** What was decided. */
export interface IDecided {
  subject: ISubject;
  decision: Decision;
}

/** Checks that concern the approver. */
const SHOWN: readonly IPreflightItem['id'][] = [
  'package',
  'use-case',
  'contents',
  'card',
  'newer'
];

const pairFor = (decision: Decision | null) =>
  decision === 'Approved'
    ? approvalSettings().onApprove
    : decision === 'Rejected'
      ? approvalSettings().onReject
      : null;

const reasonNeeded = (decision: Decision | null): boolean =>
  decision === 'Rejected' ||
  (decision === 'Approved' && approvalSettings().reasonRequired.approve);

const changeOf = (value: IDecideValue, decision: Decision) => ({
  approval: decision,
  reason: value.reason,
  lifeCycle: value.setLifeCycle ? pairFor(decision) : null
});

function bodyFor(fixes: Fixes) {
  return function DecideBody({
    context,
    value,
    set,
    errorOf,
    trans
  }: IFormProps<IDecideContext, IDecideValue>): JSX.Element {
    const { version, may, items, against, group } = context;
    const pair = pairFor(value.decision);
    const author = actorName(version.createdBy);
    return (
      <>
        <p className="jp-sg-decide-head">
          <ApprovalBadge approval={version.approval} trans={trans} />{' '}
          {author ? trans.__('Registered by %1.', author) : null}{' '}
          {version.approvalDescription ? (
            <bdi>{`“${version.approvalDescription}”`}</bdi>
          ) : (
            trans.__('No reason was given with the request.')
          )}
        </p>
        {may.verdict === 'no' ? (
          <Notice kind="warning">{may.reason}</Notice>
        ) : null}
        <PreflightList items={items} fixes={fixes} trans={trans} />
        <Comparison version={version} against={against} trans={trans} />
        <fieldset className="jp-sg-choice" disabled={may.verdict === 'no'}>
          <legend>{trans.__('Decision')}</legend>
          {(['Approved', 'Rejected'] as const).map(decision => (
            <label key={decision}>
              <input
                type="radio"
                name="jp-sg-decision"
                checked={value.decision === decision}
                onChange={() => set({ decision })}
              />
              {decision === 'Approved'
                ? trans.__('Approve')
                : trans.__('Reject')}
            </label>
          ))}
        </fieldset>
        {value.decision === 'Approved' ? (
          <Notice kind="warning">
            {trans.__(
              'Approving may start a deployment: pipelines can listen for it.'
            )}
          </Notice>
        ) : null}
        <ReasonField
          label={trans.__('Reason (the author sees this)')}
          value={value.reason}
          onChange={reason => set({ reason })}
          error={errorOf('reason')}
          required={reasonNeeded(value.decision)}
          trans={trans}
        />
        {may.verdict === 'ask' ? (
          <label className="jp-sg-check">
            <input
              type="checkbox"
              checked={value.notAuthor}
              onChange={event => set({ notAuthor: event.target.checked })}
            />
            <span>
              {may.reason} {trans.__('I did not register it.')}
            </span>
          </label>
        ) : null}
        {pair ? (
          <LifeCycleBox
            pair={pair}
            checked={value.setLifeCycle}
            onChange={setLifeCycle => set({ setLifeCycle })}
            trans={trans}
          />
        ) : null}
        {value.decision ? (
          <Written
            target={`${group.name}/${version.version}`}
            update={updateOf(changeOf(value, value.decision))}
            trans={trans}
          />
        ) : null}
      </>
    );
  };
}

/** The form of a decision. */
export function decideForm(
  services: IApprovalServices,
  args: IDecideArgs,
  fixes: Fixes
): IFormOptions<IDecideContext, IDecideValue, IDecided> {
  const { registry, trans } = services;
  const tokens = new ChangeTokens();
  const number = versionOf(args.package) ?? '?';
  return {
    title: trans.__('Decide on %1 v%2', groupNameOf(args.group), number),
    subject: `decide:${args.package}`,
    trans,
    load: async signal => {
      const subject = await readSubject(services, args, signal);
      const before = await readLastApproved(
        registry,
        subject.group,
        subject.version,
        signal
      );
      const against = before
        ? await registry.describeVersion(args.connection, before.arn, signal)
        : null;
      return {
        ...subject,
        items: preflight({ ...subject, trans }).filter(({ id }) =>
          SHOWN.includes(id)
        ),
        may: mayDecide(subject.version, subject.me, trans),
        against
      };
    },
    initial: () => ({
      decision: args.decision ?? null,
      reason: '',
      setLifeCycle: true,
      notAuthor: false
    }),
    check: (value, { may, version, items }) => {
      const errors: Record<string, string> = {};
      if (may.verdict === 'no') {
        errors[''] = may.reason ?? '';
      } else if (!value.decision) {
        errors.decision = trans.__('Choose to approve or to reject.');
      } else {
        const again = pointless(version, value.decision, trans);
        const blocking = items.find(({ state }) => state === 'block');
        if (again) {
          errors.decision = again;
        } else if (value.decision === 'Approved' && blocking) {
          errors.decision = blocking.text;
        }
      }
      const reason = reasonError(
        value.reason,
        reasonNeeded(value.decision),
        trans
      );
      if (reason) {
        errors.reason = reason;
      }
      if (may.verdict === 'ask' && !value.notAuthor) {
        errors.notAuthor = trans.__('Confirm that you did not register it.');
      }
      return errors;
    },
    submit: async (value, context, tools) => {
      // `check` holds the button until a decision is chosen.
      const decision = value.decision as Decision;
      await writeOnce({
        registry,
        args,
        before: context.version,
        update: updateOf(changeOf(value, decision)),
        tokens,
        tools,
        trans
      });
      return { subject: context, decision };
    },
    Body: bodyFor(fixes),
    acceptLabel: value =>
      value?.decision === 'Rejected'
        ? trans.__('Reject')
        : value?.decision === 'Approved'
          ? trans.__('Approve')
          : trans.__('Decide'),
    footer: ({ me }) => actingAs(me, trans),
    describe: error =>
      error instanceof ConflictError
        ? describeConflict(error, trans)
        : describeError(error, trans),
    outdated: error => error instanceof ConflictError
  };
}
