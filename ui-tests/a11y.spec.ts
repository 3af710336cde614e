/** No finding of axe in our parts of the lab, in every colour scheme. */
import type { Page } from '@playwright/test';
import { expect, hold, openLab, test, THEMES } from './support';
import { violations } from './support/axe';
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
  showPanel,
  tidyPanel,
  useTheme
} from './support/product';

const GROUP = 'credit-risk-scoring';
const content = (page: Page) => dialog(page).locator('.jp-Dialog-content');

test.beforeEach(({ problems }) => {
  allowSeeded(problems);
});

test.afterEach(async ({ page }) => {
  // The theme is a setting of the lab, which all tests share.
  await closeAll(page);
  await useTheme(page, 'light');
});

const themes = Object.keys(THEMES) as (keyof typeof THEMES)[];

test.describe('in one page', () => {
  test.use({ together: true });

  for (const theme of themes) {
    test(`panel, document and About, ${theme}`, async ({ page, sandbox }) => {
      await tidyPanel(page, sandbox.lab);
      await useTheme(page, theme);
      expect(await violations(panel(page)), 'panel').toEqual([]);
      const document = await openGroup(page, GROUP);
      await expect(document.locator('.jp-sg-doc-plot svg')).toBeVisible();
      await document
        .getByRole('button', { name: /^Compare v12 with v11/ })
        .click();
      await expect(document.locator('.jp-sg-doc-compare table')).toBeVisible();
      await expect(
        document.getByRole('heading', { name: 'Before approval' })
      ).toBeVisible();
      expect(await violations(document), 'document').toEqual([]);
      await command(page, 'About Model Governance');
      await expect(dialog(page)).toContainText('registry-claims');
      expect(await violations(content(page)), 'about').toEqual([]);
    });

    test(`dialogs, ${theme}`, async ({ page, sandbox }) => {
      await tidyPanel(page, sandbox.lab);
      await useTheme(page, theme);
      await search(page, GROUP);
      await expect(panel(page).getByRole('option')).toHaveCount(1);
      const open = async (item: string): Promise<void> => {
        await row(page, GROUP).click({ button: 'right' });
        await menuItem(page, item);
        await expect(dialog(page).locator('.jp-sg-loading')).toHaveCount(0);
        await expect(dialog(page).locator('.jp-sg-form')).toBeVisible();
      };
      const close = async (): Promise<void> => {
        await page.keyboard.press('Escape');
        await expect(dialog(page)).toHaveCount(0);
      };
      await open('Request Approval…');
      await dialog(page)
        .getByLabel(/^Reason/)
        .fill('x'.repeat(1025));
      await expect(dialog(page).getByRole('alert')).toBeVisible();
      expect(await violations(content(page)), 'request').toEqual([]);
      await dialog(page)
        .getByLabel(/^Reason/)
        .fill('');
      await close();
      await open('Approve or Reject…');
      await expect(dialog(page).locator('.jp-sg-compare')).toBeVisible();
      expect(await violations(content(page)), 'decide').toEqual([]);
      await close();
      await open('Register Version…');
      await expect(
        dialog(page)
          .getByRole('group', { name: 'Runs' })
          .getByRole('radio')
          .first()
      ).toBeVisible();
      await dialog(page).getByText('More', { exact: true }).click();
      expect(await violations(content(page)), 'register').toEqual([]);
      await close();
      await command(page, 'Approve or Reject a Model Version…');
      await expect(dialog(page).getByRole('radio').first()).toBeVisible();
      expect(await violations(content(page)), 'choose').toEqual([]);
    });
  }
});

for (const theme of themes) {
  test(`states of the panel, ${theme}`, async ({ page, problems, sandbox }) => {
    problems.allow(/Failed to load resource: .* status of (4|5)\d\d/);
    await openLab(page, sandbox.lab);
    await useTheme(page, theme);
    const release = await hold(page, /\/sagemaker-governance\/aws\//);
    await showPanel(page);
    await expect(panel(page).locator('.jp-sg-loading')).toBeVisible();
    expect(await violations(panel(page)), 'loading').toEqual([]);
    await release();
    await expect(list(page)).toBeVisible();
    await sandbox.fault('registry-down');
    await sandbox.fault('openpages-down');
    await panel(page).getByRole('button', { name: 'Refresh' }).click();
    await expect(panel(page).locator('.jp-sg-notice')).toHaveCount(2);
    expect(await violations(panel(page)), 'partial').toEqual([]);
    await search(page, 'nothing is called that');
    await expect(panel(page).locator('.jp-sg-empty')).toBeVisible();
    expect(await violations(panel(page)), 'nothing found').toEqual([]);
  });

  test(`MLflow’s toolbar and failure, ${theme}`, async ({
    page,
    problems,
    sandbox
  }) => {
    problems.allow(/Failed to load resource: .* status of (4|5)\d\d/);
    await openLab(page, sandbox.lab);
    await useTheme(page, theme);
    await sandbox.fault('mlflow-down');
    await command(page, 'Open MLflow');
    const mlflow = page.locator('.jp-sg-mlflow-widget');
    await expect(mlflow.getByRole('alert')).toBeVisible();
    expect(await violations(mlflow), 'mlflow failed').toEqual([]);
    await sandbox.clear();
    await mlflow.getByRole('button', { name: 'Try again' }).click();
    await expect(mlflow.locator('.jp-sg-mlflow')).toHaveAttribute(
      'data-phase',
      'ready'
    );
    expect(
      await violations(mlflow.locator('.jp-Toolbar')),
      'mlflow toolbar'
    ).toEqual([]);
  });

  test(`nothing readable, ${theme}`, async ({ page, problems, sandbox }) => {
    problems.allow(/Failed to load resource: .* status of (4|5)\d\d/);
    await openLab(page, sandbox.lab);
    await useTheme(page, theme);
    await sandbox.fault('denied');
    await showPanel(page);
    await expect(panel(page).getByRole('alert').first()).toBeVisible();
    expect(await violations(panel(page))).toEqual([]);
  });
}
