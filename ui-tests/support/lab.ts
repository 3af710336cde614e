/** What must hold in every lab that the wheel is installed in. */
import type { Page } from '@playwright/test';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, openLab } from './index';
import { root } from './process';

const NAME = 'jupyterlab-sagemaker-governance';
const { version } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8')
) as { version: string };

/** Version of JupyterLab as the page tells it. */
async function labVersion(page: Page): Promise<string> {
  const text = await page.locator('#jupyter-config-data').textContent();
  return (JSON.parse(text ?? '{}') as { appVersion: string }).appVersion;
}

/**
 * The lab is of the wanted version, runs the built wheel, lists it as sound,
 * and both halves of it answer.
 */
export async function expectInstalled(
  page: Page,
  lab: string,
  jupyterlab: string
): Promise<void> {
  await openLab(page, lab);
  expect(await labVersion(page)).toBe(jupyterlab);

  const bundle = await page.evaluate(
    name =>
      performance
        .getEntriesByType('resource')
        .map(entry => entry.name)
        .filter(url => url.includes(`/extensions/${name}/static/remoteEntry.`)),
    NAME
  );
  expect(bundle).toHaveLength(1);

  const bin = join(root, '.cache/labs', jupyterlab, 'bin');
  const list = await promisify(execFile)(
    join(bin, 'jupyter-labextension'),
    ['list'],
    { env: { PATH: `${bin}:${process.env.PATH}`, HOME: '/nonexistent' } }
  );
  const colour = new RegExp(`${String.fromCharCode(27)}\\[\\d*m`, 'g');
  expect(`${list.stdout}${list.stderr}`.replace(colour, '')).toContain(
    `${NAME} v${version} enabled OK`
  );

  const config = await page.request.get(
    new URL('../sagemaker-governance/config', `${lab}/`).href
  );
  expect(config.status()).toBe(200);
  expect(await config.json()).toMatchObject({ api: 1, version });
}
