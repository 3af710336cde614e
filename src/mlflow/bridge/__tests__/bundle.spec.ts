import { decode, TooLargeError } from '../../../relay';
import { fakeRelay } from '../../../testing';
import { Assets, readPage } from '../assets';
import { AbsentError, Bundle } from '../bundle';
import { NotMLflowError } from '../document';

const HEAD = 1;
const DATA = 2;
const END = 3;
const FAIL = 4;

/** A record as the server writes it. */
function record(kind: number, file: number, content: string): Uint8Array {
  const body = new TextEncoder().encode(content);
  const bytes = new Uint8Array(7 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, kind);
  view.setUint16(1, file);
  view.setUint32(3, body.length);
  bytes.set(body, 7);
  return bytes;
}

/** Records of whole files, one after the other. */
function whole(files: Record<string, string>, type = 'text/html') {
  return Object.entries(files).flatMap(([path, content], at) => [
    record(HEAD, at, JSON.stringify({ path, status: 200, type, encoding: '' })),
    record(DATA, at, content),
    record(END, at, '')
  ]);
}

/** An answer that arrives in pieces of so many bytes. */
function answer(records: Uint8Array[], piece = 5): Response {
  const all = Uint8Array.from(records.flatMap(one => [...one]));
  let at = 0;
  const reader = {
    read: async () => {
      if (at >= all.length) {
        return { done: true, value: undefined };
      }
      const value = all.slice(at, (at += piece));
      return { done: false, value };
    },
    cancel: async () => undefined
  };
  return {
    ok: true,
    headers: new Headers(),
    body: { getReader: () => reader },
    clone: () => answer(records, piece)
  } as unknown as Response;
}

function relayOf(...answers: Uint8Array[][]) {
  const relay = fakeRelay({});
  const asked: unknown[] = [];
  relay.request = async (path, init) => {
    asked.push([path, JSON.parse(String(init?.body))]);
    return answer(answers[Math.min(asked.length, answers.length) - 1]);
  };
  return { relay, asked };
}

const text = async (file: Promise<{ parts: Uint8Array[] }>) =>
  decode((await file).parts);

describe('Bundle', () => {
  it('takes files that come side by side, in any pieces', async () => {
    const head = (at: number, path: string) =>
      record(
        HEAD,
        at,
        JSON.stringify({ path, status: 200, type: 'text/css', encoding: '' })
      );
    const records = [
      head(0, 'a'),
      head(1, 'b'),
      record(DATA, 1, 'bb'),
      record(DATA, 0, 'a'),
      record(DATA, 1, ''),
      record(END, 1, ''),
      record(DATA, 0, 'aa'),
      record(END, 0, '')
    ];
    for (const piece of [1, 7, 1000]) {
      const relay = fakeRelay({});
      relay.request = async () => answer(records, piece);
      const bundle = new Bundle({
        relay,
        connection: 'risk',
        paths: ['a', 'b'],
        limit: 100
      });
      expect(await text(bundle.file('a'))).toBe('aaa');
      expect(await text(bundle.file('b'))).toBe('bb');
    }
  });

  it('says of each file why it did not come', async () => {
    const fail = {
      path: 'b',
      code: 'upstream_redirect',
      message: 'A redirect.',
      hint: 'Look.',
      status: 502
    };
    const { relay } = relayOf([
      ...whole({ a: 'x'.repeat(50) }),
      record(FAIL, 1, JSON.stringify(fail)),
      record(HEAD, 2, '{"path": "half", "status": 200}'),
      record(DATA, 2, 'x')
    ]);
    const bundle = new Bundle({
      relay,
      connection: 'risk',
      paths: ['a', 'b', 'half', 'never'],
      limit: 20
    });
    await expect(bundle.file('a')).rejects.toThrow(TooLargeError);
    await expect(bundle.file('b')).rejects.toMatchObject({
      code: 'upstream_redirect',
      connection: 'risk',
      hint: 'Look.'
    });
    // Cut off: half a script must not run.
    await expect(bundle.file('half')).rejects.toThrow(AbsentError);
    await expect(bundle.file('never')).rejects.toThrow(AbsentError);
  });

  it('fails as a whole when the relay does', async () => {
    const relay = fakeRelay({});
    relay.request = () => Promise.reject(new Error('no lab'));
    const bundle = new Bundle({
      relay,
      connection: 'risk',
      paths: ['a'],
      limit: 9
    });
    await expect(bundle.file('a')).rejects.toThrow('no lab');
  });
});

describe('readPage', () => {
  const options = { connection: 'risk', server: 'a', caches: null };

  it('brings what the page names in the same answer', async () => {
    const { relay, asked } = relayOf(
      whole({
        '': '<html></html>',
        version: '3.4.0',
        'static-files/a.css': 'a'
      })
    );
    const { html, version, assets } = await readPage({ ...options, relay });
    const seen: number[] = [];
    await assets.ahead(['static-files/a.css'], done => seen.push(done));
    expect([html, version, seen]).toEqual(['<html></html>', '3.4.0', [1]]);
    expect(asked).toEqual([
      ['mlflow-files/risk', { paths: ['', 'version'], follow: true }]
    ]);
  });

  it('asks for what the server did not see in the page', async () => {
    const { relay, asked } = relayOf(
      whole({ '': '<html></html>', version: '3.4.0' }),
      whole({ 'static-files/a.css': 'a', 'static-files/b.css': 'b' })
    );
    const { assets } = await readPage({ ...options, relay });
    await assets.ahead(['static-files/a.css', 'static-files/b.css'], () => 0);
    expect(asked.slice(1)).toEqual([
      [
        'mlflow-files/risk',
        { paths: ['static-files/a.css', 'static-files/b.css'], follow: false }
      ]
    ]);
  });

  it('knows another page from MLflow’s', async () => {
    const { relay } = relayOf(whole({ '': '{}', version: '' }, 'text/plain'));
    await expect(readPage({ ...options, relay })).rejects.toThrow(
      NotMLflowError
    );
  });
});

describe('Assets', () => {
  it('asks at once for all that is wanted at a time', async () => {
    const names = Array.from(
      { length: 80 },
      (_, at) => `static-files/${at}.js`
    );
    const { relay, asked } = relayOf(
      whole(Object.fromEntries(names.map(name => [name, name])))
    );
    const assets = new Assets({
      relay,
      connection: 'risk',
      server: 'a',
      version: '1',
      caches: null
    });
    const blobs = await Promise.all(names.map(name => assets.get(name)));
    expect(blobs.map(({ size }) => size)).toEqual(names.map(n => n.length));
    expect(asked).toHaveLength(1);
  });
});
