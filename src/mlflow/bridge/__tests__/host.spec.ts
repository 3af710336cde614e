import { fakeRelay, mlflowConnection } from '../../../testing';
import { Bridge, type Phase } from '../host';
import { FrameStorage } from '../storage';

const PAGE =
  '<script defer src="static-files/static/js/main.0123abcd.js"></script>' +
  '<link href="static-files/static/css/main.0123abcd.css" rel="stylesheet">' +
  '<div id="root"></div>';

/** A record of an answer with many files. */
function record(kind: number, file: number, content: string): number[] {
  const body = new TextEncoder().encode(content);
  const head = new DataView(new ArrayBuffer(7));
  head.setUint8(0, kind);
  head.setUint16(1, file);
  head.setUint32(3, body.length);
  return [...new Uint8Array(head.buffer), ...body];
}

function file(at: number, path: string, type: string, text: string): number[] {
  const head = JSON.stringify({ path, status: 200, type, encoding: '' });
  return [...record(1, at, head), ...record(2, at, text), ...record(3, at, '')];
}

/** The document of the last frame; jsdom cannot read what a blob holds. */
let page = '';
const { Blob: NativeBlob } = globalThis;
beforeAll(() => {
  globalThis.Blob = class extends NativeBlob {
    constructor(parts?: BlobPart[], options?: BlobPropertyBag) {
      super(parts, options);
      page = String(parts?.[0]);
    }
  };
});
afterAll(() => {
  globalThis.Blob = NativeBlob;
});

/** Play the frame's part: say hello, hear what it is told. */
function greet() {
  const frame = document.querySelector('iframe');
  const nonce = /"nonce":"([^"]+)"/.exec(page)?.[1];
  const told: unknown[] = [];
  const port = {
    onmessage: (_: { data: unknown }): void => undefined,
    postMessage: (message: unknown) => told.push(message),
    close: () => undefined
  };
  const source = frame?.contentWindow;
  window.dispatchEvent(
    Object.assign(new Event('message'), {
      source,
      data: { nonce },
      ports: [port]
    })
  );
  return { frame, told, say: (data: object) => port.onmessage({ data }) };
}

/** A page without files that are waited for. */
const whole = (version: string): number[] => [
  ...file(0, '', 'text/html', PAGE),
  ...file(1, 'version', 'text/plain', version)
];
const WHOLE = whole('3.4.0');

/** A bridge whose relay sends these bytes and then nothing more. */
function start(bytes: number[]): { bridge: Bridge; phases: Phase[] } {
  const relay = fakeRelay({});
  relay.request = async () => {
    let isSent = false;
    const reader = {
      read: () => {
        if (isSent) {
          return new Promise(() => undefined);
        }
        isSent = true;
        return Promise.resolve({ done: false, value: new Uint8Array(bytes) });
      },
      cancel: async () => undefined
    };
    return {
      ok: true,
      headers: new Headers(),
      body: { getReader: () => reader }
    } as unknown as Response;
  };
  const bridge = new Bridge({
    relay,
    connection: mlflowConnection(),
    storage: new FrameStorage('mlflow', null),
    title: 'MLflow',
    keystrokes: new Set(),
    stall: 1000
  });
  const phases: Phase[] = [];
  bridge.phaseChanged.connect((_, phase) => phases.push(phase));
  URL.createObjectURL = () => 'blob:x';
  URL.revokeObjectURL = () => undefined;
  return { bridge, phases };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('Bridge while it loads', () => {
  it('says that the server does not answer, and goes on when told', async () => {
    const { bridge, phases } = start([]);
    void bridge.start(document.body, '/');
    await jest.advanceTimersByTimeAsync(900);
    expect(phases.pop()).toEqual({ kind: 'loading', done: 0, total: 0 });
    await jest.advanceTimersByTimeAsync(200);
    expect(phases.pop()).toEqual({
      kind: 'stalled',
      done: 0,
      total: 0,
      seconds: 1
    });
    bridge.wait();
    expect(bridge.phase.kind).toBe('loading');
    await jest.advanceTimersByTimeAsync(1100);
    expect(bridge.phase.kind).toBe('stalled');
    bridge.dispose();
  });

  it('counts the files that are here', async () => {
    const { bridge, phases } = start([
      ...file(0, '', 'text/html', PAGE),
      ...file(1, 'version', 'text/plain', '3.4.0'),
      ...file(2, 'static-files/static/css/main.0123abcd.css', 'text/css', 'a{}')
    ]);
    void bridge.start(document.body, '/');
    await jest.advanceTimersByTimeAsync(500);
    expect(phases.pop()).toEqual({ kind: 'loading', done: 1, total: 2 });
    await jest.advanceTimersByTimeAsync(1100);
    expect(bridge.phase).toEqual({
      kind: 'stalled',
      done: 1,
      total: 2,
      seconds: 1
    });
    bridge.dispose();
  });

  it('says nothing of a page that nobody sees', async () => {
    const { bridge } = start([]);
    void bridge.prepare(document.body, '/');
    await jest.advanceTimersByTimeAsync(5000);
    expect(bridge.phase.kind).toBe('loading');
    // Where frames cannot be moved it stays where it is.
    expect(bridge.sleep(document.body)).toBe(false);
    expect(bridge.wake(document.body)).toBe(true);
    await jest.advanceTimersByTimeAsync(1100);
    expect(bridge.phase.kind).toBe('stalled');
    bridge.dispose();
  });
});

describe('Bridge whose page is not there yet', () => {
  it('tells it where to go, keys and theme when it is', async () => {
    const { bridge } = start(WHOLE);
    void bridge.prepare(document.body, '/');
    // Before there is a frame, and before its script runs.
    bridge.navigate('/lost');
    await jest.advanceTimersByTimeAsync(100);
    bridge.navigate('/experiments/1');
    bridge.setKeystrokes(new Set(['F6']));
    bridge.setDark(true);
    const { told, say } = greet();
    expect(told).toEqual([]);
    say({ kind: 'ready' });
    expect(told).toEqual([
      { kind: 'keys', keystrokes: ['F6'] },
      { kind: 'theme', dark: true },
      { kind: 'navigate', route: '/experiments/1' }
    ]);
    bridge.navigate('/experiments/2');
    expect(told.slice(3)).toEqual([
      { kind: 'navigate', route: '/experiments/2' }
    ]);
    bridge.dispose();
  });
});

describe('Bridge at the list of experiments', () => {
  it.each([
    ['2.22.5', '/'],
    ['3.17.2', '/experiments']
  ])('opens it where MLflow %s has it', async (version, there) => {
    const { bridge } = start(whole(version));
    void bridge.start(document.body, '/experiments');
    await jest.advanceTimersByTimeAsync(100);
    const { frame, told, say } = greet();
    expect(frame?.src).toBe(`blob:x#${there}`);
    say({ kind: 'ready' });
    bridge.navigate('/experiments');
    expect(told).toEqual([{ kind: 'navigate', route: there }]);
    bridge.dispose();
  });
});

describe('Bridge whose page nobody sees', () => {
  it('lets it have no key', async () => {
    const { bridge } = start(WHOLE);
    const field = document.body.appendChild(document.createElement('input'));
    void bridge.prepare(document.body, '/');
    await jest.advanceTimersByTimeAsync(100);
    const { frame } = greet();
    // From another frame: the lab hears of it by nothing.
    field.focus();
    frame?.focus();
    await jest.advanceTimersByTimeAsync(250);
    expect(document.activeElement).toBe(field);
    const steal = async () => {
      field.focus();
      frame?.focus();
      window.dispatchEvent(new Event('blur'));
      await jest.advanceTimersByTimeAsync(1);
    };
    await steal();
    expect(document.activeElement).toBe(field);
    for (let at = 0; at < 10; at++) {
      await steal();
    }
    expect(bridge.phase.kind).toBe('flooded');
    bridge.dispose();
    field.remove();
  });

  it('does not pass for one that is there when it was moved', async () => {
    const { bridge } = start(WHOLE);
    void bridge.prepare(document.body, '/');
    await jest.advanceTimersByTimeAsync(100);
    const { frame, say } = greet();
    say({ kind: 'ready' });
    frame?.dispatchEvent(new Event('load'));
    frame?.remove();
    document.body.append(frame ?? '');
    frame?.dispatchEvent(new Event('load'));
    expect(bridge.phase.kind).toBe('left');
    bridge.dispose();
  });
});
