/**
 * Staying current: stars, what is told of them, and what waits, while nobody
 * looks at the panel. The page's clock is ours, so that nobody waits for it.
 */
import type { Locator, Page } from '@playwright/test';
import { expect, openLab, screenshot, test } from './support';
import { moveUseCase } from './support/console';
import {
  allowSeeded,
  chosen,
  expectRead,
  expectSaved,
  filter,
  list,
  panel,
  panelTab,
  row,
  search,
  showPanel
} from './support/product';
import { updateVersion, versionArn } from './support/registry';

/** A group of its own account that no other test moves. */
const GROUP = 'corporate-early-warning';
/** Its author is the data scientist, and nothing is requested yet. */
const MINE = 'churn-retail';
const FOLLOWING = 'jupyterlab-sagemaker-governance:following';
const LAYOUT = 'layout-restorer:data';
/** Longer than the pause between two looks. */
const PAUSE = '06:00';

const toasts = (page: Page): Locator => page.locator('.Toastify__toast');
const item = (page: Page): Locator =>
  page.locator('#jp-main-statusbar .jp-sg-status button');

/**
 * Let pauses pass until there is a notification.
 *
 * @param text - how the only one begins
 */
async function expectTold(page: Page, text: string): Promise<void> {
  // A look that was under way has not seen what changed meanwhile.
  await expect(async () => {
    await page.clock.fastForward(PAUSE);
    await expect(toasts(page)).not.toHaveCount(0, { timeout: 5000 });
  }).toPass();
  await expect(toasts(page)).toHaveText([new RegExp(`^${text}`)]);
}

/** Files instead of the panel: nothing but the background reads. */
async function hidePanel(page: Page): Promise<void> {
  await page.locator('.lm-TabBar-tab[data-id="filebrowser"]').first().click();
  await expect(panel(page)).toBeHidden();
}

/** Star the group with the keyboard, and wait until it is kept with a word. */
async function star(page: Page, word: string): Promise<void> {
  await search(page, GROUP);
  await expect(panel(page).getByRole('option')).toHaveCount(1);
  await list(page).focus();
  await page.keyboard.press('ArrowDown');
  await expect(chosen(page)).toHaveAccessibleName(new RegExp(`^${GROUP},`));
  await page.keyboard.press('*');
  await expect(row(page, GROUP)).toHaveAccessibleName(
    new RegExp(`^${GROUP}, starred`)
  );
  await page.clock.fastForward(PAUSE);
  await expectSaved(page, FOLLOWING, `"word":"${word}"`);
}

test.beforeEach(async ({ page, problems, sandbox }) => {
  allowSeeded(problems);
  await sandbox.reset();
  await page.clock.install();
});

// Others find registries, console and stars as they were.
test.afterEach(async ({ page, sandbox }) => {
  await sandbox.reset();
  await openLab(page, sandbox.lab);
});

test('a change of a starred group is told once, also over a reload', async ({
  page,
  sandbox
}) => {
  await openLab(page, sandbox.lab);
  await showPanel(page);
  await expectRead(page);
  await star(page, 'Operational');
  await filter(page, 'Starred').click();
  await expect(panel(page).getByRole('option')).toHaveCount(1);
  await screenshot(page, 'follow-starred');
  await hidePanel(page);
  await expect(toasts(page)).toHaveCount(0);

  await moveUseCase(sandbox, GROUP, 'Stakeholder Review');
  await expectTold(page, `${GROUP}: use case Operational → Stakeholder Review`);
  await expect(toasts(page)).toContainText('watsonx.governance');
  await screenshot(page, 'follow-told');
  await expectSaved(page, FOLLOWING, '"word":"Stakeholder Review"');

  // Were the first change told again, it would be beside the second, or in it.
  await page.goto(sandbox.lab);
  await showPanel(page);
  await expectRead(page);
  await expect(row(page, GROUP)).toContainText('Stakeholder Review');
  await moveUseCase(sandbox, GROUP, 'Rejected');
  await expectTold(page, `${GROUP}: use case Stakeholder Review → Rejected`);

  await toasts(page).getByRole('button', { name: 'Open' }).click();
  await expect(
    page.getByRole('region', { name: `Model package group ${GROUP}` })
  ).toBeVisible();
});

test('a change while the lab was closed is told once after it opens', async ({
  context,
  page,
  sandbox
}) => {
  await openLab(page, sandbox.lab);
  await showPanel(page);
  await expectRead(page);
  await star(page, 'Operational');
  await expectSaved(page, LAYOUT, 'jp-sagemaker-governance');
  await page.goto('about:blank');
  await moveUseCase(sandbox, GROUP, 'Decommissioned');

  const told = [new RegExp(`^${GROUP}: use case Operational → Decommissioned`)];
  const second = await context.newPage();
  await second.goto(sandbox.lab);
  await expect(toasts(second)).toHaveText(told);
  await expectSaved(second, FOLLOWING, '"word":"Decommissioned"');
  await second.close();

  const third = await context.newPage();
  await third.clock.install();
  await third.goto(sandbox.lab);
  await expectRead(third);
  await moveUseCase(sandbox, GROUP, 'Operational');
  await expectTold(third, `${GROUP}: use case Decommissioned → Operational`);
  await third.close();
});

test('nothing is read before something of ours was opened', async ({
  page,
  sandbox
}) => {
  await openLab(page, sandbox.lab);
  await showPanel(page);
  await expectRead(page);
  await star(page, 'Operational');
  await hidePanel(page);
  await expectSaved(page, LAYOUT, '"current":"filebrowser"');
  await page.goto('about:blank');
  await sandbox.clearCounts();
  const asked: string[] = [];
  page.on('request', request => {
    if (request.url().includes('/sagemaker-governance/')) {
      asked.push(request.url());
    }
  });
  await page.goto(sandbox.lab);
  await page.locator('#jp-main-statusbar').waitFor();
  await expect(panelTab(page)).toBeVisible();
  await page.clock.fastForward('02:00:00');
  await page.clock.fastForward('02:00:00');
  await expect(panel(page)).toBeHidden();
  await expect(item(page)).toHaveCount(0);
  expect(asked).toEqual([]);
  for (const [upstream, counts] of Object.entries(await sandbox.counts())) {
    expect(counts, upstream).toEqual({});
  }
  // The same page would have noticed: now it reads.
  await showPanel(page);
  await expectRead(page);
  expect(asked).not.toEqual([]);
});

test('the status bar counts what waits for me and leads there', async ({
  page,
  sandbox
}) => {
  await openLab(page, sandbox.lab);
  await showPanel(page);
  await expectRead(page);
  const waiting = filter(page, 'Waiting for me');
  await expect(waiting).toHaveAccessibleName('Waiting for me 2');
  await expect(item(page)).toHaveText('2');
  await expect(item(page)).toHaveAccessibleName('2 groups wait for me');
  await expect(item(page)).toHaveAttribute('title', new RegExp(MINE));

  // What is searched for must not hide what waits.
  await search(page, GROUP);
  // Only what was seen once can be seen to change.
  await expectSaved(page, FOLLOWING, versionArn(MINE, 1));
  await hidePanel(page);
  await updateVersion(sandbox, 'approver', {
    ModelPackageArn: versionArn(MINE, 1),
    ModelApprovalStatus: 'Approved',
    ApprovalDescription: 'Limits accepted.'
  });
  await expectTold(page, `${MINE}: v1 Pending approval → Approved`);
  await expect(item(page)).toHaveText('1');
  await screenshot(page, 'follow-status-bar');

  await item(page).focus();
  await page.keyboard.press('Enter');
  await expect(waiting).toHaveAttribute('aria-pressed', 'true');
  await expect(panel(page).getByRole('option')).toHaveCount(1);
  await expect(panel(page).getByRole('option')).toContainText('with you');
});

test('a console that is down leaves no count that looks complete', async ({
  page,
  problems,
  sandbox
}) => {
  problems.allow(/status of 502 .*\/openpages\//);
  await sandbox.fault('openpages-down');
  await openLab(page, sandbox.lab);
  await showPanel(page);
  await expectRead(page);
  await expect(item(page)).toHaveText(/^(\d+\?|–)$/);
  await expect(item(page)).toHaveAccessibleName(
    /Could not be read: watsonx\.governance/
  );
  await screenshot(page, 'follow-status-bar-unread');
  await expect(toasts(page)).toHaveCount(0);
});
