/** Every kind of MLflow server, and every state of one, as a person meets it. */
import type { Locator, Page } from '@playwright/test';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, hold, openLab, Sandbox, screenshot, test } from './support';
import { violations } from './support/axe';
import { root, startSandbox } from './support/process';
import {
  closeAll,
  dialog,
  pressUntilFocused,
  useTheme
} from './support/product';
import {
  choice,
  content,
  control,
  expectPhase,
  frame,
  mlflowTab,
  NOT_THERE,
  openChooser,
  openServer,
  searchAgain,
  tool,
  untilWithoutGesture
} from './support/servers';

const folder = join(root, '.run/ui-kinds');
const EXPERIMENT = 'credit-risk-scoring';
const RUN = 'bold-owl-118';
const GATEWAY = 'MLflow (API Gateway)';
const PASSWORD = 'MLflow (password)';
const READ_ONLY = 'MLflow (token, read only)';
const SERVER = 'team-experiments';
const APP = 'risk-app';
const ELSEWHERE = 'claims-experiments';
const STOPPED = 'archive-2024';

let stop = (): Promise<void> => Promise.resolve();
let lab = '';
let kinds: Sandbox;

test.use({ together: true });

test.beforeAll(async () => {
  test.setTimeout(300_000);
  rmSync(folder, { recursive: true, force: true });
  ({ lab, stop } = await startSandbox(['--mlflow-kinds'], folder));
  kinds = new Sandbox(folder);
});

test.beforeEach(async ({ page, problems }) => {
  NOT_THERE.forEach(pattern => problems.allow(pattern));
  if (!page.url().startsWith(lab)) {
    await openLab(page, lab);
  }
  await closeAll(page);
});

test.afterEach(() => kinds.clear());

test.afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

const tabOf = (page: Page, label: string): Locator =>
  page.locator('#jp-main-dock-panel .lm-TabBar-tab', { hasText: label });

/** From the list of experiments to a run, by MLflow's own links. */
async function openRun(page: Page): Promise<void> {
  const mlflow = frame(page);
  await mlflow.getByRole('link', { name: EXPERIMENT }).first().click();
  await mlflow.getByRole('link', { name: RUN, exact: true }).first().click();
  await expect(tool(page, 'Register this run')).toBeEnabled();
}

test('the chooser names all servers; what could not be searched is a note', async ({
  page
}) => {
  const chooser = await openChooser(page);
  for (const label of [GATEWAY, PASSWORD, READ_ONLY, SERVER, APP, ELSEWHERE]) {
    await expect(choice(chooser, label)).toBeVisible();
  }
  await expect(choice(chooser, STOPPED)).toHaveAccessibleName(/stopped/);
  await expect(choice(chooser, ELSEWHERE)).toHaveAccessibleName(/222233334444/);
  await expect(choice(chooser, READ_ONLY)).toHaveAccessibleName(/read only/);
  // Nobody did anything wrong: one account may not be listed.
  await expect(chooser.getByRole('alert')).toHaveCount(0);
  await chooser.getByText('There may be more').click();
  await expect(chooser).toContainText('sagemaker:ListMlflowApps');
  expect(await violations(chooser)).toEqual([]);
  await screenshot(page, 'servers-chooser');
});

test('of many servers one is found and opened by keys', async ({ page }) => {
  for (let i = 1; i <= 8; i++) {
    await control(kinds, 'PUT', `own/desk-${i}`, {
      status: i % 2 ? 'Stopped' : 'Created'
    });
  }
  try {
    const chooser = await openChooser(page);
    await searchAgain(chooser);
    await expect(choice(chooser, 'desk-8')).toBeAttached();
    const search = chooser.getByRole('searchbox');
    await pressUntilFocused(page, 'Shift+Tab', search, 3);
    await page.keyboard.type('desk stopped');
    await expect(chooser.getByRole('radio')).toHaveCount(4);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('gateway');
    await expect(chooser.getByRole('radio')).toHaveCount(1);
    expect(await violations(chooser)).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await expectPhase(page, 'ready');
    await expect(
      frame(page).getByRole('link', { name: EXPERIMENT }).first()
    ).toBeVisible();
  } finally {
    for (let i = 1; i <= 8; i++) {
      await control(kinds, 'DELETE', `own/desk-${i}`);
    }
  }
});

for (const label of [PASSWORD, GATEWAY, SERVER, APP, ELSEWHERE]) {
  test(`${label}: experiments, a run, charts, an artifact, the registry`, async ({
    page
  }) => {
    await openServer(page, label);
    await expectPhase(page, 'ready');
    await openRun(page);
    const mlflow = frame(page);
    await mlflow.getByRole('tab', { name: 'Model metrics' }).click();
    await expect(mlflow.locator('.js-plotly-plot').first()).toBeVisible();
    await mlflow.getByRole('tab', { name: 'Artifacts' }).click();
    await mlflow.getByText('plots', { exact: true }).click();
    await mlflow.getByText('roc.png', { exact: true }).click();
    await expect(mlflow.locator('img[src^="blob:"]').first()).toBeVisible();
    await mlflow.getByRole('link', { name: 'Model registry' }).click();
    await expect(
      mlflow.getByRole('link', { name: EXPERIMENT }).first()
    ).toBeAttached();
  });
}

test('code for the notebook names the server by its own address', async ({
  page
}) => {
  // Kept pages would come back where the tests before have left them.
  await openLab(page, lab);
  await openServer(page, SERVER);
  await page
    .locator('.jp-DirListing-item', { hasText: `${EXPERIMENT}.ipynb` })
    .dblclick();
  await expect(page.locator('.jp-Notebook')).toContainText('set_experiment');
  const cells = page.locator('.jp-Notebook .jp-Cell');
  const from = page.getByRole('menuitem', { name: /^From MLflow/ });
  let front = SERVER;
  for (const [label, code] of [
    [SERVER, /set_tracking_uri\("arn:aws:.*mlflow-tracking-server\/team-exp/],
    [APP, /set_tracking_uri\("arn:aws:.*mlflow-app\/app-SANDBOX00001"/],
    [GATEWAY, /AWS_SIGV4"\] = "true"[^]*set_tracking_uri\("http/],
    [PASSWORD, /MLFLOW_TRACKING_PASSWORD[^]*set_tracking_uri\("http/]
  ] as const) {
    await tabOf(page, front).click();
    if (label !== front) {
      await tool(page, 'Choose another MLflow server').click();
      await choice(dialog(page), label).check();
      await page.keyboard.press('Enter');
      await expect(dialog(page)).toBeHidden();
      front = label;
    }
    await expectPhase(page, 'ready');
    await openRun(page);
    await tool(page, 'Insert code').click();
    const cell = cells.filter({ hasText: code });
    await expect(from.or(cell).first()).toBeVisible();
    if (await from.isVisible()) {
      await from.click();
    }
    await expect(cell).toHaveCount(1);
  }
  // So that it can be closed without a question.
  await page.keyboard.press('Control+s');
  await expect(page.locator('#jp-main-dock-panel .jp-mod-dirty')).toHaveCount(
    0
  );
});

test('a stopped server says so, starts on a click, and opens', async ({
  page
}) => {
  await control(kinds, 'PUT', '', { seconds: 4 });
  await openServer(page, STOPPED);
  await expectPhase(page, 'down');
  await expect(content(page)).toContainText('costs money by the hour');
  // Of its pages there is nothing to say yet.
  await expect(content(page)).not.toContainText('some may fail');
  expect(await violations(content(page))).toEqual([]);
  await screenshot(page, 'servers-stopped');
  await content(page).getByRole('button', { name: 'Start the server' }).click();
  await expect(content(page).getByRole('progressbar')).toBeVisible();
  await expect(content(page)).toContainText('is being started');
  await screenshot(page, 'servers-starting');
  await content(page).getByRole('button', { name: 'Stop waiting' }).click();
  await content(page).getByRole('button', { name: 'Wait for it' }).click();
  await expectPhase(page, 'ready');
  await expect(content(page)).toContainText('runs 2.16.2: some may fail');
  await expect(mlflowTab(page)).toContainText('Pages of');
  await screenshot(page, 'servers-skew');
});

test('a start that fails, a start that is not allowed', async ({
  page,
  problems
}) => {
  await control(kinds, 'PUT', '', { seconds: 1, start: 'fails' });
  await control(kinds, 'PUT', 'own/doomed', { status: 'Stopped' });
  try {
    await openServer(page, 'doomed');
    await content(page)
      .getByRole('button', { name: 'Start the server' })
      .click();
    await expect(content(page)).toContainText('has stopped again');
    problems.allow(/status of 502 .*\/mlflow-start\//);
    await kinds.fault('denied', {
      upstream: 'aws',
      operation: 'StartMlflowTrackingServer'
    });
    await content(page)
      .getByRole('button', { name: 'Start the server' })
      .click();
    await expect(content(page).getByRole('alert')).toContainText(
      'sagemaker:StartMlflowTrackingServer'
    );
    await expect(content(page)).toContainText('Ask its owner to start it');
    await screenshot(page, 'servers-refused');
  } finally {
    await control(kinds, 'PUT', '', { start: 'works' });
    await control(kinds, 'DELETE', 'own/doomed');
  }
});

test('a server that is deleted while its tab is open', async ({
  page,
  problems
}) => {
  problems.allow(/status of 50[0-9] .*\/mlflow\/short-lived/);
  await control(kinds, 'PUT', 'own/short-lived');
  await openServer(page, 'short-lived');
  await expectPhase(page, 'ready');
  const link = frame(page).getByRole('link', { name: EXPERIMENT }).first();
  await expect(link).toBeVisible();
  await control(kinds, 'DELETE', 'own/short-lived');
  await link.click();
  await expect(content(page)).toContainText('short-lived is gone');
});

test('read only: said, its edit controls hidden, a refused write explained', async ({
  page,
  problems
}) => {
  await openServer(page, READ_ONLY);
  await expectPhase(page, 'ready');
  const mlflow = frame(page);
  await expect(mlflow.getByRole('link', { name: EXPERIMENT })).toBeVisible();
  await expect(mlflowTab(page).getByRole('note').first()).toContainText(
    'Read only'
  );
  await expect(mlflow.getByTestId('create-experiment-button')).toBeHidden();
  // What only looks is there.
  await expect(mlflow.getByTestId('compare-experiment-button')).toBeVisible();
  await expect(tool(page, 'Open MLflow in a new browser tab')).toHaveCount(0);
  await openRun(page);
  await expect(mlflow.getByRole('button', { name: 'Edit tags' })).toHaveCount(
    0
  );
  await expect(tool(page, 'Register this run')).toBeEnabled();
  await screenshot(page, 'servers-read-only');

  // A control that is not known to us: here by keys, past the style sheet.
  problems.allow(/status of 403 .*\/runs\/update/);
  await mlflow
    .getByRole('button', { name: 'Open header dropdown menu' })
    .click();
  await mlflow.getByRole('menuitem', { name: 'Rename' }).focus();
  await page.keyboard.press('Enter');
  const rename = mlflow.getByTestId('rename-modal-input');
  await rename.fill('another name');
  await mlflow.getByRole('button', { name: 'Save' }).click();
  await expect(content(page)).toContainText(
    'is read only in this lab: the change was refused, nothing was written'
  );
});

test('a browser tab: by an address that is made on the click', async ({
  context,
  page
}) => {
  await openServer(page, SERVER);
  await expectPhase(page, 'ready');
  const made: string[] = [];
  page.on('request', request => {
    if (request.url().includes('/mlflow-link/')) {
      made.push(request.method());
    }
  });
  expect(made).toEqual([]);
  const opened = context.waitForEvent('page');
  await tool(page, 'Open MLflow in a new browser tab').click();
  const tab = await opened;
  await expect(tab.getByRole('link', { name: 'Experiments' })).toBeVisible();
  expect(await tab.evaluate(() => window.opener === null)).toBe(true);
  await tab.close();
  expect(made).toEqual(['POST']);
  // Nothing of it is kept.
  const kept = await page.evaluate(
    () =>
      document.documentElement.outerHTML +
      JSON.stringify({ ...localStorage, ...sessionStorage })
  );
  expect(kept).not.toContain('authToken');

  // SageMaker takes so long that the browser would hold the tab back.
  const release = await hold(page, /\/mlflow-link\//);
  await tool(page, 'Open MLflow in a new browser tab').click();
  await untilWithoutGesture(page, '!navigator.userActivation.isActive');
  await release();
  await untilWithoutGesture(page, '!!document.querySelector(".jp-Dialog")');
  await expect(dialog(page)).toContainText(`${SERVER} is ready`);
  const late = context.waitForEvent('page');
  await page.keyboard.press('Enter');
  const lateTab = await late;
  await expect(
    lateTab.getByRole('link', { name: 'Experiments' })
  ).toBeVisible();
  await lateTab.close();

  // Where the browser opens none: said, with a way on.
  await page.evaluate(() => {
    Object.assign(window, { opens: window.open, open: () => null });
  });
  await tool(page, 'Open MLflow in a new browser tab').click();
  await expect(dialog(page)).toContainText('allow pop-ups for this page');
  await page.keyboard.press('Escape');
  await page.evaluate(() => {
    Object.assign(window, {
      open: (window as unknown as { opens: typeof open }).opens
    });
  });
});

test('a wrong password, expired credentials, a server that is down', async ({
  page,
  problems
}) => {
  problems.allow(/status of (403|50[0-9]) .*\/mlflow\//);
  await control(kinds, 'PUT', '', { password: 'changed' });
  await openServer(page, PASSWORD);
  const alert = content(page).getByRole('alert');
  await expect(alert).toContainText('Sign-in refused');
  await expect(alert).toContainText('password or token may have been changed');
  await control(kinds, 'PUT', '', { password: 'sandbox-password' });
  const again = alert.getByRole('button', { name: 'Try again' });
  // Accounts get locked: a refused login is not sent for some seconds.
  await expect(async () => {
    if (await again.isVisible()) {
      await again.click({ timeout: 1000 });
    }
    await expect(content(page)).toHaveAttribute('data-phase', 'ready', {
      timeout: 3000
    });
  }).toPass();

  await kinds.fault('expired-credentials', { upstream: 'mlflow-managed' });
  await openServer(page, SERVER);
  await expect(alert).toContainText('AWS credentials have expired');
  await kinds.clear();
  await again.click();
  await expectPhase(page, 'ready');

  await kinds.fault('mlflow-down', { upstream: 'mlflow-gateway' });
  await openServer(page, GATEWAY);
  await expect(alert).toContainText('No connection');
  await screenshot(page, 'servers-down');
});

test('a region without the API: a note, and the others are there', async ({
  page
}) => {
  await control(kinds, 'PUT', '', { missing: ['ListMlflowApps'] });
  try {
    const chooser = await openChooser(page);
    await searchAgain(chooser);
    await chooser.getByText('There may be more').click();
    await expect(chooser).toContainText('ListMlflowApps is not there');
    await expect(chooser.getByRole('alert')).toHaveCount(0);
    await expect(choice(chooser, SERVER)).toBeVisible();
  } finally {
    await control(kinds, 'PUT', '', { missing: [] });
  }
});

test('dark and narrow', async ({ page }) => {
  await openServer(page, READ_ONLY);
  await expectPhase(page, 'ready');
  await useTheme(page, 'dark');
  try {
    await expectPhase(page, 'ready');
    await page.setViewportSize({ width: 400, height: 800 });
    await page.keyboard.press('Control+b');
    await expect(page.locator('#jp-left-stack')).toBeHidden();
    await expect(
      frame(page).getByRole('link', { name: EXPERIMENT }).first()
    ).toBeVisible();
    await screenshot(page, 'servers-narrow-dark');
    expect(await violations(mlflowTab(page).locator('.jp-Toolbar'))).toEqual(
      []
    );
    await closeAll(page);
    const chooser = await openChooser(page);
    expect(await violations(chooser)).toEqual([]);
    await screenshot(page, 'servers-chooser-narrow-dark');
  } finally {
    await page.setViewportSize({ width: 1400, height: 900 });
    await closeAll(page);
    await page.keyboard.press('Control+b');
    await useTheme(page, 'light');
  }
});
