/** What a hostile MLflow, or a script in an artifact, cannot do to the lab. */
import { expect, test as base } from '@playwright/test';
import type { Locator, Page, Response } from '@playwright/test';
import { startHostileLab } from './hostile/lab';
import type { IHostileLab } from './hostile/lab';
import { openLab } from './support';

/** The lab's application, exposed in this lab only. */
interface ILabWindow {
  jupyterapp: {
    commands: { execute(id: string, args?: object): Promise<unknown> };
  };
}

interface IWorkerFixtures {
  hostile: IHostileLab;
  /** The page that the tests use one after the other; none of them may hurt. */
  kept: { page: Page | null };
}

const test = base.extend<object, IWorkerFixtures>({
  hostile: [
    async ({}, use) => {
      const lab = await startHostileLab();
      await use(lab);
      await lab.stop();
    },
    { scope: 'worker', timeout: 120_000 }
  ],
  kept: [({}, use) => use({ page: null }), { scope: 'worker' }],
  page: async ({ browser, kept }, use) => {
    kept.page ??= await browser.newPage();
    await use(kept.page);
  }
});

const panel = (page: Page): Locator => page.locator('.jp-sg-mlflow');

async function openRoute(
  page: Page,
  route: string,
  connection = 'mlflow'
): Promise<void> {
  await page.evaluate(
    args => {
      const { jupyterapp } = window as unknown as ILabWindow;
      void jupyterapp.commands.execute(
        'sagemaker-governance:open-mlflow',
        args
      );
    },
    { connection, route }
  );
}

/** Requests that reached the hostile server. */
async function seen(
  hostile: IHostileLab
): Promise<{ url: string; headers: Record<string, string> }[]> {
  return (await fetch(`${hostile.hostile}/seen`)).json();
}

/**
 * Run an attack without a look at the page until it says that it ended: what
 * Playwright runs in a page counts as a person's gesture, and these attacks must
 * do without one.
 */
async function attackAlone(
  page: Page,
  hostile: IHostileLab,
  name: string
): Promise<void> {
  await openRoute(page, `/attack/${name}`);
  await expect
    .poll(async () => (await seen(hostile)).map(({ url }) => url), {
      intervals: [500]
    })
    .toContain(`/ajax-api/2.0/mlflow/ping?done=${name}`);
}

/** Run an attack and return what it says it got. */
async function attack(page: Page, name: string): Promise<string> {
  await openRoute(page, `/attack/${name}`);
  return page
    .frameLocator('.jp-sg-mlflow iframe')
    .locator(`#outcome[data-attack="${name}"]`)
    .innerText();
}

/** A field of the lab's, above everything. */
async function addField(page: Page): Promise<void> {
  await page.evaluate(() => {
    const field = document.createElement('input');
    field.id = 'mine';
    field.style.cssText = 'position:fixed;top:0;left:0;z-index:100000';
    document.body.appendChild(field);
  });
}

/** The lab is itself: same page, same tab, it answers, nothing opened. */
async function expectAlive(page: Page, lab: string): Promise<void> {
  expect(page.url().split('?')[0]).toContain(lab);
  expect(page.context().pages()).toHaveLength(1);
  const palette = page.locator('#modal-command-palette');
  // A key that falls between two focus changes reaches nobody: press again.
  await expect(async () => {
    await page.keyboard.press('Control+Shift+C');
    await expect(palette).toBeVisible({ timeout: 2000 });
  }).toPass({ timeout: 30_000 });
  await expect(async () => {
    await page.keyboard.press('Escape');
    await expect(palette).toBeHidden({ timeout: 2000 });
  }).toPass({ timeout: 30_000 });
}

test.beforeEach(async ({ page, hostile }) => {
  if (!page.url().startsWith(hostile.lab)) {
    await openLab(page, hostile.lab);
    return;
  }
  await page.evaluate(async () => {
    const { jupyterapp } = window as unknown as ILabWindow;
    await jupyterapp.commands.execute('application:close-all');
    document.getElementById('mine')?.remove();
  });
  await expect(panel(page)).toHaveCount(0);
});

test('its own API is the one thing that works', async ({ page }) => {
  expect(await attack(page, 'own')).toContain('pong');
});

test('nothing of its markup runs or stays', async ({ page }) => {
  expect(JSON.parse(await attack(page, 'markup'))).toEqual({ got: {} });
});

/** Attacks that must end in an error, all the way down. */
for (const name of [
  'contents',
  'parentDom',
  'topDom',
  'cookies',
  'socket',
  'popup',
  'top',
  'nested',
  'nestedSocket',
  'nestedData',
  'worker',
  'subresources',
  'beacon'
]) {
  test(`refused: ${name}`, async ({ page, hostile }) => {
    const reached: string[] = [];
    // Answers that the lab's own API gave to the frame; a request that the
    // policy stops never has one.
    const onResponse = (response: Response): void => {
      const request = response.request();
      const origin = request.headers()['origin'];
      if (request.frame() !== page.mainFrame() || origin === 'null') {
        reached.push(request.url());
      }
    };
    page.on('response', onResponse);
    const outcome = JSON.parse(await attack(page, name));
    page.off('response', onResponse);
    const leaves: string[] = [];
    const walk = (value: unknown): void => {
      if (value && typeof value === 'object' && !('error' in value)) {
        Object.values(value).forEach(walk);
      } else {
        leaves.push(
          value && typeof value === 'object' ? 'error' : String(value)
        );
      }
    };
    walk(outcome);
    expect(leaves.length).toBeGreaterThan(0);
    expect(new Set(leaves), JSON.stringify(outcome)).toEqual(
      new Set(['error'])
    );
    expect(reached.filter(url => url.includes('/api/'))).toEqual([]);
    await expectAlive(page, hostile.lab);
  });
}

test('the port, taken from the shim, opens nothing more', async ({
  page,
  hostile
}) => {
  const { got } = JSON.parse(await attack(page, 'port')) as {
    got: {
      urls: Record<string, { got?: string; error?: string }>;
      messages: Record<string, { got?: string; error?: string }>;
      headers: string;
    };
  };
  for (const [url, { got: status, error }] of Object.entries(got.urls)) {
    expect(status, url).toBeUndefined();
    expect(error, url).toBeTruthy();
  }
  for (const [name, { got: status }] of Object.entries(got.messages)) {
    expect(status, name).toBeUndefined();
  }
  expect(got.headers).toBe('HTTP 200');
  const text = JSON.stringify(
    (await seen(hostile)).filter(({ url }) => url !== '/seen')
  );
  expect(text).toContain('allowed');
  expect(text).not.toContain('stolen');
  expect(text).not.toContain('_xsrf');
  await expectAlive(page, hostile.lab);
});

for (const name of ['form', 'forged', 'nestedForged', 'clipboard', 'keys']) {
  test(`without effect: ${name}`, async ({ page, hostile }) => {
    await page
      .context()
      .grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.evaluate(() => navigator.clipboard.writeText('before'));
    await attackAlone(page, hostile, name);
    await page.waitForTimeout(500);
    await expect(page.locator('.jp-Dialog')).toHaveCount(0);
    await expect(page.locator('#jp-left-stack')).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      'before'
    );
    await expectAlive(page, hostile.lab);
  });
}

test('outside pages and files need a yes, one question at a time', async ({
  page,
  hostile
}) => {
  await attackAlone(page, hostile, 'dialogs');
  const dialog = page.locator('.jp-Dialog');
  await expect(dialog).toHaveCount(1);
  await expect(dialog).toContainText('https://evil.invalid/0');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toHaveCount(0);

  await attackAlone(page, hostile, 'download');
  await expect(dialog).toContainText('“bashrc”');
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save' }).click();
  expect((await download).suggestedFilename()).toBe('bashrc');
  expect(page.context().pages()).toHaveLength(1);
  await expectAlive(page, hostile.lab);
});

test('storage has an end and stays its own', async ({ page }) => {
  expect(await attack(page, 'storage')).toContain('QuotaExceededError');
  const keys = await page.evaluate(() => Object.keys(localStorage));
  expect(keys).not.toContain('big');
});

test('a page that never rests leaves the lab responsive', async ({ page }) => {
  await openRoute(page, '/attack/none');
  const frame = page.frameLocator('.jp-sg-mlflow iframe');
  await expect(frame.locator('#idle')).toBeVisible();
  // Beats of the lab, ms since epoch.
  const beats = await page.evaluateHandle(() => {
    const times: number[] = [];
    setInterval(() => times.push(Date.now()), 50);
    return times;
  });
  await openRoute(page, '/attack/busy');
  const outcome = await frame.locator('#outcome').innerText();
  const { from, to } = (
    JSON.parse(outcome) as { got: { from: number; to: number } }
  ).got;
  // The attack spins for 3 s; a frame in the lab's own process would stop it:
  // not one beat until the end.
  const meanwhile = (await beats.jsonValue()).filter(
    time => time > from && time < to
  );
  expect(meanwhile.length).toBeGreaterThan(3);
});

for (const name of ['flood', 'topFlood']) {
  test(`removed: ${name}`, async ({ page, hostile }) => {
    await openRoute(page, `/attack/${name}`);
    await expect(panel(page)).toHaveAttribute('data-phase', 'flooded');
    await expect(page.locator('.jp-sg-mlflow iframe')).toHaveCount(0);
    await expectAlive(page, hostile.lab);
    await panel(page)
      .getByRole('button', { name: 'To the experiments' })
      .click();
    await expect(
      page.frameLocator('.jp-sg-mlflow iframe').locator('#idle')
    ).toBeVisible();
  });
}

test('removed: a page that leaves', async ({ page, hostile }) => {
  await openRoute(page, '/attack/leave');
  await expect(panel(page)).toHaveAttribute('data-phase', 'left');
  await expect(page.locator('.jp-sg-mlflow iframe')).toHaveCount(0);
  await expect(panel(page)).toContainText('The page left MLflow');
  await expectAlive(page, hostile.lab);
});

test('removed: a page that leaves and never ends loading', async ({
  page,
  hostile
}) => {
  await openRoute(page, '/experiments');
  await expect(
    page.frameLocator('.jp-sg-mlflow iframe').locator('#idle')
  ).toBeVisible();
  await openRoute(page, `/attack/phish?to=${hostile.hostile}`);
  await expect(panel(page)).toHaveAttribute('data-phase', 'left');
  await expect(page.locator('.jp-sg-mlflow iframe')).toHaveCount(0);
  await expectAlive(page, hostile.lab);
});

test('a download stays below its connection', async ({ page }) => {
  await attack(page, 'escape');
  const download = page.waitForEvent('download');
  await page.frameLocator('.jp-sg-mlflow iframe').locator('#press').click();
  const { pathname } = new URL((await download).url());
  expect(pathname).toBe(
    '/jupyterlab/default/sagemaker-governance/mlflow/mlflow/get-artifact'
  );
});

test('what is typed stays in the lab, who goes on stealing goes', async ({
  page,
  hostile
}) => {
  await attack(page, 'thief');
  await addField(page);
  const mine = page.locator('#mine');
  await mine.click();
  const thefts = await mine.evaluateHandle(field => {
    const times: number[] = [];
    field.addEventListener('blur', () => times.push(Date.now()));
    return times;
  });
  const secret = 'a secret of thirty characters!';
  for (const key of secret) {
    await expect(mine).toBeFocused();
    await page.keyboard.press(key, { delay: 100 });
  }
  // The browser tells of a theft only when it has happened: a key that is
  // pressed in that moment is lost, no more than one each time.
  const lost = secret.length - (await mine.inputValue()).length;
  expect(lost).toBeLessThanOrEqual((await thefts.jsonValue()).length);
  await expect(panel(page)).toHaveAttribute('data-phase', 'flooded');
  expect((await thefts.jsonValue()).length).toBeLessThan(20);
  await expectAlive(page, hostile.lab);
});

test('a click into the frame is not taken for a theft', async ({ page }) => {
  await attack(page, 'own');
  const frame = page.locator('.jp-sg-mlflow iframe');
  await addField(page);
  for (let at = 0; at < 6; at++) {
    await page.locator('#mine').click();
    await page.keyboard.type('x');
    const box = await frame.boundingBox();
    if (!box) {
      throw new Error('The frame has no place');
    }
    await page.mouse.move(box.x - 20, box.y + 40);
    await page.mouse.move(box.x + 40 + at, box.y + 40, { steps: 3 });
    await page.mouse.down();
    await page.mouse.up();
    await expect(frame).toBeFocused();
  }
});

test('requests that never end leave the lab its own', async ({
  page,
  hostile
}) => {
  await attack(page, 'starve');
  const status = await page.evaluate(
    async url => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
      return answer.status;
    },
    hostile.lab.replace(/lab$/, 'api/status')
  );
  expect(status).toBe(200);
});

test('a server that is down, and one that shows a login page', async ({
  page
}) => {
  await openRoute(page, '/experiments', 'down');
  await expect(panel(page).getByRole('alert')).toContainText('down');
  await expect(
    panel(page).getByRole('button', { name: 'Try again' })
  ).toBeVisible();
  await openRoute(page, '/experiments', 'login');
  const second = panel(page).last();
  await expect(second.getByRole('alert')).toContainText('Sign in');
});
