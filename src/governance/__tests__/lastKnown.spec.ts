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
/** Short form of its ARN. */
let KEY = '';
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
              undefined,
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

const left_ = (connection: string, entries: unknown): unknown => ({
  connections: { [connection]: entries }
});
const approved = () => [{ status: 'Approved', readAt: 1000, groups: KEY }];

/** What is kept, by connection. */
const keptIn = (state: ReturnType<typeof stateDb>) =>
  JSON.parse(state.text())[LAST_KNOWN_KEY].connections;

beforeAll(async () => {
  const state = stateDb();
  await ask(page(state, console_('Approved'), 1000));
  await kept(state, 'Approved');
  KEY = keptIn(state).wxgov[0].groups;
});

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
    const state = stateDb(left_('wxgov', approved()));
    expect((await ask(page(state, DOWN, 2000)))?.lastKnown).toEqual({
      status: 'Approved',
      readAt: 1000
    });
    expect(await ask(page(state, console_(null), 2000))).toMatchObject({
      state: 'no-status'
    });
    await kept(state, '"connections":{}');
    expect((await ask(page(state, DOWN, 3000)))?.lastKnown).toBeNull();
  });

  it('holds words, times and hashes of ARNs only', async () => {
    const state = stateDb();
    await ask(page(state, console_('Approved'), 1000));
    await kept(state, 'Approved');
    expect(JSON.parse(state.text())).toEqual({
      [LAST_KNOWN_KEY]: {
        connections: {
          wxgov: [
            {
              status: 'Approved',
              readAt: 1000,
              groups: expect.stringMatching(/^[0-9a-z]{10}$/)
            }
          ]
        }
      }
    });
  });

  it('belongs to a connection that is configured', async () => {
    const state = stateDb(left_('former', approved()));
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
    ['no entries', left_('wxgov', [null, 'x', {}])],
    [
      'a cut entry',
      left_('wxgov', [{ status: 'Approved', readAt: 1, groups: 'ab' }])
    ],
    [
      'an entry without time',
      left_('wxgov', [{ status: 'Approved', readAt: 'now', groups: '' }])
    ]
  ])('is none where the memory holds %s', async (_, left) => {
    const status = await ask(page(stateDb(left), DOWN, 3000));
    expect(status).toMatchObject({ state: 'could-not-read', lastKnown: null });
  });

  it('is none from the future', async () => {
    const state = stateDb(left_('wxgov', approved()));
    expect((await ask(page(state, DOWN, 999)))?.lastKnown).toBeNull();
    expect((await ask(page(state, DOWN, 1000)))?.lastKnown).not.toBeNull();
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
    const arn = (i: number) => `${linked.arn}-${i}`;
    const set = (connection: string, i: number, readAt: number, status = 'A') =>
      words.set(arn(i), { connection, status, readAt });
    for (let i = 0; i < MOST_KEPT + 100; i++) {
      set('a', i, 1, i % 2 ? 'Approved' : 'Rejected');
    }
    set('b', 50_000, 1);
    set('a', MOST_KEPT + 99, 2, 'Approved');
    set('a', 0, 3, 'x'.repeat(500));
    await words.save();
    const { a, b } = keptIn(state);
    const many = (list: { groups: string }[]) =>
      list.reduce((sum, { groups }) => sum + groups.length / 10, 0);
    expect(many(b)).toBe(1);
    expect(many(a)).toBe(MOST_KEPT);
    expect(a.map((one: { status: string }) => one.status)).toEqual([
      'Approved',
      'Approved',
      'Rejected'
    ]);
    expect(state.text().length).toBeLessThan(101_000);
    const next = await LastKnown.load(state, ['a', 'b'], 10);
    expect(next.get(arn(MOST_KEPT + 99))).toEqual({
      status: 'Approved',
      readAt: 2
    });
    // Every group has its own: none is taken for another.
    for (let i = 1; i < MOST_KEPT; i++) {
      const status = i % 2 ? 'Approved' : 'Rejected';
      expect(next.get(arn(i))).toEqual({ status, readAt: 1 });
    }
    expect(next.get(arn(0))).toBeNull();
    expect(next.get(arn(MOST_KEPT + 50))).toBeNull();
    expect(next.get(arn(50_000))).toEqual({ status: 'A', readAt: 1 });
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
    const again = await LastKnown.load(state, ['a'], 1);
    expect(again.get('y')).toEqual({ status: 'Approved', readAt: 1 });
    expect(save).toHaveBeenCalledTimes(2);
    words.set('x', { ...entry });
    words.forget('z');
    await words.save();
    expect(save).toHaveBeenCalledTimes(2);
  });
});
