/** The lab's page, as the measurements of the panel use it. */
/** Path of our own routes and of our own files in the lab. */
const OUR_ROUTES = /\/sagemaker-governance\//;
const OUR_FILES = /\/extensions\/jupyterlab-sagemaker-governance\//;

export const PANEL = '#jp-sagemaker-governance';
export const ROW = `${PANEL} [role="option"]`;

/** Open a lab in a fresh profile; the requests that are ours are noted. */
export async function openLab(browser, lab) {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 900 }
  });
  const page = await context.newPage();
  const ours = { calls: [], files: [] };
  page.on('response', response => {
    const { pathname } = new URL(response.url());
    if (OUR_FILES.test(pathname)) {
      ours.files.push(response);
    } else if (OUR_ROUTES.test(pathname)) {
      ours.calls.push(pathname);
    }
  });
  await page.goto(`${lab}?reset`);
  await page.locator('#jp-main-dock-panel').waitFor();
  await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  // The lab settles: whatever we would ask at start has been asked.
  await page.waitForTimeout(3000);
  return { context, page, ours };
}

export const openPanel = page =>
  page
    .locator('.lm-TabBar-tab[data-id="jp-sagemaker-governance"]')
    .first()
    .click();

/** Wait until the number of groups in the first filter has stopped growing. */
export async function complete(page) {
  const all = page.locator(`${PANEL} button`, { hasText: /^All \d/ }).first();
  let last = '';
  for (let still = 0; still < 8;) {
    await page.waitForTimeout(400);
    const now = (await all.textContent()) ?? '';
    still = now === last ? still + 1 : 0;
    last = now;
  }
  return Number(last.replace(/\D/g, ''));
}

/** Ms of one page of groups asked for from inside the lab, through the relay. */
export function roundTrip(page, base, connections = ['own']) {
  return page.evaluate(
    async ({ root, ids }) => {
      const token = /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
      const start = performance.now();
      await Promise.all(
        ids.map(async id => {
          const answer = await fetch(`${root}aws/${id}/sagemaker/`, {
            method: 'POST',
            headers: {
              'Content-Type': 'application/x-amz-json-1.1',
              'X-Amz-Target': 'SageMaker.Search',
              'X-XSRFToken': token
            },
            body: JSON.stringify({
              Resource: 'ModelPackageGroup',
              SortBy: 'CreationTime',
              SortOrder: 'Descending',
              MaxResults: 100
            })
          });
          await answer.text();
          if (!answer.ok) {
            throw new Error(`Search of ${id} answered ${answer.status}`);
          }
        })
      );
      return performance.now() - start;
    },
    { root: base, ids: connections }
  );
}
