/**
 * Opening MLflow in the lab against the same MLflow in a tab of its own: the
 * first time, again after a reload of the lab, and a tab that was closed.
 */
import { performance } from 'node:perf_hooks';
import { from } from './distance.mjs';
import { median, round } from './numbers.mjs';

/** Text that MLflow's first page shows once it has its data. */
const SHOWN = 'credit-risk-scoring';
const LIMIT = 120_000;
/** Ms that the lab has to itself before MLflow is opened. */
const SETTLED = 4000;
/** Ms for which somebody points at a card before the click; people take longer. */
const POINTING = 100;

export const newContext = browser =>
  browser.newContext({ viewport: { width: 1400, height: 900 } });

export const shown = page =>
  page
    .frameLocator('.jp-sg-mlflow iframe')
    .getByText(SHOWN)
    .first()
    .waitFor({ timeout: LIMIT });

/** Open the lab and let it come to rest. */
export async function openLab(page, lab) {
  await page.goto(`${lab}?reset`);
  await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  await page.locator('.jp-Launcher').waitFor();
  await page.waitForTimeout(SETTLED);
}

/**
 * Ms from the click in the launcher, as the browser got it, until MLflow shows
 * its data.
 */
export async function openMLflow(page) {
  const card = page.locator('.jp-LauncherCard', { hasText: 'MLflow' });
  await card.hover();
  await page.waitForTimeout(POINTING);
  const clicked = await page.evaluateHandle(() => ({
    at: new Promise(done =>
      window.addEventListener(
        'click',
        event => done(performance.timeOrigin + event.timeStamp),
        { capture: true, once: true }
      )
    )
  }));
  await card.click();
  await shown(page);
  const end = performance.timeOrigin + performance.now();
  return end - (await clicked.evaluate(({ at }) => at));
}

export async function closeMLflow(page) {
  await page
    .locator('.lm-TabBar-tab', { hasText: 'MLflow' })
    .locator('.lm-TabBar-tabCloseIcon')
    .first()
    .click();
  await page.locator('.jp-sg-mlflow').waitFor({ state: 'detached' });
  // The last tab of the area is always a launcher.
  await page.locator('.jp-Launcher').waitFor();
}

async function direct(context, url) {
  const page = await context.newPage();
  const start = performance.now();
  await page.goto(`${url}/#/experiments`);
  await page.getByText(SHOWN).first().waitFor({ timeout: LIMIT });
  const ms = performance.now() - start;
  await page.close();
  return ms;
}

/** Times of one fresh profile. */
async function sample(browser, url, lab, times) {
  const own = await newContext(browser);
  times.directFirst.push(await direct(own, url));
  times.directAgain.push(await direct(own, url));
  await own.close();
  const context = await newContext(browser);
  const page = await context.newPage();
  await openLab(page, lab);
  times.labFirst.push(await openMLflow(page));
  await closeMLflow(page);
  times.labReopened.push(await openMLflow(page));
  // Again, as if MLflow had not been used in this browser: no page is ready.
  await page.evaluate(() => {
    localStorage.removeItem('jupyterlab-sagemaker-governance:mlflow-used');
  });
  await openLab(page, lab);
  times.labUnready.push(await openMLflow(page));
  // Again, as a person finds it: the lab has made the page ready meanwhile.
  await openLab(page, lab);
  await page
    .locator('.jp-sg-mlflow-asleep iframe')
    .waitFor({ state: 'attached', timeout: LIMIT });
  await page.waitForTimeout(SETTLED);
  times.labAgain.push(await openMLflow(page));
  await context.close();
}

/**
 * @param {{rtt?: number, upstream?: number, samples?: number}} options ms
 *   between the browser and both servers, and before MLflow for both
 */
export async function opening(
  browser,
  sandbox,
  { rtt = 0, upstream = 0, samples = 5 }
) {
  const times = {
    directFirst: [],
    directAgain: [],
    labFirst: [],
    labReopened: [],
    labUnready: [],
    labAgain: []
  };
  // Whatever is slow once only.
  const warm = await newContext(browser);
  await direct(warm, sandbox.parts.mlflow);
  await warm.close();
  await sandbox.latency(upstream);
  await from(sandbox.parts.mlflow, rtt, url =>
    from(sandbox.lab, rtt, async lab => {
      for (let at = 0; at < samples; at += 1) {
        await sample(browser, url, lab, times);
      }
    })
  );
  await sandbox.latency(0);
  const ms = Object.fromEntries(
    Object.entries(times).map(([name, values]) => [name, median(values)])
  );
  const ratio = (mine, theirs) => round(ms[mine] / ms[theirs], 2);
  return {
    rttMs: rtt,
    upstreamMs: upstream,
    samples,
    first: ratio('labFirst', 'directFirst'),
    again: ratio('labAgain', 'directAgain'),
    againUnready: ratio('labUnready', 'directAgain'),
    reopened: ratio('labReopened', 'directAgain'),
    ms: Object.fromEntries(
      Object.entries(ms).map(([name, value]) => [name, round(value, 0)])
    )
  };
}
