/** What a browser test imports: `test` with our fixtures, and helpers. */
import { test as base, expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './process';
import { Sandbox } from './sandbox';

export { expect };
export type { ISandboxProcess } from './process';
export type { IFaultOptions, IJoinOptions, Persona } from './sandbox';
export { Sandbox };

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

interface IFixtures {
  /** Fails the test when a page of it reports an error that is not allowed. */
  problems: Problems;
}

interface IWorkerFixtures {
  /** The sandbox; its faults are switched off after every test. */
  sandbox: Sandbox;
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
  problems: [
    async ({ context, sandbox }, use) => {
      const problems = new Problems();
      context.on('console', message => {
        if (message.type() === 'error') {
          const { url } = message.location();
          problems.add(`console: ${message.text()} (${url})`);
        }
      });
      context.on('weberror', error =>
        problems.add(
          `uncaught: ${error.error().stack ?? error.error().message}`
        )
      );
      await use(problems);
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
  await page.goto(url.includes('?') ? `${url}&reset` : `${url}?reset`);
  await page.locator('#jp-main-dock-panel').waitFor();
  await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
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
