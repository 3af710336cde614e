import { Signal } from '@lumino/signaling';

import { mlflowConnection } from '../../testing';
import type { Bridge, Phase } from '../bridge/host';
import { markOf } from '../page';
import { WarmFrames } from '../warm';

/** A page, as far as it is known here. */
class Page {
  isDisposed = false;
  readonly phaseChanged = new Signal<this, Phase>(this);

  dispose(): void {
    this.isDisposed = true;
  }

  fall(phase: Phase): void {
    this.phaseChanged.emit(phase);
  }
}

const page = () => new Page() as unknown as Bridge & Page;

let warm: WarmFrames;
beforeEach(() => {
  jest.useFakeTimers();
  warm = new WarmFrames();
});
afterEach(() => {
  warm.dispose();
  jest.useRealTimers();
});

describe('WarmFrames', () => {
  it('gives a page back once, to the connection that it is of', () => {
    const one = page();
    warm.put('risk', 'light', one, 'kept');
    expect(warm.take('other', 'light')).toBeNull();
    expect(warm.take('risk', 'light')).toBe(one);
    expect(warm.take('risk', 'light')).toBeNull();
    expect(one.isDisposed).toBe(false);
  });

  it('ends a page that is not as it has to be', () => {
    const one = page();
    warm.put('risk', 'light', one, 'kept');
    expect(warm.take('risk', 'dark')).toBeNull();
    expect(one.isDisposed).toBe(true);
  });

  it('takes a page for another one when its connection is another', () => {
    const mark = markOf(mlflowConnection({ id: 'risk' }));
    for (const members of [
      { trackingUri: 'https://other.example' },
      { assets: 'installed' as const },
      { readOnly: true }
    ]) {
      const one = page();
      warm.put('risk', mark, one, 'kept');
      const now = mlflowConnection({ id: 'risk', ...members });
      expect(warm.take('risk', markOf(now))).toBeNull();
      expect(one.isDisposed).toBe(true);
    }
  });

  it('ends them after a while, and the oldest when there are too many', () => {
    const pages = [page(), page(), page()];
    pages.forEach((one, at) => warm.put(`c${at}`, '', one, 'kept'));
    expect(warm.ids).toEqual(['c1', 'c2']);
    expect(pages[0].isDisposed).toBe(true);
    jest.advanceTimersByTime(10 * 60_000 + 1);
    expect(warm.ids).toEqual([]);
    expect(pages.map(({ isDisposed }) => isDisposed)).toEqual([
      true,
      true,
      true
    ]);
  });

  it('keeps none that failed, left or crashed', () => {
    for (const kind of ['left', 'flooded', 'silent'] as const) {
      const one = page();
      warm.put('risk', '', one, 'ready');
      one.fall({ kind: 'ready' });
      expect(warm.ids).toEqual(['risk']);
      one.fall({ kind });
      expect(warm.ids).toEqual([]);
      expect(one.isDisposed).toBe(true);
    }
  });

  it('ends them when the browser is short of memory', () => {
    const one = page();
    warm.put('risk', '', one, 'kept');
    document.dispatchEvent(new Event('freeze'));
    expect(one.isDisposed).toBe(true);
  });

  it('keeps none on a small machine', () => {
    Object.defineProperty(navigator, 'deviceMemory', {
      value: 2,
      configurable: true
    });
    try {
      const one = page();
      warm.put('risk', '', one, 'kept');
      expect(one.isDisposed).toBe(true);
    } finally {
      Reflect.deleteProperty(navigator, 'deviceMemory');
    }
  });

  it('has them where nobody gets to them', () => {
    const { node } = warm;
    expect(node.isConnected).toBe(true);
    expect(node.inert).toBe(true);
    expect(node.getAttribute('aria-hidden')).toBe('true');
    expect(warm.node).toBe(node);
    warm.dispose();
    expect(node.isConnected).toBe(false);
  });
});
