/** Accessibility of a part of the page, by axe-core. */
import type { Locator } from '@playwright/test';
import type { run } from 'axe-core';
import { readFileSync } from 'node:fs';

const source = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe finds wrong inside of an element, one line a finding.
 *
 * Rules about whole pages (one main landmark, headings from level 1) do not
 * apply to a part of the lab. WCAG 2.2 AA and best practices, with colours.
 */
export async function violations(region: Locator): Promise<string[]> {
  await region.page().addScriptTag({ content: source });
  return region.evaluate(async element => {
    const { axe } = globalThis as unknown as { axe: { run: typeof run } };
    const { violations: found } = await axe.run(element, {
      resultTypes: ['violations'],
      rules: {
        region: { enabled: false },
        'page-has-heading-one': { enabled: false }
      }
    });
    return found.flatMap(({ id, help, nodes }) =>
      nodes
        // The lab's own toolbar button says "pressed" on an element around the
        // real button, in every toolbar.
        .filter(
          ({ html }) =>
            id !== 'aria-allowed-attr' || !html.startsWith('<jp-button')
        )
        .map(
          ({ html, any, all, none }) =>
            `${id} (${help}): ${html.slice(0, 200)} ${[...any, ...all, ...none].map(({ message }) => message).join(' ')}`
        )
    );
  });
}
