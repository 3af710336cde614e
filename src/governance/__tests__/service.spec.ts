import { fakeRelay, group, openPagesConnection, version } from '../../testing';
import { RelayError } from '../../relay';
import { groupOfArn } from '../../relay';
import { openUseCase } from '../command';
import { Governance } from '../service';
import { nullTranslator } from '@jupyterlab/translation';

const QUERY = 'openpages/wxgov/api/v2/query';
const WORKFLOWS = 'openpages/wxgov/api/v2/workflows/instances/search';
const MODIFIED = '2026-11-18T09:00:00.000+0100';
const { fields } = openPagesConnection().schema;
const trans = nullTranslator.load('sagemaker_governance');

interface IRow {
  id: string;
  name: string;
  status: string;
  arn?: string;
}

const row = (...values: (string | undefined)[]) => ({
  fields: values.map(value => ({ name: 'x', value }))
});

/** A console with model groups below use cases. */
function console_(rows: IRow[], hidden: string[] = []) {
  return {
    [QUERY]: (call: { body: Record<string, unknown> | null }) => {
      const statement = String(call.body?.statement);
      if (statement.includes('OUTER')) {
        return { rows: hidden.map(arn => row('77', 'hidden', arn, undefined)) };
      }
      if (statement.includes('ON PARENT')) {
        return {
          rows: rows
            .filter(r => r.arn)
            .map(r =>
              row(
                r.id,
                r.name,
                r.status,
                'High',
                'Owner',
                MODIFIED,
                `g${r.id}`,
                'n',
                r.arn
              )
            )
        };
      }
      return {
        rows: rows.map(r =>
          row(
            r.id,
            r.name,
            r.status,
            'High',
            'Owner',
            MODIFIED,
            '11001',
            'SageMaker prod'
          )
        )
      };
    },
    [WORKFLOWS]: {
      activity_instances: [
        { id: '501', stage: 'Review', grc_object: { id: '15001' } }
      ]
    },
    'openpages/wxgov/api/v2/contents/77/associations': {
      associations: [{ id: 15006, type_definition_id: '74' }]
    },
    'openpages/wxgov/api/v2/contents/15006': () =>
      new Response('{"message":"no"}', { status: 403 })
  };
}

function setUp(table: Record<string, unknown>, clock = { now: 1_000_000 }) {
  const relay = fakeRelay(table as Parameters<typeof fakeRelay>[0], {
    connections: [openPagesConnection()]
  });
  const service = new Governance({ relay, now: () => clock.now });
  return { relay, service, clock, queries: () => relay.callsOf(QUERY).length };
}

const linked = group({ name: 'linked' });
const CASE: IRow = {
  id: '15001',
  name: 'CREDIT-001 Risk',
  status: 'Approved',
  arn: linked.arn
};

describe('Governance', () => {
  it('asks per console, not per group', async () => {
    const { service, queries } = setUp(console_([CASE]));
    const groups = Array.from({ length: 1000 }, (_, i) =>
      group({ name: `g-${i}` })
    );
    const statuses = await service.resolve([linked, ...groups]);
    expect(statuses.size).toBe(1001);
    expect(statuses.get(linked.arn)).toMatchObject({
      state: 'linked',
      bucket: 'approved',
      useCase: {
        key: 'CREDIT-001',
        name: 'Risk',
        entity: 'SageMaker prod',
        url: 'https://console.example/task/15001',
        modifiedAt: Date.UTC(2026, 10, 18, 8),
        workflow: { instance: '501', stage: 'Review' }
      }
    });
    expect(statuses.get(groups[0].arn)?.state).toBe('not-linked');
    // Links, entities, and model groups without use case.
    expect(queries()).toBe(3);
    await service.resolve([linked, ...groups]);
    expect(queries()).toBe(3);
  });

  it('reads once for all who ask at the same time', async () => {
    const { service, queries } = setUp(console_([CASE]));
    await Promise.all([1, 2, 3].map(() => service.resolve([linked])));
    expect(queries()).toBe(3);
  });

  it('tells a use case that may not be seen from no use case', async () => {
    const hidden = group({ name: 'hidden' });
    const { service } = setUp(console_([CASE], [hidden.arn]));
    const status = (await service.resolve([hidden])).get(hidden.arn);
    expect(status).toMatchObject({ state: 'could-not-read', bucket: null });
    expect(status?.answers[0].error).toMatchObject({
      reason: 'use-case-not-visible'
    });
  });

  it('keeps showing a link that the query service does not show yet', async () => {
    const late = group({ name: 'late' });
    const table = {
      ...console_([CASE]),
      'openpages/wxgov/api/v2/contents/78/associations': {
        associations: [
          { id: '11001', type_definition_id: '5' },
          { id: '15001', type_definition_id: '94' }
        ]
      }
    };
    const query = table[QUERY];
    table[QUERY] = call =>
      String(call.body?.statement).includes('OUTER')
        ? { rows: [row('78', 'late', late.arn, '11001')] }
        : query(call);
    const { service, relay } = setUp(table);
    const other = group({ name: 'other' });
    const looks = (): number => relay.callsOf('/associations').length;
    const state = async (): Promise<string | undefined> =>
      (await service.resolve([late, other])).get(late.arn)?.state;
    expect(await state()).toBe('not-linked');
    const changed = jest.fn();
    service.changed.connect(changed);
    expect((await service.modelGroups(late))[0].useCases).toHaveLength(1);
    // Those who asked before ask again.
    expect(changed).toHaveBeenCalledTimes(1);
    expect(await state()).toBe('linked');
    await service.refresh();
    expect(await state()).toBe('linked');
    expect(await state()).toBe('linked');
    expect(looks()).toBe(2);
  });

  it('enriches what a card names', async () => {
    const { service } = setUp(console_([{ ...CASE, arn: undefined }]));
    const latest = version({
      card: {
        useCaseId: 'CREDIT-001',
        useCaseName: 'x',
        useCaseStage: null,
        status: null,
        intendedUses: null,
        riskRating: null,
        raw: {}
      }
    });
    const status = (
      await service.resolve([linked], new Map([[linked.arn, latest]]))
    ).get(linked.arn);
    expect(status).toMatchObject({
      state: 'linked',
      bucket: 'approved',
      source: 'openpages'
    });
  });

  it('waits for versions that are not there yet', async () => {
    const { service } = setUp(console_([]));
    const status = (await service.resolve([linked], new Map())).get(linked.arn);
    expect(status?.state).toBe('loading');
  });

  it('keeps the last word when a refresh fails, and recovers', async () => {
    const { service, relay, clock } = setUp(console_([CASE]));
    const changed = jest.fn();
    service.changed.connect(changed);
    await service.resolve([linked]);
    const good = relay.table[QUERY];
    relay.table[QUERY] = new RelayError({
      code: 'upstream_unreachable',
      message: 'down'
    });
    clock.now += 5000;
    await service.refresh();
    // The first reading, and the refresh.
    expect(changed).toHaveBeenCalledTimes(2);
    expect((await service.resolve([linked])).get(linked.arn)).toMatchObject({
      state: 'linked',
      bucket: 'other',
      stale: true,
      readAt: 1_000_000,
      useCase: { status: 'Approved' }
    });
    relay.table[QUERY] = good;
    await service.refresh();
    expect((await service.resolve([linked])).get(linked.arn)).toMatchObject({
      bucket: 'approved',
      stale: false,
      readAt: clock.now
    });
  });

  it('does not hammer a console that is down', async () => {
    const down = new RelayError({
      code: 'upstream_unreachable',
      message: 'down'
    });
    const { service, queries, clock } = setUp({ [QUERY]: down });
    expect((await service.resolve([linked])).get(linked.arn)?.state).toBe(
      'could-not-read'
    );
    const asked = queries();
    await service.resolve([linked]);
    expect(queries()).toBe(asked);
    clock.now += 61_000;
    await service.resolve([linked]);
    expect(queries()).toBe(2 * asked);
  });

  it('renews an old reading behind the answer', async () => {
    const { service, clock } = setUp(console_([CASE]));
    await service.resolve([linked]);
    clock.now += 61 * 60_000;
    const renewed = new Promise<void>(done =>
      service.changed.connect(() => done())
    );
    expect((await service.resolve([linked])).get(linked.arn)).toMatchObject({
      stale: true,
      bucket: 'other'
    });
    await renewed;
    expect((await service.resolve([linked])).get(linked.arn)).toMatchObject({
      stale: false,
      bucket: 'approved'
    });
  });

  describe('a reading that gets old on screen', () => {
    afterEach(() => {
      jest.useRealTimers();
      jest.restoreAllMocks();
    });

    /** A panel: it asks again whenever it is told to. */
    async function shown() {
      jest.useFakeTimers();
      const { service, clock, relay, queries } = setUp(console_([CASE]));
      const seen: (string | null | undefined)[] = [];
      const ask = async (): Promise<void> => {
        const statuses = await service.resolve([linked]);
        seen.push(statuses.get(linked.arn)?.bucket);
      };
      await ask();
      service.changed.connect(() => void ask());
      const pass = async (ms: number): Promise<void> => {
        clock.now += ms;
        await jest.advanceTimersByTimeAsync(20_000);
      };
      return { seen, pass, queries, relay };
    }

    it('is asked for again, and is not green until then', async () => {
      const { seen, pass, queries } = await shown();
      await pass(59 * 60_000);
      expect(seen).toEqual(['approved']);
      await pass(2 * 60_000);
      expect(seen).toEqual(['approved', 'other', 'approved']);
      expect(queries()).toBe(6);
    });

    it('stays without green while the console is down, told once', async () => {
      const { seen, pass, relay } = await shown();
      relay.table[QUERY] = new RelayError({
        code: 'upstream_unreachable',
        message: 'down'
      });
      await pass(61 * 60_000);
      await pass(30_000);
      expect(seen).toEqual(['approved', 'other', 'other']);
    });

    it('waits in a hidden page until somebody looks', async () => {
      const { seen, pass } = await shown();
      const hidden = jest
        .spyOn(document, 'hidden', 'get')
        .mockReturnValue(true);
      await pass(61 * 60_000);
      expect(seen).toEqual(['approved']);
      hidden.mockReturnValue(false);
      document.dispatchEvent(new Event('visibilitychange'));
      await pass(0);
      expect(seen).toEqual(['approved', 'other', 'approved']);
    });
  });

  it('says what could not be read instead of "not linked", and tries again', async () => {
    const table = console_([CASE]);
    const query = table[QUERY] as (call: {
      body: Record<string, unknown> | null;
    }) => object;
    const { service, relay, clock, queries } = setUp({
      ...table,
      [QUERY]: (call: { body: Record<string, unknown> | null }) =>
        String(call.body?.statement).includes('OUTER')
          ? new RelayError({ code: 'upstream_timeout', message: 'slow' })
          : query(call)
    });
    const other = group({ name: 'other' });
    const status = await service.resolve([linked, other]);
    expect(status.get(linked.arn)?.bucket).toBe('approved');
    expect(status.get(other.arn)?.state).toBe('could-not-read');
    await service.resolve([other]);
    expect(queries()).toBe(3);
    relay.table[QUERY] = query as (typeof relay.table)[string];
    clock.now += 61_000;
    const renewed = new Promise<void>(done =>
      service.changed.connect(() => done())
    );
    await service.resolve([other]);
    await renewed;
    expect((await service.resolve([other])).get(other.arn)?.state).toBe(
      'not-linked'
    );
  });

  it('lives without entities, and says so', async () => {
    const table = console_([CASE]);
    const query = table[QUERY] as (call: {
      body: Record<string, unknown> | null;
    }) => object;
    const error = new RelayError({ code: 'upstream_timeout', message: 'slow' });
    const { service } = setUp({
      ...table,
      [QUERY]: (call: { body: Record<string, unknown> | null }) =>
        String(call.body?.statement).includes(
          'FROM [Register] JOIN [SOXBusEntity]'
        )
          ? error
          : query(call)
    });
    const status = (await service.resolve([linked])).get(linked.arn);
    expect(status).toMatchObject({
      bucket: 'approved',
      useCase: { entity: null }
    });
    expect(status?.answers[0].error).toBe(error);
  });

  it('takes settings over at once', async () => {
    const { service } = setUp(console_([CASE]));
    const changed = jest.fn();
    service.changed.connect(changed);
    service.configure({
      vocabulary: [{ bucket: 'draft', pattern: '^approved' }]
    });
    expect(changed).toHaveBeenCalledTimes(1);
    expect((await service.resolve([linked])).get(linked.arn)?.bucket).toBe(
      'draft'
    );
    expect(() =>
      service.configure({ vocabulary: [{ bucket: 'draft', pattern: '(' }] })
    ).toThrow();
    expect(service.bucketOf('Approved')).toBe('draft');
  });

  it('uses the configured names only', async () => {
    const { service, relay } = setUp(console_([CASE]));
    await service.resolve([linked]);
    const [statement] = relay
      .callsOf(QUERY)
      .map(call => String(call.body?.statement));
    expect(statement).toBe(
      `SELECT [Register].[Resource ID], [Register].[Name], [Register].[${fields.status}], [Register].[${fields.riskLevel}], [Register].[${fields.owner}], [Register].[Last Modification Date], [ModelGroup].[Resource ID], [ModelGroup].[Name], [ModelGroup].[${fields.groupArn}] FROM [Register] JOIN [ModelGroup] ON PARENT([Register])`
    );
  });
});

describe('openUseCase', () => {
  it('opens the known address without a referrer', async () => {
    const open = jest.spyOn(window, 'open').mockReturnValue(null);
    const { service } = setUp(console_([CASE]));
    const args = { connection: 'own', group: linked.arn };
    expect(groupOfArn(args)).toMatchObject({
      name: 'linked',
      account: '111122223333',
      region: 'eu-west-1'
    });
    await openUseCase(service, args, trans);
    expect(open).toHaveBeenCalledWith(
      'https://console.example/task/15001',
      '_blank',
      'noopener,noreferrer'
    );
    open.mockClear();
    await openUseCase(
      service,
      { connection: 'own', group: group({ name: 'none' }).arn },
      trans
    );
    expect(open).not.toHaveBeenCalled();
    open.mockRestore();
  });
});
