/**
 * The whole way of a model: a data scientist finds a run in MLflow, registers
 * it, asks for approval; an approver decides with a reason; the first user sees
 * the decision.
 */
import type { Locator, Page } from '@playwright/test';
import { expect, openLab, screenshot, test } from './support';

const GROUP = 'credit-risk-scoring';
const RUN = 'bold-owl-118';

/** A group of every bucket, and of every way of not knowing. */
const BUCKETS = [
  ['credit-risk-scoring', 'Approved for Development'],
  ['claims-triage', 'Awaiting Use Case Approval'],
  ['fraud-cards-eu', 'Under Development'],
  ['churn-retail', 'Not linked'],
  ['mortgage-pricing', 'Rejected'],
  ['motor-telematics', 'No permission'],
  ['legacy-lapse-model', 'Decommissioned']
];

const panel = (page: Page): Locator =>
  page.getByRole('region', { name: 'Model governance' });
const row = (page: Page, name: string): Locator =>
  panel(page).getByRole('option', { name: new RegExp(`^${name}\\b`) });
const dialog = (page: Page): Locator => page.getByRole('dialog');
const document = (page: Page): Locator => page.getByRole('main');

async function openPanel(page: Page): Promise<void> {
  await page
    .locator('.lm-TabBar-tab[data-id="jp-sagemaker-governance"]')
    .first()
    .click();
  await expect(panel(page).getByRole('option').first()).toBeVisible();
}

const search = (page: Page, text: string): Promise<void> =>
  panel(page)
    .getByPlaceholder(/^Search groups/)
    .fill(text);

async function openGroup(page: Page, name: string): Promise<Locator> {
  await search(page, name);
  await expect(panel(page).getByRole('option')).toHaveCount(1);
  await row(page, name).dblclick();
  const opened = document(page);
  await expect(opened.getByRole('heading', { name })).toBeVisible();
  return opened;
}

// Others find the registries as seeded.
test.afterEach(({ sandbox }) => sandbox.reset());

/** Resource ids that OpenPages denies on purpose answer 403. */
test.beforeEach(async ({ problems }) => {
  problems.allow(/status of 403 .*\/openpages\//);
  problems.allow(/status of 403 .*\/mlflow\/(assistant|gateway-proxy)/);
  problems.allow(/status of 404 .*\/mlflow\/users\//);
  // MLflow's own page says so while it lays itself out.
  problems.allow(/ResizeObserver loop .*blob:null/);
});

test('from a run in MLflow to the decision of another person', async ({
  browser,
  page,
  sandbox
}) => {
  test.setTimeout(400_000);
  await sandbox.reset();
  const reason = 'Adds bureau data; Gini +2.6 pp, stable over 8 quarters.';
  const verdict = 'Challenger agrees within 0.3 pp; limits accepted.';
  let version = '';

  await test.step('the panel shows groups of every bucket', async () => {
    await openLab(page, sandbox.lab);
    await openPanel(page);
    await expect(row(page, GROUP)).toContainText('Approved for Development');
    for (const [name, word] of BUCKETS) {
      await search(page, name);
      await expect(row(page, name)).toContainText(word);
    }
    await search(page, '');
  });

  await test.step('a run of MLflow is registered in three clicks', async () => {
    await page.locator('.jp-LauncherCard', { hasText: 'MLflow' }).click();
    const frame = page.frameLocator('.jp-sg-mlflow iframe');
    await frame.getByRole('link', { name: GROUP }).first().click();
    await frame.getByRole('link', { name: RUN, exact: true }).first().click();
    await expect(frame.getByText('About this run')).toBeVisible();

    await page.getByRole('button', { name: 'Register this run' }).click();
    await expect(dialog(page)).toContainText(RUN);
    await dialog(page)
      .getByRole('radio', { name: new RegExp(`^${GROUP}`) })
      .check();
    await screenshot(page, 'journey-register');
    await dialog(page)
      .getByRole('button', { name: 'Register', exact: true })
      .click();
    await expect(dialog(page)).toHaveCount(0);
  });

  await test.step('approval is requested with a reason', async () => {
    const group = await openGroup(page, GROUP);
    await expect(group.getByRole('row', { name: /^v13\b/ })).toBeVisible();
    version = 'v13';
    await group.getByRole('row', { name: /^v13\b/ }).click();
    await group.getByRole('button', { name: 'Request approval' }).click();
    await dialog(page)
      .getByLabel(/^Reason/)
      .fill(reason);
    await screenshot(page, 'journey-request');
    await dialog(page)
      .getByRole('button', { name: 'Request approval' })
      .click();
    await expect(dialog(page)).toHaveCount(0);
    await expect(group).toContainText(reason);
  });

  await test.step('the approver approves with a reason', async () => {
    const joined = await sandbox.join('approver');
    const approver = await browser.newPage();
    await openLab(approver, joined.lab);
    await openPanel(approver);
    await panel(approver)
      .getByRole('button', { name: /^Waiting for me/ })
      .or(panel(approver).getByRole('radio', { name: /^Waiting for me/ }))
      .first()
      .click();
    await expect(row(approver, GROUP)).toBeVisible();
    const group = await openGroup(approver, GROUP);
    await group.getByRole('row', { name: /^v13\b/ }).click();
    await expect(group).toContainText(reason);
    await group.getByRole('button', { name: /^Approve/ }).click();
    await expect(dialog(approver)).toContainText('may start a deployment');
    await dialog(approver)
      .getByLabel(/^Reason/)
      .fill(verdict);
    await screenshot(approver, 'journey-decide');
    await dialog(approver)
      .getByRole('button', { name: 'Approve', exact: true })
      .click();
    await expect(dialog(approver)).toHaveCount(0);
    await expect(group.getByRole('row', { name: /^v13\b/ })).toContainText(
      'Approved'
    );
    await approver.close();
  });

  await test.step('the data scientist sees the decision', async () => {
    await panel(page)
      .getByRole('button', { name: /^Refresh/ })
      .click();
    await expect(row(page, GROUP)).toContainText('approved');
    const group = document(page);
    await expect(group).toContainText(verdict);
    await expect(group).toContainText('apr-007');
    await expect(group.getByRole('row', { name: /^v13\b/ })).toContainText(
      'Approved'
    );
    await screenshot(page, 'journey-decided');
  });
  expect(version).toBe('v13');
});
