/** MLflow's own pages in a tab of the lab, on the real server. */
import type { FrameLocator, Locator, Page } from '@playwright/test';
import { expect, openLab, screenshot, test } from './support';
import { violations } from './support/axe';
import { command, expectSaved, useTheme } from './support/product';

const panel = (page: Page): Locator => page.locator('.jp-sg-mlflow');
const mlflow = (page: Page): FrameLocator =>
  page.frameLocator('.jp-sg-mlflow iframe');
const button = (page: Page, name: string): Locator =>
  page.locator('.jp-sg-mlflow-widget').getByRole('button', { name });

interface IRun {
  info: { run_id: string; run_name: string; experiment_id: string };
  outputs?: { model_outputs?: unknown[] };
}

/** A seeded run that logged a model. */
async function seededRun(server: string): Promise<IRun['info']> {
  const ask = async (path: string, body: object) =>
    (
      await fetch(`${server}/api/2.0/mlflow/${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body)
      })
    ).json();
  const { experiments } = (await ask('experiments/search', {
    max_results: 50
  })) as { experiments: { experiment_id: string }[] };
  const { runs } = (await ask('runs/search', {
    experiment_ids: experiments.map(({ experiment_id }) => experiment_id),
    max_results: 50
  })) as { runs: IRun[] };
  const run = runs.find(({ outputs }) => outputs?.model_outputs?.length);
  if (!run) {
    throw new Error('The seeded MLflow has no run with a model');
  }
  return run.info;
}

type Shown = (frame: FrameLocator) => Locator;

/** How MLflow shows a file, by its ending. */
const SHOWN: Record<string, Shown> = {
  png: frame => frame.locator('img[src^="blob:"]').first(),
  html: frame =>
    frame.frameLocator('iframe[src^="blob:"]').locator('body *').first(),
  csv: frame => frame.getByText(/Previewing the first/),
  json: frame => frame.locator('code, pre').first(),
  txt: frame => frame.locator('code, pre').first(),
  md: frame => frame.locator('code, pre').first()
};

/** One artifact of each kind that the run has, with how it is shown. */
async function artifacts(
  server: string,
  run: IRun['info']
): Promise<[string, Shown][]> {
  const list = async (path: string): Promise<string[]> => {
    const answer = await fetch(
      `${server}/api/2.0/mlflow/artifacts/list?run_id=${run.run_id}&path=${encodeURIComponent(path)}`
    );
    const { files = [] } = (await answer.json()) as {
      files?: { path: string; is_dir: boolean }[];
    };
    const inner = files.map(async file =>
      file.is_dir ? list(file.path) : [file.path]
    );
    return (await Promise.all(inner)).flat();
  };
  const found = new Map<string, [string, Shown]>();
  for (const path of await list('')) {
    const ending = path.split('.').pop() ?? '';
    if (ending in SHOWN && !found.has(ending)) {
      found.set(ending, [path, SHOWN[ending]]);
    }
  }
  expect(found.size, 'kinds of artifacts in the seed').toBeGreaterThan(0);
  return [...found.values()];
}

/** Open MLflow as a person does, from the launcher. */
async function openMLflow(page: Page): Promise<void> {
  await page.locator('.jp-LauncherCard[title*="Experiments, runs"]').click();
  await expect(panel(page)).toHaveAttribute('data-phase', 'ready');
}

/** Follow MLflow's own links from its list of experiments to a run. */
async function openRun(page: Page, run: IRun['info']): Promise<void> {
  await openMLflow(page);
  const frame = mlflow(page);
  await frame
    .locator(`a[href*="/experiments/${run.experiment_id}"]`)
    .first()
    .click();
  await frame
    .getByRole('link', { name: run.run_name, exact: true })
    .first()
    .click();
  await expect(frame.getByText(run.run_id).first()).toBeVisible();
}

test.beforeEach(async ({ page, problems, sandbox }) => {
  // Never passed on by the relay; MLflow asks all the same.
  problems.allow(/status of 403 .*\/mlflow\/(assistant\/|gateway-proxy\?)/);
  // Noise of MLflow's own tables and charts, in a tab of its own as well.
  problems.allow(/ResizeObserver loop completed/);
  // A server without accounts has no such route; MLflow asks all the same.
  problems.allow(/status of 404 .*\/mlflow\/users\//);
  await openLab(page, sandbox.lab);
});

test('experiments, a run, its charts and artifacts', async ({
  page,
  sandbox
}) => {
  const run = await seededRun(sandbox.parts.mlflow);
  await openRun(page, run);
  const frame = mlflow(page);
  await expect(page.locator('.jp-sg-mlflow iframe')).toHaveAttribute(
    'title',
    /^MLflow: MLflow/
  );
  // The relay passes nothing of it on.
  await expect(frame.locator('[data-assistant-ui]').first()).toBeAttached();
  await expect(frame.locator('[data-assistant-ui]:visible')).toHaveCount(0);
  await screenshot(page, 'mlflow-run-light');

  await frame.getByRole('tab', { name: 'Model metrics' }).click();
  await expect(frame.locator('.js-plotly-plot').first()).toBeVisible();

  await frame.getByRole('tab', { name: 'Artifacts' }).click();
  for (const [path, shown] of await artifacts(sandbox.parts.mlflow, run)) {
    for (const part of path.split('/')) {
      await frame.getByText(part, { exact: true }).first().click();
    }
    await expect(shown(frame), path).toBeVisible();
  }
});

test('Back, Forward and the route of the tab', async ({ page, sandbox }) => {
  const run = await seededRun(sandbox.parts.mlflow);
  await openRun(page, run);
  const before = await page.evaluate(() => history.length);
  await expect(button(page, 'Forward')).toHaveAttribute(
    'aria-disabled',
    'true'
  );
  await button(page, 'Back').click();
  await expect(mlflow(page).getByText(run.run_id)).toHaveCount(0);
  await button(page, 'Forward').click();
  await expect(mlflow(page).getByText(run.run_id).first()).toBeVisible();
  // The lab's own history is not touched.
  expect(await page.evaluate(() => history.length)).toBe(before);
});

test('a reload of the page comes back to the run', async ({
  page,
  sandbox
}) => {
  const run = await seededRun(sandbox.parts.mlflow);
  await openRun(page, run);
  await expectSaved(page, 'sagemaker-governance-mlflow:mlflow', run.run_id);
  await expectSaved(
    page,
    'layout-restorer:data',
    'sagemaker-governance-mlflow:mlflow'
  );
  await page.goto(sandbox.lab);
  await expect(mlflow(page).getByText(run.run_id).first()).toBeVisible();
});

test('registering starts from what the page shows', async ({
  page,
  problems,
  sandbox
}) => {
  // The dialog asks for use cases that this person may not read.
  problems.allow(/status of 403 .*\/openpages\/wxgov\//);
  const run = await seededRun(sandbox.parts.mlflow);
  await openMLflow(page);
  await expect(button(page, 'Register this run')).toHaveAttribute(
    'aria-disabled',
    'true'
  );
  await mlflow(page)
    .locator(`a[href*="/experiments/${run.experiment_id}"]`)
    .first()
    .click();
  await mlflow(page)
    .getByRole('link', { name: run.run_name, exact: true })
    .first()
    .click();
  await button(page, 'Register this run').click();
  await expect(page.locator('.jp-Dialog')).toContainText(run.run_name);
});

test('the theme follows the lab, and nothing in the page is lost', async ({
  page
}) => {
  await openMLflow(page);
  const body = mlflow(page).locator('body');
  await expect(mlflow(page).locator('body.dark-mode')).toHaveCount(0);
  await body.evaluate(element => (element.dataset.mine = 'kept'));
  await useTheme(page, 'dark');
  try {
    await expect(mlflow(page).locator('body.dark-mode')).toHaveCount(1);
    await expect(panel(page)).toHaveAttribute('data-phase', 'ready');
    await screenshot(page, 'mlflow-dark');
  } finally {
    // The theme is a setting of the lab, which all tests share.
    await useTheme(page, 'light');
  }
  await expect(mlflow(page).locator('body.dark-mode')).toHaveCount(0);
  await expect(body).toHaveAttribute('data-mine', 'kept');
});

test('copying, printing, F6, the lab’s keys, and a frame that is moved', async ({
  page,
  context,
  sandbox
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const run = await seededRun(sandbox.parts.mlflow);
  await openRun(page, run);
  const frame = mlflow(page);
  const iframe = page.locator('.jp-sg-mlflow iframe');
  await expect(iframe).toHaveAttribute('title', /^MLflow: MLflow, Run /);
  for (const copy of await frame
    .locator('[data-component-id="mlflow.shared.copy_button"]')
    .all()) {
    await copy.click();
  }
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe(run.run_id);

  await page.keyboard.press('Control+B');
  await expect(page.locator('#jp-left-stack')).toBeHidden();
  await expect(iframe).toBeFocused();
  await page.keyboard.press('Control+B');
  await expect(page.locator('#jp-left-stack')).toBeVisible();

  await frame.locator('body').evaluate(element => {
    window.print = () => (element.dataset.printed = 'yes');
  });
  await page.keyboard.press('Control+P');
  await expect(frame.locator('body')).toHaveAttribute('data-printed', 'yes');

  await page.keyboard.press('F6');
  await expect(button(page, 'Back')).toBeFocused();
  await page.keyboard.press('F6');
  await expect(iframe).toBeFocused();
  expect(await violations(page.locator('.jp-sg-mlflow-widget'))).toEqual([]);

  // Taken out and put in again it loads anew: that is not leaving.
  await iframe.evaluate(element => {
    const parent = element.parentElement;
    element.remove();
    parent?.appendChild(element);
  });
  await expect(frame.locator('body')).not.toHaveAttribute('data-printed', /./);
  await expect(panel(page)).toHaveAttribute('data-phase', 'ready');
  await expect(frame.getByText(run.run_id).first()).toBeVisible();
});

test('one tab for a connection, and the lab’s shortcuts work in it', async ({
  page
}) => {
  await openMLflow(page);
  await mlflow(page).locator('body').click();
  await expect(page.locator('.jp-sg-mlflow iframe')).toBeFocused();
  await command(page, 'Open MLflow');
  await expect(panel(page)).toHaveCount(1);
  await expect(panel(page)).toHaveAttribute('data-phase', 'ready');
});

test('MLflow down: said, with a way back', async ({
  page,
  sandbox,
  problems
}) => {
  problems.allow(/status of 50[0-9]/);
  await sandbox.fault('mlflow-down');
  await page.locator('.jp-LauncherCard[title*="Experiments, runs"]').click();
  await expect(panel(page).getByRole('alert')).toBeVisible();
  await screenshot(page, 'mlflow-down');
  await sandbox.clear();
  await panel(page).getByRole('button', { name: 'Try again' }).click();
  await expect(panel(page)).toHaveAttribute('data-phase', 'ready');
});
