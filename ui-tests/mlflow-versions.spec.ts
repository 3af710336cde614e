/** MLflow's own pages in the lab: the newest version, an older 3.x, and 2.22. */
import type { Frame, Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { older } from '../sandbox/mlflow_server/versions.json';
import { changesOf, clearUp } from './mlflow/changes';
import type { IWork } from './mlflow/changes';
import { LEFT, REFUSED, WALKED } from './mlflow/pages';
import { connectionOf, patterns, seedOf, VERSIONS } from './mlflow/server';
import type { ISeed } from './mlflow/server';
import { pagesOf, table, unknown } from './mlflow/table';
import { expect, openLab, screenshot, test } from './support';
import { root } from './support/process';

const RELAY = /\/sagemaker-governance\/mlflow\/[a-z0-9-]+\/([^?]*)/;
/** Of MLflow's own tables and charts, in a tab of its own as well. */
const NOISE = /ResizeObserver loop completed/;

/**
 * What a version's own dialog for a new experiment logs, in a browser tab as
 * well: that the name is free, as an error, and the reset of its form after the
 * page that held it is gone.
 */
const FAULTS: Partial<Record<string, RegExp[]>> = {
  '3.10.1': [
    /console: Fetch failed: +Response\b/,
    /TypeError: Cannot read properties of null \(reading 'resetFields'\)[^]*\.resetAndClearModalForm /
  ],
  '2.22.5': [/console: Fetch failed: +Response\b/]
};

/** Path below the connection's root, of a request to the relay. */
function callOf(url: string): string | null {
  return RELAY.exec(url)?.[1] ?? null;
}

function isRefusal(path: string, status: number): boolean {
  return REFUSED.some(one => one.status === status && one.call.test(path));
}

/** What MLflow's page asks for: what is under way, and what went wrong. */
class Calls {
  readonly open = new Set<object>();
  readonly failed: string[] = [];

  constructor(page: Page) {
    page.on('request', request => {
      if (callOf(request.url()) !== null) {
        this.open.add(request);
      }
    });
    page.on('requestfinished', request => this.open.delete(request));
    page.on('requestfailed', request => {
      this.open.delete(request);
      const why = request.failure()?.errorText ?? '';
      // MLflow leaves what it asked for when it goes to another page.
      if (callOf(request.url()) !== null && why !== 'net::ERR_ABORTED') {
        this.failed.push(`${why} ${request.url()}`);
      }
    });
    page.on('response', answer => {
      const path = callOf(answer.url());
      if (
        path !== null &&
        answer.status() >= 400 &&
        !isRefusal(path, answer.status())
      ) {
        this.failed.push(`${answer.status()} ${path}`);
      }
    });
  }

  /** Wait until nothing is under way for a moment. */
  async settle(page: Page): Promise<void> {
    let quiet = 0;
    await expect
      .poll(
        async () => {
          await page.evaluate(
            () => new Promise(done => requestAnimationFrame(done))
          );
          quiet = this.open.size ? 0 : quiet + 1;
          return quiet;
        },
        { message: 'requests without an answer', intervals: [100] }
      )
      .toBeGreaterThan(2);
  }
}

/** Open MLflow of a version, as a person does who has several. */
async function openVersion(page: Page, version: string): Promise<Frame> {
  const label = version === VERSIONS[0] ? 'MLflow' : `MLflow ${version}`;
  await page.locator('.jp-LauncherCard[title*="Experiments, runs"]').click();
  const dialog = page.getByRole('dialog');
  await dialog
    .locator('label')
    .filter({ has: page.getByText(label, { exact: true }) })
    .getByRole('radio')
    .check();
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.locator('.jp-sg-mlflow')).toHaveAttribute(
    'data-phase',
    'ready',
    { timeout: 90_000 }
  );
  const handle = await page.locator('.jp-sg-mlflow iframe').elementHandle();
  const frame = await handle?.contentFrame();
  if (!frame) {
    throw new Error('MLflow has no frame');
  }
  return frame;
}

/** Go to a route of MLflow as a link of its own does. */
async function go(frame: Frame, route: string): Promise<void> {
  await frame.evaluate(to => {
    const link = document.createElement('a');
    link.href = `#${to}`;
    document.body.append(link);
    link.click();
    link.remove();
  }, route);
}

test('every route of each version is walked or left out with a reason', () => {
  for (const version of VERSIONS) {
    expect(unknown(version), `new pages of MLflow ${version}`).toEqual([]);
  }
  const all = new Set(VERSIONS.flatMap(patterns));
  const listed = [...Object.keys(WALKED), ...Object.keys(LEFT)];
  expect(listed.filter(pattern => !all.has(pattern))).toEqual([]);
});

test('docs/mlflow.md has the table of what is shown', () => {
  const docs = readFileSync(join(root, 'docs/mlflow.md'), 'utf8');
  expect(docs).toContain(table());
});

for (const version of VERSIONS) {
  test(`the pages of MLflow ${version}`, async ({
    page,
    problems,
    sandbox
  }) => {
    test.setTimeout(600_000);
    problems.allow(NOISE);
    problems.allow(/status of 40[34] .*\/mlflow\/(assistant|users)\//);
    problems.allow(/status of 403 .*\/mlflow\/gateway-proxy\?/);
    problems.allow(/status of 404 .*\/get-by-name\?.*=changed-in-the-lab-/);
    for (const fault of FAULTS[version] ?? []) {
      problems.allow(fault);
    }
    const { lab } = await sandbox.join('reader', { mlflows: older });
    const calls = new Calls(page);
    await openLab(page, lab);
    const config = await page.request.get(
      new URL('../sagemaker-governance/config', `${lab}/`).href
    );
    const { connections } = (await config.json()) as {
      connections: { id: string; publicUrl: string }[];
    };
    const url =
      connections.find(({ id }) => id === connectionOf(version))?.publicUrl ??
      '';
    const seed: ISeed = await seedOf(url, version);
    const frame = await openVersion(page, version);
    // As it opens by itself, before anything goes to a route.
    await expect.soft(frame.locator('body')).toHaveText(/credit-risk-scoring/);
    await expect.soft(frame.locator('body')).not.toHaveText(/Page Not Found/);
    for (const one of pagesOf(version)) {
      await test.step(`${one.feature}: ${one.opens?.at(-1) ?? one.route(seed)}`, async () => {
        await go(frame, one.route(seed));
        await expect.soft(frame.locator('body')).toHaveText(one.shows);
        for (const name of one.opens ?? []) {
          await frame.getByText(name, { exact: true }).first().click();
        }
        if (one.then) {
          await expect.soft(frame.locator('body')).toHaveText(one.then);
        }
        if (one.draws) {
          await expect.soft(frame.locator(one.draws).first()).toBeVisible();
        }
        await calls.settle(page);
        if (one.picture) {
          await screenshot(page, `mlflow-${version}-${one.picture}`);
        }
        await expect
          .soft(frame.locator('body'))
          .not.toHaveText(
            /Page Not Found|Something went wrong|error occurred while rendering/
          );
        expect.soft(calls.failed.splice(0), one.route(seed)).toEqual([]);
        expect.soft(problems.unexpected(), one.route(seed)).toEqual([]);
      });
    }
    const work: IWork = {
      ...{ page, frame, version, url, go: route => go(frame, route) },
      name: `changed-in-the-lab-${Date.now()}`,
      ...{ experiment: '', run: '', digest: '' }
    };
    try {
      for (const one of changesOf(version)) {
        await test.step(one.feature, async () => {
          await one.do(work);
          await calls.settle(page);
          expect.soft(calls.failed.splice(0), one.feature).toEqual([]);
          expect.soft(problems.unexpected(), one.feature).toEqual([]);
        });
      }
    } finally {
      await clearUp(work);
    }
  });
}
