/** The check of the installation, in a real lab. */
import type { Locator, Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { expect, screenshot, test } from './support';
import { violations } from './support/axe';
import {
  allowSeeded,
  closeAll,
  command,
  dialog,
  panel,
  tidyPanel
} from './support/product';

const check = (page: Page): Locator =>
  page.getByRole('region', { name: 'Check of this installation' });

/** Lines of a check, by its name. */
const line = (page: Page, name: string): Locator =>
  check(page).locator(`li[data-check="${name}"]`);

const button = (page: Page, name: string): Locator =>
  check(page).getByRole('button', { name, exact: true });

async function expectDone(page: Page): Promise<void> {
  await expect(button(page, 'Run again')).toBeVisible({ timeout: 30_000 });
  await expect(check(page).getByRole('status')).toContainText('checked');
}

test.describe('the check of the installation', () => {
  test.use({ together: true, permissions: ['clipboard-read'] });

  test.beforeEach(async ({ page, sandbox, problems }) => {
    allowSeeded(problems);
    // Consoles and servers that a test switches off: the panel tells as well.
    problems.allow(/status of 50\d .*\/(openpages|mlflow)\//);
    await tidyPanel(page, sandbox.parts.lab);
  });

  test('opens from the menu of the panel, and finds what works', async ({
    page
  }) => {
    await panel(page).getByRole('button', { name: 'More actions' }).click();
    await page
      .locator('.lm-Menu-item')
      .filter({ hasText: 'Check This Installation' })
      .click();
    await expectDone(page);
    await expect(line(page, 'versions')).toContainText('OK');
    await expect(line(page, 'clock')).toContainText('of AWS');
    // What nobody can try is not green.
    await expect(
      line(page, 'action')
        .filter({ hasText: 'cannot be tested without writing' })
        .first()
    ).toContainText('Not testable');
    expect(
      await check(page)
        .getByText(/^\d+ failures?$/)
        .count()
    ).toBe(0);
    expect(await violations(check(page))).toEqual([]);
    await screenshot(page, 'doctor');
  });

  test('says what is broken and what to do, and takes it into a ticket', async ({
    page,
    sandbox
  }) => {
    await sandbox.fault('openpages-down');
    await sandbox.fault('mlflow-down');
    await command(page, 'Check This Installation');
    await expectDone(page);
    await expect(line(page, 'console')).toContainText('Failed');
    await expect(line(page, 'fields')).toContainText('Not testable');
    await expect(line(page, 'mlflow')).toContainText('Failed');
    // What failed stands before what works.
    await expect(
      check(page).getByRole('heading', { level: 2 }).first()
    ).toContainText(/Governance console|MLflow/);
    await check(page).getByRole('checkbox').check();
    await expect(line(page, 'versions')).toHaveCount(0);
    await expect(line(page, 'console')).toBeVisible();
    expect(await violations(check(page))).toEqual([]);
    await screenshot(page, 'doctor-failed');

    await button(page, 'Copy report').click();
    await expect(button(page, 'Copied')).toBeVisible();
    const saving = page.waitForEvent('download');
    await button(page, 'Download JSON').click();
    const file = await (await saving).path();
    const report = JSON.parse(readFileSync(file, 'utf8')) as {
      complete: boolean;
      counts: Record<string, number>;
      findings: { check: string; state: string }[];
    };
    expect(report.complete).toBe(true);
    expect(report.counts.failed).toBeGreaterThan(1);
    expect(report.findings.length).toBeGreaterThan(20);
    expect(JSON.stringify(report)).not.toContain('sandbox-apikey');

    await closeAll(page);
    await command(page, 'About Model Governance');
    await expect(dialog(page)).toContainText(/Last check\s*\d+ failures/);
    await page.keyboard.press('Escape');
  });

  test('is run, given up and filtered by keys alone', async ({
    page,
    sandbox
  }) => {
    await sandbox.latency(400);
    await command(page, 'Check This Installation');
    const cancel = button(page, 'Cancel');
    await expect(cancel).toBeVisible();
    await expect(check(page)).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(cancel).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(check(page)).toContainText('not everything was looked at');
    await sandbox.latency(0);
    await expect(button(page, 'Run again')).toBeFocused();
    await page.keyboard.press('Enter');
    await expectDone(page);
    for (let step = 0; step < 3; step += 1) {
      await page.keyboard.press('Tab');
    }
    await expect(check(page).getByRole('checkbox')).toBeFocused();
    await page.keyboard.press('Space');
    await expect(check(page).getByRole('checkbox')).toBeChecked();
  });
});
