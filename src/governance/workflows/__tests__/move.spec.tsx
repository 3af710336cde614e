import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { act, fireEvent, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { RelayError } from '../../../relay';
import {
  type Answer,
  fakeRelay,
  governance,
  governanceStatus,
  group,
  openPagesConnection,
  sageMakerConnection,
  useCase as makeUseCase
} from '../../../testing';
import type { IRegistry, IWorkflowArgs } from '../../../tokens';
import { clearDrafts, FormDialog } from '../../../ui/formDialog';
import type { IActionServices } from '../../trail';
import { actionsOfStage, definitionsOf } from '../offers';
import { moveForm } from '../dialog';

const trans = nullTranslator.load('sagemaker_governance');
const ROOT = 'openpages/wxgov/api/v2/';
const INSTANCES = `${ROOT}workflows/instances/search`;
const DEFINITIONS = `${ROOT}workflows/definitions`;
const TRANSITION = `${ROOT}workflows/instances/501/transition/`;
const START = `${ROOT}workflows/definitions/7/start/15001`;

const GROUP = group({ name: 'collections' });
const CASE = makeUseCase({ id: '15001', key: 'COL-004', name: 'Collections' });

/** Stage of the use case in the console; null: in no workflow. */
interface IWorld {
  stage: string | null;
  /** Answer to the write; absent: it goes through. */
  answer?: Answer;
  /** Whether the write goes through, whatever is answered. */
  comes?: boolean;
  comment?: unknown;
  workflows?: boolean;
}

const opened: { dispose: () => void }[] = [];

function open(members: Partial<IWorld> = {}, args?: Partial<IWorkflowArgs>) {
  const world: IWorld = { stage: 'Gathering', ...members };
  const sent: string[] = [];
  const written =
    (to: string): Answer =>
    call => {
      sent.push(`${call.path} ${JSON.stringify(call.body)}`);
      if (!world.answer || world.comes) {
        world.stage = to;
      }
      return world.answer ?? {};
    };
  const relay = fakeRelay(
    {
      [INSTANCES]: () => ({
        activity_instances: world.stage
          ? [
              {
                id: '501',
                workflow: 'Request',
                stage: world.stage,
                assignees: ['aray'],
                grc_object: { id: '15001' }
              }
            ]
          : []
      }),
      [DEFINITIONS]: call =>
        call.path.includes('/7')
          ? {
              stages: [
                {
                  name: 'Gathering',
                  actions: [
                    { name: 'Send', comment: world.comment },
                    { name: 'Withdraw' }
                  ]
                }
              ]
            }
          : { definitions: [{ id: '7', name: 'Request' }] },
      [`POST ${TRANSITION}Send`]: written('Review'),
      [`POST ${START}`]: written('Gathering'),
      // Models below the group: there are none.
      [`${ROOT}query`]: { rows: [] }
    },
    {
      connections: [
        sageMakerConnection(),
        openPagesConnection({ workflows: world.workflows ?? true })
      ]
    }
  );
  const services: IActionServices = {
    relay,
    registry: { describeGroup: async () => GROUP } as unknown as IRegistry,
    governance: governance({
      modelGroups: async () => [
        {
          connection: 'wxgov',
          id: '30001',
          name: 'collections',
          matchedBy: 'arn',
          useCases: [CASE],
          above: 'visible'
        }
      ],
      resolve: async () => new Map([[GROUP.arn, governanceStatus()]])
    }),
    state: null,
    settings: null,
    commands: new CommandRegistry(),
    trans
  };
  const onSend = jest.fn();
  const dialog = new FormDialog(
    moveForm(services, { connection: 'own', group: GROUP.arn, ...args }, onSend)
  );
  opened.push(dialog);
  // JupyterLab's style sheet shows the element; jsdom hides it without this.
  dialog.node.setAttribute('open', '');
  const result = dialog.launch().then(
    ({ button, value }) => (button.accept ? value : null),
    () => null
  );
  const accept = (): HTMLButtonElement =>
    dialog.node.querySelector(
      '.jp-Dialog-footer .jp-mod-accept'
    ) as HTMLButtonElement;
  return {
    world,
    sent,
    services,
    onSend,
    dialog,
    result,
    accept,
    view: within(dialog.node)
  };
}

type Opened = ReturnType<typeof open>;

async function take({ view, accept }: Opened, name = 'Send'): Promise<void> {
  await userEvent.click(await view.findByRole('radio', { name }));
  await userEvent.click(accept());
}

afterEach(() => {
  act(() => opened.splice(0).forEach(dialog => dialog.dispose()));
  clearDrafts();
});

describe('moving a workflow', () => {
  it('says where it stands, offers what the stage has, and takes it', async () => {
    const shown = open();
    const { view, accept, result, sent } = shown;
    expect(await view.findByText('Gathering')).toBeInTheDocument();
    expect(view.getByText('aray')).toBeInTheDocument();
    expect(view.getAllByRole('radio')).toHaveLength(2);
    expect(accept()).toBeDisabled();
    await take(shown);
    expect((await result)?.now?.state.stage).toBe('Review');
    expect(sent).toEqual([`${TRANSITION}Send {}`]);
  });

  it('starts one where none is active', async () => {
    const shown = open({ stage: null });
    expect(await shown.view.findByText('none is active')).toBeInTheDocument();
    expect(shown.accept()).toHaveTextContent('Start workflow');
    await take(shown, 'Request');
    expect((await shown.result)?.now?.state.stage).toBe('Gathering');
    expect(shown.sent).toEqual([`${START} {}`]);
  });

  it('asks for a comment only where the console takes one', async () => {
    const shown = open({ comment: 'required' });
    const { view, accept, sent, result } = shown;
    await userEvent.click(await view.findByRole('radio', { name: 'Send' }));
    expect(accept()).toBeDisabled();
    fireEvent.change(view.getByRole('textbox', { name: /^Comment/ }), {
      target: { value: ' All there. ' }
    });
    await userEvent.click(accept());
    await result;
    expect(sent).toEqual([`${TRANSITION}Send {"comment":"All there."}`]);
  });

  it('writes nothing when somebody else was first, and offers anew', async () => {
    const shown = open();
    const { view, world, sent, onSend } = shown;
    await userEvent.click(await view.findByRole('radio', { name: 'Send' }));
    world.stage = 'Elsewhere';
    await userEvent.click(shown.accept());
    expect(await view.findByRole('alert')).toHaveTextContent(
      'It is in stage “Elsewhere” of “Request” now.'
    );
    expect(
      await view.findByText(/tells of no action in this stage/)
    ).toBeInTheDocument();
    expect(sent).toEqual([]);
    expect(onSend).not.toHaveBeenCalled();
  });

  const lost = (): Error =>
    new RelayError({ code: 'upstream_closed', message: 'It broke.' });

  it('looks what became of a lost answer, and takes no action twice', async () => {
    const shown = open({ answer: lost(), comes: true });
    await take(shown);
    expect((await shown.result)?.now?.state.stage).toBe('Review');
    expect(shown.sent).toHaveLength(1);
  });

  it('keeps the choice where a lost answer has moved nothing', async () => {
    const shown = open({ answer: lost() });
    const { view, world, result } = shown;
    await take(shown);
    expect(await view.findByRole('alert')).toHaveTextContent('It broke.');
    expect(view.getByRole('radio', { name: 'Send' })).toBeChecked();
    delete world.answer;
    await userEvent.click(shown.accept());
    expect((await result)?.now?.state.stage).toBe('Review');
  });

  it('tells after a stop that an earlier try may have been ours', async () => {
    const shown = open();
    const { view, world, dialog, onSend } = shown;
    world.answer = () => new Promise<Answer>(() => undefined);
    world.comes = true;
    await take(shown);
    await view.findByText('Writing…');
    expect(onSend).toHaveBeenCalledTimes(1);
    await act(async () => dialog.reject());
    expect(await view.findByRole('alert')).toHaveTextContent('Stopped waiting');
    await userEvent.click(shown.accept());
    expect(await view.findByText(/it may have been yours/)).toBeInTheDocument();
    expect(shown.sent).toHaveLength(1);
  });

  it.each([403, 400])('leads a refusal (%i) to the console', async status => {
    const shown = open({
      answer: new Response('{"message":"fields are empty"}', { status })
    });
    await take(shown);
    const alert = await shown.view.findByRole('alert');
    expect(alert).toHaveTextContent('the governance console tells which');
    expect(
      shown.view.getByRole('link', { name: /^Open in the governance console/ })
    ).toHaveAttribute('href', CASE.url);
    expect(shown.world.stage).toBe('Gathering');
  });

  it('leads to the console where workflows are off', async () => {
    const { view, accept } = open({ workflows: false });
    expect(
      await view.findByText('Workflows are moved in the governance console')
    ).toBeInTheDocument();
    expect(view.getByRole('link')).toHaveAttribute('href', CASE.url);
    expect(accept()).toBeDisabled();
  });
});

describe('offers', () => {
  it('leave out what cannot be sent or is not understood', () => {
    expect(
      definitionsOf({ definitions: [{ id: 7, name: 'A' }, { id: 8 }, null] })
    ).toEqual([{ id: '7', name: 'A' }]);
    expect(
      actionsOfStage(
        {
          stages: [
            { label: 'review', actions: ['Pass', 'a/b', { name: 'Pass' }] }
          ]
        },
        ' Review '
      )
    ).toEqual([{ name: 'Pass', comment: 'none' }]);
    expect(actionsOfStage({ stages: [] }, 'Review')).toBeNull();
    expect(actionsOfStage({}, 'Review')).toBeNull();
  });
});
