/**
 * The dialogs by keyboard alone, and what they do when somebody may not, or
 * when somebody else was first. Nothing typed is lost.
 */
import type { Locator, Page } from '@playwright/test';
import { expect, screenshot, test } from './support';
import {
  allowSeeded,
  chosen,
  dialog,
  group,
  list,
  menuItem,
  openGroup,
  openPanel,
  panel,
  row,
  search,
  tidyPanel,
  typeAhead
} from './support/product';
import { readVersion, updateVersion, versionArn } from './support/registry';

const GROUP = 'credit-risk-scoring';
const REASON = 'Recalibrated on the last quarter; stable.';

const reason = (page: Page): Locator => dialog(page).getByLabel(/^Reason/);
const accept = (page: Page, name: string): Locator =>
  dialog(page).getByRole('button', { name, exact: true });

/** Open a dialog from a row's menu, as with the mouse. */
async function openFromMenu(
  page: Page,
  name: string,
  item: string
): Promise<void> {
  await search(page, name);
  await expect(panel(page).getByRole('option')).toHaveCount(1);
  await row(page, name).click({ button: 'right' });
  await menuItem(page, item);
  await expect(dialog(page).locator('.jp-sg-form-fields')).toBeVisible();
}

/** Press a key until something has the focus. */
async function pressUntilFocused(
  page: Page,
  key: string,
  target: Locator
): Promise<void> {
  const has = (): Promise<boolean> =>
    target.evaluate(element => element === document.activeElement);
  for (let i = 0; i < 60 && !(await has()); i++) {
    await page.keyboard.press(key);
  }
  await expect(target).toBeFocused();
}

/** Choose an entry of the open menu by its first letters and arrows. */
async function chooseByKeys(page: Page, name: string): Promise<void> {
  const active = page.locator('.lm-Menu-item.lm-mod-active');
  const current = async (): Promise<string> =>
    (await active.count()) ? await active.innerText() : '';
  await expect(page.getByRole('menu')).toBeVisible();
  for (let i = 0; i < 20; i++) {
    const before = await current();
    await page.keyboard.press('ArrowDown');
    // The menu is drawn a little after the key.
    await expect.poll(current).not.toBe(before);
    if ((await current()).startsWith(name)) {
      await page.keyboard.press('Enter');
      return;
    }
  }
  throw new Error(`No entry "${name}" in the menu`);
}

test.beforeEach(({ problems }) => {
  allowSeeded(problems);
});

test.describe('keyboard alone', () => {
  test.use({ together: true });

  test.beforeEach(async ({ page, sandbox }) => {
    await tidyPanel(page, sandbox.lab);
  });

  test('the list: arrows, ends, letters, Enter; one tab stop', async ({
    page
  }) => {
    await panel(page).getByRole('searchbox').focus();
    for (const name of [
      'All',
      'Mine',
      'Starred',
      'Needs attention',
      'Waiting for me'
    ]) {
      await page.keyboard.press('Tab');
      await expect(
        panel(page).getByRole('button', { name: new RegExp(`^${name} \\d`) })
      ).toBeFocused();
    }
    await page.keyboard.press('Tab');
    await expect(list(page)).toBeFocused();
    await expect(chosen(page)).toHaveAttribute('aria-posinset', '1');
    await page.keyboard.press('End');
    const size = await chosen(page).getAttribute('aria-setsize');
    await expect(chosen(page)).toHaveAttribute('aria-posinset', size ?? '');
    await expect(chosen(page)).toBeInViewport({ ratio: 1 });
    await page.keyboard.press('ArrowUp');
    await expect(chosen(page)).toHaveAttribute(
      'aria-posinset',
      String(Number(size) - 1)
    );
    await page.keyboard.press('Home');
    await expect(chosen(page)).toHaveAttribute('aria-posinset', '1');
    await page.keyboard.press('PageDown');
    await expect(chosen(page)).not.toHaveAttribute('aria-posinset', '1');
    await typeAhead(page, 'mortgage-pri');
    // What a screen reader is told to read.
    await expect(list(page)).toHaveAttribute(
      'aria-activedescendant',
      (await chosen(page).getAttribute('id')) ?? 'no id'
    );
    await page.keyboard.press('Enter');
    await expect(
      group(page, 'mortgage-pricing').getByRole('heading', { level: 2 })
    ).toBeVisible();
  });

  test('Escape in the search empties it; the menus close where they opened', async ({
    page
  }) => {
    await panel(page).getByRole('searchbox').focus();
    await page.keyboard.type('motor-t');
    await expect(panel(page).getByRole('option')).toHaveCount(1);
    await page.keyboard.press('Escape');
    await expect(panel(page).getByRole('searchbox')).toHaveValue('');
    const sort = panel(page).getByRole('button', { name: 'Sort' });
    await sort.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menu')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menu')).toHaveCount(0);
    await expect(sort).toBeFocused();
    await list(page).focus();
    await page.keyboard.press('Shift+F10');
    await expect(page.getByRole('menu')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(list(page)).toBeFocused();
  });

  test('a model in S3 is registered from the row to the message', async ({
    page,
    sandbox
  }) => {
    await list(page).focus();
    await typeAhead(page, 'mortgage-pri');
    await page.keyboard.press('Shift+F10');
    await chooseByKeys(page, 'Register Version');
    await expect(dialog(page)).toBeVisible();
    const s3 = dialog(page).getByRole('radio', { name: 'S3 address' });
    await expect(s3).toBeVisible();
    await pressUntilFocused(
      page,
      'Tab',
      dialog(page).getByRole('radio', { name: 'MLflow run' })
    );
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect(s3).toBeChecked();
    await page.keyboard.press('Tab');
    await expect(dialog(page).getByLabel(/^S3 address of the/)).toBeFocused();
    await page.keyboard.type('s3://models/mortgage/model.tar.gz');
    await pressUntilFocused(
      page,
      'Tab',
      dialog(page).getByLabel(/^Description/)
    );
    await page.keyboard.type('Registered without a mouse');
    await pressUntilFocused(page, 'Tab', accept(page, 'Register'));
    await page.keyboard.press('Enter');
    await expect(dialog(page)).toHaveCount(0);
    await expect(
      page.getByText('mortgage-pricing v6 is registered.')
    ).toBeVisible();
    await expect(list(page)).toBeFocused();
    const made = await readVersion(sandbox, 'mortgage-pricing', 6);
    expect(made.ModelApprovalStatus).toBe('PendingManualApproval');
    expect(made.ModelPackageDescription).toBe('Registered without a mouse');
  });

  test('Escape keeps what was typed, offers it again; the focus returns', async ({
    page,
    sandbox
  }) => {
    const name = 'current-account-attrition';
    const open = async (): Promise<void> => {
      await page.keyboard.press('Shift+F10');
      await chooseByKeys(page, 'Request Approval');
      await expect(reason(page)).toBeFocused();
    };
    await search(page, name);
    await expect(panel(page).getByRole('option')).toHaveCount(1);
    await list(page).focus();
    await open();
    await page.keyboard.type(REASON);
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toHaveCount(0);
    await expect(list(page)).toBeFocused();
    await open();
    await expect(reason(page)).toHaveValue(REASON);
    await expect(dialog(page)).toContainText(/What you typed at .* is back/);
    await screenshot(page, 'dialog-draft');
    // Tab stays inside.
    for (let i = 0; i < 25; i++) {
      await page.keyboard.press('Tab');
      expect(
        await dialog(page).evaluate(node =>
          node.contains(document.activeElement)
        )
      ).toBe(true);
    }
    await reason(page).focus();
    await page.keyboard.press('Control+Enter');
    await expect(dialog(page)).toHaveCount(0);
    await expect(list(page)).toBeFocused();
    const now = await readVersion(sandbox, name, 1);
    expect(now.ApprovalDescription).toBe(REASON);
  });

  test('a reason that is too long: said, with the limit, before sending', async ({
    page
  }) => {
    await openFromMenu(page, GROUP, 'Request Approval…');
    await reason(page).fill('x'.repeat(1030));
    await expect(dialog(page).getByRole('alert')).toContainText('1,024');
    await expect(accept(page, 'Request approval')).toBeDisabled();
    await reason(page).fill('');
    await expect(dialog(page)).toContainText('A reason is needed.');
  });
});

test.describe('refused', () => {
  test.afterAll(async ({ sandbox }) => {
    // Other tests start this persona's lab in their own way.
    await (await sandbox.join('reader')).stop();
  });

  for (const [item, button] of [
    ['Request Approval…', 'Request approval'],
    ['Approve or Reject…', 'Reject']
  ]) {
    test(`a reader: ${item} is denied by AWS, named, nothing lost`, async ({
      page,
      problems,
      sandbox
    }) => {
      problems.allow(/status of 400 .*\/aws\/own\/sagemaker/);
      const before = await readVersion(sandbox, GROUP, 12);
      const reader = await sandbox.join('reader');
      await openPanel(page, reader.lab);
      await openFromMenu(page, GROUP, item);
      if (button === 'Reject') {
        await dialog(page).getByRole('radio', { name: 'Reject' }).check();
      }
      await reason(page).fill(REASON);
      await accept(page, button).click();
      const alert = dialog(page).getByRole('alert');
      await expect(alert).toContainText('sagemaker:UpdateModelPackage');
      await expect(alert).toContainText('SageMakerGovernanceReader');
      await expect(alert).toBeInViewport({ ratio: 1 });
      await expect(reason(page)).toHaveValue(REASON);
      await screenshot(page, `dialog-denied-${button.split(' ')[0]}`);
      await page.keyboard.press('Escape');
      await expect(dialog(page)).toHaveCount(0);
      const after = await readVersion(sandbox, GROUP, 12);
      expect(after.ApprovalDescription).toBe(before.ApprovalDescription);
      expect(after.LastModifiedTime).toEqual(before.LastModifiedTime);
    });
  }
});

test('who registered a version does not decide on it', async ({
  page,
  sandbox
}) => {
  const approver = await sandbox.join('approver');
  await openPanel(page, approver.lab);
  await openFromMenu(page, 'sme-working-capital-scoring', 'Approve or Reject…');
  await expect(dialog(page)).toContainText('You registered this version');
  await expect(
    dialog(page).getByRole('radio', { name: 'Approve' })
  ).toBeDisabled();
  await expect(accept(page, 'Decide')).toBeDisabled();
  await page.keyboard.press('Escape');
  // Nor does the document offer it.
  const document = await openGroup(page, 'sme-working-capital-scoring');
  await expect(document.getByRole('row', { name: /^v4\b/ })).toBeVisible();
  await expect(document.getByRole('button', { name: 'Approve…' })).toHaveCount(
    0
  );
});

test('somebody else was first: nothing is overwritten, the text stays', async ({
  page,
  sandbox
}) => {
  const name = 'ifrs9-lgd-mortgage';
  await openPanel(page, sandbox.lab);
  await openFromMenu(page, name, 'Request Approval…');
  await reason(page).fill(REASON);
  await updateVersion(sandbox, 'approver', {
    ModelPackageArn: versionArn(name, 4),
    ModelApprovalStatus: 'Rejected',
    ApprovalDescription: 'Cure rates are too optimistic.'
  });
  await accept(page, 'Request approval').click();
  const alert = dialog(page).getByRole('alert');
  await expect(alert).toContainText('Somebody else was here first');
  await expect(alert).toContainText('Cure rates are too optimistic.');
  await expect(alert).toContainText('Nothing was written');
  await expect(reason(page)).toHaveValue(REASON);
  await screenshot(page, 'dialog-conflict');
  expect((await readVersion(sandbox, name, 4)).ModelApprovalStatus).toBe(
    'Rejected'
  );
  // Read again meanwhile: sending once more is now a knowing decision.
  await accept(page, 'Request approval').click();
  await expect(dialog(page)).toHaveCount(0);
  const after = await readVersion(sandbox, name, 4);
  expect(after.ModelApprovalStatus).toBe('PendingManualApproval');
  expect(after.ApprovalDescription).toBe(REASON);
});
