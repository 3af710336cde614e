import { test } from './support';
import { expectInstalled } from './support/lab';
import { older } from '../sandbox/studio/versions.json';

for (const version of older) {
  test(`the built wheel loads in JupyterLab ${version} without an error`, async ({
    page,
    sandbox
  }) => {
    const joined = await sandbox.join('reader', { jupyterlab: version });
    try {
      await expectInstalled(page, joined.lab, version);
    } finally {
      // An open page would miss its server.
      await page.close();
      await joined.stop();
    }
  });
}
