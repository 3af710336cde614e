/** What the panel costs: calls, time to the first rows, frames while scrolling. */
import { performance } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import { median, percentile, round } from './numbers.mjs';
import { ROW, complete, openLab, openPanel, roundTrip } from './page.mjs';

/** Bytes and requests of ours before the panel opens. */
export async function startup(browser, sandbox) {
  const { context, ours } = await openLab(browser, sandbox.lab);
  const bodies = await Promise.all(ours.files.map(file => file.body()));
  await context.close();
  const gzip = bodies.reduce(
    (sum, body) => sum + gzipSync(body, { level: 9 }).length,
    0
  );
  return { files: bodies.length, gzipBytes: gzip, apiCalls: ours.calls.length };
}

/**
 * Ms from the click until rows are there, against one round trip to the upstream
 * in the same run.
 *
 * @param {number} ms latency of every upstream
 */
export async function firstRows(browser, sandbox, ms, samples = 5) {
  await sandbox.latency(ms);
  const rows = [];
  const trips = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const { context, page } = await openLab(browser, sandbox.lab);
    const config = new URL('../sagemaker-governance/', `${sandbox.lab}/`).href;
    const start = performance.now();
    await openPanel(page);
    await page.locator(ROW).first().waitFor();
    rows.push(performance.now() - start);
    trips.push(await roundTrip(page, config));
    await context.close();
  }
  await sandbox.latency(0);
  const trip = median(trips);
  return {
    upstreamLatencyMs: ms,
    roundTripMs: round(trip),
    firstRowsMs: round(median(rows)),
    overRoundTripMs: round(median(rows) - trip)
  };
}

/** Upstream calls until every group and status is there. */
export async function calls(browser, sandbox) {
  const { context, page } = await openLab(browser, sandbox.lab);
  await sandbox.forget();
  await openPanel(page);
  // Includes what follows the last page: latest versions of the rows on screen.
  const shown = await complete(page);
  const counted = await sandbox.counts();
  await context.close();
  const sum = table => Object.values(table ?? {}).reduce((a, b) => a + b, 0);
  const aws = Object.entries(counted)
    .filter(([upstream]) => upstream.startsWith('aws'))
    .reduce((total, [, table]) => total + sum(table), 0);
  const useCases = Object.entries(counted.openpages ?? {})
    .filter(([operation]) => operation.includes('query'))
    .reduce((total, [, n]) => total + n, 0);
  return {
    groups: shown,
    awsCalls: aws,
    useCasePages: useCases,
    useCaseSingles: sum(counted.openpages) - useCases,
    goal: round((1.05 * shown) / 100 + useCases, 1),
    total: aws + useCases,
    byOperation: counted
  };
}

/** Frames while the list is scrolled with the wheel. */
export async function scroll(browser, sandbox, seconds = 5) {
  const { context, page } = await openLab(browser, sandbox.lab);
  await openPanel(page);
  await complete(page);
  const box = await page.locator(ROW).first().boundingBox();
  await page.mouse.move(box.x + 40, box.y + 20);
  await page.evaluate(() => {
    window.frames_ = [];
    let last = performance.now();
    const tick = now => {
      window.frames_.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    await page.mouse.wheel(0, 600);
    await page.waitForTimeout(16);
  }
  const frames = await page.evaluate(() => window.frames_.slice(1));
  await context.close();
  return {
    frames: frames.length,
    medianMs: round(median(frames)),
    p95Ms: round(percentile(frames, 0.95)),
    worstMs: round(Math.max(...frames))
  };
}
