import { RelayError } from '../../../relay';
import { type Answer, fakeRelay } from '../../../testing';
import { Assets } from '../assets';
import type { FrameMessage, HostMessage } from '../protocol';
import { MAX_HELD, MAX_IN_FLIGHT, MAX_WAITING, Traffic } from '../traffic';

type Fetch = Extract<FrameMessage, { kind: 'fetch' }>;

const BASE = 'https://mlflow.invalid/';

function ask(id: number, url: string, more: Partial<Fetch> = {}): Fetch {
  return {
    kind: 'fetch',
    id,
    url,
    method: 'GET',
    headers: [],
    body: null,
    whole: false,
    ...more
  };
}

function bytes(text: string, type: string): () => Response {
  return () =>
    new Response(text, {
      headers: {
        'Content-Type': 'application/octet-stream',
        'X-Relay-Content-Type': type,
        'Set-Cookie': 'a=b',
        ETag: '"1"'
      }
    });
}

function setUp(
  table: Record<string, Answer>,
  words?: (error: RelayError) => string
) {
  const relay = fakeRelay(table);
  const posted: HostMessage[] = [];
  const refused: string[] = [];
  const problems: RelayError[] = [];
  const traffic = new Traffic({
    relay,
    connection: 'risk',
    base: BASE,
    assets: new Assets({
      relay,
      connection: 'risk',
      server: 'upstream https://a.test',
      version: '3.17.2',
      caches: null
    }),
    post: message => posted.push(message),
    refused: reason => refused.push(reason),
    problem: error => problems.push(error),
    words
  });
  const settled = async () => {
    for (let turn = 0; turn < 50; turn++) {
      await new Promise(resolve => setTimeout(resolve, 0));
    }
  };
  return { relay, traffic, posted, refused, problems, settled };
}

describe('Traffic', () => {
  it('lets many static files become one request', async () => {
    const { relay, traffic, settled } = setUp({
      'mlflow-files/risk': bytes('', 'application/octet-stream'),
      'mlflow/risk/ajax-api': () => new Promise<Response>(() => undefined)
    });
    // Every lane is taken by what does not end.
    for (let id = 1; id <= MAX_IN_FLIGHT; id++) {
      traffic.fetch(ask(id, 'ajax-api/x'));
    }
    for (let id = 101; id <= 180; id++) {
      traffic.fetch(ask(id, `static-files/${id}.js`, { whole: true }));
    }
    await settled();
    const files = relay.callsOf('mlflow-files');
    expect(files).toHaveLength(1);
    expect(files[0].body?.paths).toHaveLength(80);
    traffic.dispose();
  });

  it('lets only static files through while it is held', async () => {
    const { relay, traffic, posted, settled } = setUp({
      'mlflow/risk/ajax-api/x': { a: 1 },
      'mlflow/risk/static-files/a.png': bytes('x', 'image/png')
    });
    traffic.hold();
    traffic.fetch(ask(1, 'ajax-api/x'));
    traffic.fetch(ask(2, 'static-files/a.png', { whole: true }));
    // Not what it looks like: a query, another method, a stream.
    traffic.fetch(ask(3, 'static-files/a.png?x=1', { whole: true }));
    traffic.fetch(
      ask(4, 'static-files/a.png', { whole: true, method: 'POST' })
    );
    traffic.fetch(ask(5, 'static-files/a.png'));
    await settled();
    expect(relay.calls.map(({ path }) => path)).toEqual([
      'mlflow/risk/static-files/a.png'
    ]);
    expect(posted.map(message => 'id' in message && message.id)).toEqual([
      2, 2
    ]);
    traffic.resume();
    await settled();
    expect(relay.calls).toHaveLength(5);
  });

  describe('what the page asks first', () => {
    const first = 'ajax-api/3.0/mlflow/server-info';
    const paths = (relay: { calls: { path: string }[] }) =>
      relay.calls.map(({ path }) => path);

    it('is let through once, while a page is made ready', async () => {
      const { relay, traffic, posted, settled } = setUp({
        [`mlflow/risk/${first}`]: bytes('{}', 'application/json'),
        'mlflow/risk/ajax-api/2.0': bytes('{}', 'application/json')
      });
      traffic.hold(true);
      // Not what it looks like.
      traffic.fetch(ask(1, `${first}?x=1`));
      traffic.fetch(ask(2, first, { method: 'POST' }));
      traffic.fetch(ask(3, first));
      traffic.fetch(ask(4, first));
      traffic.fetch(ask(5, 'ajax-api/2.0/mlflow/experiments/search'));
      await settled();
      expect(paths(relay)).toEqual([`mlflow/risk/${first}`]);
      expect(posted).toMatchObject([
        { kind: 'head', id: 3, status: 200 },
        { kind: 'chunk', id: 3 },
        { kind: 'end', id: 3 }
      ]);
      traffic.resume();
      await settled();
      expect(relay.calls).toHaveLength(5);
    });

    it('waits like the others in a page that is put away', async () => {
      const { relay, traffic, settled } = setUp({
        [`mlflow/risk/${first}`]: bytes('{}', 'application/json')
      });
      traffic.hold();
      traffic.fetch(ask(1, first));
      await settled();
      expect(relay.calls).toEqual([]);
      traffic.resume();
      await settled();
      expect(relay.calls).toHaveLength(1);
    });

    it.each([
      ['MLflow says no', () => new Response('no', { status: 500 })],
      [
        'the relay says no',
        () =>
          Promise.reject(
            new RelayError({ code: 'server_not_running', message: 'no' })
          )
      ]
    ])('is asked again, and said, when %s', async (_, answer) => {
      const { relay, traffic, posted, problems, settled } = setUp({
        [`mlflow/risk/${first}`]: answer as Answer
      });
      traffic.hold(true);
      traffic.fetch(ask(1, first));
      await settled();
      expect(relay.calls).toHaveLength(1);
      expect(posted).toEqual([]);
      expect(problems).toEqual([]);
      traffic.resume();
      await settled();
      expect(relay.calls).toHaveLength(2);
      expect(posted[0]).toMatchObject({ kind: 'head', id: 1 });
    });

    it('ends when the page gives it up', async () => {
      let ends: () => void = () => undefined;
      const { relay, traffic, posted, settled } = setUp({
        [`mlflow/risk/${first}`]: () =>
          new Promise<Response>((_, failed) => {
            ends = () => failed(new DOMException('', 'AbortError'));
          })
      });
      traffic.hold(true);
      traffic.fetch(ask(1, first));
      await settled();
      traffic.abort(1);
      ends();
      await settled();
      traffic.resume();
      await settled();
      expect(posted).toMatchObject([{ kind: 'fail', id: 1 }]);
      expect(relay.calls).toHaveLength(1);
    });
  });

  it('sends a request through the relay and streams the answer', async () => {
    const { relay, traffic, posted, settled } = setUp({
      'mlflow/risk/api/x': bytes('{"a": 1}', 'application/json')
    });
    const body = new TextEncoder().encode('{}').buffer as ArrayBuffer;
    traffic.fetch(ask(3, 'api/x?y=1', { method: 'POST', body }));
    await settled();
    expect(relay.calls).toMatchObject([
      { method: 'POST', path: 'mlflow/risk/api/x?y=1' }
    ]);
    const [head, chunk, end] = posted;
    expect(head).toMatchObject({
      kind: 'head',
      id: 3,
      status: 200,
      headers: [
        ['content-type', 'application/json'],
        ['etag', '"1"']
      ]
    });
    expect(
      new TextDecoder().decode((chunk as { data: ArrayBuffer }).data)
    ).toBe('{"a": 1}');
    expect(end).toEqual({ kind: 'end', id: 3 });
  });

  it.each(['../api/contents', 'https://evil.example/', '..%2fapi'])(
    'lets %s nowhere',
    async url => {
      const { relay, traffic, posted, refused, settled } = setUp({});
      traffic.fetch(ask(1, url));
      await settled();
      expect(relay.calls).toEqual([]);
      expect(posted).toMatchObject([{ kind: 'fail', id: 1 }]);
      expect(refused).toHaveLength(1);
    }
  );

  it('tells a failure of the relay as MLflow would', async () => {
    const error = new RelayError({
      code: 'path_not_allowed',
      message: 'Not passed on.',
      status: 403
    });
    const { traffic, posted, problems, settled } = setUp({
      'mlflow/risk/assistant': error
    });
    traffic.fetch(ask(1, 'assistant'));
    await settled();
    expect(posted[0]).toMatchObject({ kind: 'head', status: 403 });
    const { data } = posted[1] as { data: ArrayBuffer };
    expect(JSON.parse(new TextDecoder().decode(data))).toEqual({
      error_code: 'RELAY_PATH_NOT_ALLOWED',
      message: 'Not passed on.'
    });
    expect(problems).toEqual([error]);
  });

  it('says it in the words of the lab, in the page itself', async () => {
    const error = new RelayError({
      code: 'read_only',
      message: 'Reads only.',
      status: 403
    });
    const { traffic, posted, settled } = setUp(
      { 'mlflow/risk/api': error },
      ({ code }) => `Solo lectura (${code})`
    );
    traffic.fetch(ask(1, 'api/2.0/mlflow/runs/set-tag', { method: 'POST' }));
    await settled();
    expect(posted[0]).toMatchObject({ kind: 'head', status: 403 });
    const { data } = posted[1] as { data: ArrayBuffer };
    expect(JSON.parse(new TextDecoder().decode(data))).toEqual({
      error_code: 'RELAY_READ_ONLY',
      message: 'Solo lectura (read_only)'
    });
  });

  it('has no gateway endpoints where the relay passes none on', async () => {
    const { relay, traffic, posted, problems, settled } = setUp({
      'mlflow/risk/ajax-api': new RelayError({
        code: 'path_not_allowed',
        message: 'Not passed on.',
        status: 403
      })
    });
    const path = 'ajax-api/2.0/mlflow/gateway-proxy?gateway_path=api%2F2.0%2F';
    traffic.fetch(ask(1, `${path}endpoints%2F`));
    traffic.fetch(ask(2, `${path}endpoints%2F`, { method: 'POST' }));
    traffic.fetch(ask(3, `${path}other`));
    await settled();
    expect(
      posted.flatMap(message => (message.kind === 'head' ? message.status : []))
    ).toEqual([200, 403, 403]);
    expect(problems).toHaveLength(2);
    expect(relay.calls).toHaveLength(3);
    // Not asked again: each refusal is an error in the browser's console.
    traffic.fetch(ask(4, `${path}endpoints%2F`));
    await settled();
    expect(relay.calls).toHaveLength(3);
    expect(posted.filter(({ kind }) => kind === 'head')).toHaveLength(4);
  });

  it('asks for an asset once and rewrites window.location in it', async () => {
    const { relay, traffic, posted, settled } = setUp({
      'mlflow/risk/static-files/main.0123abcd.js': bytes(
        'window.location.reload()',
        'text/javascript'
      )
    });
    traffic.fetch(ask(1, 'static-files/main.0123abcd.js', { whole: true }));
    traffic.fetch(ask(2, 'static-files/main.0123abcd.js', { whole: true }));
    await settled();
    expect(relay.calls).toHaveLength(1);
    const whole = posted.filter(({ kind }) => kind === 'whole');
    expect(whole).toHaveLength(2);
    const { blob } = whole[0] as { blob: Blob };
    expect(blob.size).toBe('window.__mlflowLocation.reload()'.length);
    expect(blob.type).toBe('text/javascript');
  });

  it('bounds the bytes that requests hold', async () => {
    const { traffic, posted, settled } = setUp({
      'mlflow/risk/ajax-api': () => new Promise<Response>(() => undefined)
    });
    const body = new ArrayBuffer(MAX_HELD / 4);
    for (let id = 1; id <= 6; id++) {
      traffic.fetch(ask(id, 'ajax-api/x', { method: 'POST', body }));
    }
    await settled();
    expect(posted.map(message => ('id' in message ? message.id : 0))).toEqual([
      5, 6
    ]);
    expect(posted.every(({ kind }) => kind === 'fail')).toBe(true);
  });

  it('bounds what is under way and what waits', async () => {
    let answer: () => void = () => undefined;
    const open = new Promise<void>(resolve => (answer = resolve));
    const { relay, traffic, posted, settled } = setUp({
      'mlflow/risk/slow': async () => {
        await open;
        return new Response('x');
      }
    });
    const all = MAX_IN_FLIGHT + MAX_WAITING + 5;
    for (let id = 1; id <= all; id++) {
      traffic.fetch(ask(id, 'slow'));
    }
    await settled();
    expect(relay.calls).toHaveLength(MAX_IN_FLIGHT);
    expect(posted.filter(({ kind }) => kind === 'fail')).toHaveLength(5);
    // One that waits is given up: it is never sent.
    traffic.abort(all - 5);
    answer();
    for (let turn = 0; turn < 20; turn++) {
      await settled();
    }
    expect(relay.calls).toHaveLength(MAX_IN_FLIGHT + MAX_WAITING - 1);
  });

  it('waits until the frame has taken what was sent', async () => {
    const piece = new Uint8Array(3 * 1024 * 1024);
    let pulled = 0;
    const { traffic, posted, settled } = setUp({
      'mlflow/risk/large': () => {
        const response = new Response('');
        Object.defineProperty(response, 'body', {
          value: {
            getReader: () => ({
              read: async () =>
                pulled++ < 6
                  ? { done: false, value: piece.slice() }
                  : { done: true },
              cancel: async () => undefined
            })
          }
        });
        response.clone = () => response;
        return response;
      }
    });
    const chunks = () => posted.filter(({ kind }) => kind === 'chunk').length;
    traffic.fetch(ask(1, 'large'));
    await settled();
    expect(chunks()).toBe(2);
    traffic.ack(1, piece.byteLength);
    await settled();
    expect(chunks()).toBe(3);
    traffic.abort(1);
    await settled();
    expect(chunks()).toBe(3);
  });

  it('says nothing after it was disposed', async () => {
    const { traffic, posted, settled } = setUp({
      'mlflow/risk/version': bytes('3', 'text/plain')
    });
    traffic.fetch(ask(1, 'version'));
    traffic.dispose();
    await settled();
    expect(posted).toEqual([]);
  });
});
