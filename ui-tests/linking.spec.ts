/**
 * Linking a group to its use case and back, and moving workflows: nothing is
 * said to be so before OpenPages shows it, and nothing that was written is lost.
 */
import type { Locator, Page } from '@playwright/test';
import { expect, hold, screenshot, test } from './support';
import type { Sandbox } from './support';
import { violations } from './support/axe';
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
  search
} from './support/product';
import { readVersion } from './support/registry';

/** OpenPages has its object, no use case stands above it. */
const GROUP = 'marketing-propensity-cards';
/** OpenPages does not have it. */
const ABSENT = 'atm-cash-demand-forecast';
const USE_CASE = 'CHN-006 Attrition of current accounts';
/** The console lets this user read it, not associate it. */
const READ_ONLY = 'IFRS-009';
/** Below the entity of another registry. */
const ELSEWHERE = 'HR-001';
/** Its use case is in a workflow whose stage this user may end. */
const MOVABLE = 'collections-next-best-action';
/** Its use case is in no workflow. */
const STARTABLE = 'retail-loans-ksa-scoring';

const QUERY = /\/openpages\/wxgov\/api\/v2\/query/;
const ASSOCIATIONS = /\/openpages\/wxgov\/api\/v2\/contents\/\d+\/associations/;

const accept = (page: Page, name: string): Locator =>
  dialog(page).getByRole('button', { name, exact: true });
const useCases = (page: Page): Locator =>
  dialog(page).getByRole('listbox', { name: 'Use cases' });
const useCase = (page: Page, name: string): Locator =>
  useCases(page).getByRole('option', { name: new RegExp(`^${name}`) });
const writes = (page: Page): Locator =>
  dialog(page).getByRole('region', { name: 'What will be written' });
const badge = (place: Locator): Locator =>
  place.locator('.jp-sg-badge').first();

/** Ask OpenPages itself, as its administrator. */
async function console_(
  sandbox: Sandbox,
  path: string,
  body?: unknown
): Promise<Record<string, unknown>> {
  const answer = await fetch(`${sandbox.parts.openpages}/api/v2/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Basic ${btoa('svc-sagemaker-governance:sandbox-password')}`
    },
    body: body ? JSON.stringify(body) : undefined
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

/** Resource ID of the object of a group. */
async function objectOf(sandbox: Sandbox, name: string): Promise<string> {
  const { rows } = await console_(sandbox, 'query', {
    statement: `SELECT [AWSModelGroup].[Resource ID] FROM [AWSModelGroup] WHERE [AWSModelGroup].[Name] = '${name}'`,
    offset: 0,
    limit: 10
  });
  const [one, ...others] = rows as { fields: { value: string }[] }[];
  expect(others).toEqual([]);
  return one.fields[0].value;
}

/** Resource IDs above the object of a group, as OpenPages has them. */
async function parentsOf(sandbox: Sandbox, name: string): Promise<string[]> {
  const id = await objectOf(sandbox, name);
  const { associations } = await console_(
    sandbox,
    `contents/${id}/associations?association_type=parent`
  );
  return (associations as { id: string }[]).map(one => one.id);
}

/** Open a dialog from the menu of a row. */
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

/** Search a use case in the dialog and choose it. */
async function choose(page: Page, name: string): Promise<void> {
  await dialog(page)
    .getByRole('searchbox', { name: 'Search use cases' })
    .fill(name);
  await expect(useCases(page).getByRole('option')).toHaveCount(1);
  await useCase(page, name).click();
  await expect(useCase(page, name)).toHaveAttribute('aria-selected', 'true');
}

/** Press a key until something has the focus. */
async function pressUntilFocused(
  page: Page,
  key: string,
  target: Locator
): Promise<void> {
  const has = (): Promise<boolean> =>
    target.evaluate(element => element === document.activeElement);
  for (let i = 0; i < 30 && !(await has()); i++) {
    await page.keyboard.press(key);
  }
  await expect(target).toBeFocused();
}

/** Go to an entry of the open menu with the arrows, and take it. */
async function menuByKeys(page: Page, name: string): Promise<void> {
  const active = page.locator('.lm-Menu-item.lm-mod-active');
  await expect(page.getByRole('menu')).toBeVisible();
  await expect(async () => {
    await page.keyboard.press('ArrowDown');
    await expect(active).toContainText(name, { timeout: 300 });
  }).toPass();
  await page.keyboard.press('Enter');
}

test.beforeEach(async ({ page, problems, sandbox }) => {
  allowSeeded(problems);
  await openPanel(page, sandbox.lab);
});

test.afterEach(({ sandbox }) => sandbox.reset());

test('unlinked, linked, read back, taken back', async ({ page, sandbox }) => {
  const before = await parentsOf(sandbox, GROUP);
  const document = await openGroup(page, GROUP);
  await expect(badge(document)).toHaveText('Not linked');
  await document
    .getByRole('button', { name: 'Link to a use case…' })
    .first()
    .click();

  await test.step('what will be written is said before', async () => {
    await expect(accept(page, 'Link')).toBeDisabled();
    await choose(page, USE_CASE);
    await expect(writes(page)).toContainText(
      new RegExp(`Model group ${GROUP} \\(\\d+\\) gets the parent use case`)
    );
    await expect(writes(page)).toContainText(USE_CASE);
    await screenshot(page, 'linking-preview');
    expect(await violations(dialog(page))).toEqual([]);
    expect(await parentsOf(sandbox, GROUP)).toEqual(before);
  });

  const waiting = document.getByRole('region', {
    name: `Linked to ${USE_CASE}, waiting for synchronisation`
  });
  await test.step('it waits until OpenPages shows it', async () => {
    const release = await hold(page, QUERY);
    await accept(page, 'Link').click();
    await expect(dialog(page)).toHaveCount(0);
    await expect(waiting).toBeVisible();
    await expect(row(page, GROUP)).toContainText(
      'Linked · waiting for synchronisation'
    );
    await expect(badge(row(page, GROUP))).toHaveText('Not linked');
    expect(await parentsOf(sandbox, GROUP)).toHaveLength(before.length + 1);
    await screenshot(page, 'linking-waiting');
    expect(await violations(waiting)).toEqual([]);
    await release();
  });

  const confirmed = document.getByRole('region', {
    name: `Linked from here to ${USE_CASE}`
  });
  await test.step('and is confirmed by its reading', async () => {
    await expect(confirmed).toBeVisible();
    await expect(waiting).toHaveCount(0);
    await expect(badge(document)).toHaveText('Draft');
    await expect(badge(row(page, GROUP))).toHaveText('Draft');
    await expect(row(page, GROUP)).not.toContainText('waiting for sync');
    await screenshot(page, 'linking-confirmed');
  });

  await test.step('undoing waits for OpenPages as well', async () => {
    // The link stays in what queries show.
    await sandbox.openPages('sync-delay', { seconds: 3600 });
    await confirmed.getByRole('button', { name: 'Undo link…' }).click();
    await expect(
      dialog(page).getByRole('list', { name: 'Parts of the link' })
    ).toContainText('to be taken back');
    await accept(page, 'Undo link').click();
    await expect(dialog(page)).toHaveCount(0);
    expect(await parentsOf(sandbox, GROUP)).toEqual(before);
    await expect(
      document.getByRole('region', {
        name: `Link to ${USE_CASE} taken back, waiting for synchronisation`
      })
    ).toBeVisible();
    await expect(row(page, GROUP)).toContainText(
      'Unlinked · waiting for synchronisation'
    );
    await sandbox.openPages('sync-delay', { seconds: 0 });
    await panel(page).getByRole('button', { name: 'Refresh' }).click();
    await expect(badge(document)).toHaveText('Not linked');
    await expect(badge(row(page, GROUP))).toHaveText('Not linked');
    await expect(document.locator('.jp-sg-link-notice')).toHaveCount(0);
  });
});

test('by keyboard alone, and the focus returns', async ({ page, sandbox }) => {
  const before = await parentsOf(sandbox, GROUP);
  await search(page, GROUP);
  await expect(panel(page).getByRole('option')).toHaveCount(1);
  await list(page).focus();
  await page.keyboard.press('Home');
  await expect(chosen(page)).toHaveAccessibleName(new RegExp(`^${GROUP}`));
  await page.keyboard.press('Shift+F10');
  await menuByKeys(page, 'Link to Use Case…');
  const field = dialog(page).getByRole('searchbox');
  await expect(field).toBeFocused();
  await page.keyboard.type('attrition');
  await expect(useCases(page).getByRole('option')).toHaveCount(1);
  await page.keyboard.press('ArrowDown');
  await expect(useCases(page)).toBeFocused();
  await page.keyboard.press('Home');
  await expect(writes(page)).toContainText(USE_CASE);
  await pressUntilFocused(page, 'Tab', accept(page, 'Link'));
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toHaveCount(0);
  await expect(list(page)).toBeFocused();
  await expect(badge(row(page, GROUP))).toHaveText('Draft');

  await page.keyboard.press('Shift+F10');
  await menuByKeys(page, 'Undo Link…');
  await expect(accept(page, 'Undo link')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toHaveCount(0);
  await expect(badge(row(page, GROUP))).toHaveText('Not linked');
  expect(await parentsOf(sandbox, GROUP)).toEqual(before);
});

test('tag and model card are written where the admin wants it, and taken back', async ({
  page,
  sandbox
}) => {
  await page.route(/\/sagemaker-governance\/config/, async route => {
    const response = await route.fetch();
    const config = (await response.json()) as {
      connections: { kind: string; linking?: object }[];
    };
    for (const connection of config.connections) {
      if (connection.kind === 'openpages') {
        connection.linking = { tag: true, card: true };
      }
    }
    await route.fulfill({ response, json: config });
  });
  await openPanel(page, sandbox.lab);
  const card = async (): Promise<unknown> => {
    const { ModelCard } = await readVersion(sandbox, GROUP, 3);
    const { ModelCardContent } = (ModelCard ?? {}) as Record<string, string>;
    return JSON.parse(ModelCardContent ?? '{}') as unknown;
  };
  const before = await card();
  const document = await openGroup(page, GROUP);
  await openFromMenu(page, GROUP, 'Link to Use Case…');
  await choose(page, USE_CASE);
  await expect(
    dialog(page).getByRole('checkbox', { name: /^Tag on the model package/ })
  ).toBeChecked();
  await expect(
    dialog(page).getByRole('checkbox', { name: /^Model card of version 3/ })
  ).toBeChecked();
  await screenshot(page, 'linking-everything');
  await accept(page, 'Link').click();
  await expect(dialog(page)).toHaveCount(0);
  const confirmed = document.getByRole('region', {
    name: `Linked from here to ${USE_CASE}`
  });
  await expect(confirmed.getByRole('listitem')).toHaveText([
    /^Association in OpenPages: CHN-006 .* · written$/,
    /^Tag in SageMaker: governance:use-case-id = \d+ · written$/,
    /^Model card in SageMaker: v3 · UseCaseId = CHN-006 · written$/
  ]);
  expect(JSON.stringify(await card())).toContain('"UseCaseId":"CHN-006"');
  await confirmed.getByRole('button', { name: 'Undo link…' }).click();
  await accept(page, 'Undo link').click();
  await expect(dialog(page)).toHaveCount(0);
  expect(await card()).toEqual(before);
  await expect(badge(document)).toHaveText('Not linked');
});

test('a use case that may be read but not associated is refused by name', async ({
  page,
  sandbox
}) => {
  const written: string[] = [];
  page.on('request', request => {
    if (request.method() !== 'GET' && ASSOCIATIONS.test(request.url())) {
      written.push(request.url());
    }
  });
  const before = await parentsOf(sandbox, GROUP);
  await openFromMenu(page, GROUP, 'Link to Use Case…');
  await choose(page, READ_ONLY);
  await expect(
    dialog(page).getByText(
      /You may read IFRS-009 IFRS 9 .* not associate it with others\. Ask the owner/
    )
  ).toBeVisible();
  await expect(accept(page, 'Link')).toBeDisabled();
  await expect(writes(page)).toHaveCount(0);
  await screenshot(page, 'linking-denied');
  expect(await violations(dialog(page))).toEqual([]);
  // Another one may be taken at once.
  await choose(page, USE_CASE);
  await expect(accept(page, 'Link')).toBeEnabled();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  expect(written).toEqual([]);
  expect(await parentsOf(sandbox, GROUP)).toEqual(before);
});

test('use cases of other entities come last, with a warning', async ({
  page
}) => {
  await openFromMenu(page, GROUP, 'Link to Use Case…');
  const names = (): Promise<(string | null)[]> =>
    useCases(page)
      .getByRole('option')
      .evaluateAll(rows => rows.map(one => one.getAttribute('aria-label')));
  expect((await names()).join('\n')).not.toContain('not synchronised');
  await useCases(page).focus();
  await page.keyboard.press('End');
  await expect(useCases(page).getByRole('option').last()).toHaveAccessibleName(
    /, not synchronised,/
  );
  await choose(page, ELSEWHERE);
  await expect(
    dialog(page).getByText(/IBM never synchronises it/)
  ).toBeVisible();
});

test('a group that OpenPages does not have waits for its administrator', async ({
  page
}) => {
  await openFromMenu(page, ABSENT, 'Link to Use Case…');
  await expect(dialog(page)).toContainText(
    'The administrator of “watsonx.governance” runs “Synchronize existing model information”'
  );
  await expect(accept(page, 'Link')).toBeDisabled();
  await screenshot(page, 'linking-absent');
  const read = page.waitForRequest(QUERY);
  await dialog(page).getByRole('button', { name: 'Read again' }).click();
  await read;
  await expect(dialog(page)).toContainText(
    'OpenPages does not have this group yet'
  );
});

test('a double click opens one dialog', async ({ page }) => {
  const document = await openGroup(page, GROUP);
  await document
    .getByRole('button', { name: 'Link to a use case…' })
    .first()
    .dblclick();
  await expect(useCases(page)).toBeVisible();
  await expect(dialog(page)).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  // The next one would stand there by now: JupyterLab shows them in turn.
  await document.getByRole('heading', { level: 2 }).click();
  await expect(dialog(page)).toHaveCount(0);
});

test('a conflict writes nothing, and the next try goes through', async ({
  page,
  problems,
  sandbox
}) => {
  problems.allow(/status of 500 .*\/associations/);
  const before = await parentsOf(sandbox, GROUP);
  await openFromMenu(page, GROUP, 'Link to Use Case…');
  await choose(page, USE_CASE);
  // The product tries twice by itself.
  await sandbox.openPages('conflict', { times: 2 });
  await accept(page, 'Link').click();
  await expect(dialog(page).getByRole('alert')).toContainText(
    'Somebody else has changed it'
  );
  await expect(dialog(page).getByRole('alert')).toContainText(
    'This was not written'
  );
  expect(await parentsOf(sandbox, GROUP)).toEqual(before);
  await accept(page, 'Link').click();
  await expect(dialog(page)).toHaveCount(0);
  await expect(badge(row(page, GROUP))).toHaveText('Draft');
  expect(await parentsOf(sandbox, GROUP)).toHaveLength(before.length + 1);
});

test('a lost connection loses no link', async ({ page, problems, sandbox }) => {
  problems.allow(/ERR_FAILED.*\/associations/);
  const before = await parentsOf(sandbox, GROUP);
  await page.route(ASSOCIATIONS, async route => {
    if (route.request().method() === 'POST') {
      await route.abort();
    } else {
      await route.fallback();
    }
  });
  await openFromMenu(page, GROUP, 'Link to Use Case…');
  await choose(page, USE_CASE);
  await accept(page, 'Link').click();
  await expect(dialog(page).getByRole('alert')).toContainText(
    'It is not clear what was written'
  );
  await screenshot(page, 'linking-lost');
  expect(await violations(dialog(page))).toEqual([]);
  await page.unrouteAll();
  // Closed half-way: the row and the document know of it.
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  await expect(row(page, GROUP)).toContainText(
    'Link: not clear what was written'
  );
  const document = await openGroup(page, GROUP);
  await document.getByRole('button', { name: 'Try the rest again' }).click();
  await accept(page, 'Try the rest again').click();
  await expect(
    document.getByRole('region', { name: `Linked from here to ${USE_CASE}` })
  ).toBeVisible();
  expect(await parentsOf(sandbox, GROUP)).toHaveLength(before.length + 1);
});

test('a workflow is moved, and where it stands comes from OpenPages', async ({
  page
}) => {
  await search(page, MOVABLE);
  await expect(badge(row(page, MOVABLE))).toHaveText('Proposed');
  await openFromMenu(page, MOVABLE, 'Move Workflow…');
  await expect(dialog(page)).toContainText('Use Case Data Gathering');
  await expect(accept(page, 'Take action')).toBeDisabled();
  await dialog(page)
    .getByRole('radio', { name: 'Send for risk and applicability scoring' })
    .check();
  await screenshot(page, 'workflow-move');
  expect(await violations(dialog(page))).toEqual([]);
  const release = await hold(page, QUERY);
  await accept(page, 'Take action').click();
  await expect(dialog(page)).toHaveCount(0);
  await expect(row(page, MOVABLE)).toContainText(
    'Workflow moved · waiting for synchronisation'
  );
  await expect(badge(row(page, MOVABLE))).toHaveText('Proposed');
  await release();
  await expect(badge(row(page, MOVABLE))).toHaveText(
    'Risk and Applicability Scoping'
  );
  await expect(row(page, MOVABLE)).not.toContainText('waiting for sync');
});

test('a workflow is started on a use case that is in none', async ({
  page
}) => {
  await openFromMenu(page, STARTABLE, 'Move Workflow…');
  await expect(dialog(page)).toContainText('none is active');
  await dialog(page).getByRole('radio', { name: 'Use Case Request' }).check();
  await accept(page, 'Start workflow').click();
  await expect(dialog(page)).toHaveCount(0);
  const document = await openGroup(page, STARTABLE);
  await expect(document).toContainText('Use Case Data Gathering');
  await expect(group(page, STARTABLE)).not.toContainText('waiting for sync');
});
