import { onceWanted } from '../intent';

const CAPTION = 'Experiments, runs and models';

function card(title: string): HTMLElement {
  const node = document.createElement('div');
  node.className = 'jp-LauncherCard';
  node.title = title;
  node.tabIndex = 0;
  node.append(document.createElement('p'));
  document.body.append(node);
  return node;
}

const over = (node: Element | null) =>
  node?.dispatchEvent(new Event('pointerover', { bubbles: true }));

describe('onceWanted', () => {
  afterEach(() => document.body.replaceChildren());

  it('notices the pointer anywhere on the card, once', () => {
    const job = jest.fn();
    onceWanted(CAPTION, job);
    const node = card(CAPTION);
    over(node.querySelector('p'));
    over(node);
    expect(job).toHaveBeenCalledTimes(1);
  });

  it('notices the keyboard', () => {
    const job = jest.fn();
    onceWanted(CAPTION, job);
    card(CAPTION).focus();
    expect(job).toHaveBeenCalledTimes(1);
  });

  it('lets other cards and places be', () => {
    const job = jest.fn();
    onceWanted(CAPTION, job);
    over(card('Python 3'));
    over(document.body);
    expect(job).not.toHaveBeenCalled();
  });
});
