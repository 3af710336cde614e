import { act, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { config, governanceStatus, groupArn } from '../../testing';
import type {
  IDecideArgs,
  IGovernance,
  IModelPackageDetails
} from '../../tokens';
import {
  clearDrafts,
  FormDialog,
  type IFormOptions
} from '../../ui/formDialog';
import { chooserForm } from '../dialogs/chooser';
import { decideForm } from '../dialogs/decide';
import type { Fixes } from '../dialogs/parts';
import { requestForm } from '../dialogs/request';
import { DEFAULTS, setApprovalSettings } from '../settings';
import { details, type IWorld, services, trans } from './helpers';

const APPROVER = 'arn:aws:sts::111122223333:assumed-role/Approver/SageMaker';

const argsOf = (v: IModelPackageDetails): IDecideArgs => ({
  connection: 'own',
  group: groupArn('credit-risk-scoring'),
  package: v.arn
});

describe('dialogs', () => {
  const opened: { dispose: () => void }[] = [];

  function show<C, V extends object, R>(options: IFormOptions<C, V, R>) {
    const dialog = new FormDialog(options);
    opened.push(dialog);
    const result = dialog.launch().then(
      ({ button, value }) => (button.accept ? value : null),
      () => null
    );
    const view = within(dialog.node);
    const accept = (): HTMLButtonElement =>
      dialog.node.querySelector(
        '.jp-Dialog-footer .jp-mod-accept'
      ) as HTMLButtonElement;
    return { view, result, accept, dialog };
  }

  afterEach(() => {
    act(() => opened.splice(0).forEach(dialog => dialog.dispose()));
    clearDrafts();
    setApprovalSettings(DEFAULTS);
  });

  describe('request', () => {
    const version = details();
    const open = (
      v = version,
      members: Partial<IWorld> = {},
      fixes: Fixes = {}
    ) => {
      const made = services(v, members);
      return {
        ...show(requestForm(made.services, argsOf(v), fixes)),
        ...made
      };
    };

    it('runs the fix of a check', async () => {
      const user = userEvent.setup();
      const register = jest.fn();
      const { view } = open(details({ metrics: {} }), {}, { register });
      await user.click(await view.findByText('Register version…'));
      expect(register).toHaveBeenCalledTimes(1);
    });

    it('offers no fix that is switched off in this lab', async () => {
      const { view } = open(details({ metrics: {} }));
      expect(await view.findByText(/Missing: metrics/)).toBeInTheDocument();
      expect(view.queryByText('Register version…')).toBeNull();
    });

    it('checks, asks for the reason and writes exactly the preview', async () => {
      const user = userEvent.setup();
      const { view, result, accept, world } = open();
      const reason = await view.findByLabelText(/Reason/);
      expect(
        view.getByText('Model artifact, image and metrics are there')
      ).toBeInTheDocument();
      expect(accept()).toBeDisabled();
      expect(
        view.getByText('as role DataScientist · ds-042')
      ).toBeInTheDocument();
      await user.type(reason, 'Adds bureau data{Enter}now');
      expect(reason).toHaveValue('Adds bureau datanow');
      expect(view.getAllByText('Development / PendingApproval')).toHaveLength(
        1
      );
      await user.click(accept());
      const done = await result;
      expect(done?.reason).toBe('Adds bureau datanow');
      expect(world.updates).toEqual([
        {
          arn: version.arn,
          update: {
            approval: 'PendingManualApproval',
            approvalDescription: 'Adds bureau datanow',
            lifeCycle: { stage: 'Development', status: 'PendingApproval' },
            clientToken: expect.stringMatching(/^[0-9a-f]{32}$/)
          }
        }
      ]);
    });

    it('does not move a version of another stage unasked', async () => {
      const { view } = open(
        details({
          lifeCycle: { stage: 'QA', status: 'InProgress', description: null }
        })
      );
      expect(
        await view.findByRole('checkbox', { hidden: true })
      ).not.toBeChecked();
    });

    it('shows a conflict, writes nothing and keeps the text', async () => {
      const user = userEvent.setup();
      const { view, accept, world } = open();
      const reason = await view.findByLabelText(/Reason/);
      await user.type(reason, 'mine');
      world.versions.set(
        version.arn,
        details({
          approval: 'Approved',
          approvalDescription: 'Fine',
          lastModifiedAt: Date.UTC(2026, 10, 21),
          lastModifiedBy: {
            userProfileName: 'apr-007',
            sourceIdentity: null,
            arn: null
          }
        })
      );
      await user.click(accept());
      expect(
        await view.findByText(/apr-007 changed version 12/)
      ).toBeInTheDocument();
      expect(world.updates).toEqual([]);
      expect(reason).toHaveValue('mine');
      // The checks show what stands there now, and it cannot be overwritten.
      expect(
        (await view.findAllByText(/already approved/)).length
      ).toBeGreaterThan(0);
      expect(accept()).toBeDisabled();
    });

    it('keeps the text when SageMaker refuses, and sends the same token again', async () => {
      const user = userEvent.setup();
      const { view, accept, world, result } = open(version, {
        failUpdate: Object.assign(new Error('Rate exceeded'), {
          name: 'ThrottlingException'
        })
      });
      const reason = await view.findByLabelText(/Reason/);
      await user.type(reason, 'mine');
      await user.click(accept());
      expect(
        await view.findByRole('alert', { hidden: true })
      ).toBeInTheDocument();
      expect(reason).toHaveValue('mine');
      world.failUpdate = null;
      await user.click(accept());
      await result;
      expect(world.updates).toHaveLength(2);
      expect(world.updates[0]).toEqual(world.updates[1]);
    });

    it('is off in a shared space, with the reason', async () => {
      const { view, accept } = open(version, {
        config: config({
          environment: {
            ...config().environment,
            kind: 'studio-shared',
            userProfileName: null
          }
        })
      });
      const reason = await view.findByLabelText(/Reason/);
      await userEvent.setup().type(reason, 'x');
      expect(view.getAllByText(/shared space/).length).toBeGreaterThan(0);
      expect(accept()).toBeDisabled();
    });
  });

  describe('decide', () => {
    const asked = details({
      createdBy: { userProfileName: 'ds-107', sourceIdentity: null, arn: null },
      approvalDescription: 'Better data'
    });
    const open = (
      v = asked,
      decision?: IDecideArgs['decision'],
      members: Partial<IWorld> = {}
    ) => {
      const made = services(v, { callerArn: APPROVER, ...members });
      const args = decision ? { ...argsOf(v), decision } : argsOf(v);
      return { ...show(decideForm(made.services, args, {})), ...made };
    };

    it('approves without a reason, after saying what it may start', async () => {
      const user = userEvent.setup();
      const { view, accept, result, world } = open();
      expect(await view.findByText('“Better data”')).toBeInTheDocument();
      expect(accept()).toBeDisabled();
      await user.click(view.getByLabelText('Approve'));
      expect(view.getByText(/may start a deployment/)).toBeInTheDocument();
      await user.click(accept());
      expect((await result)?.decision).toBe('Approved');
      expect(world.updates[0].update).toEqual({
        approval: 'Approved',
        clientToken: expect.any(String)
      });
    });

    it('rejects only with a reason', async () => {
      const user = userEvent.setup();
      const { view, accept, result, world } = open(asked, 'Rejected');
      const reason = await view.findByLabelText(/Reason/);
      expect(accept()).toHaveTextContent('Reject');
      expect(accept()).toBeDisabled();
      await user.type(reason, 'Too thin');
      await user.click(accept());
      await result;
      expect(world.updates[0].update).toMatchObject({
        approval: 'Rejected',
        approvalDescription: 'Too thin'
      });
    });

    it('wants a reason for approving when settings say so', async () => {
      setApprovalSettings({
        ...DEFAULTS,
        reasonRequired: { request: true, approve: true }
      });
      const { view, accept } = open(asked, 'Approved');
      await view.findByLabelText(/Reason/);
      expect(accept()).toBeDisabled();
    });

    it('refuses the author, and says so', async () => {
      const user = userEvent.setup();
      const { view, accept, world } = open(
        details({ approvalDescription: 'mine' }),
        'Approved'
      );
      const reason = await view.findByLabelText(/Reason/);
      await user.type(reason, 'fine');
      expect(
        view.getAllByText(/You registered this version \(ds-042\)/).length
      ).toBeGreaterThan(0);
      expect(accept()).toBeDisabled();
      await user.keyboard('{Control>}{Enter}{/Control}');
      expect(world.updates).toEqual([]);
    });

    it('asks when nothing tells who the author is', async () => {
      const user = userEvent.setup();
      const { view, accept } = open(details({ createdBy: null }), 'Approved');
      const box = await view.findByLabelText(/I did not register it/);
      expect(accept()).toBeDisabled();
      await user.click(box);
      expect(accept()).toBeEnabled();
    });

    it('is off in a shared space, with the reason', async () => {
      const { view, accept } = open(asked, 'Approved', {
        config: config({
          environment: { ...config().environment, kind: 'studio-shared' }
        })
      });
      await view.findByLabelText(/Reason/);
      expect(view.getAllByText(/shared space/).length).toBeGreaterThan(0);
      expect(accept()).toBeDisabled();
    });

    it('shows what changed against the last approved version', async () => {
      const before = details({
        ...asked,
        arn: asked.arn.replace('/12', '/11'),
        version: 11,
        approval: 'Approved',
        metrics: { auc: 0.848 },
        metadata: { 'param.depth': '3' }
      });
      const now = { ...asked, metadata: { 'param.depth': '4' } };
      const { view } = open(now, undefined, {
        versions: new Map([
          [now.arn, now],
          [before.arn, before]
        ])
      });
      expect(
        await view.findByText(/Version 12 against 11/)
      ).toBeInTheDocument();
      expect(view.getByText('0.8480')).toBeInTheDocument();
      expect(view.getByText('▲ +0.013')).toBeInTheDocument();
      expect(view.getByText('depth')).toBeInTheDocument();
    });

    it('names the missing permission when IAM refuses', async () => {
      const user = userEvent.setup();
      const { view, accept } = open(asked, 'Approved', {
        failUpdate: Object.assign(
          new Error(
            'User: arn:aws:sts::111122223333:assumed-role/Reader/x is not authorized to perform: sagemaker:UpdateModelPackage on resource: y'
          ),
          { name: 'AccessDeniedException' }
        )
      });
      await view.findByLabelText(/Reason/);
      await user.click(accept());
      expect(
        (await view.findAllByText(/sagemaker:UpdateModelPackage/)).length
      ).toBeGreaterThan(0);
      expect(accept()).toBeEnabled();
    });

    it('does not decide twice the same', async () => {
      const { view, accept } = open(
        details({ ...asked, approval: 'Approved' }),
        'Approved'
      );
      await view.findByLabelText(/Reason/);
      expect(view.getByText(/Already approved/)).toBeInTheDocument();
      expect(accept()).toBeDisabled();
    });
  });

  describe('chooser', () => {
    it('lists pending versions and gives the arguments of one', async () => {
      const user = userEvent.setup();
      const v = details();
      const made = services(v);
      const { view, accept, result } = show(
        chooserForm(made.services, { title: 'Which?', accept: 'Continue' })
      );
      const row = await view.findByLabelText(/credit-risk-scoring v12/);
      expect(accept()).toBeDisabled();
      await user.type(view.getByRole('searchbox', { hidden: true }), 'nothing');
      expect(view.getByText('No pending version here')).toBeInTheDocument();
      await user.clear(view.getByRole('searchbox', { hidden: true }));
      expect(row).toBeTruthy();
      await user.click(view.getByLabelText(/credit-risk-scoring v12/));
      await user.click(accept());
      expect(await result).toEqual({
        connection: 'own',
        group: v.groupArn,
        package: v.arn
      });
    });

    it.each([
      ['an approved use case: with us', 'approved' as const, true],
      ['a rejected one stops everything', 'rejected' as const, false]
    ])(
      'says whose turn it is as the panel does, %s',
      async (_, bucket, you) => {
        const asked = details({
          createdBy: {
            userProfileName: 'ds-107',
            sourceIdentity: null,
            arn: null
          },
          approvalDescription: 'Better data'
        });
        const made = services(asked, { callerArn: APPROVER });
        const governance: Partial<IGovernance> = {
          resolve: async groups =>
            new Map(
              groups.map(({ arn }) => [arn, governanceStatus({ bucket })])
            )
        };
        made.services.governance = governance as IGovernance;
        const { view } = show(
          chooserForm(made.services, { title: 'Which?', accept: 'Continue' })
        );
        const radio = await view.findByLabelText(/credit-risk-scoring v12/);
        const row = radio.closest('label')?.textContent ?? '';
        expect(row.includes('with you')).toBe(you);
      }
    );

    it('says which registry failed', async () => {
      const made = services(details());
      made.services.registry.pendingVersions = () =>
        Promise.reject(new Error('registry is down'));
      const { view } = show(
        chooserForm(made.services, { title: 'Which?', accept: 'Continue' })
      );
      expect(
        await view.findByText(`Own account: registry is down`)
      ).toBeInTheDocument();
      expect(trans).toBeDefined();
    });
  });
});
