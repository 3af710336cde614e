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

/**
 * As `openPanel`; where the page is in that lab already (tests `together`), it
 * is tidied up instead: no dialog, no menu, no tab, everything listed.
 */
export async function tidyPanel(page: Page, url: string): Promise<void> {
  if (!page.url().startsWith(url)) {
    await openPanel(page, url);
    return;
  }
  await closeAll(page);
  if (await panel(page).isHidden()) {
    await panelTab(page).click();
  }
  await search(page, '');
  await filter(page, 'All').click();
  await expect(filter(page, 'All')).toHaveAttribute('aria-pressed', 'true');
}

/** Close dialogs, menus and the tabs of the main area but the launcher. */
export async function closeAll(page: Page): Promise<void> {
  const open = dialog(page).or(page.locator('.lm-Menu'));
  await expect(async () => {
    if (await open.count()) {
      await page.keyboard.press('Escape');
    }
    await expect(open).toHaveCount(0, { timeout: 1000 });
  }).toPass();
  const tabs = page
    .locator('#jp-main-dock-panel .lm-DockPanel-tabBar .lm-TabBar-tab')
    .filter({ hasNotText: 'Launcher' });
  for (let left = await tabs.count(); left > 0; left -= 1) {
    await tabs.first().locator('.lm-TabBar-tabCloseIcon').click();
    await expect(tabs).toHaveCount(left - 1);
  }
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

/** Open a dialog from the menu of a row, as with the mouse. */
export async function openFromMenu(
  page: Page,
  name: string,
  item: string
): Promise<void> {
  await search(page, name);
  await expect(panel(page).getByRole('option')).toHaveCount(1);
  await row(page, name).click({ button: 'right' });
  await menuItem(page, item);
  await expect(dialog(page).locator('.jp-sg-form-fields')).toBeVisible();
}

/** Press a key, `most` times at the most, until something has the focus. */
export async function pressUntilFocused(
  page: Page,
  key: string,
  target: Locator,
  most: number
): Promise<void> {
  const has = (): Promise<boolean> =>
    target.evaluate(element => element === document.activeElement);
  for (let i = 0; i < most && !(await has()); i++) {
    await page.keyboard.press(key);
  }
  await expect(target).toBeFocused();
}

/** Type the first letters of a row's name in the list, which has the focus. */
export async function typeAhead(page: Page, letters: string): Promise<void> {
  // Letters that come too late begin another word: type it again then.
  await expect(async () => {
    await page.keyboard.type(letters);
    await expect(chosen(page)).toHaveAccessibleName(new RegExp(`^${letters}`), {
      timeout: 2000
    });
  }).toPass();
}

/**
 * Wait until the lab has saved what it shall come back with after a reload.
 *
 * @param key - entry of the workspace
 * @param text - what must be in it
 */
export async function expectSaved(
  page: Page,
  key: string,
  text: string
): Promise<void> {
  const { origin, pathname } = new URL(page.url());
  const base = pathname.replace(/\/lab(\/.*)?$/, '');
  await expect
    .poll(async () => {
      const answer = await page.request.get(
        `${origin}${base}/lab/api/workspaces/default`
      );
      const { data } = (await answer.json()) as {
        data: Record<string, unknown>;
      };
      return key in data ? JSON.stringify(data[key]) : Object.keys(data);
    })
    .toContain(text);
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
