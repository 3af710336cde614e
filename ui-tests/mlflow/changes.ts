/**
 * What a person changes in MLflow's pages, each read back from MLflow's API.
 *
 * All of it happens in an experiment and a registered model of its own, so
 * that the seed stays as it is. Test ids, labels and `data-component-id`s are
 * those of MLflow's own bundles, the same in all versions unless it says so.
 */
import { expect } from '@playwright/test';
import type { Frame, Locator, Page } from '@playwright/test';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { call, isAtLeast } from './server';

/** Of the artifact that is downloaded, in bytes. */
const SIZE = 24 * 1024 ** 2;
const RUN = 'changed-here';
const FILE = 'weights.bin';
const TEXT = 'Reviewed on **Monday**: no change of the target.';

interface ITag {
  key: string;
  value: string;
}

/** Where it is done, and to what. */
export interface IWork {
  page: Page;
  frame: Frame;
  version: string;
  /** Of the server itself, past the lab. */
  url: string;
  /** Go to a route of MLflow. */
  go(route: string): Promise<void>;
  /** Of the experiment and of the registered model. */
  name: string;
  /** Ids; '' before they are made. */
  experiment: string;
  run: string;
  /** SHA-256 of the artifact, in hex. */
  digest: string;
}

/** Something that a person does; those with the same feature are one row. */
export interface IChange {
  feature: string;
  /** Only from this version of MLflow on. */
  since?: string;
  do(work: IWork): Promise<void>;
}

const api = <Answer>(
  work: IWork,
  path: string,
  body?: object
): Promise<Answer> => call(`${work.url}/api/2.0/mlflow/${path}`, body);

/** By either of the two attributes that MLflow has for it. */
const byId = (work: IWork, id: string): Locator =>
  work.frame.locator(`[data-testid="${id}"], [data-test-id="${id}"]`);

const dialog = (work: IWork): Locator => work.frame.getByRole('dialog');

async function runOf(
  work: IWork
): Promise<{ stage: string; tags: Record<string, string> }> {
  const { run } = await api<{
    run: { info: { lifecycle_stage: string }; data: { tags?: ITag[] } };
  }>(work, `runs/get?run_id=${work.run}`);
  return { stage: run.info.lifecycle_stage, tags: record(run.data.tags) };
}

async function experimentOf(
  work: IWork
): Promise<{ stage: string; tags: Record<string, string> }> {
  const { experiment } = await api<{
    experiment: { lifecycle_stage: string; tags?: ITag[] };
  }>(work, `experiments/get?experiment_id=${work.experiment}`);
  return { stage: experiment.lifecycle_stage, tags: record(experiment.tags) };
}

async function modelOf(
  work: IWork
): Promise<{ description: string; tags: Record<string, string> }> {
  const { registered_model: model } = await api<{
    registered_model: { description?: string; tags?: ITag[] };
  }>(work, `registered-models/get?name=${work.name}`);
  return { description: model.description ?? '', tags: record(model.tags) };
}

function record(tags: ITag[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

/** The page of all experiments; 2.22 has them beside the runs. */
const experiments = ({ version }: IWork): string =>
  isAtLeast(version, '3.0.0') ? '/experiments' : '/';

const runs = ({ version, experiment }: IWork): string =>
  `/experiments/${experiment}${isAtLeast(version, '3.0.0') ? '/runs' : ''}`;

/** Fill in the dialog for tags of runs and experiments. */
async function addTag(work: IWork, key: string, value: string): Promise<void> {
  const box = dialog(work).getByRole('combobox');
  await box.fill(key);
  await box.press('Enter');
  await dialog(work).getByLabel('Value').fill(value);
  await dialog(work).getByLabel('Add tag').click();
  await dialog(work).getByRole('button', { name: 'Save tags' }).click();
  await expect(dialog(work)).toBeHidden();
}

/** Mark the only run of the table. */
async function choose(work: IWork): Promise<void> {
  await work.frame
    .getByRole('checkbox', { name: /toggle row selection/i })
    .first()
    .check();
}

async function confirm(work: IWork, name: string): Promise<void> {
  await dialog(work).getByRole('button', { name }).click();
  await expect(dialog(work)).toBeHidden();
}

/** Make what is changed: a run with a file, and a registered model. */
async function fill(work: IWork): Promise<void> {
  const { run } = await api<{ run: { info: { run_id: string } } }>(
    work,
    'runs/create',
    {
      experiment_id: work.experiment,
      run_name: RUN,
      start_time: Date.now()
    }
  );
  work.run = run.info.run_id;
  const data = randomBytes(SIZE);
  work.digest = createHash('sha256').update(data).digest('hex');
  const path = `${work.experiment}/${work.run}/artifacts/${FILE}`;
  const answer = await fetch(
    `${work.url}/api/2.0/mlflow-artifacts/artifacts/${path}`,
    { method: 'PUT', body: data }
  );
  expect(answer.status, await answer.text()).toBe(200);
  // With both: their sections are folded where there is nothing.
  await api(work, 'registered-models/create', {
    name: work.name,
    description: 'As it was.',
    tags: [{ key: 'team', value: 'retail' }]
  });
}

const OWN = 'Change: create, delete an experiment';

/** In the order in which they are done: the first makes the experiment. */
export const CHANGES: IChange[] = [
  {
    feature: OWN,
    do: async work => {
      await work.go(experiments(work));
      await byId(work, 'create-experiment-button').first().click();
      await dialog(work).getByRole('textbox').first().fill(work.name);
      await confirm(work, 'Create');
      const { experiment } = await api<{
        experiment: { experiment_id: string };
      }>(work, `experiments/get-by-name?experiment_name=${work.name}`);
      work.experiment = experiment.experiment_id;
      await fill(work);
    }
  },
  {
    feature: 'Change: description of an experiment',
    do: async work => {
      await work.go(runs(work));
      if (isAtLeast(work.version, '3.0.0')) {
        await byId(work, 'overflow-menu-trigger').first().click();
        await work.frame
          .getByRole('menuitem', { name: /^Edit (description|experiment)$/ })
          .click();
      } else {
        await work.frame
          .getByRole('button', { name: 'Add Description' })
          .click();
      }
      await dialog(work).locator('textarea').last().fill(TEXT);
      await confirm(work, 'Save');
      await expect
        .poll(async () => (await experimentOf(work)).tags)
        .toMatchObject({ 'mlflow.note.content': TEXT });
    }
  },
  {
    feature: 'Change: tags of an experiment',
    since: '3.0.0',
    do: async work => {
      await work.go(experiments(work));
      await work.frame
        .getByRole('row')
        .filter({ hasText: work.name })
        .getByRole('button', { name: /(Add|Edit) tags/ })
        .first()
        .click();
      await addTag(work, 'desk', 'retail');
      await expect
        .poll(async () => (await experimentOf(work)).tags)
        .toMatchObject({ desk: 'retail' });
    }
  },
  {
    feature: 'Change: description of a run',
    do: async work => {
      await work.go(`/experiments/${work.experiment}/runs/${work.run}`);
      await work.frame
        .getByRole('button', { name: 'Edit description' })
        .click();
      await byId(work, 'text-area').fill(TEXT);
      await byId(work, 'editable-note-save-button').click();
      await expect
        .poll(async () => (await runOf(work)).tags)
        .toMatchObject({ 'mlflow.note.content': TEXT });
    }
  },
  {
    feature: 'Change: tags of a run',
    do: async work => {
      await work.go(`/experiments/${work.experiment}/runs/${work.run}`);
      await work.frame.getByRole('button', { name: 'Add tags' }).click();
      await addTag(work, 'reviewer', 'm.okafor');
      await expect
        .poll(async () => (await runOf(work)).tags)
        .toMatchObject({ reviewer: 'm.okafor' });
      // And away again, by its cross in the same dialog.
      await work.frame.getByRole('button', { name: 'Edit tags' }).click();
      await dialog(work)
        .locator('[role="status"], .mlflow-tag, span, div')
        .filter({ hasText: /^reviewer: ?m\.okafor$/ })
        .last()
        .locator('xpath=ancestor-or-self::*[.//button][1]')
        .getByRole('button')
        .last()
        .click();
      await confirm(work, 'Save tags');
      await expect
        .poll(async () => (await runOf(work)).tags)
        .not.toHaveProperty('reviewer');
    }
  },
  {
    feature: 'Download of an artifact of 24 MB',
    do: async work => {
      await work.go(
        `/experiments/${work.experiment}/runs/${work.run}/artifacts`
      );
      await work.frame.getByText(FILE, { exact: true }).first().click();
      const saved = work.page.waitForEvent('download');
      // A button without a name, in all versions.
      await work.frame
        .locator('button[data-component-id$="artifactview.tsx_337"]')
        .click();
      const file = await saved;
      expect(file.suggestedFilename()).toBe(FILE);
      const hash = createHash('sha256');
      for await (const part of createReadStream(await file.path())) {
        hash.update(part as Buffer);
      }
      expect(hash.digest('hex')).toBe(work.digest);
    }
  },
  {
    feature: 'Change: description, tags of a registered model',
    do: async work => {
      await work.go(`/models/${work.name}`);
      const edit = byId(work, 'descriptionEditButton');
      const news = dialog(work).getByRole('button', { name: 'Close' });
      // MLflow tells of its newer pages, at some time after this one is there.
      await expect(async () => {
        if (await news.isVisible()) {
          await news.click({ timeout: 1000 });
        }
        await edit.click({ timeout: 1000 });
      }).toPass({ timeout: 30_000 });
      await byId(work, 'text-area').fill(TEXT);
      await byId(work, 'editable-note-save-button').click();
      await expect
        .poll(async () => (await modelOf(work)).description)
        .toBe(TEXT);
      await byId(work, 'tags-form-input-name').fill('tier');
      await byId(work, 'tags-form-input-value').fill('2');
      await byId(work, 'add-tag-button').click();
      await expect
        .poll(async () => (await modelOf(work)).tags)
        .toMatchObject({ tier: '2' });
    }
  },
  {
    feature: 'Change: delete, restore a run',
    do: async work => {
      await work.go(runs(work));
      await choose(work);
      await byId(work, 'runs-delete-button').click();
      await confirm(work, 'Delete');
      await expect.poll(async () => (await runOf(work)).stage).toBe('deleted');
      await byId(work, 'lifecycle-filter').click();
      await byId(work, 'deleted-runs-menu-item').click();
      await choose(work);
      await byId(work, 'runs-restore-button').click();
      await confirm(work, 'Restore');
      await expect.poll(async () => (await runOf(work)).stage).toBe('active');
    }
  },
  {
    feature: OWN,
    do: async work => {
      await work.go(experiments(work));
      if (isAtLeast(work.version, '3.0.0')) {
        await work.frame
          .getByRole('row')
          .filter({ hasText: work.name })
          .getByRole('checkbox')
          .check();
        await byId(work, 'delete-experiments-button').click();
      } else {
        await byId(work, 'experiment-list-item')
          .or(byId(work, 'active-experiment-list-item'))
          .filter({ hasText: work.name })
          .getByTestId('delete-experiment-button')
          .click();
      }
      await confirm(work, 'Delete');
      await expect
        .poll(async () => (await experimentOf(work)).stage)
        .toBe('deleted');
    }
  }
];

/** What a version's pages offer of it. */
export function changesOf(version: string): IChange[] {
  return CHANGES.filter(({ since }) => !since || isAtLeast(version, since));
}

/** Leave nothing behind that others see. */
export async function clearUp(work: IWork): Promise<void> {
  if (work.run) {
    await fetch(`${work.url}/api/2.0/mlflow/registered-models/delete`, {
      method: 'DELETE',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: work.name })
    });
  }
  if (work.experiment && (await experimentOf(work)).stage === 'active') {
    await api(work, 'experiments/delete', { experiment_id: work.experiment });
  }
}
