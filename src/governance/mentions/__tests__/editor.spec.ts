/** The slot in editors, and what comes in: real editors, no lab. */
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
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
import { showMentions } from '../watch';

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
    showMentions({ relay, governance, slot, trans }, () => on);
  return { asked, show, slot };
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

  it('open the console by a click with Ctrl or Cmd only, without a referrer', async () => {
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
    const view = editor(slot, 'CREDIT-001 CLM-014');
    const at = jest.spyOn(view, 'posAtCoords');
    const click = (pos: number | null, keys: MouseEventInit): boolean => {
      at.mockReturnValue(pos);
      const event = new MouseEvent('mousedown', {
        bubbles: true,
        cancelable: true,
        ...keys
      });
      view.contentDOM.dispatchEvent(event);
      return event.defaultPrevented;
    };
    click(3, {});
    click(null, { ctrlKey: true });
    click(14, { ctrlKey: true });
    click(3, { ctrlKey: true, button: 2 });
    expect(open).not.toHaveBeenCalled();
    expect(click(3, { ctrlKey: true })).toBe(true);
    expect(click(0, { metaKey: true })).toBe(true);
    expect(open.mock.calls).toEqual([
      ['https://console.example/task/20001', '_blank', 'noopener,noreferrer'],
      ['https://console.example/task/20001', '_blank', 'noopener,noreferrer']
    ]);
    open.mockRestore();
    selection.mockRestore();
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
