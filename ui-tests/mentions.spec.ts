/** Use cases that notebooks and files name: told of, and a link away. */
import type { Locator, Page } from '@playwright/test';
import { expect, openLab, screenshot, test } from './support';
import type { Sandbox } from './support';
import { violations } from './support/axe';
import {
  allowSeeded,
  closeAll,
  command,
  expectRead,
  showPanel,
  useTheme
} from './support/product';

const NOTEBOOK = 'retail-scorecard.ipynb';
const FILE = 'train.py';
const CODE = [
  '# CREDIT-001: scorecard',
  'tags = {"governance:use-case-id": "CLM-014"}',
  'other = "UTF-8 CREDIT-999 s3://models/CREDIT-001"'
].join('\n');
/** Where the console shows CREDIT-001. */
const TASK = /\/task-view\/15001$/;

const codeCell = (page: Page): Locator =>
  page.locator('.jp-NotebookPanel .jp-CodeCell .cm-content');
const marks = (within: Locator): Locator => within.locator('.jp-sg-mention');
const about = (page: Page): Locator =>
  page.getByRole('dialog', { name: /^CREDIT-001 / });
const consoleLink = (page: Page): Locator =>
  about(page).getByRole('link', { name: 'Open in the governance console' });
const rendered = (page: Page): Locator =>
  page.locator('.jp-NotebookPanel .jp-RenderedMarkdown');

/** Put a file into the lab's home. */
async function save(
  page: Page,
  sandbox: Sandbox,
  path: string,
  model: object
): Promise<void> {
  const base = sandbox.lab.replace(/\/lab$/, '');
  const cookies = await page.context().cookies();
  const token = cookies.find(({ name }) => name === '_xsrf')?.value ?? '';
  const answer = await page.request.put(`${base}/api/contents/${path}`, {
    data: model,
    headers: { 'X-XSRFToken': token }
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** Open a file from the lab's file browser. */
async function openFile(page: Page, name: string): Promise<void> {
  const entry = page
    .locator('.jp-DirListing-item')
    .filter({ has: page.getByText(name, { exact: true }) });
  await expect(async () => {
    if (!(await entry.count())) {
      await page
        .getByRole('button', { name: /^Refresh/ })
        .first()
        .click();
    }
    await entry.dblclick({ timeout: 5000 });
  }).toPass();
}

/** The address of the tab that something opens. */
async function opened(page: Page, act: () => Promise<void>): Promise<string> {
  const [tab] = await Promise.all([page.context().waitForEvent('page'), act()]);
  await tab.waitForURL(TASK);
  const url = tab.url();
  await tab.close();
  return url;
}

test.beforeEach(async ({ context, page, problems, sandbox }) => {
  allowSeeded(problems);
  // The console itself asks for a login.
  await context.route(TASK, route =>
    route.fulfill({ contentType: 'text/html', body: '<title>Task</title>' })
  );
  await openLab(page, sandbox.lab);
  await save(page, sandbox, NOTEBOOK, {
    type: 'notebook',
    format: 'json',
    content: {
      cells: [
        {
          cell_type: 'markdown',
          id: 'about',
          metadata: {},
          source: '# Scorecard\n\nBelongs to CREDIT-001, not to CREDIT-999.'
        },
        {
          cell_type: 'code',
          id: 'code',
          metadata: {},
          source: CODE,
          outputs: [],
          execution_count: null
        }
      ],
      metadata: {
        kernelspec: {
          name: 'data-science',
          display_name: 'Python 3 (data science)'
        }
      },
      nbformat: 4,
      nbformat_minor: 5
    }
  });
  await save(page, sandbox, FILE, {
    type: 'file',
    format: 'text',
    content: 'USE_CASE = "CREDIT-001"\n'
  });
});

test('a notebook: ids of known use cases, by mouse and by keyboard', async ({
  page,
  sandbox
}) => {
  const asked: string[] = [];
  page.on('request', request => {
    if (request.url().includes('/sagemaker-governance/')) {
      asked.push(request.url());
    }
  });
  await openFile(page, NOTEBOOK);
  await expect(codeCell(page)).toContainText('scorecard');
  await expect(rendered(page)).toContainText('Belongs to CREDIT-001');
  // Nobody is asked for the sake of a notebook.
  expect(asked).toEqual([]);
  await expect(marks(page.locator('.jp-NotebookPanel'))).toHaveCount(0);

  await showPanel(page);
  await expectRead(page);
  await expect(marks(codeCell(page))).toHaveText(['CREDIT-001', 'CLM-014']);
  expect(await codeCell(page).innerText()).toBe(CODE);

  await marks(codeCell(page)).first().hover();
  await expect(about(page)).toContainText(
    'Status at the last reading: Approved for Development'
  );
  await screenshot(page, 'mentions-notebook-light');
  expect(await violations(about(page))).toEqual([]);
  const url = await opened(page, () => consoleLink(page).click());
  expect(url.startsWith(sandbox.parts.openpages)).toBe(true);
  await page.mouse.move(0, 0);
  await expect(about(page)).toHaveCount(0);

  await opened(page, () =>
    marks(codeCell(page))
      .first()
      .click({ modifiers: ['Control'] })
  );
  await page.mouse.move(0, 0);
  await expect(about(page)).toHaveCount(0);

  await codeCell(page).focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Control+Alt+Shift+G');
  await expect(consoleLink(page)).toBeFocused();
  await opened(page, () => page.keyboard.press('Enter'));
  await page.keyboard.press('Escape');
  await expect(about(page)).toHaveCount(0);
  await expect(codeCell(page)).toBeFocused();
  // Keys go into the text again.
  await page.keyboard.type('x');
  await expect(codeCell(page)).toContainText('# xCREDIT-001: scorecard');
  await expect(marks(codeCell(page))).toHaveText(['CLM-014']);

  // Where the cursor is at none, it is said.
  await page.keyboard.press('Control+End');
  await command(page, 'Show Use Case at Cursor');
  await expect(page.getByText(/^No use case at the cursor/)).toBeVisible();
});

test('rendered Markdown: a link, also after the cell was edited', async ({
  page
}) => {
  await showPanel(page);
  await expectRead(page);
  await page.getByRole('tab', { name: /^File Browser/ }).click();
  await openFile(page, NOTEBOOK);
  const link = rendered(page).getByRole('link', { name: 'CREDIT-001' });
  await expect(link).toHaveAttribute('title', /Credit risk assessment/);
  await expect(marks(rendered(page))).toHaveText(['CREDIT-001']);
  await opened(page, () => link.click());
  await link.focus();
  await opened(page, () => page.keyboard.press('Enter'));

  await rendered(page).getByText('Belongs to').dblclick();
  await expect(rendered(page)).toBeHidden();
  await page.keyboard.press('Enter');
  await expect(page.locator('.jp-MarkdownCell .cm-content')).toBeFocused();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' See CLM-014.');
  await page.keyboard.press('Control+Enter');
  await expect(marks(rendered(page))).toHaveText(['CREDIT-001', 'CLM-014']);
  await useTheme(page, 'dark');
  await screenshot(page, 'mentions-notebook-dark');
  await useTheme(page, 'light');
});

test('a file, and the setting that switches it off', async ({ page }) => {
  await openFile(page, FILE);
  const text = page.locator('.jp-FileEditor .cm-content');
  await expect(text).toContainText('USE_CASE');
  await showPanel(page);
  await expectRead(page);
  await expect(marks(text)).toHaveText(['CREDIT-001']);

  await command(page, 'Settings Editor');
  await page
    .locator('.jp-PluginList')
    .getByRole('tab', { name: /Use Cases/ })
    .click();
  const box = page.getByRole('checkbox', {
    name: /Use cases in notebooks and files/
  });
  try {
    await box.setChecked(false);
    // The file is in the tab behind.
    await expect(marks(text)).toHaveCount(0);
  } finally {
    await box.setChecked(true);
  }
  await expect(marks(text)).toHaveText(['CREDIT-001']);
  await closeAll(page);
});
