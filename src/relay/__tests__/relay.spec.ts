import { ServerConnection } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';

import { config } from '../../testing';
import { handshake, Limiter, Relay, RelayError } from '../index';

const trans = nullTranslator.load('sagemaker_governance');

/** A relay over a fetch that answers as told. */
function relayOver(answer: (request: Request) => Response | Promise<Response>) {
  const requests: Request[] = [];
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: 'http://lab.example/jupyterlab/default/',
    token: '',
    fetch: async input => {
      const request = input as Request;
      requests.push(request);
      return answer(request);
    }
  });
  return { relay: new Relay({ serverSettings }), requests };
}

function json(body: unknown, init: ResponseInit = {}): Response {
  return new Response(JSON.stringify(body), {
    ...init,
    headers: {
      'Content-Type': 'application/json',
      'Content-Security-Policy': "sandbox; default-src 'none'",
      ...init.headers
    }
  });
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason
  );
  expect(error).toBeInstanceOf(RelayError);
  return (error as RelayError).code;
}

describe('Relay', () => {
  it('asks below the base URL and keeps the query as it is', async () => {
    const { relay, requests } = relayOver(() => json({}));
    await relay.request('mlflow/m/api/2.0/x?a=1');
    expect(requests[0].url).toBe(
      'http://lab.example/jupyterlab/default/sagemaker-governance/mlflow/m/api/2.0/x?a=1'
    );
  });

  it.each(['mlflow/m/x', 'mlflow-files/m', 'mlflow-start/m', 'mlflow-link/m'])(
    'names the connection of %s when the lab does not answer',
    async path => {
      const { relay } = relayOver(() => Promise.reject(new TypeError('off')));
      await expect(relay.request(path)).rejects.toMatchObject({
        code: 'network',
        connection: 'm'
      });
    }
  );

  it('reads the configuration once, and again after reset or failure', async () => {
    let broken = true;
    const { relay, requests } = relayOver(() =>
      broken ? json({}, { status: 200 }) : json(config())
    );
    expect(await codeOf(relay.config())).toBe('bad_config');
    broken = false;
    const [one, two] = await Promise.all([relay.config(), relay.config()]);
    expect(one).toBe(two);
    expect(requests).toHaveLength(2);
    relay.reset();
    await relay.config();
    expect(requests).toHaveLength(3);
  });

  it.each([
    '../../api/contents',
    'mlflow/m/../../../api/contents',
    'mlflow/m/%2e%2e/x',
    'mlflow/m/.%2E/x',
    '/api/contents',
    'mlflow/m/..'
  ])('refuses the path %s, which leaves our routes', async path => {
    const { relay, requests } = relayOver(() => json({}));
    expect(await codeOf(relay.request(path))).toBe('bad_path');
    expect(requests).toHaveLength(0);
  });

  it('lets dots pass that are part of a name', async () => {
    const { relay, requests } = relayOver(() => json({}));
    await relay.request('mlflow/m/files/..model.pkl/a...b?path=../x');
    expect(requests).toHaveLength(1);
  });

  it('throws the error that the relay names', async () => {
    const { relay } = relayOver(() =>
      json(
        {
          error: {
            code: 'assume_role_denied',
            message: 'no',
            hint: 'ask',
            connection: 'claims'
          }
        },
        { status: 502, headers: { 'X-Relay-Error': 'assume_role_denied' } }
      )
    );
    await expect(relay.request('aws/claims/sagemaker/')).rejects.toMatchObject({
      code: 'assume_role_denied',
      hint: 'ask',
      connection: 'claims',
      status: 502
    });
  });

  it('passes the errors of an upstream on as answers', async () => {
    const { relay } = relayOver(() =>
      json(
        { __type: 'AccessDeniedException' },
        {
          status: 403,
          headers: { 'Content-Type': 'application/x-amz-json-1.1' }
        }
      )
    );
    const answer = await relay.request('aws/own/sagemaker/');
    expect(answer.status).toBe(403);
  });

  it.each([
    [403, 'application/json', 'signed_out'],
    [401, 'text/html', 'signed_out'],
    [200, 'text/html; charset=UTF-8', 'signed_out'],
    [404, 'application/json', 'not_installed'],
    [404, 'text/html', 'not_installed'],
    [503, 'text/html', 'upstream_unreachable']
  ])('tells the lab’s own %s %s as %s', async (status, type, code) => {
    const { relay } = relayOver(
      () => new Response('{}', { status, headers: { 'Content-Type': type } })
    );
    expect(await codeOf(relay.request('config'))).toBe(code);
  });

  it('tells no answer from a request given up', async () => {
    const { relay } = relayOver(() => {
      throw new TypeError('Failed to fetch');
    });
    expect(await codeOf(relay.request('config'))).toBe('network');
    const abort = new AbortController();
    abort.abort();
    await expect(
      relay.request('config', { signal: abort.signal })
    ).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('has one cache', async () => {
    const { relay } = relayOver(() => json({}));
    expect(await relay.queries()).toBe(await relay.queries());
  });
});

describe('handshake', () => {
  it('is silent when both sides fit', () => {
    expect(handshake(config(), trans)).toBeNull();
  });

  it('tells who is older and what to do', () => {
    expect(handshake(config({ api: 2 }), trans, 1)).toMatchObject({
      older: 'browser',
      hint: 'Reload the page.'
    });
    expect(handshake(config({ api: 1 }), trans, 2)).toMatchObject({
      older: 'server'
    });
  });
});

describe('Limiter', () => {
  it('runs so many at a time, and the rest in order', async () => {
    const limiter = new Limiter(2);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    await Promise.all(
      [0, 1, 2, 3, 4].map(n =>
        limiter.run(async () => {
          order.push(n);
          most = Math.max(most, ++running);
          await new Promise(resolve => setTimeout(resolve, 2));
          running--;
        })
      )
    );
    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it('frees the place after a failure', async () => {
    const limiter = new Limiter(1);
    await expect(
      limiter.run(() => Promise.reject(new Error('x')))
    ).rejects.toThrow('x');
    await expect(limiter.run(async () => 'on')).resolves.toBe('on');
  });

  it('drops a job that was given up while waiting', async () => {
    const limiter = new Limiter(1);
    let finish = (): void => undefined;
    const first = limiter.run(
      () => new Promise<void>(resolve => (finish = resolve))
    );
    const abort = new AbortController();
    const job = jest.fn(async () => undefined);
    const second = limiter.run(job, abort.signal);
    abort.abort();
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    finish();
    await first;
    await expect(limiter.run(async () => 3)).resolves.toBe(3);
    expect(job).not.toHaveBeenCalled();
  });
});
