/** Our views as a person finds them: by role and name. */
import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { openLab, THEMES } from './index';
import type { Problems } from './index';

/** The sidebar panel. */
export const panel = (page: Page): Locator =>
  page.getByRole('region', { name: 'Model governance' });

/** The list of groups in it. */
export const list = (page: Page): Locator =>
  panel(page).getByRole('listbox', { name: 'Model package groups' });

/** Row of a group; its accessible name begins with the group's. */
export const row = (page: Page, name: string): Locator =>
  panel(page).getByRole('option', { name: new RegExp(`^${name},`) });

/** The chosen row. */
export const chosen = (page: Page): Locator =>
  panel(page).getByRole('option', { selected: true });

export const dialog = (page: Page): Locator => page.getByRole('dialog');

/** Document of a group in the main area. */
export const group = (page: Page, name: string): Locator =>
  page.getByRole('region', { name: `Model package group ${name}` });

/** Button of the panel's filters. */
export const filter = (page: Page, name: string): Locator =>
  panel(page).getByRole('button', { name: new RegExp(`^${name} \\d`) });

/** Tab of the panel in the side bar. */
export const panelTab = (page: Page): Locator =>
  page.locator('.lm-TabBar-tab[data-id="jp-sagemaker-governance"]').first();

/** Show the panel, without waiting for what it reads. */
export async function showPanel(page: Page): Promise<void> {
  await panelTab(page).click();
  await expect(panel(page)).toBeVisible();
}

/** Open a fresh lab and the panel in it, with every registry read. */
export async function openPanel(page: Page, url: string): Promise<void> {
  await openLab(page, url);
  await showPanel(page);
  await expectRead(page);
}

/** Every registry was read, or has failed. */
export async function expectRead(page: Page): Promise<void> {
  await expect(panel(page).locator('.jp-sg-foot-age')).toContainText(/updated/);
}

export async function search(page: Page, text: string): Promise<void> {
  await panel(page)
    .getByPlaceholder(/^Search groups/)
    .fill(text);
}

/** Open a group's document from the panel. */
export async function openGroup(page: Page, name: string): Promise<Locator> {
  await search(page, name);
  // Rows move while the list narrows.
  await expect(panel(page).getByRole('option')).toHaveCount(1);
  await row(page, name).dblclick();
  const opened = group(page, name);
  await expect(opened.getByRole('heading', { name, level: 2 })).toBeVisible();
  return opened;
}

/** Choose an entry of an open menu. */
export async function menuItem(page: Page, name: string): Promise<void> {
  await page.getByRole('menuitem', { name, exact: true }).click();
}

/** Run a command from the lab's palette. */
export async function command(page: Page, name: string): Promise<void> {
  const palette = page.locator('#modal-command-palette');
  const input = palette.locator('input');
  // It closes when something that was still opening takes the focus.
  await expect(async () => {
    if (await input.isHidden()) {
      await page.keyboard.press('Control+Shift+C');
    }
    await input.fill(name, { timeout: 2000 });
    await expect(
      palette.locator('.lm-CommandPalette-item.lm-mod-active')
    ).toContainText(name, { timeout: 2000 });
  }).toPass();
  await page.keyboard.press('Enter');
  await expect(palette).toBeHidden();
}

/** Change the lab's theme as a person does. */
export async function useTheme(
  page: Page,
  theme: keyof typeof THEMES
): Promise<void> {
  const name = THEMES[theme];
  const body = page.locator('body');
  if ((await body.getAttribute('data-jp-theme-name')) !== name) {
    await command(page, `Use Theme: ${name}`);
  }
  await expect(body).toHaveAttribute('data-jp-theme-name', name);
}

/** Drag the edge of the left side bar. @param width - px of the panel */
export async function setPanelWidth(
  page: Page,
  width: number,
  region = panel(page)
): Promise<void> {
  // The edge moves while the lab still lays itself out: take hold again then.
  await expect(async () => {
    const box = await region.boundingBox();
    if (!box) {
      throw new Error('The panel is not shown');
    }
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width + 1, y);
    await page.mouse.down();
    await page.mouse.move(box.x + width, y, { steps: 4 });
    await page.mouse.up();
    await expect
      .poll(
        async () =>
          Math.abs(((await region.boundingBox())?.width ?? 0) - width),
        { timeout: 2000 }
      )
      .toBeLessThan(4);
  }).toPass();
}

/**
 * Accept what the seeded data makes the browser log: requests that OpenPages
 * denies, and those of MLflow's own page for routes that are not there.
 */
export function allowSeeded(problems: Problems): void {
  problems.allow(/status of 403 .*\/openpages\//);
  problems.allow(/status of 403 .*\/mlflow\/(assistant|gateway-proxy)/);
  problems.allow(/status of 404 .*\/mlflow\/users\//);
  problems.allow(/ResizeObserver loop /);
}
