import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';

import { fakeRelay, mlflowConnection } from '../../testing';
import type { Bridge, Phase } from '../bridge/host';
import { FrameStorage } from '../bridge/storage';
import { FramedPage } from '../framedPage';
import { markOf } from '../page';
import { WarmFrames } from '../warm';

const trans = nullTranslator.load('sagemaker_governance');
const connection = mlflowConnection({ ui: 'bridge' });

/** A page that was loaded, as far as it is known here. */
class Kept {
  constructor(private _moves = true) {}
  isAsleep = true;
  isDisposed = false;
  place = { route: '/models', back: false, forward: false };
  storage = new FrameStorage(connection.id);
  readonly phaseChanged = new Signal<this, Phase>(this);
  readonly placeChanged = new Signal<this, unknown>(this);
  readonly titleChanged = new Signal<this, unknown>(this);
  readonly troubled = new Signal<this, unknown>(this);
  readonly wished = new Signal<this, unknown>(this);
  navigate = jest.fn();
  setKeystrokes = jest.fn();

  wake(): boolean {
    this.isAsleep = !this._moves;
    return this._moves;
  }

  sleep(): boolean {
    this.isAsleep = true;
    return true;
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

let warm: WarmFrames;
let page: FramedPage;
let phases: Phase['kind'][];
beforeEach(() => {
  warm = new WarmFrames();
  phases = [];
  page = new FramedPage({
    id: connection.id,
    relay: fakeRelay({}),
    trans,
    commands: new CommandRegistry(),
    themes: null,
    host: document.createElement('div'),
    around: document.body,
    warm,
    reload: () => undefined
  });
  page.phaseChanged.connect((_, { kind }) => phases.push(kind));
});
afterEach(() => {
  page.dispose();
  warm.dispose();
});

function keep(kept: Kept): void {
  const { id } = connection;
  warm.put(id, markOf(connection), kept as unknown as Bridge, 'kept');
}

describe('FramedPage', () => {
  it('shows a kept page where it is', async () => {
    const kept = new Kept();
    keep(kept);
    await page.open(connection, '/', undefined, false);
    expect(kept.isAsleep).toBe(false);
    expect(kept.navigate).not.toHaveBeenCalled();
    expect(warm.ids).toEqual([]);
  });

  it('takes a kept page to the route that was asked for', async () => {
    const kept = new Kept();
    keep(kept);
    await page.open(connection, '/', '/experiments', false);
    expect(kept.navigate).toHaveBeenCalledWith('/experiments');
  });

  it('makes one where the kept one cannot be moved, or is not wanted', async () => {
    for (const fresh of [false, true]) {
      const kept = new Kept(fresh);
      keep(kept);
      phases = [];
      await page.open(connection, '/', undefined, fresh);
      expect(kept.isDisposed).toBe(true);
      // No relay answers it here.
      expect(phases[phases.length - 1]).toBe('failed');
    }
  });

  it('gives its page away when the tab is closed, and hears of it no more', async () => {
    const kept = new Kept();
    keep(kept);
    await page.open(connection, '/', undefined, false);
    expect(page.sleep()).toBe(true);
    page.dispose();
    expect(warm.ids).toEqual([connection.id]);
    expect(kept.isDisposed).toBe(false);
    kept.phaseChanged.emit({ kind: 'ready' });
    expect(phases).toEqual([]);
  });

  it('ends a page that cannot come back', async () => {
    const kept = new Kept();
    keep(kept);
    await page.open(connection, '/', undefined, false);
    page.sleep();
    kept.wake = () => false;
    page.wake();
    expect(kept.isDisposed).toBe(true);
    expect(page.isOpen).toBe(false);
  });
});
