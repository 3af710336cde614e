import { CommandRegistry } from '@lumino/commands';

import { shortcutsAt } from '../keys';

describe('shortcutsAt', () => {
  const commands = new CommandRegistry();
  const node = document.createElement('div');
  node.className = 'jp-sg-mlflow';
  document.body.appendChild(node);
  for (const [command, selector, ...keys] of [
    ['palette', 'body', 'Ctrl Shift C'],
    ['sidebar', 'body', 'Ctrl B'],
    ['special', '.jp-sg-mlflow', 'Ctrl B'],
    ['notebook', '.jp-Notebook', 'Ctrl Enter'],
    ['chord', 'body', 'Ctrl K', 'Ctrl C'],
    ['plain', 'body', 'A'],
    ['copy', 'body', 'Ctrl C'],
    ['undo', 'body', 'Ctrl Z']
  ]) {
    commands.addKeyBinding({ command, selector, keys });
  }

  it('takes keystrokes with a modifier that act at the node', () => {
    const found = shortcutsAt(commands, node);
    expect(
      Array.from(found, ([key, { command }]) => [key, command]).sort()
    ).toEqual([
      ['Ctrl B', 'special'],
      ['Ctrl Shift C', 'palette']
    ]);
  });
});
