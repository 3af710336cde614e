/** The panel and a dialog in a lab that somebody switched to Spanish. */
import type { Locator, Page } from '@playwright/test';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, openLab, screenshot, test } from './support';
import type { ISandboxProcess } from './support';
import { runDir } from './support/process';
import {
  allowSeeded,
  dialog,
  panelTab,
  setPanelWidth
} from './support/product';

const GROUP = 'credit-risk-scoring';

const place = join(runDir, 'jupyter/approver');
const config = join(place, 'config/jupyter_server_config.py');
const setting = join(place, 'settings/@jupyterlab/translation-extension');
const packs = join(runDir, 'packs');

/**
 * Install a language pack for the approver's lab.
 *
 * JupyterLab offers and serves a language only when a pack of it is installed,
 * also where an extension brings its own texts. This one is empty, so all that
 * is Spanish in the lab comes from the wheel.
 */
function installPack(): void {
  const name = 'jupyterlab_language_pack_es_ES';
  const files: Record<string, string> = {
    [`${name}/__init__.py`]: '',
    [`${name}-0.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 0\n`,
    [`${name}-0.dist-info/entry_points.txt`]: `[jupyterlab.languagepack]\nes_ES = ${name}\n`
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(packs, file, '..'), { recursive: true });
    writeFileSync(join(packs, file), text);
  }
  mkdirSync(join(config, '..'), { recursive: true });
  writeFileSync(
    config,
    `import sys\n\nsys.path.append(${JSON.stringify(packs)})\n`
  );
}

function removePack(): void {
  for (const path of [config, packs, setting]) {
    rmSync(path, { recursive: true, force: true });
  }
}

/** Choose the language in the lab's menu, as a person does. */
async function speakSpanish(page: Page): Promise<void> {
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  const entry = (text: string) =>
    page.locator('.lm-Menu-item').filter({ hasText: text });
  await entry('Language').click();
  await entry('Español').click();
  const saved = page.waitForEvent('load');
  await dialog(page)
    .getByRole('button', { name: /Change and reload/ })
    .click();
  await saved;
}

/** Spanish words are longer: none may stick out of its region. */
async function expectFits(region: Locator): Promise<void> {
  const outside = await region.evaluate(root => {
    const { right } = root.getBoundingClientRect();
    return [...root.querySelectorAll<HTMLElement>('*')]
      .filter(element => element.getBoundingClientRect().right > right + 1)
      .map(element => `${element.className} "${element.textContent}"`);
  });
  expect(outside).toEqual([]);
}

let lab: ISandboxProcess;

test.beforeAll(async ({ sandbox }) => {
  // One that other tests joined has no pack.
  await (await sandbox.join('approver')).stop();
  installPack();
  lab = await sandbox.join('approver');
});

test.afterAll(async () => {
  await lab.stop();
  removePack();
});

test('panel and dialog speak Spanish', async ({ page, problems }) => {
  allowSeeded(problems);
  await openLab(page, lab.lab);
  await speakSpanish(page);
  await openLab(page, lab.lab);
  await expect(page.locator('html')).toHaveAttribute('lang', 'es-ES');

  await panelTab(page).click();
  const panel = page.getByRole('region', { name: 'Gobernanza de modelos' });
  await expect(
    panel.getByRole('heading', { name: 'Gobernanza de modelos' })
  ).toBeVisible();
  await expect(panel.locator('.jp-sg-foot')).toContainText('3 registros');
  await expect(panel.locator('.jp-sg-foot-age')).toContainText(
    /actualizado (ahora|hace)/
  );
  await setPanelWidth(page, 280, panel);
  const chips = panel.getByRole('group', { name: 'Filtrar grupos' });
  for (const name of ['Todos', 'Míos', 'Requieren atención', 'En mis manos']) {
    await expect(
      chips.getByRole('button', { name: new RegExp(`^${name} \\d`) })
    ).toBeVisible();
  }

  await screenshot(page, 'panel-280-spanish');
  await expectFits(panel);

  await panel.getByPlaceholder('Buscar grupos').fill(GROUP);
  await expect(panel.getByRole('option')).toHaveCount(1);
  const row = panel.getByRole('option', { name: new RegExp(`^${GROUP},`) });
  await expect(row).toHaveAccessibleName(/v\d+ pendiente de aprobación/);
  await expect(row).toContainText('pendiente');

  await row.click({ button: 'right' });
  await page
    .getByRole('menuitem', { name: 'Aprobar o rechazar…', exact: true })
    .click();
  const decision = dialog(page);
  await expect(decision).toContainText(`Decidir sobre ${GROUP} v`);
  await expect(decision.getByRole('radio', { name: 'Aprobar' })).toBeVisible();
  await expect(decision.getByLabel('Motivo (lo verá el autor)')).toBeVisible();
  await expect(
    decision
      .locator('.jp-Dialog-footer')
      .getByRole('button', { name: 'Cancelar' })
  ).toBeVisible();
  await screenshot(page, 'dialog-decide-spanish');
  await expectFits(decision.locator('.jp-Dialog-content'));
});
