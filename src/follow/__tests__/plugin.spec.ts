import type { ILabShell } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { StateDB } from '@jupyterlab/statedb';
import type { IStatusBar } from '@jupyterlab/statusbar';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { type IDisposable, DisposableDelegate } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { act } from '@testing-library/react';

import { CommandIDs, type IFollowing } from '../../tokens';
import plugins from '../plugin';
import { STATE_KEY } from '../store';
import { says, STARRED, told, World } from './helpers';
import { fakeRelay, version } from '../../testing';

/** Let time pass. @param ms - so many milliseconds */
const pass = (ms: number): Promise<void> =>
  act(() => jest.advanceTimersByTimeAsync(ms));

const HOUR = 3_600_000;

/** What the status bar was given. */
interface IShown {
  item: Widget;
  isActive: () => boolean;
}

/** A lab in which a group is starred, with nothing opened yet. */
async function start(composite: Record<string, unknown> = {}) {
  const world = new World();
  await world.state.save(STATE_KEY, {
    stars: [{ connection: 'own', group: STARRED.arn, shared: false }]
  });
  const commands = new CommandRegistry();
  const opened: unknown[] = [];
  commands.addCommand(CommandIDs.openPanel, {
    execute: args => {
      opened.push(args);
    }
  });
  const widgets: Widget[] = [];
  const shell = {
    widgets: (area: string) => (area === 'left' ? widgets : []).values(),
    layoutModified: new Signal<object, void>({})
  };
  const settings = { composite, changed: new Signal<object, void>({}) };
  const items = new Set<IShown>();
  const statusBar = {
    registerStatusItem: (_: string, shown: IShown): IDisposable => {
      items.add(shown);
      return new DisposableDelegate(() => items.delete(shown));
    }
  };
  const relay = fakeRelay({});
  const config = jest.spyOn(relay, 'config');
  const following = (await plugins[0].activate(
    { commands, shell } as never,
    relay,
    world.registry,
    world.governance,
    { load: async () => settings } as unknown as ISettingRegistry,
    world.state as StateDB,
    statusBar as unknown as IStatusBar,
    shell as unknown as ILabShell,
    nullTranslator
  )) as IFollowing;
  return {
    world,
    commands,
    opened,
    widgets,
    shell,
    settings,
    following,
    /** The item, where it has something to show. */
    item: () => [...items].find(({ isActive }) => isActive())?.item,
    /** What reached a server: the configuration, registries, consoles. */
    asked: () => [...config.mock.calls, ...relay.calls, ...world.asked]
  };
}

describe('the plugin', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it.each(['opened', 'never'])(
    'asks nobody anything before something is opened (%s)',
    async statusBar => {
      const lab = await start({ statusBar });
      // The menu of commands and the shortcuts ask for stars.
      expect(
        lab.commands.isToggled(CommandIDs.toggleStar, { group: STARRED.arn })
      ).toBe(false);
      lab.shell.layoutModified.emit();
      await lab.commands.execute(CommandIDs.toggleStar, {
        connection: 'own',
        group: 'another'
      });
      await pass(HOUR);
      expect(lab.asked()).toEqual([]);
      expect(lab.item()).toBeUndefined();
      await lab.commands.execute(CommandIDs.openPanel);
      await pass(10_000);
      expect(lab.world.asked).toEqual(expect.arrayContaining(['latest']));
    }
  );

  it('begins when the panel comes back with the layout of the lab', async () => {
    const lab = await start();
    const panel = new Widget();
    panel.id = 'jp-sagemaker-governance';
    Object.defineProperty(panel, 'isVisible', { get: () => true });
    lab.widgets.push(panel);
    lab.shell.layoutModified.emit();
    await pass(10_000);
    expect(lab.world.asked).toEqual(expect.arrayContaining(['latest']));
  });

  it('begins at the start where the status bar shows always', async () => {
    const lab = await start({ statusBar: 'always' });
    lab.world.latest = version({
      approval: 'Rejected',
      createdBy: { userProfileName: 'ds-042', sourceIdentity: null, arn: null }
    });
    await pass(10_000);
    expect(lab.world.asked).toEqual(expect.arrayContaining(['latest']));
  });

  it.each([
    ['a link that was written', CommandIDs.linkUseCase, STARRED.arn, 0],
    ['a link that was taken back', CommandIDs.undoLink, STARRED.arn, 0],
    ['a workflow that was moved', CommandIDs.moveWorkflow, STARRED.arn, 0],
    ['a dialog that was closed again', CommandIDs.undoLink, null, 1],
    ['work on another group', CommandIDs.linkUseCase, 'another', 1]
  ])('after %s tells accordingly', async (_, command, acted, news) => {
    const told = jest.spyOn(Notification, 'emit').mockReturnValue('');
    const lab = await start({ refreshSeconds: 60 });
    lab.commands.addCommand(command, { execute: async () => acted });
    await lab.commands.execute(CommandIDs.openPanel);
    await pass(10_000);
    // From the palette nobody names a group.
    await lab.commands.execute(command);
    lab.world.status = says('Approved for Development');
    await pass(150_000);
    expect(told).toHaveBeenCalledTimes(news);
    told.mockRestore();
  });

  it('shows how many wait, leads to them, and goes when nothing waits', async () => {
    const lab = await start();
    await lab.commands.execute(CommandIDs.openPanel);
    await pass(100);
    expect(lab.item()).toBeUndefined();
    lab.following.concern(told({ waiting: [STARRED] }));
    await pass(100);
    const item = lab.item();
    expect(item).toBeDefined();
    act(() => Widget.attach(item as Widget, document.body));
    await pass(100);
    const button = item?.node.querySelector('button');
    expect(button).toHaveTextContent('1');
    expect(button).toHaveAccessibleName('1 group waits for me');
    button?.click();
    expect(lab.opened).toContainEqual({ filter: 'waiting', text: '' });
    lab.following.concern(told());
    await pass(100);
    expect(lab.item()).toBeUndefined();
    lab.settings.composite.statusBar = 'never';
    lab.settings.changed.emit();
    lab.following.concern(told({ waiting: [STARRED] }));
    await pass(100);
    expect(lab.item()).toBeUndefined();
  });
});
