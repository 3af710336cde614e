import { Signal } from '@lumino/signaling';

import { governance, groupArn, useCase } from '../../../testing';
import type { IGovernance, IModelGroupObject, IUseCase } from '../../../tokens';
import { type ILinkRecord, type IMoveRecord, isRecord, rest } from '../records';
import { PATIENCE, Trail, TRAIL_KEY } from '../trail';

const GROUP = groupArn('churn-retail');
const NOW = Date.UTC(2026, 10, 21, 12);
const UNDONE: ILinkRecord['parts'] = {
  association: { state: 'undone' },
  former: null,
  tag: null,
  card: null
};

function link(members: Partial<ILinkRecord> = {}): ILinkRecord {
  return {
    kind: 'link',
    connection: 'own',
    group: GROUP,
    name: 'churn-retail',
    console: 'wxgov',
    consoleLabel: 'watsonx.governance',
    object: '30001',
    useCase: { id: '20001', label: 'CREDIT-001 Credit', url: null },
    former: [],
    tag: null,
    card: null,
    parts: {
      association: { state: 'written' },
      former: null,
      tag: null,
      card: null
    },
    at: NOW,
    waitingSince: NOW,
    state: 'waiting',
    ...members
  };
}

function move(members: Partial<IMoveRecord> = {}): IMoveRecord {
  return {
    kind: 'workflow',
    connection: 'own',
    group: GROUP,
    name: 'churn-retail',
    console: 'wxgov',
    consoleLabel: 'watsonx.governance',
    object: { id: '20001', label: 'CREDIT-001 Credit', url: null },
    workflow: 'Use Case Request',
    action: 'Submit',
    before: { status: 'Proposed', modifiedAt: null, workflow: null },
    at: NOW,
    waitingSince: NOW,
    state: 'waiting',
    ...members
  };
}

interface IHeld {
  objects: IModelGroupObject[];
  useCases: IUseCase[];
  fails: boolean;
  now: number;
  saved: Record<string, unknown>;
}

const trails: Trail[] = [];

function make(held: Partial<IHeld> = {}) {
  const world: IHeld = {
    objects: [],
    useCases: [],
    fails: false,
    now: NOW,
    saved: {},
    ...held
  };
  const changed = new Signal<IGovernance, void>({} as IGovernance);
  const refresh = jest.fn(async () => {
    if (world.fails) {
      throw new Error('down');
    }
    changed.emit();
  });
  const trail = new Trail({
    governance: governance({
      changed,
      refresh,
      modelGroups: async () => {
        if (world.fails) {
          throw new Error('down');
        }
        return world.objects;
      },
      useCases: async () => world.useCases
    }),
    state: {
      fetch: async (key: string) => world.saved[key] as never,
      save: async (key: string, value: unknown) => {
        world.saved[key] = JSON.parse(JSON.stringify(value));
      }
    },
    now: () => world.now,
    standby: 'never'
  });
  trails.push(trail);
  return { trail, world, changed, refresh };
}

function object(...ids: string[]): IModelGroupObject {
  return {
    connection: 'wxgov',
    id: '30001',
    name: 'churn-retail',
    matchedBy: 'arn',
    useCases: ids.map(id => useCase({ id })),
    above: ids.length ? 'visible' : 'none'
  };
}

/** The records that wait look by themselves; here only when told to. */
beforeEach(() => jest.useFakeTimers({ doNotFake: ['queueMicrotask'] }));
afterEach(() => {
  trails.splice(0).forEach(trail => trail.dispose());
  jest.useRealTimers();
});

describe('a link', () => {
  it.each<[string, Partial<ILinkRecord>, IModelGroupObject[], string | null]>([
    ['shown', {}, [object('20001')], 'confirmed'],
    ['shown beside another', {}, [object('20002', '20001')], 'confirmed'],
    ['not shown', {}, [object('20002')], 'waiting'],
    ['of an object that is gone', {}, [], 'waiting'],
    [
      'shown in another console',
      {},
      [{ ...object('20001'), connection: 'other' }],
      'waiting'
    ],
    [
      'shown beside the former one that was taken away',
      {
        former: [{ id: '20002', label: 'FRAUD-002' }],
        parts: {
          association: { state: 'written' },
          former: { state: 'written' },
          tag: null,
          card: null
        }
      },
      [object('20002', '20001')],
      'waiting'
    ],
    [
      'taken back, still shown',
      { kind: 'unlink', parts: UNDONE },
      [object('20001')],
      'waiting'
    ],
    [
      'taken back, object gone',
      { kind: 'unlink', parts: UNDONE },
      [],
      'waiting'
    ],
    ['taken back', { kind: 'unlink', parts: UNDONE }, [object()], null],
    ['to be taken back yet', { kind: 'unlink' }, [object()], 'waiting']
  ])('that is %s', async (_, members, objects, state) => {
    const { trail, world } = make();
    await trail.put(link(members));
    expect(trail.link(GROUP)?.state).toBe('waiting');
    world.objects = objects;
    await trail.look();
    expect(trail.link(GROUP)?.state ?? null).toBe(state);
  });

  it('is written after all where a reading shows what was not clear', async () => {
    const { trail, world } = make();
    const parts = { ...UNDONE, association: { state: 'unclear' as const } };
    await trail.put(link({ parts }));
    await trail.look();
    expect(trail.link(GROUP)?.parts).toEqual(parts);
    world.objects = [object('20001')];
    await trail.look();
    expect(trail.link(GROUP)).toMatchObject({
      state: 'confirmed',
      parts: { association: { state: 'written' } }
    });
  });

  it('is confirmed by a reading that somebody else asked for', async () => {
    const { trail, world, changed, refresh } = make();
    await trail.put(link());
    refresh.mockClear();
    world.objects = [object('20001')];
    const told = new Promise<string>(resolve =>
      trail.changed.connect((_, group) => resolve(group))
    );
    changed.emit();
    expect(await told).toBe(GROUP);
    expect(trail.link(GROUP)?.state).toBe('confirmed');
    expect(refresh).not.toHaveBeenCalled();
  });

  it('is late after the set time, and waits anew when told to', async () => {
    const { trail, world } = make();
    await trail.put(link());
    world.now += PATIENCE;
    await trail.look();
    expect(trail.link(GROUP)?.state).toBe('waiting');
    world.now += 1;
    await trail.look();
    expect(trail.link(GROUP)?.state).toBe('late');
    const record = trail.link(GROUP);
    await trail.lookAgain(record as ILinkRecord);
    expect(trail.link(GROUP)).toMatchObject({
      state: 'waiting',
      at: NOW,
      waitingSince: world.now
    });
  });

  it('waits on while the console cannot be read, and is never confirmed by that', async () => {
    const { trail, world } = make({ objects: [object('20001')] });
    await trail.put(link());
    world.fails = true;
    await expect(trail.look()).rejects.toThrow('down');
    expect(trail.link(GROUP)?.state).toBe('waiting');
    world.fails = false;
    await trail.look();
    expect(trail.link(GROUP)?.state).toBe('confirmed');
  });
});

describe('a workflow', () => {
  const stage = (text: string) => ({
    instance: '1',
    workflow: 'Use Case Request',
    stage: text,
    assignees: [],
    since: null
  });

  it.each([
    ['nothing has changed', {}, {}, true],
    ['the status is another', {}, { status: 'Approved' }, false],
    ['the stage is another', {}, { workflow: stage('Review') }, false],
    [
      'the object was changed since',
      { modifiedAt: 1 },
      { modifiedAt: 2 },
      false
    ],
    ['only now tells its last change', {}, { modifiedAt: 2 }, true]
  ])('where %s', async (_, before, after, waits) => {
    const state = {
      status: 'Proposed',
      modifiedAt: null,
      workflow: stage('Gathering')
    };
    const { trail } = make({
      useCases: [useCase({ id: '20001', ...state, ...after })]
    });
    await trail.put(move({ before: { ...state, ...before } }));
    await trail.look();
    expect(trail.move(GROUP) !== null).toBe(waits);
  });

  it('stands beside a link of the same group', async () => {
    const { trail } = make();
    await trail.put(link());
    await trail.put(move());
    expect(trail.link(GROUP)?.kind).toBe('link');
    expect(trail.move(GROUP)?.kind).toBe('workflow');
    await trail.forget(move());
    expect(trail.move(GROUP)).toBeNull();
    expect(trail.link(GROUP)).not.toBeNull();
  });
});

describe('memory', () => {
  it('holds over a reload, and looks on', async () => {
    const first = make();
    await first.trail.put(link());
    const saved = first.world.saved;
    const second = make({ saved, objects: [object('20001')] });
    await second.trail.ready;
    expect(second.trail.link(GROUP)).toEqual(link());
    expect(second.trail.looking).toBe(true);
    await second.trail.look();
    expect(second.trail.link(GROUP)?.state).toBe('confirmed');
    expect(second.trail.looking).toBe(false);
  });

  it.each([
    ['is no list', { records: 'x' }],
    ['is of another shape', { records: [{ group: GROUP }, null, 7] }],
    ['is a day old', { records: [link({ at: NOW - 25 * 3_600_000 })] }]
  ])('leaves out what %s', async (_, value) => {
    const { trail } = make({ saved: { [TRAIL_KEY]: value } });
    await trail.ready;
    expect(trail.link(GROUP)).toBeNull();
    expect(trail.looking).toBe(false);
  });

  it('goes on without a place to keep it', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const trail = new Trail({
      governance: governance(),
      state: {
        fetch: async () => {
          throw new Error('no state');
        },
        save: async () => {
          throw new Error('no state');
        }
      },
      standby: 'never'
    });
    trails.push(trail);
    await trail.put(link());
    expect(trail.link(GROUP)).not.toBeNull();
    expect(warn).toHaveBeenCalledTimes(2);
    warn.mockRestore();
  });

  it('knows its records', () => {
    expect(isRecord(link())).toBe(true);
    expect(isRecord(move())).toBe(true);
    expect(isRecord({ ...link(), state: 'green' })).toBe(false);
    expect(isRecord({ ...link(), useCase: null })).toBe(false);
    expect(isRecord({ ...move(), before: undefined })).toBe(false);
  });
});

describe('looking by itself', () => {
  it('begins with a record, slows down, and ends when nothing waits', async () => {
    const { trail, world, refresh } = make();
    expect(trail.looking).toBe(false);
    await trail.put(link());
    expect(trail.looking).toBe(true);
    await jest.advanceTimersByTimeAsync(60_000);
    const early = refresh.mock.calls.length;
    expect(early).toBeGreaterThanOrEqual(2);
    await jest.advanceTimersByTimeAsync(10 * 60_000);
    const later = refresh.mock.calls.length - early;
    // Ten times as long, and never more than once in ten seconds.
    expect(later).toBeLessThan(early * 10);
    world.objects = [object('20001')];
    await jest.advanceTimersByTimeAsync(6 * 60_000);
    expect(trail.link(GROUP)?.state).toBe('confirmed');
    expect(trail.looking).toBe(false);
    const done = refresh.mock.calls.length;
    await jest.advanceTimersByTimeAsync(60 * 60_000);
    expect(refresh).toHaveBeenCalledTimes(done);
  });
});

describe('rest', () => {
  it('is what is not written of a link, and what is written of its undoing', () => {
    const parts: ILinkRecord['parts'] = {
      association: { state: 'written' },
      former: { state: 'failed' },
      tag: { state: 'open' },
      card: { state: 'already' }
    };
    expect(rest(link({ parts }))).toEqual(['former', 'tag']);
    expect(rest(link({ kind: 'unlink', parts }))).toEqual(['association']);
  });
});
