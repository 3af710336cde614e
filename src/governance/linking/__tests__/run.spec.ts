import { RelayError } from '../../../relay';
import { OpenPagesError } from '../../errors';
import type { Answer } from '../../../testing';
import { type ILinkRecord, type Part, undoable } from '../../trail';
import { readContext } from '../context';
import {
  LinkedMeanwhileError,
  NotAllowedError,
  OverwrittenError,
  PartialError
} from '../failures';
import type { ILinkValue } from '../plan';
import { planOf } from '../plan';
import { carryOut, recordOf, refuseBeforehand, takeBack } from '../run';
import { OnlyParentError } from '../writes';
import {
  ARGS,
  CREDIT,
  FRAUD,
  type IMade,
  type IWorld,
  make,
  modelGroup,
  OBJECT,
  PILOT,
  refusal
} from './helpers';

const KEY = 'governance:use-case-id';
const LOST = () =>
  new RelayError({ code: 'upstream_closed', message: 'The answer was lost.' });

interface IBegun extends IMade {
  record: ILinkRecord;
  kept: ILinkRecord[];
  parts: Part[];
  link: () => Promise<ILinkRecord>;
  undo: (record: ILinkRecord) => Promise<ILinkRecord>;
}

async function begin(
  members: Partial<IWorld> = {},
  value: Partial<ILinkValue> = {}
): Promise<IBegun> {
  const made = make(members);
  const context = await readContext(made.services, ARGS, false);
  const chosen: ILinkValue = {
    text: '',
    target: `wxgov/${OBJECT}`,
    useCase: FRAUD.id,
    removeFormer: false,
    tag: true,
    card: true,
    ...value
  };
  const plan = planOf(context, chosen);
  if (!plan) {
    throw new Error('nothing is planned');
  }
  const kept: ILinkRecord[] = [];
  const parts: Part[] = [];
  const run = {
    services: made.services,
    progress: (part: Part) => void parts.push(part),
    keep: async (record: ILinkRecord) => void kept.push(record),
    drop: async () => void kept.splice(0)
  };
  const record = recordOf({ ...ARGS, name: 'churn-retail' }, plan, chosen, 1);
  return {
    ...made,
    record,
    kept,
    parts,
    link: () => carryOut(run, kept[kept.length - 1] ?? record),
    undo: from => takeBack(run, from)
  };
}

const states = (record: ILinkRecord) =>
  Object.fromEntries(
    Object.entries(record.parts).map(([part, state]) => [
      part,
      state?.state ?? null
    ])
  );

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('It went through.');
    },
    (error: unknown) => error
  );
}

describe('linking', () => {
  it('writes association, tag and card, and keeps each as it is done', async () => {
    const { link, written, kept, parts, world } = await begin();
    const record = await link();
    expect(written).toEqual([`+${FRAUD.id}`, `tag ${KEY}=${FRAUD.id}`, 'card']);
    expect(parts).toEqual(['association', 'tag', 'card']);
    expect(states(record)).toEqual({
      association: 'written',
      former: null,
      tag: 'written',
      card: 'written'
    });
    expect(
      kept.map(one =>
        [one.parts.association, one.parts.tag, one.parts.card].map(
          part => part?.state
        )
      )
    ).toEqual([
      ['unclear', 'open', 'open'],
      ['written', 'open', 'open'],
      ['written', 'unclear', 'open'],
      ['written', 'written', 'open'],
      ['written', 'written', 'unclear'],
      ['written', 'written', 'written']
    ]);
    expect(world.parents).toEqual(['11001', FRAUD.id]);
    expect(world.tags).toEqual({ team: 'retail', [KEY]: FRAUD.id });
    expect(JSON.parse(world.card ?? '')).toEqual({
      intended_uses: { risk_rating: 'High' },
      additional_information: {
        custom_details: { UseCaseId: 'FRAUD-002', UseCaseName: 'Card fraud' }
      }
    });
  });

  it('takes the former use case away only when told to, and only afterwards', async () => {
    const linked = {
      parents: ['11001', CREDIT.id],
      objects: [modelGroup({ useCases: [CREDIT], above: 'visible' as const })]
    };
    const without = await begin(linked, { tag: false, card: false });
    await without.link();
    expect(without.written).toEqual([`+${FRAUD.id}`]);

    const moving = await begin(linked, {
      tag: false,
      card: false,
      removeFormer: true
    });
    const record = await moving.link();
    expect(moving.written).toEqual([`+${FRAUD.id}`, `-${CREDIT.id}`]);
    const undone = await moving.undo(record);
    // The former one comes back before the new one goes.
    expect(moving.written.slice(2)).toEqual([`+${CREDIT.id}`, `-${FRAUD.id}`]);
    expect(states(undone)).toMatchObject({
      association: 'undone',
      former: 'undone'
    });
    expect(undone.kind).toBe('unlink');
    expect(moving.world.parents).toEqual(['11001', CREDIT.id]);
  });

  it.each([
    ['the use case', { [FRAUD.id]: { can_associate: false } }, 'FRAUD-002'],
    ['the model group', { [OBJECT]: { can_associate: false } }, 'churn-retail'],
    ['what is not shown', { [FRAUD.id]: refusal(403, 'no') }, 'FRAUD-002']
  ])('asks for the right on %s before it writes', async (_, rights, named) => {
    const { services, record, written } = await begin({ rights });
    const error = await failure(
      refuseBeforehand({ services }, record, new Map(), new Set())
    );
    expect(error).toBeInstanceOf(NotAllowedError);
    expect((error as NotAllowedError).what).toContain(named);
    expect(written).toEqual([]);
  });

  it('lets the console decide where it does not tell of rights', async () => {
    const { services, record } = await begin({
      rights: { [FRAUD.id]: { can_read: true }, [OBJECT]: {} }
    });
    await expect(
      refuseBeforehand({ services }, record, new Map(), new Set())
    ).resolves.toBeUndefined();
  });

  it('refuses when somebody linked it meanwhile, not when it was seen so', async () => {
    const { services, record, world } = await begin();
    const known = new Map([[CREDIT.id, 'CREDIT-001 Credit risk assessment']]);
    world.parents.push(CREDIT.id);
    const error = await failure(
      refuseBeforehand({ services }, record, known, new Set())
    );
    expect(error).toBeInstanceOf(LinkedMeanwhileError);
    expect((error as LinkedMeanwhileError).to).toContain('CREDIT-001');
    await expect(
      refuseBeforehand({ services }, record, known, new Set([CREDIT.id]))
    ).resolves.toBeUndefined();
  });

  it('leaves an association that stood there before when it is undone', async () => {
    const { link, undo, written, world } = await begin({
      parents: ['11001', FRAUD.id]
    });
    const record = await link();
    expect(states(record).association).toBe('already');
    const undone = await undo(record);
    expect(written).not.toContain(`-${FRAUD.id}`);
    expect(world.parents).toContain(FRAUD.id);
    expect(undone.kind).toBe('link');
  });
});

describe('faults of the association', () => {
  it.each([
    ['a refusal', refusal(400, 'not a child of that type'), OpenPagesError],
    ['no right', refusal(403, 'may not'), OpenPagesError],
    ['an error of the console', refusal(503, 'later'), OpenPagesError]
  ])(
    'keeps nothing after %s, and can be tried again',
    async (_, fault, type) => {
      const { link, written, kept } = await begin({
        faults: { POST: [fault] }
      });
      expect(await failure(link())).toBeInstanceOf(type);
      expect(written).toEqual([]);
      expect(kept).toEqual([]);
      expect(states(await link()).association).toBe('written');
    }
  );

  it.each([
    ['a lost connection', LOST],
    ['a time-out on the way', () => refusal(504, 'Gateway Timeout')],
    [
      'a stop in mid-way',
      () =>
        Object.assign(new Error('stopped'), { name: 'AbortError' }) as Answer
    ]
  ])('leaves word of what may still come after %s', async (_, fault) => {
    const { link, undo, world, written, kept } = await begin({
      faults: { POST: [fault()] }
    });
    const error = (await failure(link())) as PartialError;
    expect(error).toBeInstanceOf(PartialError);
    expect(error.part).toBe('association');
    const last = kept[kept.length - 1];
    expect(error.record).toBe(last);
    expect(states(last).association).toBe('unclear');
    expect(undoable(last)).toBe(true);
    // It comes after all, and is ours.
    world.parents.push(FRAUD.id);
    expect(states(await link()).association).toBe('written');
    await undo(kept[kept.length - 1]);
    expect(world.parents).toEqual(['11001']);
    expect(written.filter(one => one.startsWith('+'))).toEqual([]);
  });

  it('undoes what may have come, and what has not', async () => {
    for (const came of [true, false]) {
      const { link, undo, world, kept } = await begin({
        faults: { POST: [LOST()] }
      });
      await failure(link());
      if (came) {
        world.parents.push(FRAUD.id);
      }
      const undone = await undo(kept[kept.length - 1]);
      expect(states(undone).association).toBe('undone');
      expect(world.parents).toEqual(['11001']);
    }
  });

  it('brings back every former use case that is gone, also after a failure between two', async () => {
    const { link, undo, world, kept } = await begin(
      {
        parents: ['11001', CREDIT.id, PILOT.id],
        objects: [
          modelGroup({ useCases: [CREDIT, PILOT], above: 'visible' as const })
        ]
      },
      { tag: false, card: false, removeFormer: true }
    );
    const answer = refusal(400, 'not this one');
    world.faults.DELETE = [undefined as unknown as Answer, answer];
    expect(await failure(link())).toBeInstanceOf(PartialError);
    expect(world.parents).toEqual(['11001', PILOT.id, FRAUD.id]);
    await undo(kept[kept.length - 1]);
    expect([...world.parents].sort()).toEqual(
      ['11001', CREDIT.id, PILOT.id].sort()
    );
  });

  it('counts as ours what went through though its answer was lost', async () => {
    const { link, written } = await begin({ faults: { POST: [() => LOST()] } });
    expect(states(await link()).association).toBe('written');
    expect(written[0]).toBe(`+${FRAUD.id}`);
    expect(written.filter(one => one.startsWith('+'))).toHaveLength(1);
  });

  it('tries once more when another write came in between', async () => {
    const touched = () =>
      refusal(500, 'The object has been recently updated by another user.');
    const once = await begin({ faults: { POST: [touched()] } });
    expect(states(await once.link()).association).toBe('written');
    const twice = await begin({ faults: { POST: [touched(), touched()] } });
    expect(await failure(twice.link())).toMatchObject({
      message: expect.stringContaining('recently updated')
    });
    expect(twice.written).toEqual([]);
  });
});

describe('partial failures', () => {
  const denied = Object.assign(new Error('not authorized'), {
    name: 'AccessDeniedException'
  });

  it.each([
    ['changeTag', 'tag', [`+${FRAUD.id}`]],
    ['updateVersion', 'card', [`+${FRAUD.id}`, `tag ${KEY}=${FRAUD.id}`]]
  ] as const)(
    'names what %s left out, and writes only the rest when tried again',
    async (call, part, before) => {
      const { link, written, kept } = await begin({
        registryFaults: { [call]: [denied] }
      });
      const error = (await failure(link())) as PartialError;
      expect(error).toBeInstanceOf(PartialError);
      expect(error.part).toBe(part);
      expect(error.failure).toBe(denied);
      expect(written).toEqual(before);
      const last = kept[kept.length - 1];
      expect(last.parts[part]).toEqual({
        state: 'failed',
        reason: 'not authorized'
      });
      const record = await link();
      expect(states(record)[part]).toBe('written');
      expect(written.filter(one => one === `+${FRAUD.id}`)).toHaveLength(1);
    }
  );

  it('stops between two parts when asked to, and says so', async () => {
    const { record, services, written } = await begin();
    const stop = new AbortController();
    const error = await failure(
      carryOut(
        {
          services,
          signal: stop.signal,
          progress: () => undefined,
          keep: async ({ parts }) => {
            if (parts.association?.state === 'written') {
              stop.abort();
            }
          },
          drop: async () => undefined
        },
        record
      )
    );
    expect(error).toBeInstanceOf(PartialError);
    expect(states((error as PartialError).record).tag).toBe('open');
    expect(written).toEqual([`+${FRAUD.id}`]);
  });

  it.each<['tag' | 'card', (world: IWorld) => void, string]>([
    [
      'tag',
      world => {
        world.tags[KEY] = 'theirs';
      },
      'theirs'
    ],
    [
      'card',
      world => {
        world.card = JSON.stringify({
          additional_information: { custom_details: { UseCaseId: 'X-1' } }
        });
      },
      'X-1'
    ]
  ])(
    'tells when somebody else changed the %s, and writes over it when tried again',
    async (part, change, theirs) => {
      const { link, undo, world } = await begin();
      change(world);
      const error = (await failure(link())) as PartialError;
      expect(error).toBeInstanceOf(PartialError);
      expect(error.failure).toBeInstanceOf(OverwrittenError);
      expect((error.failure as OverwrittenError).now).toBe(theirs);
      const record = await link();
      expect(states(record)[part]).toBe('written');
      await undo(record);
      expect(world.tags[KEY] ?? null).toBe(part === 'tag' ? theirs : null);
      expect(world.card?.includes('X-1')).toBe(part === 'card');
    }
  );

  it('changes nothing of a card but our keys, whatever else changed meanwhile', async () => {
    const { link, undo, world } = await begin();
    const theirs = {
      intended_uses: { risk_rating: 'Low' },
      additional_information: {
        caveats_and_recommendations: 'none',
        custom_details: { MLflowSignatureInputs: '[]' }
      }
    };
    world.card = JSON.stringify(theirs);
    const record = await link();
    expect(JSON.parse(world.card)).toEqual({
      ...theirs,
      additional_information: {
        caveats_and_recommendations: 'none',
        custom_details: {
          MLflowSignatureInputs: '[]',
          UseCaseId: 'FRAUD-002',
          UseCaseName: 'Card fraud'
        }
      }
    });
    await undo(record);
    expect(JSON.parse(world.card)).toEqual(theirs);
  });
});

describe('undoing', () => {
  it('reverses exactly what was written', async () => {
    const { link, undo, world, written } = await begin({
      tags: { team: 'retail', [KEY]: 'OLD-1' },
      card: JSON.stringify({
        additional_information: {
          custom_details: {
            UseCaseId: 'OLD-1',
            UseCaseName: 'Old',
            UseCaseStage: 'Development'
          }
        }
      })
    });
    const before = JSON.stringify({ ...world, faults: null });
    const record = await link();
    // The stage was a word about the other use case.
    expect(world.card).not.toContain('Development');
    const undone = await undo(record);
    expect(written.slice(3)).toEqual([
      'card',
      `tag ${KEY}=OLD-1`,
      `-${FRAUD.id}`
    ]);
    expect(JSON.stringify({ ...world, faults: null })).toBe(before);
    expect(undone.kind).toBe('unlink');
    expect(undone.state).toBe('waiting');
  });

  it('cannot take the only parent away, and says so', async () => {
    const { link, undo, world, written } = await begin();
    const record = await link();
    world.parents = [FRAUD.id];
    const undone = await undo(record);
    expect(undone.parts.association).toEqual({
      state: 'kept',
      reason: new OnlyParentError(FRAUD.id).message
    });
    // It is still linked: nothing is to be waited for.
    expect(undone.kind).toBe('link');
    expect(undone.parts.tag?.state).toBe('undone');
    expect(written).not.toContain(`-${FRAUD.id}`);
  });

  it('leaves what somebody else wrote over it', async () => {
    const { link, undo, world } = await begin();
    const record = await link();
    world.tags[KEY] = 'theirs';
    world.card = JSON.stringify({
      additional_information: { custom_details: { UseCaseId: 'X-1' } }
    });
    const undone = await undo(record);
    expect(states(undone)).toMatchObject({
      association: 'undone',
      tag: 'kept',
      card: 'kept'
    });
    expect(world.tags[KEY]).toBe('theirs');
    expect(world.card).toContain('X-1');
  });

  it('goes on where it was interrupted', async () => {
    const { link, undo, kept, world, written } = await begin();
    const record = await link();
    world.faults.DELETE = [refusal(503, 'later')];
    const error = (await failure(undo(record))) as PartialError;
    expect(error).toBeInstanceOf(PartialError);
    const last = kept[kept.length - 1];
    expect(last.kind).toBe('unlink');
    expect(states(last)).toMatchObject({
      association: 'written',
      tag: 'undone',
      card: 'undone'
    });
    written.length = 0;
    const undone = await undo(last);
    expect(written).toEqual([`-${FRAUD.id}`]);
    expect(states(undone).association).toBe('undone');
  });

  it('keeps the link where its undoing is refused at once', async () => {
    const { link, undo, kept, world, written } = await begin(
      {},
      { tag: false, card: false }
    );
    const record = await link();
    world.faults.DELETE = [refusal(403, 'may not')];
    expect(await failure(undo(record))).toBeInstanceOf(OpenPagesError);
    // Word of the undoing was left and taken away again.
    expect(kept).toEqual([]);
    expect(written).toEqual([`+${FRAUD.id}`]);
    expect(states(await undo(record)).association).toBe('undone');
  });

  it('counts as undone what is gone already', async () => {
    const { link, undo, world } = await begin();
    const record = await link();
    world.parents = ['11001'];
    world.tags = { team: 'retail' };
    expect(states(await undo(record))).toMatchObject({
      association: 'undone',
      tag: 'undone'
    });
  });
});
