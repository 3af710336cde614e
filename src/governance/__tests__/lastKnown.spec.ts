import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';

import { RelayError } from '../../relay';
import { fakeRelay, group, openPagesConnection } from '../../testing';
import { LAST_KNOWN_KEY, LastKnown, MOST_KEPT } from '../lastKnown';
import { Governance } from '../service';

/** The lab's state database: only JSON survives. */
function stateDb(left?: unknown) {
  let text = JSON.stringify({ [LAST_KNOWN_KEY]: left });
  return {
    fetch: async (id: string): Promise<ReadonlyPartialJSONValue | undefined> =>
      JSON.parse(text)[id],
    save: async (id: string, value: unknown): Promise<void> => {
      text = JSON.stringify({ ...JSON.parse(text), [id]: value });
    },
    text: () => text
  };
}

const linked = group({ name: 'linked' });
const KEY = linked.arn.toLowerCase();
const QUERY = 'openpages/wxgov/api/v2/query';
const DOWN = new RelayError({ code: 'upstream_unreachable', message: 'down' });

function console_(status: string | null) {
  return (call: { body: Record<string, unknown> | null }) => ({
    rows: String(call.body?.statement).includes('ON PARENT')
      ? [
          {
            fields: [
              '15001',
              'CREDIT-001 Risk',
              status,
              'High',
              'Owner',
              'g1',
              'linked',
              linked.arn
            ].map(value => ({ name: 'x', value }))
          }
        ]
      : []
  });
}

/** A page of the lab; the state database outlives it. */
function page(
  state: ReturnType<typeof stateDb>,
  answer: unknown,
  now: number,
  ids = ['wxgov']
) {
  const relay = fakeRelay(
    { openpages: answer } as Parameters<typeof fakeRelay>[0],
    { connections: ids.map(id => openPagesConnection({ id })) }
  );
  return new Governance({ relay, state, now: () => now });
}

const ask = async (service: Governance) =>
  (await service.resolve([linked])).get(linked.arn);

/** Until what was saved says so. */
async function kept(state: ReturnType<typeof stateDb>, text: string) {
  while (!state.text().includes(text)) {
    await new Promise(done => setTimeout(done, 1));
  }
}

describe('last known status', () => {
  it('outlives the page, and is never green with the console down', async () => {
    const state = stateDb();
    expect(await ask(page(state, console_('Approved'), 1000))).toMatchObject({
      bucket: 'approved'
    });
    await kept(state, 'Approved');
    const status = await ask(page(state, DOWN, 5000));
    expect(status).toMatchObject({
      state: 'could-not-read',
      bucket: null,
      stale: true,
      readAt: 1000,
      lastKnown: { status: 'Approved', readAt: 1000 }
    });
    // The next page after that still knows when it was read.
    expect(await ask(page(state, DOWN, 9000))).toMatchObject({
      lastKnown: { readAt: 1000 }
    });
    // What the console says now goes before what it said.
    expect(await ask(page(state, console_('Rejected'), 9500))).toMatchObject({
      state: 'linked',
      bucket: 'rejected',
      lastKnown: null
    });
  });

  it('is forgotten when the console has no status any more', async () => {
    const state = stateDb({
      connections: { wxgov: [[KEY, 'Approved', 1000]] }
    });
    expect(await ask(page(state, console_(null), 2000))).toMatchObject({
      state: 'no-status'
    });
    await kept(state, '"connections":{}');
    expect((await ask(page(state, DOWN, 3000)))?.lastKnown).toBeNull();
  });

  it('holds ARNs, words and times only', async () => {
    const state = stateDb();
    await ask(page(state, console_('Approved'), 1000));
    await kept(state, 'Approved');
    expect(JSON.parse(state.text())).toEqual({
      [LAST_KNOWN_KEY]: { connections: { wxgov: [[KEY, 'Approved', 1000]] } }
    });
  });

  it('belongs to a connection that is configured', async () => {
    const state = stateDb({
      connections: { former: [[KEY, 'Approved', 1000]] }
    });
    expect((await ask(page(state, DOWN, 3000)))?.lastKnown).toBeNull();
    expect(
      (await ask(page(state, DOWN, 3000, ['former'])))?.lastKnown
    ).toMatchObject({ status: 'Approved' });
  });

  it.each([
    ['nothing', undefined],
    ['text', 'x'],
    ['a list', [1]],
    ['no lists', { connections: { wxgov: { a: 1 } } }],
    [
      'odd entries',
      {
        connections: {
          wxgov: [null, 'x', [KEY], [KEY, 7, 1], [KEY, 'Approved', 'today']]
        }
      }
    ],
    ['the future', { connections: { wxgov: [[KEY, 'Approved', 9e15]] } }]
  ])('is none where the memory holds %s', async (_, left) => {
    const status = await ask(page(stateDb(left), DOWN, 3000));
    expect(status).toMatchObject({ state: 'could-not-read', lastKnown: null });
  });

  it('does not need the memory to work', async () => {
    const broken = {
      fetch: () => Promise.reject(new Error('no memory')),
      save: () => Promise.reject(new Error('no memory'))
    };
    const relay = fakeRelay(
      { [QUERY]: console_('Approved') },
      { connections: [openPagesConnection()] }
    );
    const service = new Governance({ relay, state: broken });
    expect(await ask(service)).toMatchObject({ bucket: 'approved' });
    expect(await ask(service)).toMatchObject({ bucket: 'approved' });
  });

  it('keeps the newest of each connection, up to a number', async () => {
    const state = stateDb();
    const words = await LastKnown.load(state, [], 0);
    const set = (connection: string, i: number, readAt: number) =>
      words.set(`${connection}/${i}`, {
        connection,
        status: 'Approved',
        readAt
      });
    for (let i = 0; i < 10_000; i++) {
      set('a', i, 1);
    }
    set('b', 0, 1);
    set('a', 9999, 2);
    words.set('a/long', {
      connection: 'a',
      status: 'x'.repeat(500),
      readAt: 3
    });
    await words.save();
    const { connections } = JSON.parse(state.text())[LAST_KNOWN_KEY];
    expect(connections.b).toHaveLength(1);
    expect(connections.a).toHaveLength(MOST_KEPT);
    expect(connections.a.slice(0, 3)).toEqual([
      ['a/9999', 'Approved', 2],
      ['a/0', 'Approved', 1],
      ['a/1', 'Approved', 1]
    ]);
    expect(words.get('a/8000')).toEqual({ status: 'Approved', readAt: 1 });
  });

  it('saves what changed meanwhile, and nothing when nothing changed', async () => {
    const state = stateDb();
    const save = jest.spyOn(state, 'save');
    const words = await LastKnown.load(state, [], 0);
    const entry = { connection: 'a', status: 'Approved', readAt: 1 };
    words.set('x', entry);
    const first = words.save();
    words.set('y', entry);
    await Promise.all([first, words.save()]);
    expect(Object.keys(JSON.parse(state.text()))).toEqual([LAST_KNOWN_KEY]);
    expect(state.text()).toContain('"y"');
    expect(save).toHaveBeenCalledTimes(2);
    words.set('x', { ...entry });
    words.forget('z');
    await words.save();
    expect(save).toHaveBeenCalledTimes(2);
  });
});
