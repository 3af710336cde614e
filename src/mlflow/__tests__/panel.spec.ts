import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { PromiseDelegate } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { fakeRelay, mlflowConnection } from '../../testing';
import type { IMLflowConnection } from '../../tokens';
import type { Bridge, Phase } from '../bridge/host';
import { FrameStorage } from '../bridge/storage';
import { markOf } from '../page';
import { MLflowPanel } from '../panel';
import { prepare } from '../prepare';
import type { IMLflowServer } from '../servers';
import { WarmFrames } from '../warm';
import { MLflowWidget } from '../widget';
import { server, stopped, until } from './helpers';

const trans = nullTranslator.load('sagemaker_governance');

let widgets: MLflowWidget[] = [];
afterEach(() => {
  widgets.forEach(widget => widget.dispose());
  widgets = [];
});

/** A tab without a frame: its pages open elsewhere. */
async function show(
  connection: IMLflowConnection,
  servers: IMLflowServer[] = []
) {
  const relay = fakeRelay({
    'mlflow-servers': () => ({ servers, notes: [] }),
    'POST mlflow-start/team': { state: 'starting' }
  });
  const panel = new MLflowPanel({
    id: connection.id,
    relay,
    trans,
    commands: new CommandRegistry(),
    themes: null,
    find: async () => connection
  });
  const openTab = jest.fn(async () => undefined);
  const choose = jest.fn();
  const widget = new MLflowWidget({
    panel,
    trans,
    actions: ['register'],
    act: jest.fn(),
    choose,
    openTab,
    copyLink: jest.fn()
  });
  widgets.push(widget);
  Widget.attach(widget, document.body);
  await until(() => panel.phase.kind !== 'loading');
  const item = (name: string) => {
    const names = [...widget.toolbar.names()];
    return [...widget.toolbar.children()][names.indexOf(name)];
  };
  return { relay, panel, widget, item, openTab, choose };
}

describe('MLflowWidget', () => {
  it.each<[Partial<IMLflowConnection>, boolean, boolean]>([
    [{}, false, false],
    [{ link: true }, false, false],
    // A tab would not be read only: none is offered.
    [{ readOnly: true }, true, true],
    [{ readOnly: true, link: true }, true, true],
    [{ readOnly: true, publicUrl: 'https://x.test/' }, true, false]
  ])('of %j: chip %s, no button for a tab %s', async (members, chip, noTab) => {
    const { item } = await show(mlflowConnection({ ui: 'tab', ...members }));
    expect(item('read-only').isVisible).toBe(chip);
    expect(item('open-in-tab').isHidden).toBe(noTab);
    // It writes in SageMaker, not in MLflow.
    expect(item('register').isHidden).toBe(false);
    if (chip) {
      expect(item('read-only').node.textContent).toBe('Read only');
      expect(item('read-only').node.getAttribute('aria-label')).toContain(
        'change nothing'
      );
    }
  });

  it('tells pages of another version', async () => {
    const shown = { version: '2.22.0', skew: 'major' as const };
    const one = server({ ui: 'tab', shown });
    const { item, panel, widget } = await show(one, [one]);
    await until(() => panel.skew !== null);
    expect(item('pages').isVisible).toBe(true);
    expect(item('pages').node.textContent).toBe('Pages of 2.22.0');
    await until(() => widget.node.textContent?.includes('may fail') ?? false);
  });

  it('offers to start a stopped server, and opens when it runs', async () => {
    const servers = [stopped({ ui: 'tab' })];
    const { relay, panel, widget } = await show(servers[0], servers);
    await until(() => panel.phase.kind === 'down');
    const button = () =>
      widget.content.node.querySelector<HTMLElement>('.jp-mod-accept');
    await until(() => button()?.textContent === 'Start the server');
    expect(relay.callsOf('mlflow-start')).toEqual([]);
    button()?.click();
    servers[0] = server({ ui: 'tab' });
    await until(() => panel.phase.kind === 'outside');
    expect(relay.callsOf('mlflow-start')).toHaveLength(1);
    await until(() => button()?.textContent === 'Open in a browser tab');
    // Nothing opens by itself.
    expect(relay.callsOf('mlflow-link')).toEqual([]);
  });
});

/** A page that is kept. */
class Kept {
  constructor(route: string) {
    this.place = { route, back: false, forward: false };
  }
  place: { route: string; back: boolean; forward: boolean };
  readonly base = 'https://mlflow.invalid/';
  readonly storage = new FrameStorage('mlflow', null);
  readonly phaseChanged = new Signal<this, Phase>(this);
  readonly placeChanged = new Signal<this, unknown>(this);
  readonly titleChanged = new Signal<this, string>(this);
  readonly wished = new Signal<this, unknown>(this);
  readonly troubled = new Signal<this, unknown>(this);
  readonly navigate = jest.fn();
  readonly setKeystrokes = jest.fn();
  wake = () => {
    this.phaseChanged.emit({ kind: 'ready' });
    return true;
  };
  dispose = jest.fn();
}

describe('MLflowPanel with a kept page', () => {
  it.each<[string | undefined, string | null, string | null]>([
    [undefined, null, null],
    ['/models/a', null, '/models/a'],
    ['/experiments/1', null, null],
    // Asked for while the connection was looked for.
    ['/models/a', '/models/b', '/models/b'],
    [undefined, '/models/b', '/models/b']
  ])('opened at %j, then at %j, goes to %j', async (route, then, to) => {
    const connection = mlflowConnection();
    const found = new PromiseDelegate<IMLflowConnection>();
    const warm = new WarmFrames();
    const kept = new Kept('/experiments/1');
    const page = kept as unknown as Bridge;
    warm.put(connection.id, markOf(connection), page, 'kept');
    const panel = new MLflowPanel({
      id: connection.id,
      relay: fakeRelay({}),
      trans,
      commands: new CommandRegistry(),
      themes: null,
      find: () => found.promise,
      route,
      warm
    });
    Widget.attach(panel, document.body);
    if (then !== null) {
      panel.navigate(then);
    }
    found.resolve(connection);
    await until(() => panel.phase.kind === 'ready');
    expect(kept.navigate.mock.calls).toEqual(to === null ? [] : [[to]]);
    panel.dispose();
    warm.dispose();
  });
});

describe('prepare', () => {
  const move = 'moveBefore';
  beforeEach(() => {
    Object.defineProperty(HTMLElement.prototype, move, {
      configurable: true,
      value: () => undefined
    });
  });
  afterEach(() => {
    Reflect.deleteProperty(HTMLElement.prototype, move);
  });

  it('makes no second page of a tab that was opened meanwhile', async () => {
    const warm = new WarmFrames();
    let isOpen = false;
    const relay = fakeRelay({}, { connections: [mlflowConnection()] });
    const { config } = relay;
    relay.config = () => {
      isOpen = true;
      return config();
    };
    const commands = new CommandRegistry();
    const services = { relay, trans, commands, themes: null };
    await prepare(services, warm, 'mlflow', () => isOpen);
    expect(isOpen).toBe(true);
    expect(warm.ids).toEqual([]);
    expect(relay.calls).toEqual([]);
    warm.dispose();
  });
});
