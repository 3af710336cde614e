import { fakeRelay } from '../../../testing';
import { Assets, MAX_ASSET, MAX_KEPT } from '../assets';
import { readText, TooLargeError } from '../../../relay';

const MEGABYTE = 1024 * 1024;

/** A body that goes on for as long as somebody reads. */
function endless(): { response: () => Response; sent: () => number } {
  let sent = 0;
  const reader = {
    read: async () => {
      sent += MEGABYTE;
      return { done: false, value: new Uint8Array(MEGABYTE) };
    },
    cancel: async () => undefined
  };
  const response = () =>
    ({
      ok: true,
      headers: new Headers({ 'X-Relay-Content-Type': 'text/javascript' }),
      body: { getReader: () => reader }
    }) as unknown as Response;
  return { response, sent: () => sent };
}

/** Cache Storage, as far as it is used here. */
function fakeCaches() {
  const kept = new Map<string, Response>();
  const cache = {
    match: async (key: string) => kept.get(key),
    put: async (key: string, value: Response) => void kept.set(key, value),
    keys: async () => Array.from(kept.keys(), url => ({ url })),
    delete: async ({ url }: { url: string }) => kept.delete(url)
  };
  const caches = { open: async () => cache } as unknown as CacheStorage;
  return { caches, kept };
}

describe('what a hostile server sends', () => {
  it('ends where it is too large to be MLflow’s', async () => {
    const { response, sent } = endless();
    await expect(readText(response(), 3 * MEGABYTE)).rejects.toThrow(
      TooLargeError
    );
    expect(sent()).toBeLessThan(8 * MEGABYTE);
    const relay = { ...fakeRelay({}), request: async () => response() };
    const assets = new Assets({
      relay,
      connection: 'risk',
      server: 'a',
      version: '1',
      caches: null
    });
    await expect(assets.get('static-files/a.js')).rejects.toThrow(
      TooLargeError
    );
    expect(sent()).toBeLessThan(MAX_ASSET + 16 * MEGABYTE);
  });

  it('does not fill the browser’s storage', async () => {
    const { caches, kept } = fakeCaches();
    const relay = fakeRelay({
      'mlflow/risk/static-files': () =>
        new Response(new Uint8Array(MAX_KEPT / 4), {
          headers: { 'X-Relay-Content-Type': 'image/png' }
        })
    });
    const assets = new Assets({
      relay,
      connection: 'risk',
      server: 'a',
      version: '1',
      caches
    });
    for (let at = 0; at < 8; at++) {
      await assets.get(`static-files/a.0123abc${at}.png`);
    }
    await assets.settle();
    expect(kept.size).toBeLessThanOrEqual(4);
    expect(kept.size).toBeGreaterThan(0);
  });

  it('is not run as another server’s that has the name now', async () => {
    const { caches } = fakeCaches();
    const path = 'static-files/a.0123abcd.js';
    const asks = async (server: string) => {
      const relay = fakeRelay({
        [`mlflow/risk/${path}`]: () =>
          new Response('show()', {
            headers: { 'X-Relay-Content-Type': 'text/javascript' }
          })
      });
      const connection = 'risk';
      const version = '1';
      const options = { relay, connection, server, version, caches };
      const assets = new Assets(options);
      await assets.get(path);
      await assets.settle();
      return relay.calls.length;
    };
    expect(await asks('https://old.test')).toBe(1);
    expect(await asks('https://old.test')).toBe(0);
    expect(await asks('https://new.test')).toBe(1);
  });

  it('does not fill it file by file either', async () => {
    const { caches, kept } = fakeCaches();
    for (let at = 0; at < 2001; at++) {
      kept.set(`https://mlflow.invalid/risk/1~1~a/${at}`, new Response());
    }
    kept.set('https://mlflow.invalid/other/1~1/a', new Response());
    const relay = fakeRelay({});
    await new Assets({
      relay,
      connection: 'risk',
      server: 'a',
      version: '1',
      caches
    }).tidy();
    expect(Array.from(kept.keys())).toEqual([
      'https://mlflow.invalid/other/1~1/a'
    ]);
  });
});
