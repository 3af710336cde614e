/**
 * What an administrator does once: find out what a governance console calls
 * things, and say what its status words mean.
 */
import type { Locator, Page } from '@playwright/test';
import { spawnSync } from 'node:child_process';
import { expect, hold, openLab, screenshot, test, THEMES } from './support';
import type { Sandbox } from './support';
import { violations } from './support/axe';
import { root } from './support/process';
import {
  allowSeeded,
  command,
  dialog,
  openGroup,
  openPanel,
  row,
  search,
  showPanel,
  useTheme
} from './support/product';

/** A group whose status no line of the default vocabulary knows. */
const UNKNOWN_WORD = 'deposit-price-elasticity';
const WORD = 'Parked until Q3 committee';

const PLUGIN = 'jupyterlab-sagemaker-governance:governance';

/** What the sandbox's console calls things. */
const TYPES = {
  useCase: 'Register',
  entity: 'SOXBusEntity',
  modelGroup: 'AWSModelGroup',
  model: 'Model'
};
const FIELDS = {
  status: 'MRG-AIFacts-ModelUseCase:Status',
  riskLevel: 'MRG-AIFacts-ModelUseCase:Risk Level',
  owner: 'MRG-ModelUseCase:Owner',
  groupArn: 'AWS-ModelGroup:SageMaker ARN'
};
const LABELS = {
  useCase: 'Use case',
  entity: 'Business entity',
  modelGroup: 'Model group',
  model: 'Model',
  status: 'Status of the use case',
  riskLevel: 'Risk level',
  owner: 'Owner',
  groupArn: 'ARN of the SageMaker group'
};
const TASK_VIEW = 'https://grc.example.com/opgrc/task-view/{id}';

const setup = (page: Page): Locator =>
  page.getByRole('region', { name: /^Set up the governance connection/ });

const vocabulary = (page: Page): Locator =>
  page.getByRole('region', { name: 'What status words mean' });

const select = (view: Locator, name: string): Locator =>
  view.getByRole('combobox', { name, exact: true });

/** Control of a line of the vocabulary. */
const field = (view: Locator, name: string): Locator =>
  view.getByLabel(name, { exact: true });

/** Button of a section, by its accessible name. */
const button = (view: Locator, name: string): Locator =>
  view.getByRole('button', { name, exact: true });

/** Word of the preview with what it means. */
const word = (page: Page, text: string): Locator =>
  vocabulary(page)
    .getByRole('list', { name: /^Words that/ })
    .getByRole('listitem')
    .filter({ hasText: text });

/** Badge of a group's row in the panel. */
const badge = (page: Page, name: string): Locator =>
  row(page, name).locator('.jp-sg-badge');

/** Tell the page a configuration whose console nobody has mapped yet. */
async function unmapped(page: Page): Promise<void> {
  await page.route(/\/sagemaker-governance\/config(\?|$)/, async route => {
    const response = await route.fetch();
    const config = (await response.json()) as {
      connections: { kind: string }[];
    };
    // As the server answers where the file names only url and auth.
    const bare = {
      schema: {
        types: { ...TYPES, modelGroup: null },
        fields: { ...FIELDS, owner: null, groupArn: null }
      },
      taskViewUrl: null,
      entities: {}
    };
    await route.fulfill({
      response,
      json: {
        ...config,
        connections: config.connections.map(one =>
          one.kind === 'openpages' ? { ...one, ...bare } : one
        )
      }
    });
  });
}

/** Open discovery; it may still be reading. */
async function openSetup(page: Page): Promise<Locator> {
  await command(page, 'Set Up Governance Connection');
  const view = setup(page);
  await expect(view.getByRole('heading', { level: 1 })).toBeVisible();
  return view;
}

/** Nothing is being read any more. */
async function expectRead(view: Locator): Promise<void> {
  await expect(view.locator('.jp-sg-setup-progress')).toHaveText(
    /^\d+ object types$/
  );
}

async function openVocabulary(page: Page): Promise<Locator> {
  await command(page, 'Edit Status Vocabulary');
  const view = vocabulary(page);
  await expect(view.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(word(page, WORD)).toBeVisible();
  return view;
}

async function copied(page: Page): Promise<Record<string, unknown>> {
  const text = await page.evaluate(() => navigator.clipboard.readText());
  return JSON.parse(text) as Record<string, unknown>;
}

/** What the server makes of a configuration file. */
function load(file: Record<string, unknown>): {
  problems: string[];
  consoles: Record<string, unknown>[];
} {
  const script = `
import json, sys
from jupyter_ext.sagemaker_governance.config import configure
from jupyter_ext.sagemaker_governance.environment import Environment
here = Environment("studio-private", "d-1", "s", "ds-042", "eu-west-1", "111122223333", None)
entries = json.load(sys.stdin)["SageMakerGovernance"]["connections"]
role = "arn:aws:iam::222233334444:role/Registry"
registries = [{"id": "own", "kind": "sagemaker"}] + [
    {"id": name, "kind": "sagemaker", "role_arn": role} for name in ("claims", "markets")
]
result = configure([*registries, *entries], here)
print(json.dumps({
    "problems": [one.message for one in result.problems],
    "consoles": [one.to_json() for one in result.connections.values() if one.kind == "openpages"],
}))`;
  const run = spawnSync(`${root}/.venv/bin/python`, ['-c', script], {
    cwd: root,
    input: JSON.stringify(file),
    encoding: 'utf8'
  });
  expect(run.stderr).toBe('');
  return JSON.parse(run.stdout);
}

/** The settings as they were, whatever a test has left. */
async function forgetSettings(page: Page, sandbox: Sandbox): Promise<void> {
  const base = sandbox.lab.replace(/\/lab$/, '');
  const cookies = await page.context().cookies(sandbox.lab);
  const xsrf = cookies.find(({ name }) => name === '_xsrf')?.value ?? '';
  const answer = await page.request.put(`${base}/lab/api/settings/${PLUGIN}`, {
    headers: { 'X-XSRFToken': xsrf },
    data: { raw: '{}' }
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** No box of a view sticks out of it, but inside of what scrolls. */
async function expectNoOverflow(view: Locator): Promise<void> {
  await expect
    .poll(() =>
      view.evaluate(element => {
        const edge = element.getBoundingClientRect().right + 1;
        return [...element.querySelectorAll('*')]
          .filter(one => !one.closest('.jp-sg-setup-scroll, pre, option'))
          .filter(one => one.getBoundingClientRect().right > edge)
          .map(one => `${one.tagName}.${one.className}`);
      })
    )
    .toEqual([]);
}

test.beforeEach(async ({ context, problems }) => {
  allowSeeded(problems);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
});

test('from an unknown console to a block that the server takes', async ({
  page,
  problems,
  sandbox
}) => {
  problems.allow(/status of 502 .*\/aws\/markets\//);
  await unmapped(page);
  await sandbox.fault('registry-down', { upstream: 'aws-markets' });
  await openLab(page, sandbox.lab);
  const view = await openSetup(page);
  await expectRead(view);

  await test.step('everything is proposed with its reason', async () => {
    for (const [slot, value] of Object.entries({ ...TYPES, ...FIELDS })) {
      const one = select(view, LABELS[slot as keyof typeof LABELS]);
      await expect(one).toHaveValue(value);
      await expect(one).toHaveAccessibleDescription(
        /^Proposed Proposed because .+\.$/
      );
    }
    await expect(select(view, LABELS.groupArn)).toHaveAccessibleDescription(
      /\d+ of \d+ values read are ARNs of model package groups; \d+ of them are groups of your registries/
    );
    const words = view.getByRole('list', { name: 'Words of the status field' });
    await expect(
      words.locator('.jp-sg-badge', { hasText: WORD })
    ).toHaveAttribute('data-status', 'other');
  });

  await test.step('the rows are the console’s own', async () => {
    const rows = view.getByRole('region', { name: 'Rows of the console' });
    const credit = rows.getByRole('row', { name: /credit-risk-scoring/ });
    await expect(credit).toContainText('CREDIT-001 Credit risk assessment');
    await expect(credit.locator('.jp-sg-badge')).toHaveAttribute(
      'data-status',
      'approved'
    );
    await expect(credit).toContainText(
      'arn:aws:sagemaker:eu-west-1:111122223333:model-package-group/credit-risk-scoring'
    );
    await screenshot(page, 'setup-discovered');
  });

  await test.step('what nothing proves is asked', async () => {
    const own = select(view, 'Own account 111122223333 · eu-west-1');
    await expect(own).toHaveValue('11001');
    const markets = select(view, 'registry-markets 333344445555 · eu-west-1');
    await expect(markets).toHaveValue('');
    await expect(markets).toHaveAccessibleDescription(
      'Choose, or leave empty Not proposed: the groups of registry-markets could not be read.'
    );
    await expect(view).toContainText(
      'Not everything could be read. What lacks a proof stays as it is in force'
    );
    await markets.focus();
    await page.keyboard.type('SageMaker markets');
    await expect(markets).toHaveValue('13001');
    await expect(markets).toHaveAccessibleDescription(/^Your choice/);
  });

  await test.step('the block holds what was decided', async () => {
    const difference = view
      .getByRole('region', { name: 'Differences' })
      .getByRole('row', { name: /^entities\.markets/ });
    await expect(difference).toHaveText('entities.marketsnone13001New');
    const address = view.getByRole('textbox', {
      name: 'Address of a task view'
    });
    await address.fill(TASK_VIEW.replace('{id}', ''));
    await expect(view).toContainText('Put {id} into the address, once.');
    await expect(button(view, 'Copy the configuration')).toHaveCount(0);
    await address.fill(TASK_VIEW);
    await button(view, 'Copy the configuration').focus();
    await page.keyboard.press('Enter');
    await expect(view.getByText('Copied')).toBeVisible();
    expect(await copied(page)).toEqual({
      types: TYPES,
      fields: FIELDS,
      entities: { own: '11001', claims: '12001', markets: '13001' },
      task_view_url: TASK_VIEW
    });
  });

  await test.step('the server takes a whole file as it is', async () => {
    await view.getByRole('radio', { name: /^A whole file/ }).check();
    await select(view, 'The server signs in by').selectOption('ibm-iam');
    await button(view, 'Copy the configuration').click();
    await expect(view.getByText('Copied')).toBeVisible();
    const file = await copied(page);
    expect(JSON.stringify(file)).toContain('"apikey":{"secretsmanager":');
    const { problems: found, consoles } = load(file);
    expect(found).toEqual([]);
    expect(consoles).toMatchObject([
      {
        id: 'wxgov',
        schema: { types: TYPES, fields: FIELDS },
        entities: { own: '11001', claims: '12001', markets: '13001' },
        taskViewUrl: TASK_VIEW
      }
    ]);
  });
});

test('says what is in the way, and goes on when it is gone', async ({
  page,
  problems,
  sandbox
}) => {
  problems.allow(/status of 502 .*\/openpages\//);
  await sandbox.fault('openpages-down');
  await openLab(page, sandbox.lab);
  const view = await openSetup(page);
  const alert = view.getByRole('alert');
  await expect(alert).toContainText('Object types: No connection');
  // Nothing is known, so nothing is offered.
  await expect(view.getByRole('combobox')).toHaveCount(0);
  await expect(button(view, 'Copy the configuration')).toHaveCount(0);

  await sandbox.clear();
  await sandbox.fault('openpages-login-page');
  await button(view, 'Read again').click();
  await expect(alert).toContainText('Check the root path in url as well');

  await sandbox.clear();
  const release = await hold(page, /\/api\/v2\/types\/Register(\?|$)/);
  await button(view, 'Try again').click();
  await expect(view.locator('.jp-sg-setup-progress')).toContainText(
    /Fields and associations: \d of \d/
  );
  // Half of it is read: nothing of the rest is claimed, and nothing copied.
  await expect(select(view, LABELS.status)).toHaveAccessibleDescription(
    'Reading… Register is being read.'
  );
  await expect(button(view, 'Copy the configuration')).toBeDisabled();
  await button(view, 'Cancel').click();
  await expect(view).toContainText(
    'Reading was cancelled; what was read stays.'
  );
  await expect(select(view, LABELS.status)).toHaveAccessibleDescription(
    /^In force: check Fields and associations of Register have not been read\./
  );
  await release();
  await button(view, 'Go on reading').click();
  await expectRead(view);
  await expect(alert).toHaveCount(0);
  await expect(select(view, LABELS.status)).toHaveAccessibleDescription(
    /^Proposed /
  );
  await expect(view).toContainText(
    'The configuration in force says the same already.'
  );
});

test.describe('the vocabulary', () => {
  test.afterEach(({ page, sandbox }) => forgetSettings(page, sandbox));

  test('an unknown word is neutral, gets a line, and loses it again', async ({
    page,
    sandbox
  }) => {
    await openPanel(page, sandbox.lab);
    await search(page, UNKNOWN_WORD);
    await expect(badge(page, UNKNOWN_WORD)).toHaveText(WORD);
    await expect(badge(page, UNKNOWN_WORD)).toHaveAttribute(
      'data-status',
      'other'
    );
    const document = await openGroup(page, UNKNOWN_WORD);
    await document
      .getByRole('button', { name: 'What does this status mean?' })
      .click();

    const view = vocabulary(page);
    await test.step('the form shows the word that was asked for', async () => {
      await expect(word(page, WORD)).toHaveAttribute('aria-current', 'true');
      await expect(word(page, WORD)).toContainText('no line fits');
      await expect(button(view, 'Save')).toBeDisabled();
    });

    await test.step('it gets a line by keyboard', async () => {
      await button(view, `Add a line for “${WORD}”`).focus();
      await page.keyboard.press('Enter');
      const meaning = field(view, 'Meaning of line 1');
      await expect(meaning).toBeFocused();
      await page.keyboard.type('Waiting');
      await expect(meaning).toHaveValue('pending');
      await expect(word(page, WORD)).toContainText(
        'Waiting for a decision · line 1'
      );
      await expect(word(page, WORD)).toContainText('so far: Unknown word');
      // It stays where the keyboard is when it moves, and decides there.
      await page.keyboard.press('Alt+ArrowDown');
      await expect(field(view, 'Meaning of line 2')).toBeFocused();
      await expect(field(view, 'Pattern of line 2')).toHaveValue(
        '^parked until q3 committee$'
      );
      await expect(word(page, WORD)).toContainText('line 2');
      await screenshot(page, 'vocabulary-line');
      // Nothing is in force before it is saved.
      await expect(badge(page, UNKNOWN_WORD)).toHaveAttribute(
        'data-status',
        'other'
      );
    });

    await test.step('it is saved, and the row follows', async () => {
      await button(view, 'Save').focus();
      await page.keyboard.press('Enter');
      await expect(view.getByText('Saved', { exact: true })).toBeVisible();
      await expect(badge(page, UNKNOWN_WORD)).toHaveAttribute(
        'data-status',
        'pending'
      );
      await expect(badge(page, UNKNOWN_WORD)).toHaveText(WORD);
    });

    await test.step('a reload keeps it; the defaults take it back', async () => {
      await openPanel(page, sandbox.lab);
      await search(page, UNKNOWN_WORD);
      await expect(badge(page, UNKNOWN_WORD)).toHaveAttribute(
        'data-status',
        'pending'
      );
      await openVocabulary(page);
      await button(view, 'Reset to defaults').click();
      await expect(word(page, WORD)).toContainText('no line fits');
      await button(view, 'Undo').click();
      await expect(word(page, WORD)).toContainText('line 2');
      await button(view, 'Reset to defaults').click();
      await button(view, 'Save').click();
      await expect(view.getByText('Saved', { exact: true })).toBeVisible();
      await expect(badge(page, UNKNOWN_WORD)).toHaveAttribute(
        'data-status',
        'other'
      );
      await expect(badge(page, UNKNOWN_WORD)).toHaveText(WORD);
    });
  });

  test('nothing turns green without a question', async ({ page, sandbox }) => {
    await openLab(page, sandbox.lab);
    await showPanel(page);
    await search(page, UNKNOWN_WORD);
    const view = await openVocabulary(page);
    await button(view, `Add a line for “${WORD}”`).click();
    await field(view, 'Meaning of line 1').selectOption('approved');
    await expect(view).toContainText(
      `“${WORD}” becomes approved (line 1); so far it was not.`
    );
    await button(view, 'Save').click();
    await expect(dialog(page)).toContainText('Show these as approved?');
    await expect(button(dialog(page), 'Go on editing')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toHaveCount(0);
    await expect(view).toContainText('Not saved: 1 word seen changes');
    await expect(badge(page, UNKNOWN_WORD)).toHaveAttribute(
      'data-status',
      'other'
    );
    // A pattern that cannot be used is named where it stands.
    await field(view, 'Pattern of line 1').fill('(parked');
    await expect(view.getByRole('alert')).toContainText(
      'This is no regular expression'
    );
    await expect(button(view, 'Save')).toBeDisabled();
    // A tab that closes asks first.
    await page
      .locator('.lm-TabBar-tab', { hasText: 'Status vocabulary' })
      .locator('.lm-TabBar-tabCloseIcon')
      .click();
    await expect(dialog(page)).toContainText('some lines cannot be used yet');
    await dialog(page).getByRole('button', { name: 'Discard changes' }).click();
    await expect(view).toHaveCount(0);
  });
});

test.describe('for everybody', () => {
  // The theme is a setting of the lab, which all tests share.
  test.afterEach(({ page }) => useTheme(page, 'light'));

  for (const theme of Object.keys(THEMES) as (keyof typeof THEMES)[]) {
    test(`axe finds nothing, nothing sticks out: ${theme}`, async ({
      page,
      sandbox
    }) => {
      await openLab(page, sandbox.lab);
      await useTheme(page, theme);
      const discovery = await openSetup(page);
      await expectRead(discovery);
      expect(await violations(discovery), 'discovery').toEqual([]);
      await screenshot(page, `setup-${theme}`);
      const form = await openVocabulary(page);
      await button(form, 'Add a line').click();
      expect(await violations(form), 'vocabulary').toEqual([]);
      await screenshot(page, `vocabulary-${theme}`);
      await button(form, 'Undo').click();
      // As wide as a tab beside others: 400 px.
      await page.keyboard.press('Control+B');
      await page.setViewportSize({ width: 478, height: 900 });
      await expect
        .poll(async () => (await form.boundingBox())?.width)
        .toBeLessThan(402);
      await expectNoOverflow(form);
      await screenshot(page, `vocabulary-narrow-${theme}`);
      await openSetup(page);
      await expectNoOverflow(discovery);
      await screenshot(page, `setup-narrow-${theme}`);
    });
  }
});
