/** Files too large for a page: past MLflow's frame, in both directions. */
import type { Frame, Page } from '@playwright/test';
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync } from 'node:fs';
import { ftruncateSync, mkdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { seedOf } from './mlflow/server';
import { expect, openLab, test } from './support';
import { Growth, residentMemory } from './support/memory';
import { runDir } from './support/process';

const MB = 1 << 20;
/** Bytes; more than a page may hold (`MAX_ANSWER`). */
const DOWNLOAD = 1024 * MB;
/** What the server of the lab may need for a file of any size. */
const SERVER_LIMIT = 32 * MB;
/** Likewise all processes of the browser that draw pages. */
const PAGES_LIMIT = 64 * MB;

/** A file with holes, and with bytes that tell where they belong. */
function makeLarge(path: string, size: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'wx');
  ftruncateSync(file, size);
  for (const at of [0, size / 2, size - 64]) {
    writeSync(file, `here are the bytes from ${at}`.padEnd(64), at);
  }
  closeSync(file);
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

/** Bytes in memory of all processes that draw pages. */
async function pagesMemory(page: Page): Promise<() => Promise<number>> {
  const browser = page.context().browser();
  if (!browser) {
    throw new Error('The page has no browser');
  }
  const session = await browser.newBrowserCDPSession();
  return async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return processInfo
      .filter(({ type }) => type === 'renderer')
      .reduce((sum, { id }) => sum + residentMemory(id), 0);
  };
}

/** Open MLflow at the artifacts of a run. */
async function openArtifacts(page: Page, route: string): Promise<Frame> {
  await page.locator('.jp-LauncherCard[title*="Experiments, runs"]').click();
  await expect(page.locator('.jp-sg-mlflow')).toHaveAttribute(
    'data-phase',
    'ready'
  );
  const handle = await page.locator('.jp-sg-mlflow iframe').elementHandle();
  const frame = await handle?.contentFrame();
  if (!frame) {
    throw new Error('MLflow has no frame');
  }
  // As a link of MLflow's own does.
  await frame.evaluate(to => {
    const link = document.createElement('a');
    link.href = to;
    document.body.append(link);
    link.click();
    link.remove();
  }, `#${route}`);
  await expect(frame.getByText('README.md', { exact: true })).toBeVisible();
  return frame;
}

let artifacts = '';
let route = '';

test.beforeEach(async ({ page, problems, sandbox }) => {
  problems.allow(/status of 403 .*\/mlflow\/(assistant\/|gateway-proxy\?)/);
  problems.allow(/status of 404 .*\/mlflow\/users\//);
  problems.allow(/ResizeObserver loop completed/);
  const { assistant, letter } = await seedOf(sandbox.parts.mlflow, '2.0.0');
  artifacts = join(runDir, 'mlflow/artifacts', assistant, letter, 'artifacts');
  route = `/experiments/${assistant}/runs/${letter}/artifacts`;
  await openLab(page, sandbox.lab);
});

test('a file of 1 GB is downloaded to disk, past all memory', async ({
  page,
  sandbox
}) => {
  // MLflow gives the file twice, at some 15 MB/s: to the page, which gives up, and to the browser.
  test.setTimeout(600_000);
  const source = join(artifacts, 'large/weights.bin');
  makeLarge(source, DOWNLOAD);
  try {
    const frame = await openArtifacts(page, route);
    await frame.getByText('large', { exact: true }).click();
    await frame.getByText('weights.bin', { exact: true }).click();
    const server = new Growth(() => residentMemory(sandbox.parts.pids.lab));
    const pages = new Growth(await pagesMemory(page));
    await Promise.all([server.start(), pages.start()]);
    const coming = page.waitForEvent('download');
    await frame.locator('[data-component-id$="artifactview.tsx_337"]').click();
    const download = await coming;
    expect(download.suggestedFilename()).toBe('weights.bin');
    const path = await download.path();
    const grown = await server.stop();
    const drawn = await pages.stop();
    expect(statSync(path).size).toBe(DOWNLOAD);
    expect(await sha256(path)).toBe(await sha256(source));
    expect(grown, 'server of the lab').toBeLessThan(SERVER_LIMIT);
    expect(drawn, 'pages of the browser').toBeLessThan(PAGES_LIMIT);
    await download.delete();
  } finally {
    rmSync(dirname(source), { recursive: true });
  }
});

test('a file on disk is uploaded from the frame by reference', async ({
  page,
  sandbox
}, info) => {
  const size = 96 * MB;
  const source = info.outputPath('model.bin');
  makeLarge(source, size);
  const target = join(artifacts, 'sent/model.bin');
  try {
    const frame = await openArtifacts(page, route);
    await frame.evaluate(() => {
      const input = document.createElement('input');
      input.type = 'file';
      input.id = 'sg-test-file';
      document.body.append(input);
    });
    await frame.locator('#sg-test-file').setInputFiles(source);
    const server = new Growth(() => residentMemory(sandbox.parts.pids.lab));
    const pages = new Growth(await pagesMemory(page));
    await Promise.all([server.start(), pages.start()]);
    const address = target.slice(join(runDir, 'mlflow/artifacts/').length);
    const status = await frame.evaluate(async to => {
      const input = document.querySelector<HTMLInputElement>('#sg-test-file');
      const answer = await fetch(to, {
        method: 'PUT',
        body: input?.files?.[0]
      });
      return answer.status;
    }, `ajax-api/2.0/mlflow-artifacts/artifacts/${address}`);
    const grown = await server.stop();
    const drawn = await pages.stop();
    expect(status).toBe(200);
    expect(statSync(target).size).toBe(size);
    expect(await sha256(target)).toBe(await sha256(source));
    expect(grown, 'server of the lab').toBeLessThan(SERVER_LIMIT);
    expect(drawn, 'pages of the browser').toBeLessThan(PAGES_LIMIT);
  } finally {
    rmSync(dirname(target), { recursive: true, force: true });
    rmSync(source);
  }
});
