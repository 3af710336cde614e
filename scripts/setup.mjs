/** Make everything that the demo and the tests need: `npm run setup`. */
import { bootstrap } from './bootstrap.mjs';
import { guarded, say, since } from './process.mjs';
import { LABS, MLFLOWS } from './versions.mjs';

await guarded(async () => {
  const start = Date.now();
  await bootstrap({ labs: LABS, mlflows: MLFLOWS, browser: true });
  say(`All set up in ${since(start)}. Next: npm run demo, or npm test.`);
});
