/** Links in what notebooks render: a panel of plain DOM, no lab. */
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { useCase } from '../../../testing';
import { KnownUseCases } from '../find';
import { RenderedMentions } from '../rendered';

const trans = nullTranslator.load('sagemaker_governance');
const known = new KnownUseCases([
  useCase(),
  useCase({ id: '7', key: 'CLM-014', name: 'Claims', url: null })
]);

/** A notebook with a rendered cell. */
function notebook(html: string): Widget {
  const panel = new Widget();
  panel.node.innerHTML = `<div class="jp-RenderedMarkdown">${html}</div>`;
  return panel;
}

function tracked(...open: Widget[]) {
  const widgetAdded = new Signal<object, NotebookPanel>({});
  const tracker = {
    forEach: (visit: (panel: NotebookPanel) => void) =>
      open.forEach(panel => visit(panel as NotebookPanel)),
    widgetAdded
  };
  return {
    add: (panel: Widget) => widgetAdded.emit(panel as NotebookPanel),
    mentions: new RenderedMentions(
      tracker as unknown as INotebookTracker,
      trans
    )
  };
}

const host = (panel: Widget): HTMLElement =>
  panel.node.querySelector<HTMLElement>('.jp-RenderedMarkdown')!;
const links = (panel: Widget): (string | null)[] =>
  [...panel.node.querySelectorAll('a.jp-sg-mention')].map(
    ({ textContent }) => textContent
  );
/** Let the observer of the page's changes be called. */
const settled = () => new Promise(done => setTimeout(done));

describe('rendered Markdown', () => {
  it('gets links to use cases, and keeps every letter', () => {
    const panel = notebook(
      '<p>As CREDIT-001, CREDIT-001 <em>CLM-014</em>.</p>'
    );
    const { mentions } = tracked(panel);
    expect(links(panel)).toEqual([]);
    mentions.show(known);
    expect(host(panel)).toHaveTextContent('As CREDIT-001, CREDIT-001 CLM-014.');
    expect(links(panel)).toEqual(['CREDIT-001', 'CREDIT-001']);
    const link = panel.node.querySelector('a')!;
    expect(link).toHaveAttribute('href', 'https://console.example/task/20001');
    expect(link).toHaveAttribute('rel', 'noopener noreferrer');
    expect(link).toHaveAttribute('target', '_blank');
    expect(link.title).toContain('Credit risk assessment');
    expect(
      panel.node.querySelector<HTMLElement>('span.jp-sg-mention')!.title
    ).toContain('CLM-014 Claims');
  });

  it.each([
    ['a link', '<a href="https://example.com/">CREDIT-001</a>'],
    ['a formula', '<mjx-container><i>CREDIT-001</i></mjx-container>'],
    ['a drawing', '<svg><text>CREDIT-001</text></svg>'],
    ['a style', '<style>CREDIT-001</style>']
  ])('%s is left as it is', (_, html) => {
    const panel = notebook(html);
    const before = panel.node.innerHTML;
    tracked(panel).mentions.show(known);
    expect(panel.node.innerHTML).toBe(before);
  });

  it('gets links when it is rendered again, and in notebooks opened later', async () => {
    const panel = notebook('');
    const later = notebook('CREDIT-001');
    const { add, mentions } = tracked(panel);
    mentions.show(known);
    host(panel).innerHTML = '<h1>CREDIT-001</h1>';
    add(later);
    await settled();
    expect(links(panel)).toEqual(['CREDIT-001']);
    expect(links(later)).toEqual(['CREDIT-001']);
    // A cell that is scrolled to comes with what was rendered in it.
    panel.node.append(notebook('<p>CREDIT-001</p>').node);
    await settled();
    expect(links(panel)).toEqual(['CREDIT-001', 'CREDIT-001']);
  });

  it('is as it was when nothing is known any more', async () => {
    const html = '<p>As CREDIT-001, CLM-014.</p>';
    const panel = notebook(html);
    const { mentions } = tracked(panel);
    mentions.show(known);
    mentions.show(new KnownUseCases([]));
    expect(host(panel).innerHTML).toBe(html);
    expect(host(panel).querySelector('p')!.childNodes).toHaveLength(1);
    await settled();
    expect(links(panel)).toEqual([]);
  });

  it('is brought up to date when its cell comes back into sight', async () => {
    const panel = notebook('CREDIT-001');
    const { mentions } = tracked(panel);
    mentions.show(known);
    const cell = host(panel);
    cell.remove();
    mentions.show(new KnownUseCases([]));
    panel.node.append(cell);
    await settled();
    expect(links(panel)).toEqual([]);
    expect(cell).toHaveTextContent('CREDIT-001');
  });

  it('is let go with its notebook', async () => {
    const panel = notebook('CREDIT-001');
    const { mentions } = tracked(panel);
    panel.dispose();
    mentions.show(known);
    await settled();
    expect(links(panel)).toEqual([]);
  });

  it('leaves what else a notebook shows alone', async () => {
    const panel = notebook('');
    const { mentions } = tracked(panel);
    mentions.show(known);
    const output = document.createElement('pre');
    output.textContent = 'CREDIT-001';
    panel.node.append(output);
    await settled();
    expect(links(panel)).toEqual([]);
  });
});
