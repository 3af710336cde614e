import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Field } from '../field';
import {
  clearDrafts,
  FormDialog,
  type IFormOptions,
  type IFormProps,
  type ISubmitTools
} from '../formDialog';

const trans = nullTranslator.load('test');

interface IValue {
  name: string;
  kind: string;
}

function Body({
  value,
  set,
  errorOf
}: IFormProps<{ hello: string }, IValue>): JSX.Element {
  return (
    <>
      <Field label="Name" error={errorOf('name')}>
        <input
          type="text"
          value={value.name}
          onChange={event => set({ name: event.target.value })}
        />
      </Field>
      <Field label="Kind">
        <select
          value={value.kind}
          onChange={event => set({ kind: event.target.value })}
        >
          <option value="a">a</option>
          <option value="b">b</option>
        </select>
      </Field>
      <button type="button" onClick={() => set({ name: 'from a button' })}>
        Fill
      </button>
    </>
  );
}

type Options = IFormOptions<{ hello: string }, IValue, string>;

function open(members: Partial<Options> = {}): {
  dialog: FormDialog<{ hello: string }, IValue, string>;
  result: Promise<string | null | undefined>;
  view: ReturnType<typeof within>;
} {
  const dialog = new FormDialog<{ hello: string }, IValue, string>({
    title: 'A form',
    subject: 'test',
    trans,
    load: async () => ({ hello: 'you' }),
    initial: () => ({ name: '', kind: 'a' }),
    check: (value): Record<string, string> =>
      value.name ? {} : { name: 'A name is needed' },
    submit: async value => value.name,
    Body,
    acceptLabel: () => 'Send',
    footer: ({ hello }) => `as ${hello}`,
    ...members
  });
  const result = dialog
    .launch()
    .then(({ button, value }) => (button.accept ? value : null));
  return { dialog, result, view: within(dialog.node) };
}

async function ready(view: ReturnType<typeof within>): Promise<HTMLElement> {
  return view.findByLabelText('Name');
}

const send = (view: ReturnType<typeof within>): HTMLButtonElement =>
  view.getByText('Send').closest('button') as HTMLButtonElement;

describe('FormDialog', () => {
  const opened: { dispose: () => void }[] = [];
  const show = (members?: Partial<Options>) => {
    const all = open(members);
    opened.push(all.dialog);
    all.result.catch(() => undefined);
    return all;
  };

  afterEach(() => {
    act(() => opened.splice(0).forEach(dialog => dialog.dispose()));
    clearDrafts();
  });

  it('focuses the first field and holds the button until it is valid', async () => {
    const user = userEvent.setup();
    const { view, dialog } = show();
    const field = await ready(view);
    await waitFor(() => expect(field).toHaveFocus());
    expect(send(view)).toBeDisabled();
    expect(view.getByText('A name is needed')).toBeInTheDocument();
    expect(view.getByText('as you')).toBeInTheDocument();
    await user.type(field, 'x');
    expect(send(view)).toBeEnabled();
    expect(dialog.node).toHaveAttribute('aria-label', 'A form');
  });

  it('gives the focus back to the field when the page behind takes it', async () => {
    const user = userEvent.setup();
    const behind = document.createElement('button');
    document.body.append(behind);
    const { view } = show();
    const field = await ready(view);
    const kind = view.getByLabelText('Kind');
    act(() => {
      kind.focus();
    });
    act(() => behind.focus());
    expect(kind).toHaveFocus();
    act(() => field.focus());
    await user.keyboard('half a na');
    act(() => behind.focus());
    await user.keyboard('me');
    expect(field).toHaveValue('half a name');
    behind.remove();
  });

  it('sends first and closes with the result', async () => {
    const user = userEvent.setup();
    const { view, result } = show();
    await user.type(await ready(view), 'model');
    await user.click(send(view));
    await expect(result).resolves.toBe('model');
  });

  it('stays open after a failure with everything typed', async () => {
    const user = userEvent.setup();
    const submit = jest
      .fn<Promise<string>, [IValue]>()
      .mockRejectedValueOnce(new Error('no route'))
      .mockResolvedValueOnce('second');
    const { view, result } = show({ submit });
    const field = await ready(view);
    await user.type(field, 'model');
    // The lab's jest shim has no ranges, which user-event wants for a select.
    fireEvent.change(view.getByLabelText('Kind'), { target: { value: 'b' } });
    await user.click(send(view));
    expect(await view.findByText('no route')).toBeInTheDocument();
    expect(field).toHaveValue('model');
    expect(view.getByLabelText('Kind')).toHaveValue('b');
    await user.click(send(view));
    await expect(result).resolves.toBe('second');
    expect(submit).toHaveBeenLastCalledWith(
      { name: 'model', kind: 'b' },
      { hello: 'you' },
      expect.anything()
    );
  });

  it('shows progress, locks the fields and stops waiting on Cancel', async () => {
    const user = userEvent.setup();
    let signal: AbortSignal | undefined;
    const { view, dialog } = show({
      submit: (_, __, tools: ISubmitTools) => {
        signal = tools.signal;
        tools.progress('Writing it');
        return new Promise<string>(() => undefined);
      }
    });
    const field = await ready(view);
    await user.type(field, 'model');
    await user.click(send(view));
    expect(await view.findByText('Writing it')).toBeInTheDocument();
    expect(field).toBeDisabled();
    expect(send(view)).toBeDisabled();
    await user.click(view.getByText('Cancel').closest('button') as Element);
    expect(await view.findByText('Stopped waiting')).toBeInTheDocument();
    expect(signal?.aborted).toBe(true);
    expect(dialog.isDisposed).toBe(false);
    expect(field).toHaveValue('model');
  });

  it('offers what was typed again after Escape, and starts over', async () => {
    const user = userEvent.setup();
    const first = show();
    await user.type(await ready(first.view), 'half');
    await user.keyboard('{Escape}');
    await expect(first.result).resolves.toBeNull();
    const second = show();
    const field = await ready(second.view);
    expect(field).toHaveValue('half');
    await user.click(second.view.getByText('Start over'));
    expect(field).toHaveValue('');
    await user.keyboard('{Escape}');
    const third = show();
    expect(await ready(third.view)).toHaveValue('');
  });

  it('keeps no draft of what was sent', async () => {
    const user = userEvent.setup();
    const first = show();
    await user.type(await ready(first.view), 'sent{Control>}{Enter}{/Control}');
    await expect(first.result).resolves.toBe('sent');
    const second = show();
    expect(await ready(second.view)).toHaveValue('');
  });

  it('lets Enter press the buttons of the body', async () => {
    const user = userEvent.setup();
    const { view, dialog } = show();
    const field = await ready(view);
    await waitFor(() => expect(field).toHaveFocus());
    view.getByText('Fill').focus();
    await user.keyboard('{ArrowLeft}{Enter}');
    expect(field).toHaveValue('from a button');
    expect(dialog.isDisposed).toBe(false);
  });

  it('keeps Tab inside', async () => {
    const user = userEvent.setup();
    const { view } = show();
    const field = await ready(view);
    await user.type(field, 'x');
    send(view).focus();
    await user.tab();
    expect(document.activeElement).not.toBe(document.body);
    await user.tab({ shift: true });
    expect(send(view)).toHaveFocus();
  });

  it('says when reading failed, and reads again', async () => {
    const user = userEvent.setup();
    const load = jest
      .fn<Promise<{ hello: string }>, []>()
      .mockRejectedValueOnce(new Error('offline'))
      .mockResolvedValueOnce({ hello: 'again' });
    const { view } = show({ load });
    expect(await view.findByText('offline')).toBeInTheDocument();
    expect(send(view)).toBeDisabled();
    await user.click(view.getByText('Try again'));
    expect(await ready(view)).toBeInTheDocument();
  });

  it('ignores a click beside it', async () => {
    const { view, dialog } = show();
    await ready(view);
    fireEvent.mouseDown(dialog.node);
    fireEvent.click(dialog.node);
    expect(dialog.isDisposed).toBe(false);
  });

  it('reads again what a failure made out of date', async () => {
    const user = userEvent.setup();
    const load = jest
      .fn<Promise<{ hello: string }>, []>()
      .mockResolvedValueOnce({ hello: 'old' })
      .mockResolvedValueOnce({ hello: 'new' });
    const { view } = show({
      load,
      submit: () => Promise.reject(new Error('changed')),
      outdated: () => true
    });
    await user.type(await ready(view), 'kept');
    await user.click(send(view));
    expect(await view.findByText('as new')).toBeInTheDocument();
    expect(view.getByText('changed')).toBeInTheDocument();
    expect(view.getByLabelText('Name')).toHaveValue('kept');
  });
});
