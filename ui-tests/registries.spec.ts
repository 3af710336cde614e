/** Ten registries, each of which fails alone. They have a sandbox of their own. */
import type { Locator, Page } from '@playwright/test';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, Sandbox, screenshot, test } from './support';
import { approvedOf, expectGreen } from './support/green';
import { root, startSandbox } from './support/process';
import {
  allowSeeded,
  list,
  openGroup,
  openPanel,
  panel,
  row,
  search
} from './support/product';

const folder = join(root, '.run/ui-ten');
const DOWN = 'registry-motor';
const THROTTLED = 'registry-savings';
/** Shared with the own account, and reached by the role of `cards` too. */
const TWO_WAYS = 'card-portfolio-benchmark';

// All rows are drawn, so that all of them can be looked at.
test.use({ viewport: { width: 1400, height: 14_000 } });

const notice = (page: Page): Locator => panel(page).locator('.jp-sg-notice');
const line = (page: Page, name: string): Locator =>
  notice(page).filter({ hasText: name });
/** Rows that name a registry or an account. */
const rowsOf = (page: Page, name: string): Locator =>
  list(page).getByRole('option', { name: new RegExp(`\\b${name}\\b`) });
const retry = (page: Page, name: string): Promise<void> =>
  line(page, name).getByRole('button', { name: 'Retry' }).click();

let stop = (): Promise<void> => Promise.resolve();
let lab = '';
let ten: Sandbox;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  rmSync(folder, { recursive: true, force: true });
  ({ lab, stop } = await startSandbox(['--registries', '10'], folder));
  ten = new Sandbox(folder);
});

test.afterEach(() => ten.clear());

test.afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

test('one down, one throttled: both named with a way out, the others’ rows there', async ({
  page,
  problems
}) => {
  allowSeeded(problems);
  problems.allow(/status of (400|502) .*\/aws\/(motor|savings)\//);
  await ten.fault('registry-down', { upstream: 'aws-motor' });
  await ten.fault('throttle', { upstream: 'aws-savings' });
  const { own, motor, savings, ...others } = ten.parts.accounts;
  await openPanel(page, lab);
  await expect(line(page, DOWN)).toContainText('No connection');
  await expect(line(page, THROTTLED)).toContainText('AWS asks to slow down');
  await expect(notice(page)).toHaveCount(2);
  await expect(row(page, 'credit-risk-scoring')).toBeVisible();
  expect(own).toBe('111122223333');
  for (const account of Object.values(others)) {
    await expect(rowsOf(page, `account ${account}`).first()).toBeVisible();
  }
  for (const account of [motor, savings]) {
    await expect(rowsOf(page, `account ${account}`)).toHaveCount(0);
  }
  await screenshot(page, 'registries-ten');

  await test.step('a group that is seen by two ways is there once', async () => {
    await search(page, TWO_WAYS);
    await expect(list(page).getByRole('option')).toHaveCount(1);
    await expect(row(page, TWO_WAYS)).toHaveAccessibleName(
      new RegExp(
        `registry-cards, account ${others.cards}, also shared by account ${others.cards} with Own account`
      )
    );
    const document = await openGroup(page, TWO_WAYS);
    const ways = document
      .getByRole('region', { name: 'Ways to this group' })
      .getByRole('listitem');
    await expect(ways).toHaveText([
      /^registry-cards: account 555566667777 by role .* · used here$/,
      'shared by account 555566667777 with Own account, without its tags'
    ]);
    await search(page, '');
  });

  await test.step('each comes back alone', async () => {
    await ten.clear('registry-down');
    await retry(page, DOWN);
    await expect(line(page, DOWN)).toHaveCount(0);
    await expect(line(page, THROTTLED)).toBeVisible();
    await expect(rowsOf(page, `account ${motor}`).first()).toBeVisible();
    await ten.clear();
    await retry(page, THROTTLED);
    await expect(notice(page)).toHaveCount(0);
    await expect(rowsOf(page, `account ${savings}`).first()).toBeVisible();
  });
  await expectGreen(page, await approvedOf(ten));
});

test('the way of a group that fails: the other one takes its place', async ({
  page,
  problems
}) => {
  allowSeeded(problems);
  problems.allow(/status of 502 .*\/aws\/cards\//);
  await ten.fault('registry-down', { upstream: 'aws-cards' });
  await openPanel(page, lab);
  await expect(line(page, 'registry-cards')).toContainText('No connection');
  await search(page, TWO_WAYS);
  await expect(list(page).getByRole('option')).toHaveCount(1);
  const { cards } = ten.parts.accounts;
  await expect(row(page, TWO_WAYS)).toHaveAccessibleName(
    new RegExp(`${cards}`)
  );
  await ten.clear();
  await retry(page, 'registry-cards');
  await expect(notice(page)).toHaveCount(0);
  await expect(list(page).getByRole('option')).toHaveCount(1);
  await expect(row(page, TWO_WAYS)).toHaveAccessibleName(/registry-cards/);
});
