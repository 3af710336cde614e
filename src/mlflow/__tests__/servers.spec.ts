import { RelayError } from '../../relay';
import { type Answer, fakeRelay, mlflowConnection } from '../../testing';
import { MLflowClient } from '../client';
import {
  findServer,
  knownServers,
  listServers,
  makeLink,
  startServer
} from '../servers';
import { listing, server, stopped } from './helpers';

describe('listServers', () => {
  it('keeps an answer for a while, and searches again on request', async () => {
    const relay = listing([[server()], [stopped()]]);
    expect(await knownServers(relay)).toEqual([]);
    await listServers(relay);
    await listServers(relay);
    expect(relay.calls).toHaveLength(1);
    expect(await knownServers(relay)).toEqual([server()]);
    const { servers } = await listServers(relay, { search: true });
    expect(servers).toEqual([stopped()]);
    expect(relay.calls.map(({ path }) => path)).toEqual([
      'mlflow-servers',
      'mlflow-servers?fresh'
    ]);
  });

  it('hands notes on', async () => {
    const note = {
      connection: 'markets',
      operation: 'ListMlflowApps',
      code: 'denied',
      message: 'not allowed',
      hint: 'Ask'
    };
    const relay = fakeRelay({
      'mlflow-servers': { servers: [], notes: [note] }
    });
    expect((await listServers(relay)).notes).toEqual([note]);
  });

  it.each<[string, Answer]>([
    ['without servers', { notes: [] }],
    ['no object', []],
    ['no JSON', new Response('<html>')],
    ['refused', new Response('{"servers": []}', { status: 500 })]
  ])('does not take an answer that is %s', async (_, answer) => {
    const relay = fakeRelay({ 'mlflow-servers': answer });
    await expect(listServers(relay)).rejects.toMatchObject({
      name: 'RelayError',
      code: 'upstream_not_json'
    });
  });

  it('finds one by its id', async () => {
    const relay = listing([[server(), server({ id: 'other' })]]);
    expect((await findServer(relay, 'other'))?.id).toBe('other');
    expect(await findServer(relay, 'none')).toBeNull();
  });
});

describe('startServer', () => {
  it('posts, and what was listed before is old then', async () => {
    const relay = listing([[stopped()], [server()]], {
      'POST mlflow-start/team': { state: 'starting' }
    });
    await listServers(relay);
    await startServer(relay, 'team');
    expect((await findServer(relay, 'team'))?.state).toBe('running');
  });

  it('hands a refusal on', async () => {
    const refusal = new RelayError({
      code: 'upstream_forbidden',
      message: 'not allowed'
    });
    const relay = listing([[]], { 'POST mlflow-start/team': refusal });
    await expect(startServer(relay, 'team')).rejects.toBe(refusal);
  });
});

describe('makeLink', () => {
  it('gives the address, made anew each time', async () => {
    let made = 0;
    const relay = fakeRelay({
      'POST mlflow-link/team': () => ({ url: `https://x.test/${++made}` })
    });
    expect(await makeLink(relay, 'team')).toBe('https://x.test/1');
    expect(await makeLink(relay, 'team')).toBe('https://x.test/2');
  });

  it.each(['javascript:alert(1)', '', null, undefined])(
    'does not take %s for an address',
    async url => {
      const relay = fakeRelay({ 'POST mlflow-link/team': { url } });
      await expect(makeLink(relay, 'team')).rejects.toMatchObject({
        code: 'upstream_not_json',
        connection: 'team'
      });
    }
  );
});

describe('MLflowClient.connections', () => {
  const configured = mlflowConnection();
  const mine = (
    connections: ReturnType<typeof mlflowConnection>[],
    servers: ReturnType<typeof server>[]
  ) => fakeRelay({ 'mlflow-servers': { servers, notes: [] } }, { connections });

  it('waits for no search where a server is configured', async () => {
    const relay = mine([configured], [server()]);
    expect(await new MLflowClient(relay).connections()).toEqual([configured]);
    expect(relay.calls).toEqual([]);
  });

  it('has found servers once they are known', async () => {
    const relay = mine([configured], [server()]);
    await listServers(relay);
    expect(await new MLflowClient(relay).connections()).toEqual([
      configured,
      server()
    ]);
  });

  it('searches where none is configured; those that do not run are no use', async () => {
    const relay = mine([], [server(), stopped({ id: 'old' })]);
    const found = await new MLflowClient(relay).connections();
    expect(found.map(({ id }) => id)).toEqual(['team']);
  });
});
