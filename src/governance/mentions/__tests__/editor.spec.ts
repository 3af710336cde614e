/** The slot in editors, and what comes in: real editors, no lab. */
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import {
  fakeRelay,
  openPagesConnection,
  sageMakerConnection,
  useCase
} from '../../../testing';
import type { IUseCase } from '../../../tokens';
import { mentionAt } from '../editor';
import { KnownUseCases } from '../find';
import { EditorSlot } from '../slot';
import { showMentions, tellUseCase } from '../watch';

const trans = nullTranslator.load('sagemaker_governance');
const views: EditorView[] = [];
afterEach(() => views.splice(0).forEach(view => view.destroy()));

function editor(slot: EditorSlot, doc: string): EditorView {
  const extension = slot.factory
    .factory({} as Parameters<typeof slot.factory.factory>[0])!
    .instance(undefined);
  const view = new EditorView({
    state: EditorState.create({ doc, extensions: extension }),
    parent: document.body
  });
  views.push(view);
  return view;
}

const marked = (view: EditorView): (string | null)[] =>
  [...view.dom.querySelectorAll('.jp-sg-mention')].map(
    ({ textContent }) => textContent
  );

/** Let promises that are ready go on. */
const settled = () => new Promise(done => setTimeout(done));

function setUp(useCases: () => Promise<readonly IUseCase[]>) {
  const slot = new EditorSlot();
  const asked: string[] = [];
  const relay = fakeRelay(
    {},
    {
      connections: [
        sageMakerConnection(),
        openPagesConnection(),
        openPagesConnection({ id: 'other' })
      ]
    }
  );
  const governance = {
    useCases: (connection: string) => {
      asked.push(connection);
      return connection === 'wxgov'
        ? useCases()
        : Promise.reject(new Error('down'));
    }
  };
  const show = (on = true) =>
    showMentions({ relay, governance, notebooks: null, slot, trans }, () => on);
  return { asked, relay, show, slot };
}

describe('editors', () => {
  it('show use cases once they are known, also those that were there before', async () => {
    const { asked, show, slot } = setUp(async () => [useCase()]);
    const before = editor(slot, 'y = 1  # CREDIT-001\nCREDIT-002');
    expect(marked(before)).toEqual([]);
    await show();
    // A console that is down does not take the other's away.
    expect(asked).toEqual(['wxgov', 'other']);
    expect(marked(before)).toEqual(['CREDIT-001']);
    expect(marked(editor(slot, 'CREDIT-001'))).toEqual(['CREDIT-001']);
    before.dispatch({ changes: { from: 0, insert: 'CREDIT-001 ' } });
    expect(marked(before)).toEqual(['CREDIT-001', 'CREDIT-001']);
  });

  it('follow what consoles say, and the setting', async () => {
    let cases = [useCase()];
    const { show, slot } = setUp(async () => cases);
    const view = editor(slot, 'CREDIT-001 CLM-014');
    await show();
    const { content } = slot;
    await show();
    expect(slot.content).toBe(content);
    cases = [useCase({ key: 'CLM-014' })];
    await show();
    expect(marked(view)).toEqual(['CLM-014']);
    await show(false);
    expect(marked(view)).toEqual([]);
    await show();
    expect(marked(view)).toEqual(['CLM-014']);
    cases = [];
    await show();
    expect(marked(view)).toEqual([]);
  });

  it('are let go when they are closed', async () => {
    const { show, slot } = setUp(async () => [useCase()]);
    const view = editor(slot, 'CREDIT-001');
    view.destroy();
    const dispatch = jest.spyOn(view, 'dispatch');
    await show();
    expect(dispatch).not.toHaveBeenCalled();
  });

  it('show what was read last, whichever answer comes last', async () => {
    const answers: ((cases: IUseCase[]) => void)[] = [];
    const { show, slot } = setUp(() => new Promise(done => answers.push(done)));
    const view = editor(slot, 'CREDIT-001 CLM-014');
    const first = show();
    const second = show();
    await settled();
    answers[1]([useCase({ key: 'CLM-014' })]);
    await second;
    answers[0]([useCase()]);
    await first;
    expect(marked(view)).toEqual(['CLM-014']);
  });

  it('ask nobody while they are switched off', async () => {
    const { asked, show } = setUp(async () => [useCase()]);
    await show(false);
    expect(asked).toEqual([]);
  });

  it('get their use cases back after the configuration could not be read', async () => {
    const { relay, show, slot } = setUp(async () => [useCase()]);
    const view = editor(slot, 'CREDIT-001');
    await show();
    jest.spyOn(relay, 'config').mockRejectedValueOnce(new Error('down'));
    await show();
    expect(marked(view)).toEqual([]);
    await show();
    expect(marked(view)).toEqual(['CREDIT-001']);
  });

  it('open the console by a click on it with Ctrl only, without a referrer', async () => {
    const open = jest.spyOn(window, 'open').mockReturnValue(null);
    // jsdom has no layout, so that the editor cannot look at a selection.
    const selection = jest
      .spyOn(document, 'getSelection')
      .mockReturnValue(null);
    const { show, slot } = setUp(async () => [
      useCase(),
      useCase({ id: '7', key: 'CLM-014', url: null })
    ]);
    await show();
    const view = editor(slot, 'CREDIT-001 CLM-014 else');
    jest.spyOn(view, 'posAtCoords').mockReturnValue(3);
    const click = (at: Element, keys: MouseEventInit): boolean => {
      const event = new MouseEvent('mousedown', {
        bubbles: true,
        cancelable: true,
        ...keys
      });
      at.dispatchEvent(event);
      return event.defaultPrevented;
    };
    const [credit, claims] = view.dom.querySelectorAll('.jp-sg-mention');
    click(credit, {});
    // Beside the text, where the nearest place is still in it.
    click(view.contentDOM, { ctrlKey: true });
    click(claims, { ctrlKey: true });
    click(credit, { ctrlKey: true, button: 2 });
    // A key of macOS.
    click(credit, { metaKey: true });
    expect(open).not.toHaveBeenCalled();
    expect(click(credit, { ctrlKey: true })).toBe(true);
    expect(open.mock.calls).toEqual([
      ['https://console.example/task/20001', '_blank', 'noopener,noreferrer']
    ]);
    open.mockRestore();
    selection.mockRestore();
  });
});

describe('by keyboard', () => {
  const box = (): HTMLElement | null =>
    document.querySelector('.jp-sg-mention-about');
  const press = (key: string): boolean =>
    document.activeElement!.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
    );

  async function atCursor(place: number, members: Partial<IUseCase> = {}) {
    const { show, slot } = setUp(async () => [useCase(members)]);
    await show();
    const view = editor(slot, 'x CREDIT-001 y');
    view.focus();
    view.dispatch({ selection: { anchor: place } });
    tellUseCase(slot, document.body, trans);
    return { slot, view };
  }

  it.each([
    ['in front of it', 2],
    ['in it', 7],
    ['behind it', 12]
  ])(
    'the use case at the cursor is told of, with its link: %s',
    async (_, at) => {
      const { view } = await atCursor(at);
      expect(box()).toHaveAccessibleName(/CREDIT-001/);
      expect(box()).toHaveTextContent(
        'Status at the last reading: Approved for development'
      );
      const link = box()!.querySelector('a')!;
      expect(link).toHaveFocus();
      expect(link).toHaveAttribute(
        'href',
        'https://console.example/task/20001'
      );
      expect(link).toHaveAttribute('rel', 'noopener noreferrer');
      expect(link).toHaveAttribute('target', '_blank');
      // The lab's shortcuts do not see the key; the editor has the focus again.
      const seen = jest.fn();
      document.addEventListener('keydown', seen);
      press('Escape');
      document.removeEventListener('keydown', seen);
      expect(seen).not.toHaveBeenCalled();
      expect(view.contentDOM).toHaveFocus();
      expect(box()).toBeNull();
    }
  );

  it('it is told of where there is no address', async () => {
    await atCursor(5, { url: null });
    expect(box()).toHaveFocus();
    expect(box()!.querySelector('a')).toBeNull();
  });

  it('what is told goes when the focus leaves it or the text changes', async () => {
    const { slot, view } = await atCursor(5);
    const button = document.body.appendChild(document.createElement('button'));
    button.focus();
    expect(box()).toBeNull();
    view.focus();
    tellUseCase(slot, document.body, trans);
    expect(box()).not.toBeNull();
    view.dispatch({ changes: { from: 0, insert: 'y' } });
    expect(box()).toBeNull();
    button.remove();
  });

  it.each([
    ['the cursor is elsewhere', 14, null, /No use case at the cursor/],
    ['the editor is in another tab', 5, 'div', /No use case at the cursor/]
  ])('it says so when %s', async (_, place, within, words) => {
    const info = jest.spyOn(Notification, 'info').mockReturnValue('');
    const { slot, view } = await atCursor(14);
    view.dispatch({ selection: { anchor: place } });
    info.mockClear();
    tellUseCase(
      slot,
      within ? document.createElement(within) : document.body,
      trans
    );
    expect(box()).toBeNull();
    expect(info.mock.calls).toEqual([
      [expect.stringMatching(words), { autoClose: 5000 }]
    ]);
    info.mockRestore();
  });

  it('it says so when no use case is known', () => {
    const info = jest.spyOn(Notification, 'info').mockReturnValue('');
    const slot = new EditorSlot();
    editor(slot, 'CREDIT-001').focus();
    tellUseCase(slot, document.body, trans);
    expect(info.mock.calls[0][0]).toMatch(/No use cases are shown/);
    info.mockRestore();
  });
});

describe('the mention at a place', () => {
  const known = new KnownUseCases([useCase()]);
  const state = EditorState.create({ doc: 'x\nCREDIT-001 y' });
  it.each([
    [0, 0, false],
    [2, 1, true],
    [2, -1, false],
    [7, 0, true],
    [12, -1, true],
    [12, 1, false],
    [13, 0, false]
  ])('%i, side %i', (pos, side, found) => {
    expect(mentionAt(state, pos, side, known)).toEqual(
      found ? { from: 2, to: 12, useCase: useCase() } : null
    );
  });
});
