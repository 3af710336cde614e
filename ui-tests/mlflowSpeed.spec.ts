/** Pages of MLflow that are kept and made ready, and what one sees meanwhile. */
import type { Frame, Locator, Page } from '@playwright/test';
import { expect, openLab, test } from './support';

const panel = (page: Page): Locator => page.locator('.jp-sg-mlflow');
const asleep = (page: Page): Locator =>
  page.locator('.jp-sg-mlflow-asleep iframe');
const inside = (page: Page) => page.frameLocator('.jp-sg-mlflow iframe');

/** Text of MLflow's first page once it has its data. */
const SHOWN = 'credit-risk-scoring';

async function open(page: Page): Promise<void> {
  await page.locator('.jp-LauncherCard[title*="Experiments, runs"]').click();
  await expect(inside(page).getByText(SHOWN).first()).toBeVisible();
}

async function close(page: Page): Promise<void> {
  await page
    .locator('.lm-TabBar-tab', { hasText: 'MLflow' })
    .locator('.lm-TabBar-tabCloseIcon')
    .first()
    .click();
  await expect(panel(page)).toHaveCount(0);
}

/** Requests to MLflow's API from now on. */
function calls(page: Page): string[] {
  const seen: string[] = [];
  page.on('request', request => {
    if (
      /\/sagemaker-governance\/mlflow\/[^/]+\/ajax-api\//.test(request.url())
    ) {
      seen.push(request.url());
    }
  });
  return seen;
}

function frameOf(page: Page): Frame {
  const frame = page.frames().find(one => one.url().startsWith('blob:'));
  if (!frame) {
    throw new Error('MLflow has no frame');
  }
  return frame;
}

test.beforeEach(async ({ page, problems, sandbox }) => {
  problems.allow(/status of 403 .*\/mlflow\/(assistant\/|gateway-proxy\?)/);
  problems.allow(/ResizeObserver loop completed/);
  problems.allow(/status of 404 .*\/mlflow\/users\//);
  await openLab(page, sandbox.lab);
});

test('pointing at the card loads its code and opens nothing', async ({
  page
}) => {
  // Asked together with the code; nothing else asks in a lab at rest.
  const config = page.waitForRequest(/\/sagemaker-governance\/config$/);
  await page.locator('.jp-LauncherCard[title*="Experiments, runs"]').hover();
  await config;
  await expect(panel(page)).toHaveCount(0);
});

test('a closed tab comes back as it was, and rests meanwhile', async ({
  page
}) => {
  await open(page);
  await inside(page).getByRole('link', { name: SHOWN }).first().click();
  await expect(inside(page).getByText('Run Name').first()).toBeVisible();
  const hash = () => frameOf(page).evaluate(() => window.location.hash);
  const before = await hash();
  await frameOf(page).evaluate(() => {
    document.title = 'the same page';
  });
  await close(page);
  await expect(asleep(page)).toHaveCount(1);
  // Neither seen, nor read out, nor reached with the keyboard.
  await expect(asleep(page)).toBeHidden();
  await expect(page.locator('.jp-sg-mlflow-asleep')).toHaveJSProperty(
    'inert',
    true
  );
  const seen = calls(page);
  await frameOf(page).evaluate(() => {
    void fetch('ajax-api/2.0/mlflow/experiments/search?max_results=1');
    window.parent.postMessage('nobody listens', '*');
  });
  await page.locator('.jp-LauncherCard[title*="Experiments, runs"]').hover();
  expect(seen).toEqual([]);
  await page.locator('.jp-LauncherCard[title*="Experiments, runs"]').click();
  await expect(panel(page)).toHaveAttribute('data-phase', 'ready');
  await expect(asleep(page)).toHaveCount(0);
  expect(await hash()).toBe(before);
  expect(await frameOf(page).evaluate(() => document.title)).toBe(
    'the same page'
  );
  // What it asked for meanwhile is done now.
  await expect.poll(() => seen.length).toBeGreaterThan(0);
});

test('a page that is put away leaves the keyboard to the lab', async ({
  page
}) => {
  await open(page);
  await page.locator('.jp-sg-mlflow iframe').click();
  await close(page);
  await expect(asleep(page)).toHaveCount(1);
  await expect(asleep(page)).not.toBeFocused();
  await page.keyboard.press('Control+Shift+C');
  const field = page.locator('.lm-CommandPalette-input');
  await expect(field).toBeFocused();
  await page.keyboard.type('password');
  await expect(field).toHaveValue('password');
});

test('a page is made ready for who uses MLflow, and asks for no data', async ({
  page,
  sandbox
}) => {
  // Never used in this browser: nothing is loaded.
  await expect(asleep(page)).toHaveCount(0);
  await open(page);
  await close(page);
  const seen = calls(page);
  await openLab(page, sandbox.lab);
  await expect(asleep(page)).toHaveCount(1);
  await expect
    .poll(() => frameOf(page).evaluate(() => document.scripts.length))
    .toBeGreaterThan(1);
  // What the server can do, and then MLflow's own code, come before anybody looks.
  await expect.poll(() => seen.length).toBe(1);
  expect(seen[0]).toMatch(/\/mlflow\/server-info$/);
  await page.waitForTimeout(2000);
  expect(seen).toHaveLength(1);
  await open(page);
  expect(seen.length).toBeGreaterThan(1);
  expect(seen.filter(url => url.endsWith('/server-info'))).toHaveLength(1);
});
