/** First render of MLflow in the lab against the same MLflow in a tab of its own. */
import { performance } from 'node:perf_hooks';
import { median, round } from './numbers.mjs';

/** Text that MLflow's first page shows once it has its data. */
const SHOWN = 'credit-risk-scoring';

async function direct(browser, url) {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 900 }
  });
  const page = await context.newPage();
  const start = performance.now();
  await page.goto(`${url}/#/experiments`);
  await page.getByText(SHOWN).first().waitFor({ timeout: 60_000 });
  const ms = performance.now() - start;
  await context.close();
  return ms;
}

async function bridged(browser, lab) {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 900 }
  });
  const page = await context.newPage();
  await page.goto(`${lab}?reset`);
  await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  await page.locator('.jp-Launcher').waitFor();
  await page.waitForTimeout(1500);
  const card = page.locator('.jp-LauncherCard', { hasText: 'MLflow' });
  const start = performance.now();
  await card.click();
  await page
    .frameLocator('.jp-sg-mlflow iframe')
    .getByText(SHOWN)
    .first()
    .waitFor({ timeout: 60_000 });
  const ms = performance.now() - start;
  await context.close();
  return ms;
}

/** Both in turn, each in a fresh profile (nothing cached). */
export async function firstRender(browser, sandbox, ms = 0, samples = 5) {
  await sandbox.latency(ms);
  const directMs = [];
  const labMs = [];
  await direct(browser, sandbox.parts.mlflow);
  for (let sample = 0; sample < samples; sample += 1) {
    directMs.push(await direct(browser, sandbox.parts.mlflow));
    labMs.push(await bridged(browser, sandbox.lab));
  }
  await sandbox.latency(0);
  return {
    upstreamLatencyMs: ms,
    directMs: round(median(directMs), 0),
    labMs: round(median(labMs), 0),
    ratio: round(median(labMs) / median(directMs), 2)
  };
}
