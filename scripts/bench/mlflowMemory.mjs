/** What ten openings of MLflow leave in the browser's memory. */
import { readdirSync, readFileSync } from 'node:fs';
import { closeMLflow, newContext, openLab, openMLflow } from './mlflow.mjs';
import { round } from './numbers.mjs';

const TURNS = 10;

/** Parent and command of each process; Linux only. */
function processes() {
  const found = new Map();
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name)) {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]);
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        found.set(Number(name), { parent, command });
      } catch {
        // It ended meanwhile.
      }
    }
  }
  return found;
}

/** Megabytes of all renderer processes below this one, shared pages by share. */
function rendererMemory() {
  const all = processes();
  const isOurs = id => {
    for (let at = id; at > 1; at = all.get(at)?.parent ?? 0) {
      if (at === process.pid) {
        return true;
      }
    }
    return false;
  };
  let kilobytes = 0;
  for (const [id, { command }] of all) {
    if (command.includes('--type=renderer') && isOurs(id)) {
      try {
        const rollup = readFileSync(`/proc/${id}/smaps_rollup`, 'utf8');
        kilobytes += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
      } catch {
        // It ended meanwhile.
      }
    }
  }
  return kilobytes / 1024;
}

/** Memory once the garbage is collected. */
async function measure(page, session) {
  for (let round = 0; round < 3; round += 1) {
    await session.send('HeapProfiler.collectGarbage');
    await page.waitForTimeout(1000);
  }
  const { metrics } = await session.send('Performance.getMetrics');
  const of = name => metrics.find(metric => metric.name === name)?.value ?? 0;
  return {
    renderers: rendererMemory(),
    heap: of('JSHeapUsedSize') / 1024 / 1024,
    nodes: of('Nodes'),
    listeners: of('JSEventListeners'),
    frames: of('Frames')
  };
}

/**
 * @param {boolean} anew - each opening loads MLflow anew, as when no page is kept
 */
async function turns(browser, lab, anew) {
  const context = await newContext(browser);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable');
  await openLab(page, lab);
  let first = null;
  let last = null;
  for (let turn = 0; turn < TURNS; turn += 1) {
    await openMLflow(page);
    await closeMLflow(page);
    if (anew) {
      // What the browser does when memory is short ends the pages that are kept.
      await page.evaluate(() => document.dispatchEvent(new Event('freeze')));
    }
    if (turn === 0 || turn === TURNS - 1) {
      last = await measure(page, session);
      first ??= last;
    }
  }
  await context.close();
  const grown = name => round(last[name] / first[name], 3);
  return {
    renderersMB: [round(first.renderers, 0), round(last.renderers, 0)],
    renderers: grown('renderers'),
    heap: grown('heap'),
    nodes: grown('nodes'),
    listeners: grown('listeners'),
    frames: [first.frames, last.frames]
  };
}

export async function memory(browser, sandbox) {
  return {
    turns: TURNS,
    kept: await turns(browser, sandbox.lab, false),
    anew: await turns(browser, sandbox.lab, true)
  };
}
