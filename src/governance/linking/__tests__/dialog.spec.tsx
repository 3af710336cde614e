import {
  act,
  fireEvent,
  render,
  screen,
  waitFor,
  within
} from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { RelayError } from '../../../relay';
import { openPagesConnection } from '../../../testing';
import { CommandIDs } from '../../../tokens';
import { clearDrafts, FormDialog } from '../../../ui/formDialog';
import type { IFormOptions } from '../../../ui/formDialog';
import { type ILinkRecord, provideActions, rest, trailOf } from '../../trail';
import { linkForm } from '../dialog';
import { LinkMark, LinkNotice, recordText } from '..';
import { undoForm } from '../undoDialog';
import {
  ARGS,
  CREDIT,
  FRAUD,
  GROUP,
  type IMade,
  type IWorld,
  make,
  modelGroup,
  OBJECT,
  refusal,
  trans
} from './helpers';

// jsdom has no layout: the list draws every row.
jest.mock('../../../ui/virtualList', () => ({
  VirtualList: <T,>(props: {
    label: string;
    items: readonly T[];
    keyOf: (item: T) => string;
    rowLabel: (item: T) => string;
    selected: string | null;
    onSelect: (item: T) => void;
  }) => (
    <div role="listbox" aria-label={props.label} tabIndex={0}>
      {props.items.map(item => (
        <div
          key={props.keyOf(item)}
          role="option"
          aria-label={props.rowLabel(item)}
          aria-selected={props.keyOf(item) === props.selected}
          onClick={() => props.onSelect(item)}
        />
      ))}
    </div>
  )
}));

const opened: { dispose: () => void }[] = [];

function show<C, V extends object, R>(options: IFormOptions<C, V, R>) {
  const dialog = new FormDialog(options);
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
  return { dialog, result, accept, view: within(dialog.node) };
}

function open(members: Partial<IWorld> = {}, begun: ILinkRecord | null = null) {
  const made = make(members);
  const kept: ILinkRecord[] = [];
  const keep = async (record: ILinkRecord): Promise<void> => {
    kept.push(record);
    await trailOf()?.put(record);
  };
  const drop = async (): Promise<void> => {
    kept.splice(0);
  };
  const form = linkForm({
    services: made.services,
    args: ARGS,
    begun,
    keep,
    drop
  });
  return { ...made, ...show(form), kept, keep, drop };
}

type Opened = ReturnType<typeof open>;

async function choose({ view }: Opened, name: RegExp): Promise<void> {
  // jsdom's ranges lack what user-event does to a text that is no control.
  fireEvent.click(await view.findByRole('option', { name }));
}

afterEach(() => {
  act(() => opened.splice(0).forEach(dialog => dialog.dispose()));
  trailOf()?.dispose();
  provideActions(null);
  clearDrafts();
});

describe('the link dialog', () => {
  it('lists use cases, those outside the entity last and with a warning', async () => {
    const shown = open();
    const { view, accept } = shown;
    const options = await view.findAllByRole('option');
    expect(options.map(one => one.getAttribute('aria-label'))).toEqual([
      'CREDIT-001 Credit risk assessment, Approved for development, High risk, Retail credit team, Retail Bank',
      'FRAUD-002 Card fraud, Approved for development, High risk, Retail credit team, Retail Bank',
      'Pilote prévision, Approved for development, not synchronised, High risk, Retail credit team, Pilots'
    ]);
    expect(accept()).toBeDisabled();
    await choose(shown, /^Pilote/);
    expect(view.getByText(/IBM never synchronises it/)).toBeInTheDocument();
    await choose(shown, /^FRAUD/);
    expect(view.queryByText(/IBM never/)).toBeNull();
  });

  it('says what is written where, and writes what is ticked', async () => {
    const shown = open();
    const { view, accept, result, written } = shown;
    await choose(shown, /^FRAUD/);
    const preview = view.getByRole('region', { name: 'What will be written' });
    expect(preview).toHaveTextContent(
      `Model group churn-retail (${OBJECT}) gets the parent use case FRAUD-002 Card fraud (${FRAUD.id}).`
    );
    const tag = view.getByRole('checkbox', { name: /^Tag on/ });
    expect(tag).toBeChecked();
    expect(tag).toHaveAccessibleDescription(
      `governance:use-case-id = ${FRAUD.id}`
    );
    const card = view.getByRole('checkbox', {
      name: /^Model card of version 7/
    });
    expect(card).toBeChecked();
    await userEvent.click(card);
    await userEvent.click(accept());
    const record = await result;
    expect(record?.parts.card).toBeNull();
    expect(written).toEqual([
      `+${FRAUD.id}`,
      `tag governance:use-case-id=${FRAUD.id}`
    ]);
  });

  it('offers no optional write that the connection does not enable', async () => {
    const shown = open({ console: openPagesConnection() });
    await choose(shown, /^FRAUD/);
    const { view } = shown;
    expect(view.queryByRole('checkbox')).toBeNull();
    expect(view.getByText(/^Tag: not written\./)).toHaveTextContent(
      'does not ask for it'
    );
    expect(view.getByText(/^Model card: not written\./)).toBeInTheDocument();
  });

  it('says for another account why there is no tag', async () => {
    const shown = open({ own: false });
    await choose(shown, /^FRAUD/);
    expect(shown.view.getByText(/^Tag: not written\./)).toHaveTextContent(
      'own account only'
    );
  });

  it('searches, and goes from the field into the list', async () => {
    const { view } = open();
    const search = await view.findByRole('searchbox', {
      name: 'Search use cases'
    });
    await userEvent.type(search, 'prevision');
    expect(view.getAllByRole('option')).toHaveLength(1);
    expect(view.getByText('1 of 3 use cases')).toBeInTheDocument();
    await userEvent.keyboard('{ArrowDown}');
    expect(view.getByRole('listbox')).toHaveFocus();
    await userEvent.type(search, ' zebra');
    expect(view.getByText('No use case matches')).toBeInTheDocument();
  });

  it('tells what to do when OpenPages has no such group, and reads again', async () => {
    const { view, world, accept, services } = open({ objects: [] });
    expect(
      await view.findByText('OpenPages does not have this group yet')
    ).toBeInTheDocument();
    expect(
      view.getByText(/Synchronize existing model information/)
    ).toHaveTextContent('Integrations > Amazon SageMaker');
    expect(accept()).toBeDisabled();
    const refresh = jest.spyOn(services.governance, 'refresh');
    world.objects = [modelGroup()];
    await userEvent.click(view.getByRole('button', { name: 'Read again' }));
    expect(await view.findAllByRole('option')).toHaveLength(3);
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it.each<[string, Partial<IWorld>, RegExp]>([
    [
      'no console keeps the registry',
      { console: openPagesConnection({ entities: { claims: '1' } }) },
      /No console keeps this registry/
    ],
    [
      'a hidden use case is above',
      { objects: [modelGroup({ above: 'hidden' })] },
      /use case that you may not see/
    ],
    ['no use case is visible', { useCases: [] }, /No use case is visible/]
  ])('cannot be sent where %s', async (_, members, text) => {
    const { view, accept } = open(members);
    expect((await view.findAllByText(text))[0]).toBeInTheDocument();
    expect(accept()).toBeDisabled();
  });

  it('names a missing right as soon as it is known, before anything is written', async () => {
    const shown = open({ rights: { [FRAUD.id]: { can_associate: false } } });
    const { view, accept, written } = shown;
    await choose(shown, /^FRAUD/);
    expect(
      await view.findByText(/You may read FRAUD-002 Card fraud, but not/)
    ).toBeInTheDocument();
    expect(accept()).toBeDisabled();
    await choose(shown, /^CREDIT/);
    await waitFor(() => expect(accept()).toBeEnabled());
    expect(written).toEqual([]);
  });

  it('keeps what was chosen after a failure, and sends it again', async () => {
    const shown = open({
      faults: { POST: [refusal(400, 'not possible now')] }
    });
    const { view, accept, result } = shown;
    await choose(shown, /^FRAUD/);
    await userEvent.click(accept());
    expect(await view.findByRole('alert')).toHaveTextContent(
      'not possible now'
    );
    expect(view.getByRole('option', { selected: true })).toHaveAttribute(
      'aria-label',
      expect.stringContaining('FRAUD')
    );
    await userEvent.click(accept());
    expect((await result)?.useCase.id).toBe(FRAUD.id);
  });

  it('tells what is written and what is not, and writes only the rest', async () => {
    const shown = open({
      registryFaults: { changeTag: [new Error('throttled')] }
    });
    const { view, accept, result, written } = shown;
    await choose(shown, /^FRAUD/);
    await userEvent.click(accept());
    const alert = await view.findByRole('alert');
    expect(alert).toHaveTextContent('Only a part was written');
    expect(alert).toHaveTextContent('throttled');
    const parts = within(view.getByRole('list', { name: 'Parts of the link' }))
      .getAllByRole('listitem')
      .map(item => item.textContent);
    expect(parts[0]).toMatch(/Association in OpenPages.*· written$/);
    expect(parts[1]).toMatch(/Tag in SageMaker.*· not written/);
    expect(parts[2]).toMatch(/Model card in SageMaker.*· not written yet$/);
    expect(accept()).toHaveTextContent('Try the rest again');
    await userEvent.click(accept());
    expect(rest((await result) as ILinkRecord)).toEqual([]);
    expect(written.filter(one => one.startsWith('+'))).toHaveLength(1);
  });

  it('goes on with a link of which only a part was written', async () => {
    const first = open({
      registryFaults: { changeTag: [new Error('throttled')] }
    });
    await choose(first, /^FRAUD/);
    await userEvent.click(first.accept());
    await first.view.findByRole('alert');
    const begun = first.kept[first.kept.length - 1];
    // JupyterLab shows one dialog after the other.
    first.dialog.reject();
    expect(await first.result).toBeNull();
    const second = open({}, begun);
    expect(
      await second.view.findByText(/was begun; this is how far it came/)
    ).toBeInTheDocument();
    await userEvent.click(second.accept());
    await second.result;
    expect(second.written).toEqual([
      `tag governance:use-case-id=${FRAUD.id}`,
      'card'
    ]);
  });

  it('keeps what a stopped try wrote after all, and writes nothing twice', async () => {
    const shown = open();
    const { accept, view, dialog, services, written, kept } = shown;
    const { changeTag } = services.registry;
    let go = (): void => undefined;
    const held = new Promise<void>(resolve => (go = resolve));
    jest
      .spyOn(services.registry, 'changeTag')
      .mockImplementationOnce(async (...args) => {
        await held;
        await changeTag(...args);
      });
    await choose(shown, /^FRAUD/);
    await userEvent.click(accept());
    await view.findByText('Writing: Tag in SageMaker…');
    // Cancel while something is sent only stops waiting.
    await act(async () => dialog.reject());
    expect(await view.findByRole('alert')).toHaveTextContent('Stopped waiting');
    await act(async () => {
      dialog.resolve();
      go();
    });
    const record = (await shown.result) as ILinkRecord;
    expect(rest(record)).toEqual([]);
    expect(kept[kept.length - 1]).toEqual(record);
    expect(record.parts.tag?.state).toBe('written');
    expect(written).toEqual([
      `+${FRAUD.id}`,
      `tag governance:use-case-id=${FRAUD.id}`,
      'card'
    ]);
  });

  it('leaves word when the answer of the console was lost, and settles it', async () => {
    const shown = open({
      faults: {
        POST: [
          new RelayError({ code: 'upstream_closed', message: 'It broke.' })
        ]
      }
    });
    const { view, accept, result, kept } = shown;
    await choose(shown, /^FRAUD/);
    await userEvent.click(accept());
    expect(await view.findByRole('alert')).toHaveTextContent(
      'It is not clear what was written'
    );
    expect(
      view.getByRole('list', { name: 'Parts of the link' })
    ).toHaveTextContent(/Association in OpenPages.*may have been written/);
    expect(recordText(GROUP.arn, trans)).toBeNull();
    provideActions(shown.services);
    await act(async () => trailOf()?.put(kept[kept.length - 1]));
    expect(recordText(GROUP.arn, trans)).toMatch(/not clear/);
    await userEvent.click(accept());
    expect((await result)?.parts.association?.state).toBe('written');
  });

  it('keeps nothing of what was refused', async () => {
    const shown = open({ faults: { POST: [refusal(403, 'may not')] } });
    await choose(shown, /^FRAUD/);
    await userEvent.click(shown.accept());
    expect(await shown.view.findByRole('alert')).toHaveTextContent('may not');
    expect(shown.kept).toEqual([]);
    expect(shown.accept()).toHaveTextContent('Link');
  });

  it('moves a linked group only with the explicit choice', async () => {
    const shown = open({
      parents: ['11001', CREDIT.id],
      objects: [modelGroup({ useCases: [CREDIT], above: 'visible' })],
      console: openPagesConnection()
    });
    const { view, accept, result, written } = shown;
    expect(
      await view.findByText(/^Linked now to CREDIT-001/)
    ).toBeInTheDocument();
    await choose(shown, /^CREDIT/);
    expect(accept()).toBeDisabled();
    await choose(shown, /^FRAUD/);
    const box = view.getByRole('checkbox', { name: /^Take away the former/ });
    expect(box).not.toBeChecked();
    await userEvent.click(box);
    await userEvent.click(accept());
    await result;
    expect(written).toEqual([`+${FRAUD.id}`, `-${CREDIT.id}`]);
  });

  it('reads again when somebody else linked it meanwhile, and overwrites nothing', async () => {
    const shown = open();
    const { view, world, accept, written } = shown;
    await choose(shown, /^FRAUD/);
    world.parents.push(CREDIT.id);
    world.objects = [modelGroup({ useCases: [CREDIT], above: 'visible' })];
    await userEvent.click(accept());
    expect(await view.findByRole('alert')).toHaveTextContent(
      'linked to CREDIT-001 Credit risk assessment meanwhile'
    );
    expect(await view.findByText(/^Linked now to/)).toBeInTheDocument();
    expect(written).toEqual([]);
  });

  it('asks which object is meant where there are several', async () => {
    const { view, accept } = open({
      objects: [modelGroup(), modelGroup({ id: '30002', matchedBy: 'name' })]
    });
    expect(
      await view.findByRole('combobox', { name: /Model group in OpenPages/ })
    ).toHaveValue('');
    expect(accept()).toBeDisabled();
    fireEvent.change(view.getByRole('combobox'), {
      target: { value: 'wxgov/30002' }
    });
    expect(view.getByText(/^Matched by name/)).toBeInTheDocument();
  });

  it('asks anew when the chosen object is gone, and takes no other by itself', async () => {
    const { view, world, accept, dialog } = open({
      objects: [modelGroup(), modelGroup({ id: '30002' })]
    });
    const box = await view.findByRole('combobox', { name: /Model group/ });
    fireEvent.change(box, { target: { value: 'wxgov/30002' } });
    world.objects = [modelGroup()];
    await act(() => dialog.form.load());
    expect(view.getByRole('combobox', { name: /Model group/ })).toBe(box);
    expect(view.queryByRole('option', { name: /^FRAUD/ })).toBeNull();
    expect(accept()).toBeDisabled();
  });
});

describe('after writing', () => {
  async function linked(
    members: Partial<IWorld> = {}
  ): Promise<Opened & { record: ILinkRecord; made: IMade }> {
    const shown = open(members);
    provideActions(shown.services);
    await choose(shown, /^FRAUD/);
    await userEvent.click(shown.accept());
    const record = (await shown.result) as ILinkRecord;
    return { ...shown, record, made: shown };
  }

  it('the row and the document wait, until the reading shows the link', async () => {
    const { world } = await linked();
    render(
      <>
        <LinkMark group={GROUP.arn} trans={trans} />
        <LinkNotice group={GROUP.arn} trans={trans} />
      </>
    );
    expect(recordText(GROUP.arn, trans)).toMatch(/waiting for synchronisation/);
    expect(
      screen.getByRole('region', {
        name: 'Linked to FRAUD-002 Card fraud, waiting for synchronisation'
      })
    ).toHaveTextContent('It counts once watsonx.governance shows it.');
    expect(screen.getByText(/^Linked · waiting/)).toBeInTheDocument();
    world.objects = [modelGroup({ useCases: [FRAUD], above: 'visible' })];
    await act(async () => trailOf()?.look());
    expect(
      screen.getByRole('region', {
        name: 'Linked from here to FRAUD-002 Card fraud'
      })
    ).toBeInTheDocument();
    expect(recordText(GROUP.arn, trans)).toBeNull();
  });

  it('undo is offered in the same view, and reverses it', async () => {
    const { record, made, keep, drop, world, services } = await linked();
    const execute = jest.fn();
    services.commands.addCommand(CommandIDs.undoLink, { execute });
    render(<LinkNotice group={GROUP.arn} trans={trans} />);
    await userEvent.click(screen.getByRole('button', { name: 'Undo link…' }));
    expect(execute).toHaveBeenCalledWith(expect.objectContaining(ARGS));
    const undo = show(
      undoForm({ services: made.services, record, keep, drop })
    );
    expect(
      await undo.view.findByRole('list', { name: 'Parts of the link' })
    ).toHaveTextContent('to be taken back');
    await userEvent.click(undo.accept());
    const done = (await undo.result) as ILinkRecord;
    expect(done.kind).toBe('unlink');
    expect(world.parents).toEqual(['11001']);
    expect(world.tags).toEqual({ team: 'retail' });
    await act(async () => trailOf()?.put(done));
    expect(
      screen.getByRole('region', { name: /taken back, waiting/ })
    ).toBeInTheDocument();
    await act(async () => trailOf()?.look());
    expect(screen.queryByRole('region')).toBeNull();
  });

  it('an interrupted undo keeps what is left of it', async () => {
    const { record, made, keep, drop, world } = await linked();
    world.faults.DELETE = [refusal(503, 'later')];
    const undo = show(
      undoForm({ services: made.services, record, keep, drop })
    );
    await undo.view.findByRole('list');
    await userEvent.click(undo.accept());
    expect(await undo.view.findByRole('alert')).toHaveTextContent(
      'Only a part was taken back'
    );
    expect(undo.accept()).toHaveTextContent('Try the rest again');
    await userEvent.click(undo.accept());
    expect(((await undo.result) as ILinkRecord).parts.association?.state).toBe(
      'undone'
    );
  });

  it('says when it is late, with the ways out', async () => {
    const { record } = await linked();
    render(<LinkNotice group={GROUP.arn} trans={trans} />);
    await act(async () => trailOf()?.put({ ...record, state: 'late' }));
    const notice = screen.getByRole('region', { name: 'Not shown yet' });
    expect(notice).toHaveTextContent('for 30 minutes');
    const names = within(notice)
      .getAllByRole('button')
      .map(button => button.textContent);
    expect(names).toEqual([
      'Look again',
      'Undo link…',
      'Open in the governance console',
      'Dismiss'
    ]);
    await userEvent.click(within(notice).getByText('Dismiss'));
    expect(screen.queryByRole('region')).toBeNull();
  });
});
