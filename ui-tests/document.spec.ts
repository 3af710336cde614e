/** The document of a group: what it tells, by keyboard, and when parts fail. */
import type { Locator, Page } from '@playwright/test';
import { expect, screenshot, test } from './support';
import {
  allowSeeded,
  group,
  menuItem,
  openGroup,
  openPanel,
  panel,
  search,
  tidyPanel
} from './support/product';

const GROUP = 'credit-risk-scoring';
const CLAIMS = 'bodily-injury-reserve';

const grid = (document: Locator): Locator =>
  document.getByRole('grid', { name: /^Versions/ });
const version = (document: Locator, number: number): Locator =>
  document.getByRole('row', { name: new RegExp(`^v${number}\\b`) });
const section = (document: Locator, name: string | RegExp): Locator =>
  document.getByRole('region', { name });
const selected = (document: Locator): Locator =>
  document.getByRole('row', { selected: true });

/** The label of what has the focus. */
const focused = (page: Page): Promise<string | null> =>
  page.evaluate(
    () =>
      document.activeElement?.getAttribute('aria-label') ??
      document.activeElement?.textContent ??
      null
  );

test.beforeEach(({ problems }) => {
  allowSeeded(problems);
});

test.describe('what it tells', () => {
  test.use({ together: true });

  test.beforeEach(async ({ page, sandbox }) => {
    await tidyPanel(page, sandbox.lab);
  });

  test('tells versions, timeline, use case and what comes before approval', async ({
    page
  }) => {
    const document = await openGroup(page, GROUP);
    await expect(document).toContainText('111122223333');
    await expect(document).toContainText('12 versions');
    await expect(version(document, 12)).toContainText('Pending approval');
    await expect(version(document, 11)).toContainText('Approved');
    await expect(selected(document)).toContainText('v12');
    const timeline = section(document, 'v12 · timeline');
    await expect(timeline).toContainText('bold-owl-118');
    await expect(timeline).toContainText('Waiting for a decision');
    const useCase = section(document, 'Use case');
    await expect(useCase).toContainText('CREDIT-001');
    await expect(useCase).toContainText('Approved for Development');
    await expect(useCase).toContainText('watsonx.governance');
    await expect(section(document, 'Before approval')).toContainText(
      'Model card: intended use is empty'
    );
    await expect(
      section(document, /^auc across/).getByRole('img', { name: /^auc of 12/ })
    ).toBeVisible();

    // Another version is chosen: every part follows.
    await version(document, 10).click();
    await expect(section(document, 'v10 · timeline')).toContainText(
      'AUC below the agreed floor'
    );
    await expect(section(document, 'Life cycle of v10')).toContainText(
      'Development / Rejected'
    );
  });

  test('versions by keyboard: one tab stop, arrows, Home, End, the last in view', async ({
    page
  }) => {
    const document = await openGroup(page, GROUP);
    await expect(version(document, 12)).toBeVisible();
    await grid(document).focus();
    for (const [key, number] of [
      ['ArrowDown', 11],
      ['ArrowDown', 10],
      ['ArrowUp', 11],
      ['End', 1],
      ['Home', 12],
      ['PageDown', 5]
    ] as const) {
      await page.keyboard.press(key);
      await expect(selected(document)).toHaveAccessibleName(
        new RegExp(`^v${number}\\b`)
      );
      await expect(selected(document)).toBeInViewport({ ratio: 1 });
      // What a screen reader is told to read.
      const active = await grid(document).getAttribute('aria-activedescendant');
      await expect(selected(document)).toHaveAttribute('id', active ?? '');
    }
  });

  test('300 versions: the ends are a key away, few rows are drawn', async ({
    page
  }) => {
    const document = await openGroup(page, 'fraud-cards-authorisation');
    await expect(document).toContainText('300 versions');
    await grid(document).focus();
    for (const [key, number] of [
      ['End', 1],
      ['PageUp', 8],
      ['Home', 300]
    ] as const) {
      await page.keyboard.press(key);
      await expect(selected(document)).toHaveAccessibleName(
        new RegExp(`^v${number}\\b`)
      );
      await expect(selected(document)).toBeInViewport({ ratio: 1 });
    }
    expect(await grid(document).getByRole('row').count()).toBeLessThan(50);
  });

  test('every control is reached by Tab, in the order that one reads', async ({
    page
  }) => {
    const document = await openGroup(page, GROUP);
    await expect(section(document, 'Model card')).toBeVisible();
    await document.getByRole('button', { name: 'Open in MLflow' }).focus();
    const seen: (string | null)[] = [];
    for (let i = 0; i < 16; i++) {
      seen.push(await focused(page));
      await page.keyboard.press('Tab');
    }
    const order = [
      'Open in MLflow',
      'Register version',
      'Refresh',
      'More actions',
      'Compare v12 with v11 (last approved)',
      'Versions; arrow keys choose one',
      'As a table',
      'from run bold-owl-118'
    ];
    const places = order.map(name => seen.indexOf(name));
    expect(places, seen.join(' | ')).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  test('compares with the last approved version', async ({ page }) => {
    const document = await openGroup(page, GROUP);
    const button = document.getByRole('button', {
      name: /^Compare v12 with v11/
    });
    await expect(button).toHaveAttribute('aria-expanded', 'false');
    await button.click();
    await expect(button).toHaveAttribute('aria-expanded', 'true');
    const table = section(document, 'v12 against v11, the last approved');
    await expect(table.getByRole('row', { name: /^auc/ })).toContainText(
      '0.848'
    );
    await expect(table.getByRole('row', { name: /^auc/ })).toContainText(
      '0.861'
    );
  });

  test('sorts by a metric', async ({ page }) => {
    const document = await openGroup(page, GROUP);
    await document.getByRole('button', { name: 'auc', exact: true }).click();
    await expect(
      document.getByRole('columnheader', { name: 'auc' })
    ).toHaveAttribute('aria-sort', 'descending');
    await expect(grid(document).getByRole('row').nth(1)).toContainText('v12');
    await document.getByRole('button', { name: 'auc', exact: true }).click();
    await expect(grid(document).getByRole('row').nth(1)).not.toContainText(
      'v12'
    );
  });

  test('the facts of a version are saved as a file', async ({ page }) => {
    const document = await openGroup(page, GROUP);
    await expect(section(document, 'Model card')).toBeVisible();
    await document.getByRole('button', { name: 'More actions' }).click();
    const download = page.waitForEvent('download');
    await menuItem(page, 'Export Facts of v12 as JSON');
    const file = await (await download).createReadStream();
    const chunks: Buffer[] = [];
    for await (const chunk of file) {
      chunks.push(chunk as Buffer);
    }
    const facts = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString()));
    expect(facts).toContain('CREDIT-001');
    expect(facts).toContain(`model-package/${GROUP}/12`);
  });
});

test.describe('failures', () => {
  test.beforeEach(async ({ page, problems, sandbox }) => {
    problems.allow(/Failed to load resource: .* status of (4|5)\d\d/);
    await openPanel(page, sandbox.lab);
  });

  test('a version that is denied: named, the table stays', async ({
    page,
    sandbox
  }) => {
    await sandbox.fault('denied', { operation: 'DescribeModelPackage' });
    const document = await openGroup(page, GROUP);
    await expect(version(document, 12)).toBeVisible();
    await expect(document.getByRole('alert')).toContainText(
      'sagemaker:DescribeModelPackage'
    );
    await screenshot(page, 'document-denied');
    await sandbox.clear();
    await document.getByRole('button', { name: 'Try again' }).click();
    await expect(section(document, 'v12 · timeline')).toBeVisible();
    await expect(document.getByRole('alert')).toHaveCount(0);
  });

  test('versions that cannot be listed: named, with a way back', async ({
    page,
    sandbox
  }) => {
    await search(page, CLAIMS);
    await expect(panel(page).getByRole('option')).toHaveCount(1);
    await sandbox.fault('registry-down');
    await panel(page).getByRole('option').dblclick();
    const document = group(page, CLAIMS);
    await expect(document.getByRole('alert').first()).toContainText('claims');
    await sandbox.clear();
    await document.getByRole('button', { name: 'Try again' }).first().click();
    await expect(version(document, 3)).toBeVisible();
  });

  test('OpenPages down: the use case is not known, never approved', async ({
    page,
    sandbox
  }) => {
    await sandbox.fault('openpages-down');
    await panel(page).getByRole('button', { name: 'Refresh' }).click();
    await expect(
      panel(page).locator('.jp-sg-notice', { hasText: 'watsonx.governance' })
    ).toBeVisible();
    const document = await openGroup(page, GROUP);
    await expect(section(document, 'Use case')).toContainText(
      /last reading failed|could not/i
    );
    await expect(
      document.locator(
        '.jp-sg-doc-header .jp-sg-badge[data-status="approved"]:not(.jp-sg-mod-stale)'
      )
    ).toHaveCount(0);
    await expect(section(document, 'Before approval')).toContainText(
      /could not be read|out of date/
    );
    await screenshot(page, 'document-openpages-down');
  });
});
