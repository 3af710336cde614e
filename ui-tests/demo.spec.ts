import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, openLab, test } from './support';
import { root } from './support/process';

/** `npm run demo` as a user types it. */
class Demo {
  constructor(runDir: string, ...args: string[]) {
    this._child = spawn(
      process.execPath,
      ['scripts/demo.mjs', '--no-browser', '--run-dir', runDir, ...args],
      { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] }
    );
    this._child.stdout.on('data', chunk => (this.stdout += String(chunk)));
    this._child.stderr.on('data', chunk => (this.stderr += String(chunk)));
    this.ended = new Promise(done => this._child.once('close', done));
  }

  stdout = '';
  stderr = '';
  readonly ended: Promise<number | null>;

  get pid(): number {
    return this._child.pid ?? 0;
  }

  /** Address of its lab, once it says so. */
  async ready(): Promise<string> {
    await expect
      .poll(() => `${this.stdout}\n${this.stderr}`, { timeout: 150_000 })
      .toMatch(/^Lab ready: /m);
    return /^Lab ready: (\S+)$/m.exec(this.stdout)?.[1] ?? '';
  }

  signal(name: NodeJS.Signals): void {
    this._child.kill(name);
  }

  private readonly _child;
}

/** Processes whose command line names the folder. */
function processesOf(folder: string): string[] {
  return execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.includes(folder));
}

test.describe('npm run demo', () => {
  test.setTimeout(400_000);

  let runDir = '';
  const started: Demo[] = [];
  const demo = (...args: string[]): Demo => {
    started.push(new Demo(runDir, ...args));
    return started[started.length - 1];
  };

  test.beforeEach(() => {
    runDir = mkdtempSync(join(tmpdir(), 'sg-demo-'));
  });

  test.afterEach(async () => {
    for (const one of started.splice(0)) {
      one.signal('SIGTERM');
      await one.ended;
    }
    rmSync(runDir, { recursive: true, force: true });
  });

  test('starts, is joined, keeps its state, and leaves nothing', async ({
    page
  }, info) => {
    const began = Date.now();
    const first = demo('--port', '0');
    const lab = await first.ready();
    // Told, not judged: it depends on the machine and on what else it does.
    info.annotations.push({
      type: 'start',
      description: `${Date.now() - began} ms`
    });
    expect(first.stdout).toBe(`Lab ready: ${lab}\n`);
    await openLab(page, lab);
    await page.goto('about:blank');

    const second = demo('--port', '0', '--as', 'approver');
    const joined = await second.ready();
    expect(joined).not.toBe(lab);
    const parts = JSON.parse(
      readFileSync(join(runDir, 'sandbox.json'), 'utf8')
    ) as { lab: string; credentials: string };
    expect(parts.lab).toBe(lab);
    const config = await page.request.get(
      new URL('../sagemaker-governance/config', `${joined}/`).href
    );
    expect((await config.json()).environment.userProfileName).toBe('apr-007');

    first.signal('SIGINT');
    expect(await first.ended).toBe(0);
    // The lab that had joined ends with the sandbox.
    expect(await second.ended).toBe(0);
    await expect.poll(() => processesOf(runDir)).toEqual([]);
    expect(existsSync(join(runDir, 'sandbox.json'))).toBe(false);
  });

  test('a hard end of the command takes everything along', async () => {
    const one = demo('--port', '0');
    await one.ready();
    expect(processesOf(runDir).length).toBeGreaterThan(3);
    one.signal('SIGKILL');
    await expect.poll(() => processesOf(runDir)).toEqual([]);
  });

  test('a port that is taken is named, with the way out', async ({
    sandbox
  }) => {
    const taken = new URL(sandbox.lab).port;
    const one = demo('--port', taken);
    expect(await one.ended).toBe(1);
    expect(one.stderr).toContain(`Port ${taken} cannot be used`);
    expect(one.stderr).toContain('--port 0');
    expect(one.stdout).toBe('');
  });

  for (const [args, words] of [
    [
      ['--as', 'bob'],
      "--as must be data-scientist, approver or reader, not 'bob'"
    ],
    [['--port', 'x'], '--port must be a number'],
    [['--groups', 'many'], '--groups must be a number'],
    [['--nonsense'], "Unknown option '--nonsense'"]
  ] as const) {
    test(`${args.join(' ')} is refused before anything is set up`, async () => {
      const one = demo(...args);
      expect(await one.ended).toBe(1);
      expect(one.stderr).toContain(words);
    });
  }
});
