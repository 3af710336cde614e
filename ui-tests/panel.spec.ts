/** The panel: its states, and how one finds a group in it. */
import type { Page } from '@playwright/test';
import { expect, hold, openLab, screenshot, test } from './support';
import {
  allowSeeded,
  chosen,
  expectRead,
  expectSaved,
  filter,
  group,
  list,
  menuItem,
  openGroup,
  openPanel,
  panel,
  row,
  search,
  showPanel,
  tidyPanel
} from './support/product';

/** Groups of which one is in each account, and their use cases. */
const OWN = 'credit-risk-scoring';
const CLAIMS = 'bodily-injury-reserve';
const ARN = `arn:aws:sagemaker:eu-west-1:111122223333:model-package-group/${OWN}`;

/** Entries of the lab's workspace. */
const PANEL_STATE = 'jupyterlab-sagemaker-governance:panel';
const DOCUMENT = 'sagemaker-governance-document';
const LAYOUT = 'layout-restorer:data';

const notice = (page: Page, text: string | RegExp) =>
  panel(page).locator('.jp-sg-notice').filter({ hasText: text });
const alert = (page: Page) => panel(page).getByRole('alert');
const refresh = (page: Page): Promise<void> =>
  panel(page).getByRole('button', { name: 'Refresh' }).click();

/** No row says that a use case is approved. */
async function expectNoGreen(page: Page): Promise<void> {
  await expect(
    panel(page).locator(
      '.jp-sg-badge[data-status="approved"]:not(.jp-sg-mod-stale)'
    )
  ).toHaveCount(0);
}

test.beforeEach(({ problems }) => {
  allowSeeded(problems);
});

test.describe('states', () => {
  test.beforeEach(({ problems }) => {
    // Every failed answer is logged by the browser itself.
    problems.allow(/Failed to load resource: .* status of (4|5)\d\d/);
  });

  test('a skeleton says what is being read', async ({ page, sandbox }) => {
    await openLab(page, sandbox.lab);
    const release = await hold(page, /\/sagemaker-governance\/aws\//);
    await showPanel(page);
    await expect(
      panel(page).getByRole('status', { name: 'Reading model package groups…' })
    ).toBeVisible();
    await screenshot(page, 'panel-loading');
    await expect(alert(page)).toHaveCount(0);
    await release();
    await expect(list(page)).toBeVisible();
  });

  test('one registry down: its line, the others’ rows, a way back', async ({
    page,
    sandbox
  }) => {
    await sandbox.fault('registry-down');
    await openPanel(page, sandbox.lab);
    const line = notice(page, 'registry-claims');
    await expect(line).toBeVisible();
    await search(page, OWN);
    await expect(row(page, OWN)).toBeVisible();
    await screenshot(page, 'panel-registry-down');
    await sandbox.clear();
    await line.getByRole('button', { name: 'Retry' }).click();
    await expect(line).toHaveCount(0);
    await search(page, CLAIMS);
    await expect(row(page, CLAIMS)).toBeVisible();
  });

  test('a registry that fails later keeps its rows, with their age', async ({
    page,
    sandbox
  }) => {
    await openPanel(page, sandbox.lab);
    await sandbox.fault('registry-down');
    await refresh(page);
    await expect(notice(page, 'registry-claims')).toContainText(
      /its \d+ groups are from/
    );
    await search(page, CLAIMS);
    await expect(row(page, CLAIMS)).toBeVisible();
  });

  test('denied: the message names the missing actions', async ({
    page,
    sandbox
  }) => {
    await sandbox.fault('denied', { operation: 'Search' });
    await sandbox.fault('denied', { operation: 'ListModelPackageGroups' });
    await openLab(page, sandbox.lab);
    await showPanel(page);
    await expect(alert(page).first()).toContainText('sagemaker:Search');
    await expect(alert(page).first()).toContainText(
      'sagemaker:ListModelPackageGroups'
    );
    await screenshot(page, 'panel-denied');
    await sandbox.clear();
    await alert(page)
      .first()
      .getByRole('button', { name: 'Try again' })
      .click();
    await expect(list(page)).toBeVisible();
    await expect(alert(page)).toHaveCount(0);
  });

  test('Search denied alone: groups are listed all the same', async ({
    page,
    sandbox
  }) => {
    await sandbox.fault('denied', { operation: 'Search' });
    await openPanel(page, sandbox.lab);
    await search(page, OWN);
    await expect(row(page, OWN)).toBeVisible();
    await expect(alert(page)).toHaveCount(0);
  });

  test('throttling is waited out without a word', async ({ page, sandbox }) => {
    await sandbox.fault('throttle', { upstream: 'aws', times: 3 });
    await openPanel(page, sandbox.lab);
    await search(page, OWN);
    await expect(row(page, OWN)).toBeVisible();
    await expect(alert(page)).toHaveCount(0);
    await expect(panel(page).locator('.jp-sg-notice')).toHaveCount(0);
  });

  test('expired credentials are renewed without a word', async ({
    page,
    sandbox
  }) => {
    await sandbox.fault('expired-credentials', { upstream: 'aws', times: 2 });
    await openPanel(page, sandbox.lab);
    await search(page, OWN);
    await expect(row(page, OWN)).toBeVisible();
    await expect(alert(page)).toHaveCount(0);
    await expect(panel(page).locator('.jp-sg-notice')).toHaveCount(0);
  });

  for (const fault of ['openpages-down', 'openpages-login-page']) {
    test(`${fault}: rows stay, no status is green`, async ({
      page,
      sandbox
    }) => {
      await sandbox.fault(fault);
      await openPanel(page, sandbox.lab);
      await search(page, OWN);
      await expect(row(page, OWN)).toContainText(/Could not read/);
      await expect(row(page, OWN)).toContainText('v12');
      const line = notice(page, 'watsonx.governance');
      await expect(line).toHaveCount(1);
      await search(page, '');
      await expectNoGreen(page);
      await screenshot(page, `panel-${fault}`);
      await sandbox.clear();
      await line.getByRole('button', { name: 'Retry' }).click();
      await search(page, OWN);
      await expect(row(page, OWN)).toContainText('Approved for Development');
      await expect(line).toHaveCount(0);
    });

    test(`${fault} later: last known values, marked as old`, async ({
      page,
      sandbox
    }) => {
      await openPanel(page, sandbox.lab);
      await search(page, OWN);
      await expect(row(page, OWN)).toContainText('Approved for Development');
      await sandbox.fault(fault);
      await refresh(page);
      await expect(row(page, OWN)).toHaveAccessibleName(
        /out of date|last known/i
      );
      await search(page, '');
      await expectNoGreen(page);
    });
  }

  test('no groups: why, and what to do', async ({ page, sandbox }) => {
    await openLab(page, sandbox.lab);
    await page.route(/\/sagemaker-governance\/aws\/[^/]+\/sagemaker\//, route =>
      route.fulfill({
        contentType: 'application/x-amz-json-1.1',
        body: route.request().headers()['x-amz-target']?.endsWith('Search')
          ? '{"Results":[]}'
          : '{"ModelPackageGroupSummaryList":[],"ModelPackageSummaryList":[]}'
      })
    );
    await showPanel(page);
    await expect(
      panel(page).getByRole('heading', { name: 'No model package groups yet' })
    ).toBeVisible();
    await expect(panel(page)).toContainText('registry-claims (eu-west-1)');
    await screenshot(page, 'panel-empty');
    await panel(page).getByRole('button', { name: 'Register a model' }).click();
    await expect(
      page.getByRole('dialog', { name: 'Register a model' })
    ).toBeVisible();
  });

  test('server part missing: says so, and how to get it', async ({
    page,
    sandbox
  }) => {
    await openLab(page, sandbox.lab);
    await page.route(/\/sagemaker-governance\//, route =>
      route.fulfill({ status: 404, body: '<html>404 : Not Found</html>' })
    );
    await showPanel(page);
    await expect(alert(page)).toContainText('The server part is not running');
    await expect(alert(page)).toContainText('jupyter server extension list');
    await screenshot(page, 'panel-server-missing');
    await page.unroute(/\/sagemaker-governance\//);
    await alert(page).getByRole('button', { name: 'Try again' }).click();
    await expect(list(page)).toBeVisible();
  });

  for (const [api, words] of [
    [2, 'This page is older than the server extension'],
    [0, 'The server extension is older than this page']
  ] as const) {
    test(`contract ${api} of the server: a line says what to do`, async ({
      page,
      sandbox
    }) => {
      await openLab(page, sandbox.lab);
      await page.route(/\/sagemaker-governance\/config/, async route => {
        const answer = await route.fetch();
        const config = (await answer.json()) as object;
        await route.fulfill({
          response: answer,
          body: JSON.stringify({ ...config, api })
        });
      });
      await showPanel(page);
      await expect(notice(page, words)).toBeVisible();
      await expect(list(page)).toBeVisible();
    });
  }
});

test.describe('finding a group', () => {
  test.use({ together: true });

  test.beforeEach(async ({ page, sandbox }) => {
    await tidyPanel(page, sandbox.lab);
  });

  test('search finds names, use cases, owners and statuses', async ({
    page
  }) => {
    for (const [text, name] of [
      ['credit-risk-sc', OWN],
      ['CLM-022', CLAIMS],
      ['COLLECTIONS next', 'collections-next-best-action'],
      ['decommissioned', 'legacy-lapse-model'],
      ['no permission', 'motor-telematics']
    ]) {
      await search(page, text);
      await expect(row(page, name)).toBeVisible();
    }
    await search(page, 'no such thing anywhere');
    await expect(
      panel(page).getByRole('heading', { name: 'Nothing found' })
    ).toBeVisible();
    await panel(page).getByRole('button', { name: 'Show all groups' }).click();
    await expect(list(page)).toBeVisible();
  });

  test('another search, filter or order begins at the top', async ({
    page
  }) => {
    const top = list(page).locator('[aria-posinset="1"]');
    for (const change of [
      () => search(page, 'e'),
      () => filter(page, 'Needs attention').click(),
      async () => {
        await panel(page).getByRole('button', { name: 'Sort' }).click();
        await menuItem(page, 'By Last Change');
      }
    ]) {
      await list(page).focus();
      await page.keyboard.press('End');
      await expect(chosen(page)).toBeInViewport();
      await expect(top).not.toBeInViewport();
      await change();
      await expect(top).toBeInViewport({ ratio: 1 });
    }
  });

  test('filters tell how many they show', async ({ page }) => {
    for (const name of ['Mine', 'Needs attention', 'Waiting for me', 'All']) {
      const button = filter(page, name);
      await button.click();
      await expect(button).toHaveAttribute('aria-pressed', 'true');
      // Numbers change while statuses arrive: both must agree in the end.
      await expect(async () => {
        const count = Number(/\d+/.exec(await button.innerText())?.[0]);
        expect(count).toBeGreaterThan(0);
        await expect(panel(page).getByRole('option').first()).toHaveAttribute(
          'aria-setsize',
          String(count),
          { timeout: 1000 }
        );
      }).toPass({ timeout: 30_000 });
    }
    await filter(page, 'Waiting for me').click();
    await expect(panel(page).getByRole('option').first()).toContainText(
      'with you'
    );
  });

  test('order, filter and search come back after a reload', async ({
    page,
    sandbox
  }) => {
    await panel(page).getByRole('button', { name: 'Sort' }).click();
    await menuItem(page, 'Needs Attention First');
    await filter(page, 'Needs attention').click();
    await search(page, 'e');
    const first = panel(page).getByRole('option').first();
    await expect(first).toHaveAttribute('aria-posinset', '1');
    await expectSaved(page, PANEL_STATE, '"text":"e"');
    await expectSaved(page, PANEL_STATE, '"filter":"attention"');
    await expectSaved(page, PANEL_STATE, '"sort":"attention"');
    await expectSaved(page, LAYOUT, 'jp-sagemaker-governance');
    await page.goto(sandbox.lab);
    await expectRead(page);
    await expect(filter(page, 'Needs attention')).toHaveAttribute(
      'aria-pressed',
      'true'
    );
    await expect(panel(page).getByRole('searchbox')).toHaveValue('e');
    await panel(page).getByRole('button', { name: 'Sort' }).click();
    await expect(
      page.getByRole('menuitemcheckbox', { name: 'Needs Attention First' })
    ).toHaveAttribute('aria-checked', 'true');
  });

  test('the document of a group is open again after a reload', async ({
    page,
    sandbox
  }) => {
    await openGroup(page, OWN);
    await expectSaved(page, LAYOUT, `model-package-group/${OWN}`);
    await expectSaved(page, `${DOCUMENT}:${ARN}`, OWN);
    await page.goto(sandbox.lab);
    await expect(
      group(page, OWN).getByRole('heading', { name: OWN, level: 2 })
    ).toBeVisible();
    await expect(panel(page)).toBeVisible();
  });

  test('the context menu leads on, and copies the ARN', async ({
    page,
    context
  }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await search(page, OWN);
    await expect(panel(page).getByRole('option')).toHaveCount(1);
    await row(page, OWN).click({ button: 'right' });
    await expect(chosen(page)).toHaveAccessibleName(new RegExp(`^${OWN}`));
    await expect(page.getByRole('menu').getByRole('menuitem')).toHaveText([
      'Open',
      'Star',
      'Open Use Case',
      'Open Run in MLflow',
      'Link to Another Use Case…',
      'Move Workflow…',
      'Register Version…',
      'Request Approval…',
      'Approve or Reject…',
      'Copy ARN of Group',
      'Copy ARN of Latest Version'
    ]);
    await screenshot(page, 'panel-menu');
    await menuItem(page, 'Copy ARN of Group');
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toBe(ARN);
  });
});

test('a shared space: approvals are off, and it says why', async ({
  browser,
  sandbox
}) => {
  const shared = await sandbox.join('reader', { space: 'shared' });
  const page = await browser.newPage();
  try {
    await openPanel(page, shared.lab);
    const document = await openGroup(page, OWN);
    await expect(document.getByRole('row', { name: /^v12\b/ })).toBeVisible();
    await expect(document).toContainText('This is a shared space');
    for (const [item, button] of [
      ['Request Approval…', 'Request approval'],
      ['Approve or Reject…', 'Decide']
    ]) {
      await row(page, OWN).click({ button: 'right' });
      await menuItem(page, item);
      const dialog = page.getByRole('dialog');
      await expect(dialog).toContainText('This is a shared space');
      await expect(
        dialog.getByRole('button', { name: button, exact: true })
      ).toBeDisabled();
      await page.keyboard.press('Escape');
      await expect(dialog).toHaveCount(0);
    }
  } finally {
    await page.close();
    await shared.stop();
  }
});
