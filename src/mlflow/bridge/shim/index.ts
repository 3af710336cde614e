/** The shim as source text, to be put into the frame's document. */
import type { IBoot } from '../protocol';
import { clipboard } from './clipboard';
import { core } from './core';
import { elements } from './elements';
import { eventSource } from './eventSource';
import { keys } from './keys';
import { links } from './links';
import { navigation } from './navigation';
import { network } from './network';
import { print } from './print';
import { start } from './start';
import { theme } from './theme';
import { xhr } from './xhr';

/** In the order in which they start; `start` loads MLflow itself. */
const PARTS = [
  network,
  xhr,
  eventSource,
  elements,
  navigation,
  links,
  clipboard,
  keys,
  theme,
  print,
  start
];

/**
 * Source text that starts the shim.
 *
 * The parts are functions that capture nothing, so that `toString` of each is
 * whole, also after minification. Safe inside a `<script>` element.
 */
export function shimSource(boot: IBoot): string {
  const parts = PARTS.map(part => `(${part.toString()})(shim);`).join('\n');
  const source = `(boot => {
    const shim = (${core.toString()})(boot);
    ${parts}
  })(${JSON.stringify(boot)});`;
  // `</script` and `<!--` would end or swallow the element. They only occur in
  // strings, templates and regular expressions, where `\\x3c` means the same.
  return source
    .replace(/<(?=\/script|!--)/gi, '\\x3c')
    .replace(/[\u2028\u2029]/g, ' ');
}
