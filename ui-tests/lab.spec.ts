import { test } from './support';
import { expectInstalled } from './support/lab';
import { current } from '../sandbox/studio/versions.json';

test('the built wheel loads in the lab without an error', async ({
  page,
  sandbox
}) => {
  await expectInstalled(page, sandbox.lab, current);
});
