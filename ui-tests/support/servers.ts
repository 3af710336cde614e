/** Every kind of MLflow server, in a sandbox of its own. */
import type { FrameLocator, Locator, Page } from '@playwright/test';
import { expect } from './index';
import { closeAll, dialog } from './product';
import type { Sandbox } from './sandbox';

/** The tab of MLflow that is in front. */
export const mlflowTab = (page: Page): Locator =>
  page.locator('.jp-sg-mlflow-widget:visible');
export const content = (page: Page): Locator =>
  page.locator('.jp-sg-mlflow:visible');
export const frame = (page: Page): FrameLocator =>
  page.frameLocator('.jp-sg-mlflow:visible iframe');
export const tool = (page: Page, name: string): Locator =>
  mlflowTab(page).getByRole('button', { name });

/** The dialog that asks which server is meant, with all that were found. */
export async function openChooser(page: Page): Promise<Locator> {
  await page.locator('.jp-LauncherCard[title*="Experiments, runs"]').click();
  const chooser = dialog(page);
  await expect(chooser.getByRole('radio').first()).toBeVisible();
  await expect(chooser).not.toContainText('Looking for servers');
  return chooser;
}

/** Row of a server. */
export const choice = (chooser: Locator, label: string): Locator =>
  chooser.getByRole('radio', {
    name: new RegExp(`^${label.replace(/[()]/g, '\\$&')}`)
  });

/** Have the dialog ask SageMaker anew, and wait for its answer. */
export async function searchAgain(chooser: Locator): Promise<void> {
  const again = chooser.getByRole('button', { name: 'Search again' });
  const answer = chooser.page().waitForResponse(/\/mlflow-servers\?fresh/);
  await again.click();
  await answer;
  await expect(again).toHaveAttribute('aria-disabled', 'false');
}

/** Open a server from the launcher, as a person does; other tabs are closed. */
export async function openServer(page: Page, label: string): Promise<void> {
  await closeAll(page);
  const chooser = await openChooser(page);
  if ((await choice(chooser, label).count()) === 0) {
    await searchAgain(chooser);
  }
  await choice(chooser, label).check();
  await chooser.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(chooser).toBeHidden();
}

export async function expectPhase(page: Page, phase: string): Promise<void> {
  await expect(content(page)).toHaveAttribute('data-phase', phase);
}

/** A call of `/_sandbox/mlflow` (`sandbox/aws/mlflow_control.py`). */
export async function control(
  sandbox: Sandbox,
  method: 'PUT' | 'DELETE',
  path: string,
  body: object = {}
): Promise<void> {
  const answer = await fetch(
    `${sandbox.parts.aws}/_sandbox/mlflow${path && `/${path}`}`,
    { method, body: JSON.stringify(body) }
  );
  if (!answer.ok) {
    throw new Error(`${method} mlflow/${path}: ${await answer.text()}`);
  }
}

/** Calls of MLflow's page that some servers do not have, by design. */
export const NOT_THERE = [
  /status of 403 .*\/mlflow\/(assistant\/|gateway-proxy\?)/,
  /status of (404|501) .*\/mlflow\/(users\/|server-info)/,
  // Noise of MLflow's own tables and charts, in a tab of its own as well.
  /ResizeObserver loop completed/
];

/**
 * Wait until an expression is true in the page, and give it no gesture: all that
 * Playwright evaluates, so every look of `expect`, counts as a person's.
 */
export async function untilWithoutGesture(
  page: Page,
  expression: string
): Promise<void> {
  const session = await page.context().newCDPSession(page);
  try {
    await expect
      .poll(async () => {
        const { result } = await session.send('Runtime.evaluate', {
          expression,
          userGesture: false
        });
        return result.value as unknown;
      })
      .toBe(true);
  } finally {
    await session.detach();
  }
}
