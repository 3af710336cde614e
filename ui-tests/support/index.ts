/** What a browser test imports: `test` with our fixtures, and helpers. */
import { test as base, expect } from '@playwright/test';
import type {
  BrowserContext,
  ConsoleMessage,
  Page,
  WebError
} from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './process';
import { Sandbox } from './sandbox';

export { expect };
export type { ISandboxProcess } from './process';
export type { IFaultOptions, IJoinOptions, Persona } from './sandbox';
export { Sandbox };

/**
 * How many times slower than this machine the pages shall run: find what only
 * works on a fast one with `SG_UI_CPU=4 npx playwright test -c ui-tests`.
 */
const CPU = Number(process.env.SG_UI_CPU ?? 1);

const slowed = new WeakSet<Page>();

async function slowDown(page: Page): Promise<void> {
  if (CPU > 1 && !slowed.has(page)) {
    slowed.add(page);
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: CPU });
  }
}

/** Errors that the browser's pages reported. */
export class Problems {
  /** Accept errors that the test causes on purpose. */
  allow(pattern: RegExp): void {
    this._allowed.push(pattern);
  }

  /** Note one. */
  add(text: string): void {
    this._seen.push(text);
  }

  /** Those that no pattern accepts. */
  unexpected(): string[] {
    return this._seen.filter(
      text => !this._allowed.some(pattern => pattern.test(text))
    );
  }

  private readonly _allowed: RegExp[] = [];
  private readonly _seen: string[] = [];
}

/** A page that tests of one file use one after the other. */
interface IKept {
  file: string;
  page: Page | null;
  context: BrowserContext | null;
}

interface IFixtures {
  /**
   * Tests of a file that follow each other in one page, which stays as the one
   * before left it (`tidyLab` of `product.ts`). For tests that only look.
   */
  together: boolean;
  /** Fails the test when a page of it reports an error that is not allowed. */
  problems: Problems;
}

interface IWorkerFixtures {
  /** The sandbox; its faults are switched off after every test. */
  sandbox: Sandbox;
  kept: IKept;
}

export const test = base.extend<IFixtures, IWorkerFixtures>({
  sandbox: [
    async ({}, use) => {
      const sandbox = new Sandbox();
      await use(sandbox);
      await sandbox.stopJoined();
    },
    { scope: 'worker', timeout: 120_000 }
  ],
  together: [false, { option: true }],
  kept: [
    async ({}, use) => {
      const kept: IKept = { file: '', page: null, context: null };
      await use(kept);
      await kept.context?.close();
    },
    { scope: 'worker' }
  ],
  context: async ({ browser, context, kept, together }, use, info) => {
    if (!together) {
      await use(context);
      return;
    }
    if (kept.file !== info.file) {
      await kept.context?.close();
      Object.assign(kept, { file: info.file, page: null });
      kept.context = await browser.newContext();
    }
    await use(kept.context ?? context);
  },
  page: async ({ context, kept, together }, use) => {
    if (!together) {
      await use(await context.newPage());
      return;
    }
    kept.page ??= await context.newPage();
    await use(kept.page);
    await kept.page.unrouteAll({ behavior: 'ignoreErrors' });
  },
  problems: [
    async ({ context, sandbox }, use) => {
      const problems = new Problems();
      const onConsole = (message: ConsoleMessage): void => {
        if (message.type() === 'error') {
          const { url } = message.location();
          problems.add(`console: ${message.text()} (${url})`);
        }
      };
      const onError = (error: WebError): void =>
        problems.add(
          `uncaught: ${error.error().stack ?? error.error().message}`
        );
      context.on('console', onConsole);
      context.on('weberror', onError);
      await use(problems);
      context.off('console', onConsole);
      context.off('weberror', onError);
      await sandbox.clear();
      await sandbox.latency(0);
      expect(problems.unexpected(), 'errors in the browser').toEqual([]);
    },
    { auto: true }
  ]
});

/**
 * Open a lab with a fresh workspace and wait until it can be used.
 *
 * @param url address of the lab, with further query members allowed
 */
export async function openLab(page: Page, url: string): Promise<void> {
  await slowDown(page);
  await page.goto(url.includes('?') ? `${url}&reset` : `${url}?reset`, {
    timeout: 60_000
  });
  await page.locator('#jp-main-dock-panel').waitFor({ timeout: 60_000 });
  await page
    .locator('#jupyterlab-splash')
    .waitFor({ state: 'detached', timeout: 60_000 });
  // It takes the focus when it comes, and the page moves.
  await page.locator('.jp-Launcher').waitFor();
}

/**
 * Hold back the page's requests to an address.
 *
 * @returns lets them go, and those that come later
 */
export async function hold(
  page: Page,
  url: RegExp
): Promise<() => Promise<void>> {
  let release = (): void => undefined;
  const released = new Promise<void>(done => (release = done));
  await page.route(url, async route => {
    await released;
    await route.fallback();
  });
  return async () => {
    release();
    await page.unroute(url);
  };
}

/** Colour schemes of the lab. */
export const THEMES = {
  light: 'JupyterLab Light',
  dark: 'JupyterLab Dark',
  contrast: 'JupyterLab Dark High Contrast'
} as const;

/** Keep a picture of the page, or of a part of it, for people to look at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = join(root, 'ui-tests/screenshots');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
