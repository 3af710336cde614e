import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import type { Menu } from '@lumino/widgets';

/** An entry of a menu; null is a separator. */
export type MenuEntry = {
  label: string;
  execute: () => void;
  /** Default true. */
  isEnabled?: boolean;
  /** The one of several that holds now; undefined: no such choice. */
  isToggled?: boolean;
} | null;

/**
 * Open a menu of entries made for the moment; it goes when it closes, and gives
 * the focus back.
 *
 * @param at px of the page
 */
export function openMenu(
  entries: readonly MenuEntry[],
  at: { x: number; y: number }
): Menu {
  const commands = new CommandRegistry();
  const menu = new MenuSvg({ commands });
  // It stands outside of the shell.
  menu.addClass('jp-ThemedContainer');
  entries.forEach((entry, index) => {
    if (!entry) {
      menu.addItem({ type: 'separator' });
      return;
    }
    const { label, execute, isEnabled = true, isToggled } = entry;
    const command = `entry:${index}`;
    commands.addCommand(command, {
      label,
      execute,
      isEnabled: () => isEnabled,
      ...(isToggled !== undefined && { isToggled: () => isToggled }),
      describedBy: { args: { type: 'object', properties: {} } }
    });
    menu.addItem({ command });
  });
  const before = document.activeElement;
  menu.aboutToClose.connect(() => {
    // The keyboard goes on where it was; a dialog that the command opens comes
    // back there in its turn.
    if (before instanceof HTMLElement && before.isConnected) {
      before.focus();
    }
    // The chosen command runs after the menu has closed.
    setTimeout(() => menu.dispose(), 0);
  });
  menu.open(at.x, at.y);
  return menu;
}
