/** The lab's shortcuts while the focus is in the frame. */
import type { CommandRegistry } from '@lumino/commands';

/** Editing keys stay with MLflow's own fields. */
const EDITING = /^(?:Ctrl|Cmd) (?:Shift )?[ACVXYZ]$/;

/**
 * Shortcuts of one keystroke, with a modifier, that would act at `node`.
 *
 * @returns keystroke -> binding; the most special selector wins
 */
export function shortcutsAt(
  commands: CommandRegistry,
  node: Element
): Map<string, CommandRegistry.IKeyBinding> {
  const found = new Map<string, CommandRegistry.IKeyBinding>();
  const depths = new Map<string, number>();
  for (const binding of commands.keyBindings) {
    const [keystroke, second] = binding.keys;
    if (
      second !== undefined ||
      !/^(?:Ctrl|Alt|Cmd|F\d)/.test(keystroke ?? '') ||
      (EDITING.test(keystroke) && !/Shift C$/.test(keystroke))
    ) {
      continue;
    }
    const depth = depthOf(node, binding.selector);
    if (depth >= 0 && depth >= (depths.get(keystroke) ?? -1)) {
      depths.set(keystroke, depth);
      found.set(keystroke, binding);
    }
  }
  return found;
}

/** Depth of the nearest element that a selector matches, -1 for none. */
function depthOf(node: Element, selector: string): number {
  let target: Element | null;
  try {
    target = node.closest(selector);
  } catch {
    // A selector of another extension that the browser does not know.
    return -1;
  }
  let depth = -1;
  for (; target; target = target.parentElement) {
    depth += 1;
  }
  return depth;
}
