import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import { render, screen } from '@testing-library/react';

import { version } from '../../../testing';
import { ServicesProvider, type IDocumentServices } from '../context';
import { MetricSection } from '../metricSection';
import { rowOf, type IVersionRow } from '../model';

/** A renderer of the lab, as far as the plot uses it. */
class FakeRenderer extends Widget implements IRenderMime.IRenderer {
  renderModel = jest.fn(async () => undefined);
}

const rows = (...values: number[]): IVersionRow[] =>
  values.map((value, i) =>
    rowOf(
      version({ version: i + 1, metadata: { 'metric.AUC': String(value) } }),
      () => null
    )
  );

function setUp() {
  const made: FakeRenderer[] = [];
  const services = {
    commands: new CommandRegistry(),
    governance: null,
    rendermime: {
      preferredMimeType: () => 'application/vnd.vegalite.v5+json',
      createRenderer: () => {
        const renderer = new FakeRenderer();
        made.push(renderer);
        return renderer;
      }
    },
    themes: null,
    trans: nullTranslator.load('sagemaker_governance')
  } as unknown as IDocumentServices;
  const view = (shown: IVersionRow[]) => (
    <ServicesProvider value={services}>
      <MetricSection rows={shown} selected={null} />
    </ServicesProvider>
  );
  return { made, view };
}

describe('the plot of a metric', () => {
  const original = window.ResizeObserver;

  beforeEach(() => {
    window.ResizeObserver = class {
      constructor(private _call: ResizeObserverCallback) {}
      observe(): void {
        const contentRect = { width: 400 } as DOMRectReadOnly;
        this._call([{ contentRect } as ResizeObserverEntry], this);
      }
      unobserve(): void {
        // Nothing is kept.
      }
      disconnect(): void {
        // Nothing is kept.
      }
    };
  });

  afterEach(() => {
    window.ResizeObserver = original;
  });

  it('lets its renderer go when there is nothing left to plot', () => {
    const { made, view } = setUp();
    const { rerender } = render(view(rows(0.8, 0.9)));
    expect(screen.getByRole('img')).toBeInTheDocument();
    expect(made.filter(({ isDisposed }) => !isDisposed)).toHaveLength(1);
    rerender(view(rows(0.8)));
    expect(screen.queryByRole('img')).toBeNull();
    expect(screen.getByRole('table')).toHaveTextContent('0.8');
    expect(made.every(({ isDisposed }) => isDisposed)).toBe(true);
  });

  it('lets its renderer go with the document', () => {
    const { made, view } = setUp();
    const { unmount } = render(view(rows(0.8, 0.9)));
    unmount();
    expect(made.length).toBeGreaterThan(0);
    expect(made.every(({ isDisposed }) => isDisposed)).toBe(true);
  });
});
