import { MessageLoop } from '@lumino/messaging';

import { openMenu } from '../menu';

describe('openMenu', () => {
  let button: HTMLButtonElement;

  beforeEach(() => {
    button = document.body.appendChild(document.createElement('button'));
    button.focus();
  });

  afterEach(() => button.remove());

  it('gives the focus back before the chosen command runs', () => {
    let at: Element | null = null;
    const execute = (): void => {
      at = document.activeElement;
    };
    const menu = openMenu([{ label: 'Act', execute }], { x: 0, y: 0 });
    MessageLoop.flush();
    expect(document.activeElement).toBe(menu.node);
    menu.activeIndex = 0;
    menu.triggerActiveItem();
    expect(at).toBe(button);
  });

  it('gives the focus back when nothing is chosen, and goes', async () => {
    const menu = openMenu([{ label: 'Act', execute: () => undefined }], {
      x: 0,
      y: 0
    });
    MessageLoop.flush();
    expect(document.activeElement).toBe(menu.node);
    menu.close();
    expect(document.activeElement).toBe(button);
    await new Promise(done => setTimeout(done, 0));
    expect(menu.isDisposed).toBe(true);
  });
});
