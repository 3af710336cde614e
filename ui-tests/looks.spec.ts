/**
 * Pictures for people, and what no picture may show: text that is cut without
 * a way to read it, and parts that stick out.
 */
import type { Locator } from '@playwright/test';
import { expect, screenshot, test } from './support';
import {
  allowSeeded,
  closeAll,
  command,
  dialog,
  list,
  menuItem,
  openGroup,
  panel,
  row,
  search,
  setPanelWidth,
  tidyPanel,
  useTheme
} from './support/product';

const GROUP = 'credit-risk-scoring';
const WIDTHS = [280, 500];
const SCHEMES = ['light', 'dark'] as const;

/** No text is cut without a tool tip, and no box sticks out, once all rests. */
async function expectNoFlaws(region: Locator): Promise<void> {
  await expect.poll(() => flaws(region)).toEqual([]);
}

function flaws(region: Locator): Promise<string[]> {
  return region.evaluate(root => {
    const found: string[] = [];
    const frame = root.getBoundingClientRect();
    for (const element of root.querySelectorAll<HTMLElement>('*')) {
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const shown = element.checkVisibility() && style.visibility === 'visible';
      if (!box.width || !box.height || !shown) {
        continue;
      }
      const what = `${element.tagName}.${element.className} "${element.textContent?.slice(0, 60)}"`;
      if (
        style.textOverflow === 'ellipsis' &&
        element.scrollWidth > element.clientWidth &&
        !element.closest('[title]')
      ) {
        found.push(`cut: ${what}`);
      }
      // What scrolls inside may be wider.
      const inside = element.parentElement?.closest('[role="grid"], pre');
      if (box.right > frame.right + 1 && !inside) {
        found.push(`sticks out: ${what}`);
      }
    }
    return found;
  });
}

test.use({ together: true });

test.beforeEach(async ({ page, problems, sandbox }) => {
  allowSeeded(problems);
  await tidyPanel(page, sandbox.lab);
});

test.afterEach(async ({ page }) => {
  // The theme is a setting of the lab, which all tests share.
  await closeAll(page);
  await useTheme(page, 'light');
});

for (const theme of SCHEMES) {
  test(`panel and document, ${theme}`, async ({ page }) => {
    await useTheme(page, theme);
    for (const width of WIDTHS) {
      await search(page, '');
      await setPanelWidth(page, width);
      await expect(list(page)).toBeVisible();
      await screenshot(page, `panel-${width}-${theme}`);
      await expectNoFlaws(panel(page));
    }
    const document = await openGroup(page, GROUP);
    await expect(document.getByRole('row', { name: /^v12\b/ })).toBeVisible();
    await expect(document.locator('.jp-sg-doc-plot svg')).toBeVisible();
    await screenshot(page, `document-narrow-${theme}`);
    await expectNoFlaws(document);
    await setPanelWidth(page, 280);
    await screenshot(page, `document-wide-${theme}`);
    await expectNoFlaws(document);
  });

  test(`dialogs, ${theme}`, async ({ page }) => {
    await useTheme(page, theme);
    await setPanelWidth(page, 280);
    const shown = async (name: string): Promise<void> => {
      const content = dialog(page).locator('.jp-Dialog-content');
      await expect(content.locator('.jp-sg-loading')).toHaveCount(0);
      await screenshot(page, `${name}-${theme}`);
      await expectNoFlaws(content);
      await page.keyboard.press('Escape');
      await expect(dialog(page)).toHaveCount(0);
    };
    const document = await openGroup(page, GROUP);
    await row(page, GROUP).click({ button: 'right' });
    await menuItem(page, 'Request Approval…');
    await expect(dialog(page).getByLabel(/^Reason/)).toBeVisible();
    await shown('dialog-request');
    await document
      .getByRole('button', { name: 'Register version' })
      .first()
      .click();
    await expect(
      dialog(page)
        .getByRole('group', { name: 'Runs' })
        .getByRole('radio')
        .first()
    ).toBeVisible();
    await shown('dialog-register');
    await row(page, GROUP).click({ button: 'right' });
    await menuItem(page, 'Approve or Reject…');
    await expect(dialog(page)).toContainText('You registered this version');
    await shown('dialog-decide');
    await command(page, 'Approve or Reject a Model Version…');
    await expect(dialog(page).getByRole('radio').first()).toBeVisible();
    await shown('dialog-choose');
    await command(page, 'About Model Governance');
    await expect(dialog(page)).toContainText('registry-claims');
    await shown('dialog-about');
  });

  test(`MLflow beside the panel, ${theme}`, async ({ page }) => {
    await useTheme(page, theme);
    await command(page, 'Open MLflow');
    const mlflow = page.locator('.jp-sg-mlflow-widget');
    await expect(mlflow.locator('.jp-sg-mlflow')).toHaveAttribute(
      'data-phase',
      'ready'
    );
    const frame = page.frameLocator('.jp-sg-mlflow iframe');
    await expect(
      frame.getByRole('link', { name: GROUP }).first()
    ).toBeVisible();
    for (const width of WIDTHS) {
      await setPanelWidth(page, width);
      await screenshot(page, `mlflow-beside-${width}-${theme}`);
      await expectNoFlaws(mlflow.locator('.jp-Toolbar'));
    }
  });
}
