/** The runs of the notebook's experiment, in the sidebar. */
import type { Locator, Page } from '@playwright/test';
import { expect, openLab, screenshot, test, THEMES } from './support';
import { violations } from './support/axe';
import {
  allowSeeded,
  dialog,
  expectRead,
  group,
  menuItem,
  panel,
  setPanelWidth,
  showPanel,
  useTheme
} from './support/product';

const NOTEBOOK = 'credit-risk-scoring.ipynb';
const EXPERIMENT = 'credit-risk-scoring';
/** Of the seed; one of them is behind a version of the group. */
const RUN = 'bold-owl-118';

const runs = (page: Page): Locator =>
  panel(page).getByRole('region', { name: 'Runs of the experiment' });
const run = (page: Page, name: string): Locator =>
  runs(page).getByRole('option', { name: new RegExp(`^${name},`) });
const toggle = (page: Page): Locator =>
  runs(page).getByRole('button', { name: /^Runs/ });

/** The notebook beside the open section. */
async function openRuns(page: Page, lab: string): Promise<void> {
  await openLab(page, lab);
  await page.locator('.jp-DirListing-item', { hasText: NOTEBOOK }).dblclick();
  await expect(page.locator('.jp-Notebook')).toContainText('set_experiment');
  if (await panel(page).isHidden()) {
    await showPanel(page);
  }
  await expectRead(page);
  if ((await toggle(page).getAttribute('aria-expanded')) === 'false') {
    await expect(toggle(page)).toContainText(EXPERIMENT);
    await toggle(page).click();
  }
  await expect(run(page, RUN)).toBeVisible();
}

test.beforeEach(({ problems }) => {
  allowSeeded(problems);
});

test.afterEach(async ({ page }) => {
  // The theme is a setting of the lab, which all tests share.
  await useTheme(page, 'light');
});

test('show what the notebook’s experiment has, with lines', async ({
  page,
  sandbox
}) => {
  await openRuns(page, sandbox.lab);
  await expect(run(page, RUN).locator('svg.jp-sg-spark').first()).toBeVisible();
  await expect(run(page, RUN)).toHaveAccessibleName(/from .* to .* points/);

  await runs(page).getByRole('searchbox').fill('quiet');
  await expect(runs(page).getByRole('option')).toHaveCount(1);
  await runs(page).getByRole('searchbox').fill('');
  await runs(page).getByRole('button', { name: 'Sort runs' }).click();
  await menuItem(page, 'By auc');
  await expect(runs(page).getByRole('option').first()).toHaveAccessibleName(
    /auc 0/
  );
});

test('open, register, show and insert', async ({ page, problems, sandbox }) => {
  // The dialog asks for use cases that this person may not read.
  problems.allow(/status of 403 .*\/openpages\/wxgov\//);
  await openRuns(page, sandbox.lab);
  await run(page, RUN).click();
  await run(page, RUN).getByText('Register…').click();
  await expect(dialog(page)).toContainText(RUN);
  await page.keyboard.press('Escape');

  await run(page, RUN).click({ button: 'right' });
  await menuItem(page, 'Insert Code That Loads the Model');
  const fromMLflow = page.getByRole('menuitem', { name: /^From MLflow/ });
  const code = page.locator('.jp-Notebook .jp-Cell', {
    hasText: 'mlflow.pyfunc.load_model('
  });
  await expect(fromMLflow.or(code).first()).toBeVisible();
  if (await fromMLflow.isVisible()) {
    await fromMLflow.click();
  }
  await expect(code).toHaveCount(1);

  // Versions of the seed name their runs.
  await run(page, RUN).click({ button: 'right' });
  await menuItem(page, 'Show in Model Governance');
  await expect(group(page, EXPERIMENT)).toBeVisible();

  // The same from MLflow's page of the run.
  await run(page, RUN).dblclick();
  const tab = page.locator('.jp-sg-mlflow-widget');
  const insert = tab.getByRole('button', { name: 'Insert code' });
  await expect(insert).toBeEnabled();
  await expect(
    page.frameLocator('.jp-sg-mlflow iframe').getByText(RUN).first()
  ).toBeVisible();
  await screenshot(page, 'runs-mlflow-toolbar');
  await tab.getByRole('button', { name: 'Show in Model governance' }).click();
  await expect(group(page, EXPERIMENT)).toBeVisible();
});

for (const theme of Object.keys(THEMES) as (keyof typeof THEMES)[]) {
  test(`look well and are accessible, ${theme}`, async ({ page, sandbox }) => {
    await openRuns(page, sandbox.lab);
    await useTheme(page, theme);
    await run(page, RUN).click();
    for (const width of [280, 500]) {
      await setPanelWidth(page, width);
      await screenshot(page, `runs-${width}-${theme}`);
      expect(await violations(runs(page)), `${width} px`).toEqual([]);
    }
  });
}
