import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import { RelayError } from '../../relay';
import { type Answer, fakeRelay, mlflowConnection } from '../../testing';
import type { IMLflowConnection } from '../../tokens';
import { openBeside, openInBrowserTab, tabWay } from '../browserTab';
import { server, until } from './helpers';

const trans = nullTranslator.load('sagemaker_governance');
const ADDRESS = 'https://mlflow.example.com/';

let open: jest.SpyInstance;
/** What the browser opens; null: nothing. */
let tab: { opener: unknown } | null;
let isActive = true;
beforeEach(() => {
  isActive = true;
  tab = { opener: window };
  open = jest
    .spyOn(window, 'open')
    .mockImplementation(() => tab as Window | null);
  Object.defineProperty(navigator, 'userActivation', {
    configurable: true,
    get: () => ({ isActive })
  });
});
afterEach(() => {
  open.mockRestore();
  Reflect.deleteProperty(navigator, 'userActivation');
  Dialog.flush();
});

/** Press the last button of the dialog that comes, and give its words. */
async function press(): Promise<string> {
  await until(() => document.querySelector('.jp-Dialog button') !== null);
  const dialog = document.querySelector('.jp-Dialog') as HTMLElement;
  const text = dialog.textContent ?? '';
  const buttons = dialog.querySelectorAll<HTMLElement>(
    '.jp-Dialog-footer button'
  );
  buttons[buttons.length - 1].click();
  return text;
}

describe('tabWay', () => {
  it.each<[Partial<IMLflowConnection>, ReturnType<typeof tabWay>]>([
    [{}, null],
    [{ publicUrl: ADDRESS }, 'address'],
    [{ link: true }, 'link'],
    [{ link: true, publicUrl: ADDRESS }, 'address'],
    // What is open in a tab would not be read only.
    [{ readOnly: true, publicUrl: ADDRESS }, null],
    [{ readOnly: true, link: true }, null],
    [{ readOnly: true, link: true, ui: 'tab' }, null],
    // The administrator has asked for a tab.
    [{ readOnly: true, publicUrl: ADDRESS, ui: 'tab' }, 'address']
  ])('of %j is %s', (members, way) => {
    expect(tabWay(mlflowConnection(members))).toBe(way);
  });
});

describe('openBeside', () => {
  it('makes no key to a server because its page says so', () => {
    const navigate = jest.fn();
    openBeside(server({ link: true }), '/experiments/1', navigate);
    expect(open).not.toHaveBeenCalled();
    expect(navigate).toHaveBeenCalledWith('/experiments/1');
  });

  it('opens an address that is public', () => {
    const navigate = jest.fn();
    const connection = mlflowConnection({ publicUrl: ADDRESS });
    openBeside(connection, '/@evil.example/', navigate);
    expect(navigate).not.toHaveBeenCalled();
    const [url] = open.mock.calls[0] as [string];
    expect(new URL(url).origin).toBe(new URL(ADDRESS).origin);
  });
});

describe('openInBrowserTab', () => {
  const go = (connection: IMLflowConnection, answer?: Answer) => {
    const relay = fakeRelay(answer ? { 'POST mlflow-link/team': answer } : {});
    return {
      relay,
      done: openInBrowserTab(relay, connection, '/experiments/1', trans)
    };
  };

  it('opens a configured address at the route', async () => {
    const url = `${ADDRESS}?old#/x`;
    await go(mlflowConnection({ publicUrl: url, ui: 'tab' })).done;
    expect(open.mock.calls).toEqual([[`${ADDRESS}#/experiments/1`, '_blank']]);
    expect(tab?.opener).toBeNull();
  });

  it('has an address made on each click, and gives it to nobody', async () => {
    const { relay, done } = go(server(), {
      url: 'https://x.test/?authToken=1'
    });
    await done;
    expect(relay.calls.map(({ method, path }) => [method, path])).toEqual([
      ['POST', 'mlflow-link/team']
    ]);
    expect(open.mock.calls).toEqual([
      ['https://x.test/?authToken=1', '_blank']
    ]);
    expect(tab?.opener).toBeNull();
    expect(document.body.innerHTML).not.toContain('authToken');
  });

  it('asks for another click where the browser would hold the tab back', async () => {
    isActive = false;
    const { done } = go(server(), { url: 'https://x.test/1' });
    expect(await press()).toContain('opens in a new browser tab');
    await done;
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('says that the browser held the tab back, and tries once more', async () => {
    tab = null;
    const { relay, done } = go(server(), { url: 'https://x.test/1' });
    expect(await press()).toContain('held the new tab back');
    await until(() => open.mock.calls.length === 2);
    await until(
      () =>
        document
          .querySelector('.jp-Dialog')
          ?.textContent?.includes('opened no tab') ?? false
    );
    expect(await press()).toContain('Allow pop-ups');
    await done;
    expect(relay.callsOf('mlflow-link')).toHaveLength(1);
  });

  it('says that the browser opens no configured address', async () => {
    tab = null;
    const { done } = go(mlflowConnection({ publicUrl: ADDRESS }));
    expect(await press()).toContain('Allow pop-ups');
    await done;
  });

  it('opens no address that has run out meanwhile', async () => {
    isActive = false;
    let made = 0;
    const { done } = go(server(), () => ({ url: `https://x.test/${++made}` }));
    await until(() => document.querySelector('.jp-Dialog button') !== null);
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 55_000);
    isActive = true;
    await press();
    await done;
    now.mockRestore();
    expect(open.mock.calls[0][0]).toBe('https://x.test/2');
  });

  it('says why SageMaker made none', async () => {
    const message = 'sagemaker:CreatePresignedMlflowAppUrl is not allowed.';
    const { done } = go(
      server(),
      new RelayError({ code: 'upstream_forbidden', message })
    );
    expect(await press()).toContain(message);
    await done;
    expect(open).not.toHaveBeenCalled();
  });

  it.each<[Partial<IMLflowConnection>, string]>([
    [{ ui: 'none' }, 'switched MLflow’s pages off'],
    [{ ui: 'tab' }, 'public_url'],
    [{ ui: 'tab', readOnly: true }, 'read only']
  ])('says why %j does not open', async (members, words) => {
    const { done } = go(mlflowConnection(members));
    expect(await press()).toContain(words);
    await done;
    expect(open).not.toHaveBeenCalled();
  });
});
