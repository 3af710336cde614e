/** What a run of the real MLflow cannot do to whoever looks at it in the lab. */
import type {
  BrowserContext,
  FrameLocator,
  Locator,
  Page,
  Request
} from '@playwright/test';
import { EVIL, hostileFiles, LINK, MARKUP } from './hostile/files';
import { expect, openLab, test } from './support';
import { dialog, panel, showPanel } from './support/product';

/** A lab's window as the attacks leave it. */
interface IWatched {
  hacked?: unknown;
  told?: { hostile: string; outcome: Record<string, unknown> }[];
}

interface IRun {
  experiment: string;
  /** Name of the experiment. */
  name: string;
  run: string;
}

const NOTEBOOK = 'hostile.ipynb';
const KERNEL = { kernelspec: { name: 'python3', display_name: 'Python 3' } };

const mlflow = (page: Page): FrameLocator =>
  page.frameLocator('.jp-sg-mlflow iframe');
const tool = (page: Page, name: string): Locator =>
  page.locator('.jp-sg-mlflow-widget').getByRole('button', { name });

async function ask<Answer>(
  server: string,
  path: string,
  body: object
): Promise<Answer> {
  const answer = await fetch(`${server}/api/2.0/mlflow/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body)
  });
  if (!answer.ok) {
    throw new Error(`${path}: ${await answer.text()}`);
  }
  return (await answer.json()) as Answer;
}

/** Log a run whose every word and file is an attack. */
async function logRun(
  server: string,
  files: Record<string, string | Buffer>
): Promise<IRun> {
  const name = `hostile ${Date.now()} ${MARKUP}`;
  const { experiment_id: experiment } = await ask<{ experiment_id: string }>(
    server,
    'experiments/create',
    { name, tags: [{ key: 'mlflow.note.content', value: MARKUP }] }
  );
  const { run } = await ask<{ run: { info: { run_id: string } } }>(
    server,
    'runs/create',
    {
      experiment_id: experiment,
      run_name: MARKUP,
      start_time: Date.now(),
      tags: [
        {
          key: 'mlflow.note.content',
          value: `${MARKUP} [press](${LINK})`
        },
        { key: 'mlflow.user', value: MARKUP },
        { key: 'mlflow.source.name', value: LINK },
        { key: 'mlflow.source.git.repoURL', value: LINK },
        {
          key: 'mlflow.log-model.history',
          value: JSON.stringify([
            { artifact_path: 'tags' },
            { artifact_path: 'model' }
          ])
        }
      ]
    }
  );
  const id = run.info.run_id;
  await ask(server, 'runs/log-batch', {
    run_id: id,
    params: [{ key: 'hostile', value: MARKUP }],
    metrics: [0, 1, 2].map(step => ({
      ...{ key: 'hostile', value: step === 1 ? 1e308 : step },
      ...{ timestamp: Date.now(), step }
    }))
  });
  const place = `${server}/api/2.0/mlflow-artifacts/artifacts/${experiment}/${id}/artifacts`;
  for (const [file, content] of Object.entries(files)) {
    const answer = await fetch(`${place}/${file}`, {
      method: 'PUT',
      body: typeof content === 'string' ? content : new Uint8Array(content)
    });
    expect(answer.ok, file).toBe(true);
  }
  return { experiment, name, run: id };
}

/**
 * Note what files and words do, in every page of a context.
 *
 * @returns what there was of it: requests, dialogs, pages, answers to frames
 */
async function watch(context: BrowserContext): Promise<string[]> {
  const noticed: string[] = [];
  context.on('dialog', asked => {
    noticed.push(`dialog: ${asked.message()}`);
    void asked.dismiss();
  });
  context.on('page', opened => {
    void opened.opener().then(opener => opener && noticed.push('popup'));
  });
  // Answers of no content: the page that asks stays.
  await context.route(`${EVIL}/**`, async route => {
    const { pathname } = new URL(route.request().url());
    noticed.push(`sent: ${pathname}`);
    await route.fulfill({ status: pathname === '/open' ? 200 : 204 });
  });
  context.on('response', answer => {
    const request = answer.request();
    const isHttp = /^https?:/.test(request.url());
    if (isHttp && !request.url().startsWith(EVIL) && isOfAFrame(request)) {
      noticed.push(`answered: ${new URL(request.url()).pathname}`);
    }
  });
  await context.addInitScript(() => {
    const watched = window as unknown as IWatched;
    if (window === window.top) {
      watched.told = [];
      window.addEventListener('message', ({ data }: MessageEvent) => {
        if (data && typeof data === 'object' && 'hostile' in data) {
          watched.told?.push(data);
        }
      });
    }
  });
  return noticed;
}

/** Of a frame inside the page, or of an opaque origin. */
function isOfAFrame(request: Request): boolean {
  return (
    request.frame().parentFrame() !== null ||
    request.headers()['origin'] === 'null'
  );
}

const told = (page: Page) =>
  page.evaluate(() => (window as unknown as IWatched).told ?? []);
const isHacked = (page: Page) =>
  page.evaluate(() => (window as unknown as IWatched).hacked !== undefined);

/** Only those scripts ran, and got nothing; the lab is itself. */
async function expectWhole(
  page: Page,
  lab: string,
  noticed: string[],
  ran: string[]
): Promise<void> {
  expect(await isHacked(page)).toBe(false);
  const said = await told(page);
  expect(said.map(({ hostile }) => hostile)).toEqual(ran);
  for (const { hostile, outcome } of said) {
    const got = Object.entries(outcome).filter(([, value]) => value);
    expect(got, hostile).toEqual([]);
  }
  expect(noticed).toEqual([]);
  expect(page.url()).toContain(lab);
  expect(page.context().pages()).toHaveLength(1);
}

/** Address of the API of a lab. */
const apiOf = (lab: string): string => lab.replace(/\/lab$/, '/api');

/** MLflow is done with a file, and shows it. */
const SHOWN: Record<string, (frame: FrameLocator) => Promise<void>> = {
  'page.html': frame =>
    expect(
      frame.frameLocator('iframe[src^="blob:"]').getByText('a hostile page')
    ).toBeVisible(),
  'picture.svg': frame => expectImage(frame, 40),
  'table.csv': frame =>
    expect(frame.locator('table, [role="table"]').last()).toContainText('<img'),
  'deep.json': frame => expect(code(frame)).toContainText('[[[['),
  'words.json': frame => expect(code(frame)).toContainText('<img'),
  'notes.md': frame => expect(pressable(frame)).toBeVisible(),
  'paper.pdf': frame => frame.locator('canvas').first().click(),
  'bomb.png': frame => expectImage(frame, 8000),
  // Of the folder: MLflow's own view of a model, with its columns.
  model: frame =>
    expect(frame.getByText('<img', { exact: false }).last()).toBeVisible(),
  'model/MLmodel': frame => expect(code(frame)).toContainText('loader_module'),
  'tags/MLmodel': frame => expect(code(frame)).toContainText('!!python')
};

const code = (frame: FrameLocator): Locator => frame.locator('code').first();

/** @param width - its own, px */
async function expectImage(frame: FrameLocator, width: number): Promise<void> {
  const image = frame.locator('img[src^="blob:"]').first();
  await expect(image).toHaveJSProperty('naturalWidth', width);
}

/** The link in a text of Markdown. */
const pressable = (frame: FrameLocator): Locator =>
  frame.getByText('press', { exact: true }).first();

/** Open a file in MLflow's tree of artifacts. */
async function openFile(frame: FrameLocator, path: string): Promise<void> {
  const [name, inner] = path.split('/');
  const entry = frame.getByText(name, { exact: true }).first();
  if (!inner) {
    await entry.click();
    return;
  }
  const file = frame
    .locator('li', { has: entry })
    .getByText(inner, { exact: true });
  // MLflow closes a folder again when it shows the model in it.
  await expect(async () => {
    if (await file.isHidden()) {
      await entry.click();
      await SHOWN[name]?.(frame);
    }
    await file.click({ timeout: 5000 });
  }).toPass();
}

/** Write or delete the lab's notebook. */
async function contents(
  page: Page,
  method: 'PUT' | 'DELETE',
  lab: string,
  body?: object
): Promise<void> {
  const status = await page.evaluate(
    async ([verb, url, text]) => {
      const xsrf = /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
      const answer = await fetch(url, {
        method: verb,
        headers: { 'X-XSRFToken': xsrf },
        body: text
      });
      return answer.status;
    },
    [
      method,
      `${apiOf(lab)}/contents/${NOTEBOOK}`,
      body && JSON.stringify(body)
    ] as const
  );
  expect(status, method).toBeLessThan(300);
}

test('hostile files and words do harm where nothing stops them', async ({
  browser,
  problems,
  sandbox
}) => {
  problems.allow(/./);
  const api = apiOf(sandbox.lab);
  const files = hostileFiles(api);
  const context = await browser.newContext();
  const noticed = await watch(context);
  const page = await context.newPage();
  await context.addCookies([{ name: 'control', value: 'a', url: `${api}/` }]);
  // Pages of the lab's origin: an empty one, and each file as it is.
  await page.route(`${api}/control/**`, route => {
    const file = route.request().url().split('/').pop() ?? '';
    return route.fulfill({
      contentType: file.endsWith('.svg') ? 'image/svg+xml' : 'text/html',
      body: String(files[file] ?? '<title>Lab</title><p id="place"></p>')
    });
  });
  for (const [path, markup] of [
    ['page.html', '<iframe src="page.html"></iframe>'],
    ['picture.svg', '<iframe src="picture.svg"></iframe>'],
    ['words', MARKUP]
  ]) {
    await page.goto(`${api}/control/`);
    noticed.length = 0;
    await page.locator('#place').evaluate((place, inner) => {
      place.innerHTML = inner;
    }, markup);
    await expect
      .poll(async () => (await told(page)).map(({ hostile }) => hostile))
      .toEqual([path]);
    expect(await isHacked(page), path).toBe(true);
    if (path === 'words') {
      continue;
    }
    const { outcome } = (await told(page))[0];
    const refused = Object.entries(outcome).filter(([, value]) => !value);
    expect(refused, path).toEqual([]);
    for (const what of [
      'dialog: hostile',
      'popup',
      'sent: /out',
      'sent: /open',
      'sent: /leave',
      'sent: /image',
      `answered: ${new URL(api).pathname}/contents`
    ]) {
      await expect.poll(() => noticed, path).toContain(what);
    }
  }
  await context.close();
});

test('hostile files and words of a run do none in the lab', async ({
  context,
  page,
  problems,
  sandbox
}) => {
  // What hostile files make the browser print is theirs.
  problems.allow(/./);
  const files = hostileFiles(apiOf(sandbox.lab));
  const { experiment, name, run } = await logRun(sandbox.parts.mlflow, files);
  const noticed = await watch(context);
  let ran: string[] = [];
  const whole = () => expectWhole(page, sandbox.lab, noticed, ran);
  try {
    await openLab(page, sandbox.lab);
    await page.locator('.jp-LauncherCard[title*="Experiments, runs"]').click();
    const frame = mlflow(page);
    await frame
      .locator(`a[href*="/experiments/${experiment}"]`)
      .first()
      .click();
    await frame.locator(`a[href*="/runs/${run}"]`).first().click();
    await expect(frame.getByText(run).first()).toBeVisible();
    await pressable(frame).click();
    await whole();

    await frame.getByRole('tab', { name: 'Artifacts' }).click();
    for (const path of Object.keys(files)) {
      await openFile(frame, path);
      await SHOWN[path](frame);
      if (path === 'page.html') {
        // The one whose scripts MLflow lets run, in a frame of its own.
        ran = [path];
        await expect.poll(() => told(page)).toHaveLength(1);
      }
      await whole();
    }

    const read = page.waitForResponse(
      answer =>
        answer.url().includes('MLmodel') &&
        answer.request().frame() === page.mainFrame()
    );
    await tool(page, 'Register this run').click();
    expect((await read).status()).toBe(200);
    await expect(dialog(page)).toContainText('<img src=x');
    await expect(dialog(page)).toContainText(/values? (is|are) changed/);
    await whole();
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toBeHidden();

    // MLflow leaves a link without an address, which leads to its first page.
    await openFile(frame, 'notes.md');
    await pressable(frame).click();
    await expect(frame.getByText('notes.md')).toHaveCount(0);
    await whole();

    // The same run in the sidebar, by a notebook that names its experiment.
    const cell = {
      ...{ cell_type: 'code', id: 'a', metadata: {}, outputs: [] },
      ...{ source: `mlflow.set_experiment(${JSON.stringify(name)})` },
      execution_count: null
    };
    await contents(page, 'PUT', sandbox.lab, {
      ...{ type: 'notebook', format: 'json' },
      content: {
        cells: [cell],
        metadata: KERNEL,
        nbformat: 4,
        nbformat_minor: 5
      }
    });
    await page.goto(`${sandbox.lab}/tree/${NOTEBOOK}`);
    ran = [];
    await expect(page.locator('.jp-Notebook')).toContainText('set_experiment');
    if (await panel(page).isHidden()) {
      await showPanel(page);
    }
    const runs = page.getByRole('region', { name: 'Runs of the experiment' });
    const toggle = runs.getByRole('button', { name: /^Runs/ });
    await expect(toggle).toContainText('hostile');
    if ((await toggle.getAttribute('aria-expanded')) === 'false') {
      await toggle.click();
    }
    await expect(runs.getByRole('option').first()).toContainText('<img src=x');
    await whole();
    await contents(page, 'DELETE', sandbox.lab);
  } finally {
    await ask(sandbox.parts.mlflow, 'experiments/delete', {
      experiment_id: experiment
    });
  }
});
