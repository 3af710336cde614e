import { Dialog } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';

import { fakeRelay, mlflowConnection } from '../../testing';
import type { IMLflowConnection } from '../../tokens';
import { MLflowClient } from '../client';
import { chooseConnection, type IOpenServices, openOutside } from '../open';
import { server, stopped, until } from './helpers';

const trans = nullTranslator.load('sagemaker_governance');
const A = mlflowConnection({ id: 'a', label: 'A' });
const B = mlflowConnection({ id: 'b', label: 'B' });

afterEach(() => Dialog.flush());

function setUp(
  configured: IMLflowConnection[],
  found: IMLflowConnection[] = [],
  preferred = ''
) {
  const relay = fakeRelay(
    {
      'mlflow-servers': { servers: [...configured, ...found], notes: [] },
      'POST mlflow-link/team': { url: 'https://x.test/1' }
    },
    { connections: configured }
  );
  const set = jest.fn(async () => undefined);
  const settings = {
    load: async () => ({ composite: { defaultConnection: preferred } }),
    set
  } as unknown as ISettingRegistry;
  const services: IOpenServices = {
    relay,
    mlflow: new MLflowClient(relay),
    registry: null,
    notebooks: null,
    commands: new CommandRegistry(),
    shell: { activateById: () => undefined },
    trans,
    themes: null,
    settings
  };
  return { relay, services, set };
}

const dialog = (): HTMLElement | null => document.querySelector('.jp-Dialog');

describe('chooseConnection', () => {
  it.each<[string, Parameters<typeof setUp>, string | undefined, string]>([
    ['the only one', [[A]], undefined, 'a'],
    ['the only one that is shown', [[A, { ...B, ui: 'none' }]], undefined, 'a'],
    ['the one that is named', [[A, B]], 'b', 'b'],
    ['a found one that is named', [[A], [server()]], 'team', 'team'],
    ['a stopped one that is named', [[A], [stopped()]], 'team', 'team'],
    ['the preferred one', [[A, B], [], 'b'], undefined, 'b'],
    [
      'a preferred one that was found',
      [[A], [server()], 'team'],
      undefined,
      'team'
    ],
    ['the only one, when the preferred is gone', [[A], [], 'x'], undefined, 'a']
  ])('opens %s without asking', async (_, given, wanted, id) => {
    const { services } = setUp(...given);
    expect((await chooseConnection(services, wanted))?.id).toBe(id);
    expect(dialog()).toBeNull();
  });

  it('searches for nothing to open what is configured', async () => {
    const { relay, services } = setUp([A], [server()]);
    await chooseConnection(services, undefined);
    expect(relay.calls).toEqual([]);
  });

  it.each<[string, Parameters<typeof setUp>, boolean]>([
    ['several are configured', [[A, B]], false],
    ['none is configured', [[], [server()]], false],
    ['that is wanted', [[A], [server()], 'a'], true]
  ])('asks when %s, and keeps the answer', async (_, given, choose) => {
    const { services, set } = setUp(...given);
    const chosen = chooseConnection(services, undefined, choose);
    const radios = () =>
      document.querySelectorAll<HTMLElement>('.jp-Dialog input[type=radio]');
    await until(
      () => radios().length === given[0].length + (given[1] ?? []).length
    );
    const last = radios()[radios().length - 1];
    last.click();
    document
      .querySelector<HTMLElement>('.jp-Dialog input[type=checkbox]')
      ?.click();
    const accept = () =>
      document.querySelector<HTMLButtonElement>('.jp-Dialog .jp-mod-accept');
    await until(() => accept()?.disabled === false);
    accept()?.click();
    const id = (await chosen)?.id;
    expect(id).toBe(given[1]?.length ? 'team' : 'b');
    expect(set.mock.calls).toEqual([
      ['jupyterlab-sagemaker-governance:mlflow', 'defaultConnection', id]
    ]);
  });

  it('says that there is no such connection', async () => {
    const { services } = setUp([A]);
    const chosen = chooseConnection(services, 'gone');
    await until(() => dialog()?.textContent?.includes('“gone”') ?? false);
    dialog()?.querySelector<HTMLElement>('.jp-Dialog-footer button')?.click();
    expect(await chosen).toBeNull();
  });
});

describe('openOutside', () => {
  let open: jest.SpyInstance;
  beforeEach(() => {
    open = jest
      .spyOn(window, 'open')
      .mockReturnValue({ opener: null } as Window);
    Object.defineProperty(navigator, 'userActivation', {
      configurable: true,
      value: { isActive: true }
    });
  });
  afterEach(() => {
    open.mockRestore();
    Reflect.deleteProperty(navigator, 'userActivation');
  });

  it.each<[string, IMLflowConnection, string | null]>([
    ['one that runs', server({ ui: 'tab' }), 'https://x.test/1'],
    ['one that is stopped', stopped({ ui: 'tab' }), null],
    [
      'one with an address',
      mlflowConnection({ ui: 'tab', publicUrl: 'https://m.test/' }),
      'https://m.test/#/experiments'
    ]
  ])('opens %s', async (_, connection, url) => {
    const { relay, services } = setUp([], [connection]);
    expect(await openOutside(services, connection, '/experiments')).toBe(
      url !== null
    );
    expect(open.mock.calls.map(([first]) => first as string)).toEqual(
      url === null ? [] : [url]
    );
    // A key is made for a server that can be opened only.
    expect(relay.callsOf('mlflow-link')).toHaveLength(
      url === 'https://x.test/1' ? 1 : 0
    );
  });

  it('opens the start page, a route of every version, without a route', async () => {
    const one = mlflowConnection({ ui: 'tab', publicUrl: 'https://m.test/' });
    const { services } = setUp([], [one]);
    expect(await openOutside(services, one)).toBe(true);
    expect(open.mock.calls).toEqual([['https://m.test/#/', '_blank']]);
  });
});
