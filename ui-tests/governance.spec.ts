/**
 * The status of the linked use case, from reading to losing sight of it. Every
 * test ends with a look at all rows: green is only what OpenPages says now.
 */
import type { Locator, Page, Request } from '@playwright/test';
import { expect, hold, screenshot, test } from './support';
import type { Sandbox } from './support';
import { approvedOf, expectGreen } from './support/green';
import {
  allowSeeded,
  group,
  openGroup,
  openPanel,
  panel,
  row,
  search,
  showPanel,
  tidyPanel
} from './support/product';

/** Groups that only these tests use. */
const ELSEWHERE = 'branch-rota-planning';
const CHILD = 'income-document-extraction';
const DISAGREED = 'credit-line-increase';
const UNKNOWN_WORD = 'deposit-price-elasticity';
const HIDDEN = 'motor-telematics';
const NO_STATUS = 'kyc-name-screening';
const NOT_LINKED = 'utilities-payment-default-5f3a9c21';
const APPROVED =
  'retail-unsecured-lending-affordability-and-indebtedness-score-v';
const TOKEN = 'POST /api/2.0/apikeys/token';
const QUERY = 'POST /opgrc/api/v2/query';
/** Statements of one reading, which go out together. */
const STATEMENTS = 3;

// All rows are drawn, so that all of them can be looked at.
test.use({ viewport: { width: 1400, height: 4600 } });

const notice = (page: Page): Locator => panel(page).locator('.jp-sg-notice');
const useCase = (document: Locator): Locator =>
  document.getByRole('region', { name: 'Use case' });
/** Why a status is not plainly known, and the way out. */
const why = (document: Locator): Locator =>
  useCase(document).locator('.jp-sg-doc-why');
const badge = (document: Locator): Locator =>
  document.locator('.jp-sg-doc-header .jp-sg-badge');
const warning = (document: Locator, text: string): Locator =>
  useCase(document).locator('.jp-sg-notice').filter({ hasText: text });

/**
 * Read everything again, and wait for the answers of OpenPages.
 *
 * @returns queries that the page has sent
 */
async function refresh(page: Page): Promise<number> {
  const open = new Set<Request>();
  let asked = 0;
  const begin = (request: Request): void => {
    if (/\/openpages\/wxgov\/api\/v2\/query/.test(request.url())) {
      open.add(request);
      asked += 1;
    }
  };
  const end = (request: Request): void => void open.delete(request);
  page.on('request', begin);
  page.on('requestfinished', end);
  page.on('requestfailed', end);
  // A click joins a reading that is under way in the background.
  await expect(async () => {
    await panel(page).getByRole('button', { name: 'Refresh' }).click();
    await expect
      .poll(() => asked, { timeout: 5000 })
      .toBeGreaterThanOrEqual(STATEMENTS);
  }).toPass();
  await expect.poll(() => open.size).toBe(0);
  page.off('request', begin);
  page.off('requestfinished', end);
  page.off('requestfailed', end);
  return asked;
}

/** Calls of OpenPages since the counts were cleared. */
async function calls(sandbox: Sandbox, operation: string): Promise<number> {
  return (await sandbox.counts()).openpages[operation] ?? 0;
}

let approved: string[] = [];

test.beforeAll(async ({ sandbox }) => {
  approved = await approvedOf(sandbox);
  expect(approved).toContain(APPROVED);
});

test.beforeEach(({ problems }) => {
  allowSeeded(problems);
});

test.describe('what the console says', () => {
  test.use({ together: true });

  test.beforeEach(async ({ page, sandbox }) => {
    await tidyPanel(page, sandbox.lab);
  });

  test.afterEach(async ({ page }) => {
    await expectGreen(page, approved);
  });

  test('a use case of another business entity: said in the row and the document', async ({
    page
  }) => {
    const document = await openGroup(page, ELSEWHERE);
    await expect(row(page, ELSEWHERE)).toHaveAccessibleName(
      /outside its business entity/
    );
    const note = warning(document, 'is never synchronised with Own account');
    await expect(note).toContainText('here “SageMaker prod” (11001)');
    await expect(note).toContainText('This one is below “Group Functions”');
    await screenshot(page, 'governance-entity');
  });

  test('a use case below a child of the entity is outside of it too', async ({
    page
  }) => {
    // IBM synchronises what is directly below the root entity only.
    const document = await openGroup(page, CHILD);
    await expect(
      warning(document, 'This one is below “SageMaker prod pilots”')
    ).toBeVisible();
    const inside = await openGroup(page, UNKNOWN_WORD);
    await expect(useCase(inside)).toContainText('SageMaker prod');
    await expect(warning(inside, 'never synchronised')).toHaveCount(0);
    await expect(row(page, UNKNOWN_WORD)).not.toHaveAccessibleName(
      /business entity/
    );
  });

  test('sources that disagree: each with its word, OpenPages counts', async ({
    page
  }) => {
    const document = await openGroup(page, DISAGREED);
    await expect(row(page, DISAGREED)).toHaveAccessibleName(
      /status Approved with conditions,.*sources disagree/
    );
    const note = warning(document, 'The sources name different use cases.');
    await expect(note).toContainText(
      'OpenPages counts. To be corrected: Model card.'
    );
    const sources = useCase(document)
      .getByRole('list', { name: 'Sources' })
      .getByRole('listitem');
    await expect(sources.nth(0)).toContainText(
      'watsonx.governance says CRD-044: Approved with conditions'
    );
    await expect(sources.nth(1)).toContainText('Model card says CREDIT-001');
    await expect(sources.nth(2)).toContainText('Tag says CRD-044');
    await expect(sources.filter({ hasText: 'names another' })).toHaveCount(1);
    // An approval with a condition is none, nor is that of the other use case.
    await expect(badge(document).first()).toHaveAttribute(
      'data-status',
      'pending'
    );
    await screenshot(page, 'governance-disagreement');
  });

  for (const [name, word] of [
    [UNKNOWN_WORD, 'Parked until Q3 committee'],
    ['retail-loans-ksa-scoring', 'In pre-assessment']
  ]) {
    test(`a word nobody foresaw is neutral and verbatim: ${word}`, async ({
      page
    }) => {
      const document = await openGroup(page, name);
      const shown = row(page, name).locator('.jp-sg-badge');
      await expect(shown).toHaveText(word);
      await expect(shown).toHaveAttribute('data-status', 'other');
      await expect(badge(document).first()).toHaveText(word);
      await expect(badge(document).first()).toHaveAttribute(
        'data-status',
        'other'
      );
      // No failure: nothing has to be explained.
      await expect(why(document)).toHaveCount(0);
    });
  }

  test('a use case that is hidden from us: said, nothing of it told, whom to ask', async ({
    page,
    context
  }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const document = await openGroup(page, HIDDEN);
    await expect(row(page, HIDDEN)).toContainText('No permission');
    await expect(row(page, HIDDEN)).toContainText(
      'A use case that you may not see'
    );
    await expect(why(document)).toContainText(
      'OpenPages links this group to a use case that you may not see.'
    );
    await expect(document).not.toContainText('MOT-011');
    await why(document).getByRole('button', { name: 'Copy request' }).click();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toMatch(
        /right to read the use case.*in watsonx\.governance\.\n.*model-package-group\/motor-telematics/
      );
    // One use case: the console itself is well.
    await expect(notice(page)).toHaveCount(0);
    await screenshot(page, 'governance-hidden');
  });
});

test('five states: five texts, five ways out', async ({
  page,
  problems,
  sandbox
}) => {
  problems.allow(/status of 502 .*\/openpages\//);
  const texts: string[] = [];
  const told = async (
    name: string,
    label: string | RegExp,
    text: RegExp,
    action: string
  ): Promise<Locator> => {
    const document = await openGroup(page, name);
    await expect(badge(document).first()).toHaveText(label);
    await expect(why(document)).toContainText(text);
    await expect(
      why(document).getByRole('button', { name: action })
    ).toBeVisible();
    texts.push(await why(document).innerText());
    return document;
  };
  await openPanel(page, sandbox.lab);
  await told(
    NOT_LINKED,
    'Not linked',
    /No source links this group to a use case/,
    'Link to a use case…'
  );
  await told(
    NO_STATUS,
    'No status',
    /The use case has no status in OpenPages/,
    'Start its workflow…'
  );
  await told(
    HIDDEN,
    'No permission',
    /a use case that you may not see/,
    'Copy request'
  );
  await expectGreen(page, approved);

  await sandbox.fault('openpages-down');
  await refresh(page);
  await told(
    NOT_LINKED,
    'Could not read',
    /No connection: Connection “wxgov” could not be reached/,
    'Refresh'
  );
  const stale = await told(
    APPROVED,
    'Approved for Development',
    /The last reading failed/,
    'Refresh'
  );
  await expect(badge(stale).first()).toHaveClass(/jp-sg-mod-stale/);
  await screenshot(page, 'governance-stale');
  await expectGreen(page, []);
  expect(new Set(texts).size).toBe(5);

  await sandbox.clear();
  await why(stale).getByRole('button', { name: 'Refresh' }).click();
  await expect(why(stale)).toHaveCount(0);
  await expect(notice(page)).toHaveCount(0);
  await expectGreen(page, approved);
});

test('an hour in front of the screen: what was green is asked for again', async ({
  page,
  sandbox
}) => {
  await page.clock.install();
  await openPanel(page, sandbox.lab);
  await expectGreen(page, approved);
  const document = await openGroup(page, APPROVED);
  await expect(badge(document).first()).not.toHaveClass(/jp-sg-mod-stale/);
  const release = await hold(page, /\/sagemaker-governance\/openpages\//);
  await page.clock.fastForward('01:01:00');
  await expect(badge(document).first()).toHaveClass(/jp-sg-mod-stale/);
  await expectGreen(page, []);
  await expect(row(page, APPROVED)).toHaveAccessibleName(/out of date/);
  // Bad news does not expire.
  await expect(
    row(page, 'legacy-lapse-model').locator('.jp-sg-badge')
  ).toHaveAttribute('data-status', 'retired');
  await release();
  await expectGreen(page, approved);
  await expect(badge(document).first()).not.toHaveClass(/jp-sg-mod-stale/);
});

test.describe('tokens that expire', () => {
  test.afterEach(async ({ page, sandbox }) => {
    await sandbox.openPages('token-life', { seconds: 3600 });
    await expect(notice(page)).toHaveCount(0);
    await expect(panel(page).getByRole('alert')).toHaveCount(0);
    await expectGreen(page, approved);
  });

  test('between two readings: one renewal, and nobody notices', async ({
    page,
    sandbox
  }) => {
    await openPanel(page, sandbox.lab);
    const document = await openGroup(page, UNKNOWN_WORD);
    await expectGreen(page, approved);
    await sandbox.openPages('expire');
    await sandbox.clearCounts();
    await refresh(page);
    expect(await calls(sandbox, TOKEN)).toBe(1);
    await expect(why(document)).toHaveCount(0);
    // The new one is kept.
    await refresh(page);
    expect(await calls(sandbox, TOKEN)).toBe(1);
  });

  test('in the middle of a reading: what was refused is asked again, once', async ({
    page,
    sandbox
  }) => {
    await openPanel(page, sandbox.lab);
    await expectGreen(page, approved);
    await sandbox.clearCounts();
    await sandbox.openPages('expire', { after: 1 });
    const asked = await refresh(page);
    expect(await calls(sandbox, TOKEN)).toBe(1);
    // Those that came after the end went twice, none three times.
    const sent = await calls(sandbox, QUERY);
    expect(sent).toBeGreaterThan(asked);
    expect(sent).toBeLessThanOrEqual(2 * asked);
  });

  test('that live for a moment only: each reading gets through', async ({
    page,
    sandbox
  }) => {
    await sandbox.openPages('token-life', { seconds: 2 });
    await sandbox.openPages('expire');
    await openPanel(page, sandbox.lab);
    for (let i = 0; i < 3; i++) {
      await refresh(page);
      await expect(notice(page)).toHaveCount(0);
    }
  });
});

for (const [fault, title, told] of [
  [
    'openpages-login-page',
    'A login page came back',
    'OpenPages answered with its login page (HTTP 200)'
  ],
  [
    'openpages-redirect',
    'A login page came back',
    'OpenPages sends to logon.jsp (HTTP 302)'
  ],
  [
    'openpages-proxy-page',
    'An unexpected page came back',
    'a page "Web filter: category blocked", not JSON (HTTP 200)'
  ]
]) {
  test(`${fault}: recognised, named, and nothing is green`, async ({
    page,
    problems,
    sandbox
  }) => {
    problems.allow(/status of 502 .*\/openpages\//);
    // Tokens come from another host in the world outside.
    await sandbox.fault(fault, { operation: '* /opgrc/*' });
    await openPanel(page, sandbox.lab);
    await expect(notice(page)).toHaveCount(1);
    await expect(notice(page)).toContainText(`watsonx.governance: ${title}`);
    await expect(notice(page).locator('[title]').first()).toHaveAttribute(
      'title',
      new RegExp(told.replace(/[()]/g, '\\$&'))
    );
    const document = await openGroup(page, APPROVED);
    await expect(why(document)).toContainText(told);
    await expect(why(document)).toContainText('url of connection wxgov');
    // Its card has the key, its tag the Resource ID: nobody can compare them.
    await expect(warning(document, 'different use cases')).toHaveCount(0);
    await expectGreen(page, []);
    await screenshot(page, `governance-${fault}`);
    await sandbox.clear();
    await why(document).getByRole('button', { name: 'Refresh' }).click();
    await expect(notice(page)).toHaveCount(0);
    await expect(why(document)).toHaveCount(0);
    await expectGreen(page, approved);
  });
}

test('while OpenPages is still asked nothing is green', async ({
  page,
  sandbox
}) => {
  await page.goto(`${sandbox.lab}?reset`);
  const release = await hold(page, /\/sagemaker-governance\/openpages\//);
  await showPanel(page);
  await search(page, APPROVED);
  await expect(row(page, APPROVED)).toContainText('Reading…');
  await expectGreen(page, []);
  await release();
  await expectGreen(page, approved);
  await expect(group(page, APPROVED)).toHaveCount(0);
});
