/** What a person does in the frame: keys, links, copying, the theme. */
import type { FrameMessage, HostMessage } from '../protocol';
import { clipboard } from '../shim/clipboard';
import type { IShim } from '../shim/core';
import { keys } from '../shim/keys';
import { links } from '../shim/links';
import { theme } from '../shim/theme';

const BASE = 'https://mlflow.example/';

describe('the page in the frame', () => {
  const sent: FrameMessage[] = [];
  const shim = {
    boot: { base: BASE, keystrokes: ['Ctrl B', 'Alt 1', 'F6'] },
    send: (message: FrameMessage) => void sent.push(message),
    listeners: [],
    remote: (address: unknown) =>
      /^(?:blob|data):/.test(String(address))
        ? null
        : new URL(String(address), BASE).href,
    large: new WeakMap(),
    visit: () => undefined,
    leave: (address: string) => void sent.push({ kind: 'open', url: address })
  } as unknown as IShim;
  const tell = (message: HostMessage) =>
    shim.listeners.forEach(listener => listener(message));

  let platform = 'Linux x86_64';
  beforeAll(() => {
    Object.defineProperty(navigator, 'platform', { get: () => platform });
    URL.createObjectURL = () => 'blob:x';
    keys(shim);
    links(shim);
    clipboard(shim);
    theme(shim);
  });
  beforeEach(() => {
    sent.length = 0;
    document.body.innerHTML = '<div id="root"></div>';
  });

  function press(
    target: EventTarget,
    init: KeyboardEventInit & { altGraph?: boolean }
  ): boolean {
    const event = new KeyboardEvent('keydown', {
      bubbles: true,
      cancelable: true,
      modifierAltGraph: init.altGraph,
      ...init
    });
    target.dispatchEvent(event);
    return event.defaultPrevented;
  }
  const field = (): HTMLElement => {
    const input = document.createElement('textarea');
    document.body.appendChild(input);
    return input;
  };

  describe('keys', () => {
    it('gives the lab its own, and leaves all others alone', () => {
      expect(press(document.body, { key: 'b', ctrlKey: true })).toBe(true);
      expect(press(document.body, { key: 'f', ctrlKey: true })).toBe(false);
      expect(press(document.body, { key: 'b' })).toBe(false);
      expect(sent).toEqual([{ kind: 'key', keystroke: 'Ctrl B' }]);
    });

    it('leaves what MLflow has handled', () => {
      const input = field();
      input.addEventListener('keydown', event => event.preventDefault());
      press(input, { key: 'b', ctrlKey: true });
      expect(sent).toEqual([]);
    });

    it('leaves a character that AltGr types in a field', () => {
      const at = { key: '1', code: 'Digit1', altKey: true };
      expect(press(field(), { ...at, altGraph: true })).toBe(false);
      expect(sent).toEqual([]);
      expect(press(field(), at)).toBe(true);
      expect(sent).toEqual([{ kind: 'key', keystroke: 'Alt 1' }]);
    });

    it('takes new shortcuts of the lab', () => {
      tell({ kind: 'keys', keystrokes: ['Ctrl Shift X'] });
      press(document.body, { key: 'b', ctrlKey: true });
      press(document.body, { key: 'X', ctrlKey: true, shiftKey: true });
      expect(sent).toEqual([{ kind: 'key', keystroke: 'Ctrl Shift X' }]);
    });

    it('goes back and forward, with the side buttons of a mouse too', () => {
      const go = jest.spyOn(history, 'go').mockImplementation(() => undefined);
      press(document.body, { key: 'ArrowLeft', altKey: true });
      press(document.body, { key: 'ArrowLeft', altKey: true, shiftKey: true });
      for (const type of ['mousedown', 'mouseup']) {
        const event = new MouseEvent(type, { button: 4, cancelable: true });
        window.dispatchEvent(event);
        expect(event.defaultPrevented).toBe(true);
      }
      expect(go.mock.calls).toEqual([[-1], [1]]);
      go.mockRestore();
    });

    it('leaves Option and the arrows to a Mac, where they move the cursor', () => {
      const go = jest.spyOn(history, 'go').mockImplementation(() => undefined);
      platform = 'MacIntel';
      const mac: FrameMessage[] = [];
      keys({ ...shim, listeners: [], send: message => void mac.push(message) });
      platform = 'Linux x86_64';
      const input = field();
      expect(press(input, { key: '[', metaKey: true })).toBe(true);
      expect(go.mock.calls).toEqual([[-1]]);
      press(input, { key: '¡', code: 'Digit1', altKey: true });
      expect(mac).toEqual([]);
      go.mockRestore();
    });
  });

  describe('links', () => {
    const link = (href: string): HTMLAnchorElement => {
      const anchor = document.createElement('a');
      anchor.setAttribute('href', href);
      document.body.appendChild(anchor);
      return anchor;
    };
    const fire = (target: Element, type: string, init: MouseEventInit) =>
      target.dispatchEvent(
        new MouseEvent(type, { bubbles: true, cancelable: true, ...init })
      );

    it.each([
      ['click', { ctrlKey: true }],
      ['auxclick', { button: 1 }]
    ])('asks for a page beside this one by %s %j', (type, init) => {
      fire(link('#/experiments/1'), type, init);
      expect(sent).toEqual([{ kind: 'open', url: `${BASE}#/experiments/1` }]);
    });

    it('shows the browser’s menu an address that is worth something', () => {
      const anchor = link('#/experiments/1');
      fire(anchor, 'contextmenu', { button: 2 });
      expect(anchor.getAttribute('href')).toBe(`${BASE}#/experiments/1`);
      window.dispatchEvent(new Event('pointermove'));
      expect(anchor.getAttribute('href')).toBe('#/experiments/1');
    });
  });

  describe('clipboard', () => {
    it('says whether the lab let it', async () => {
      const first = navigator.clipboard.writeText('a');
      const second = navigator.clipboard.writeText('b');
      const [one, two] = sent as { id: number; text: string }[];
      expect([one.text, two.text]).toEqual(['a', 'b']);
      tell({ kind: 'copied', copy: two.id, done: false });
      tell({ kind: 'copied', copy: one.id, done: true });
      await first;
      await expect(second).rejects.toMatchObject({ name: 'NotAllowedError' });
    });

    it('never reads', async () => {
      await expect(navigator.clipboard.readText()).rejects.toMatchObject({
        name: 'NotAllowedError'
      });
    });
  });

  describe('theme', () => {
    /** React's tree, as MLflow 2.22 and 3.17 make it. */
    function mount(setIsDarkTheme?: (dark: boolean) => void): void {
      const leaf = { child: null, sibling: null, memoizedProps: {} };
      const provider = {
        child: leaf,
        sibling: null,
        memoizedProps: setIsDarkTheme ? { setIsDarkTheme } : null
      };
      const sibling = { child: provider, sibling: null, memoizedProps: null };
      const current = {
        child: { child: null, sibling, memoizedProps: {} },
        sibling: null,
        memoizedProps: null
      };
      Object.assign(document.getElementById('root') ?? {}, {
        __reactContainer$abc: { stateNode: { current } }
      });
    }
    beforeEach(() => jest.useFakeTimers());
    afterEach(() => jest.useRealTimers());

    it('changes MLflow as it is', () => {
      mount(dark =>
        localStorage.setItem('_mlflow_dark_mode_toggle_enabled', String(dark))
      );
      tell({ kind: 'theme', dark: true });
      expect(sent).toEqual([{ kind: 'themed', done: true }]);
    });

    it('waits for a page that is still drawing', () => {
      tell({ kind: 'theme', dark: false });
      jest.advanceTimersByTime(500);
      expect(sent).toEqual([]);
      mount(dark =>
        localStorage.setItem('_mlflow_dark_mode_toggle_enabled', String(dark))
      );
      jest.advanceTimersByTime(200);
      expect(sent).toEqual([{ kind: 'themed', done: true }]);
    });

    it('owns up to a page that does not know how', () => {
      localStorage.clear();
      mount();
      tell({ kind: 'theme', dark: true });
      jest.advanceTimersByTime(10_000);
      expect(sent).toEqual([{ kind: 'themed', done: false }]);
    });
  });
});
