import type { INotebookTracker } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';

import { NotebookWatch } from '../notebook';

function fakePanel(path: string, sources: string[]) {
  const owner = {};
  const cells = sources.map(text => ({
    type: text.startsWith('#!md') ? 'markdown' : 'code',
    sharedModel: { getSource: () => text }
  }));
  const panel = {
    isDisposed: false,
    context: { path, pathChanged: new Signal<object, string>(owner) },
    content: {
      model: { cells } as { cells: typeof cells } | null,
      modelChanged: new Signal<object, void>(owner),
      modelContentChanged: new Signal<object, void>(owner)
    },
    sessionContext: { session: { kernel: { status: 'idle' } } }
  };
  const write = (...texts: string[]): void => {
    cells.splice(
      0,
      cells.length,
      ...texts.map(text => ({
        type: 'code',
        sharedModel: { getSource: () => text }
      }))
    );
    panel.content.modelContentChanged.emit();
  };
  return { panel, write };
}

function setUp(first: ReturnType<typeof fakePanel> | null) {
  const currentChanged = new Signal<object, unknown>({});
  const tracker = { currentWidget: first?.panel ?? null, currentChanged };
  const executed = new Signal<object, { notebook: unknown }>({});
  const watch = new NotebookWatch(
    tracker as unknown as INotebookTracker,
    executed
  );
  const changes: (string | null)[] = [];
  watch.changed.connect(() => changes.push(watch.current?.path ?? null));
  const go = (next: ReturnType<typeof fakePanel> | null): void => {
    tracker.currentWidget = next?.panel ?? null;
    currentChanged.emit(null);
  };
  return { watch, changes, executed, go };
}

const CREDIT = 'mlflow.set_experiment("credit")';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('NotebookWatch', () => {
  it('reads code cells of the current notebook, and only while active', () => {
    const { watch } = setUp(fakePanel('a.ipynb', ['#!md ' + CREDIT, CREDIT]));
    expect(watch.current).toBeNull();
    watch.setActive(true);
    expect(watch.current).toMatchObject({
      path: 'a.ipynb',
      experiment: { kind: 'name', name: 'credit' }
    });
  });

  it('follows what is typed, after a rest, and tells only of changes', async () => {
    const one = fakePanel('a.ipynb', ['x = 1']);
    const { watch, changes } = setUp(one);
    watch.setActive(true);
    expect(changes).toEqual(['a.ipynb']);
    one.write('x = 2');
    one.write('x = 2', CREDIT);
    expect(watch.current?.experiment).toBeNull();
    await jest.advanceTimersByTimeAsync(600);
    expect(watch.current?.experiment).toMatchObject({ name: 'credit' });
    expect(changes).toHaveLength(2);
    one.write('x = 3', CREDIT);
    await jest.advanceTimersByTimeAsync(600);
    expect(changes).toHaveLength(2);
    watch.setActive(false);
    one.write('x = 3');
    await jest.advanceTimersByTimeAsync(600);
    expect(watch.current?.experiment).not.toBeNull();
    watch.setActive(true);
    expect(watch.current?.experiment).toBeNull();
  });

  it('follows from notebook to notebook, and to none', () => {
    const { watch, changes, go } = setUp(fakePanel('a.ipynb', [CREDIT]));
    watch.setActive(true);
    go(fakePanel('b.ipynb', [CREDIT]));
    go(null);
    expect(changes).toEqual(['a.ipynb', 'b.ipynb', null]);
  });

  it('waits for a notebook that is still being read', async () => {
    const one = fakePanel('a.ipynb', [CREDIT]);
    const { model } = one.panel.content;
    one.panel.content.model = null;
    const { watch } = setUp(one);
    watch.setActive(true);
    expect(watch.current?.experiment).toBeNull();
    one.panel.content.model = model;
    one.panel.content.modelChanged.emit();
    await jest.advanceTimersByTimeAsync(600);
    expect(watch.current?.experiment).not.toBeNull();
  });

  it('tells of a new path', () => {
    const one = fakePanel('a.ipynb', [CREDIT]);
    const { watch } = setUp(one);
    watch.setActive(true);
    const renamed: object[] = [];
    watch.renamed.connect((_, paths) => renamed.push(paths));
    one.panel.context.path = 'c.ipynb';
    one.panel.context.pathChanged.emit('c.ipynb');
    expect(renamed).toEqual([{ from: 'a.ipynb', to: 'c.ipynb' }]);
    expect(watch.current?.path).toBe('c.ipynb');
  });

  it('tells of its own cells only, and whether the kernel works', () => {
    const one = fakePanel('a.ipynb', [CREDIT]);
    const { watch, executed } = setUp(one);
    let count = 0;
    watch.executed.connect(() => (count += 1));
    executed.emit({ notebook: one.panel.content });
    executed.emit({ notebook: {} });
    expect(count).toBe(1);
    expect(watch.isBusy).toBe(false);
    one.panel.sessionContext.session.kernel.status = 'busy';
    expect(watch.isBusy).toBe(true);
  });

  it('lets go of everything', () => {
    const one = fakePanel('a.ipynb', [CREDIT]);
    const { watch, changes, go } = setUp(one);
    watch.setActive(true);
    watch.dispose();
    go(null);
    one.write('x');
    jest.runOnlyPendingTimers();
    expect(changes).toEqual(['a.ipynb']);
  });
});
