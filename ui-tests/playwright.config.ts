import { defineConfig } from '@playwright/test';
import { existsSync } from 'node:fs';

/** Chromium: named, else installed on the machine, else Playwright's own. */
const chromium =
  process.env.CHROMIUM_PATH ||
  [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome'
  ].find(path => existsSync(path));

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  globalSetup: './support/start.ts',
  // One sandbox, whose state and faults are everybody's.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  // A shared machine may stall for seconds; second tries are named at the end.
  retries: process.env.CI ? 2 : 0,
  // Limits for a machine that stalls; a quiet one never waits for them.
  timeout: 180_000,
  globalTimeout: 60 * 60_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1400, height: 900 },
    actionTimeout: 30_000,
    locale: 'en-GB',
    timezoneId: 'Europe/Dublin',
    screenshot: 'only-on-failure',
    // Recording every test costs a third of its time.
    trace: 'on-first-retry',
    launchOptions: {
      executablePath: chromium,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync'
      ]
    }
  }
});
