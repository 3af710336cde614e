/**
 * Ten registry accounts of which one is down and one is throttled: when the
 * rows of the others are there, what the panel says, and what it all costs.
 */
import { performance } from 'node:perf_hooks';
import { Failure } from '../process.mjs';
import { median, round } from './numbers.mjs';
import { PANEL, complete, openLab, openPanel, roundTrip } from './page.mjs';

const DOWN = 'cards';
const THROTTLED = 'motor';
/** Groups on the first page of a registry. */
const PAGE = 100;
/** Ms that the panel gives a throttled registry before it says so. */
const PATIENCE = 120_000;

/**
 * Wait until so many groups are counted, as the page itself sees it.
 *
 * @returns ms since the page asked the first registry for groups
 */
function untilGroups(page, wanted) {
  return page.evaluate(
    ({ panel, least }) =>
      new Promise(done => {
        const asked = () =>
          Math.min(
            ...performance
              .getEntriesByType('resource')
              .filter(({ name }) => /\/aws\/[^/]+\/sagemaker\//.test(name))
              .map(({ startTime }) => startTime)
          );
        const look = () => {
          const chip = [...document.querySelectorAll(`${panel} button`)].find(
            button => /^All \d/.test(button.textContent)
          );
          const row = document.querySelector(`${panel} [role="option"]`);
          const count = Number(chip?.textContent.replace(/\D/g, ''));
          if (row && count >= least) {
            done(performance.now() - asked());
          } else {
            requestAnimationFrame(look);
          }
        };
        look();
      }),
    { panel: PANEL, least: wanted }
  );
}

/** Lines of the panel about registries, once both failures are told. */
async function failures(page, labels) {
  const notices = page.locator(`${PANEL} .jp-sg-notice`);
  for (const label of labels) {
    await notices
      .filter({ hasText: label })
      .first()
      .waitFor({ timeout: PATIENCE });
  }
  return (await notices.allInnerTexts()).map(text => text.replace(/\s+/g, ' '));
}

/** @param {number} ms latency of every upstream */
export async function accounts(browser, sandbox, ms = 100, samples = 5) {
  const ids = Object.keys(sandbox.parts.registries);
  const others = ids.filter(id => id !== DOWN && id !== THROTTLED);
  if (others.length !== 8) {
    throw new Failure(`the sandbox has the registries ${ids.join(', ')}`);
  }
  await sandbox.latency(ms);
  await sandbox.fault('registry-down', { upstream: `aws-${DOWN}` });
  await sandbox.fault('throttle', { upstream: `aws-${THROTTLED}` });
  const base = new URL('../sagemaker-governance/', `${sandbox.lab}/`).href;
  const rows = [];
  const sinceAsked = [];
  const trips = [];
  let cold = 0;
  // The first one also takes the roles; it is told apart.
  for (let sample = 0; sample <= samples; sample += 1) {
    const { context, page } = await openLab(browser, sandbox.lab);
    // The same first pages, asked for at once by a page that does nothing else:
    // what the stand-in, the relay and two cores need whatever the panel does.
    const trip = sample > 0 ? await roundTrip(page, base, others) : 0;
    await page.evaluate(() => performance.clearResourceTimings());
    const start = performance.now();
    await openPanel(page);
    const waited = await untilGroups(page, others.length * PAGE);
    const took = performance.now() - start;
    if (sample === 0) {
      cold = took;
    } else {
      rows.push(took);
      sinceAsked.push(waited);
      trips.push(trip);
    }
    await context.close();
  }
  await sandbox.latency(0);
  const { context, page } = await openLab(browser, sandbox.lab);
  await sandbox.forget();
  await openPanel(page);
  const said = await failures(page, [
    `registry-${DOWN}`,
    `registry-${THROTTLED}`
  ]);
  const groups = await complete(page);
  const counted = await sandbox.counts();
  await context.close();
  await sandbox.mend();
  const searches = id => {
    const table = counted[id === 'own' ? 'aws' : `aws-${id}`] ?? {};
    return Object.values(table).reduce((a, b) => a + b, 0);
  };
  const trip = median(trips);
  return {
    upstreamLatencyMs: ms,
    roundTripMs: round(trip),
    rowsOfEightMs: round(median(rows)),
    // From the click in a fresh page, which loads the code of the panel first.
    overFromClickMs: round(median(rows) - trip),
    overRoundTripMs: round(median(sinceAsked) - trip),
    firstTimeMs: round(cold),
    groups,
    callsOfEight: others.reduce((sum, id) => sum + searches(id), 0),
    callsOfDown: searches(DOWN),
    callsOfThrottled: searches(THROTTLED),
    // Pages; who we are, what waits for us and latest versions of each registry.
    goal: round((1.05 * groups) / PAGE + 5 * others.length, 0),
    said,
    byOperation: counted
  };
}
