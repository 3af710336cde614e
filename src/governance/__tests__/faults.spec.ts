/** Every way to a use case, under every fault: never green, always a reason. */
import { nullTranslator } from '@jupyterlab/translation';

import { RelayError } from '../../relay';
import { fakeRelay, group, openPagesConnection, version } from '../../testing';
import type {
  IGovernanceStatus,
  IModelPackage,
  IModelPackageGroup,
  StatusBucket
} from '../../tokens';
import { isDenied, statusesMissing } from '../errors';
import { Governance } from '../service';
import { statusLabel, unknownReason } from '../words';

const trans = nullTranslator.load('sagemaker_governance');
const ROOT = 'openpages/wxgov/api/v2/';
const QUERY = `${ROOT}query`;

interface IWay {
  /** Whether the console has the group as an object. */
  object: boolean;
  group: IModelPackageGroup;
  latest: IModelPackage | null;
}

const named = (id: string): IModelPackage =>
  version({
    card: {
      status: null,
      intendedUses: null,
      riskRating: null,
      useCaseId: id,
      useCaseName: null,
      useCaseStage: 'Approved',
      raw: {}
    }
  });

const WAYS: Record<string, IWay> = {
  'by ARN': { object: true, group: group(), latest: null },
  'by the card': { object: false, group: group(), latest: named('CREDIT-001') },
  'by the tag': {
    object: false,
    group: group({ tags: { 'governance:use-case-id': '15001' } }),
    latest: null
  }
};

type Answer = Parameters<typeof fakeRelay>[0][string];

const reply = (status: number, body: string) => (): Response =>
  new Response(body, { status });

const FAULTS: Record<string, Answer> = {
  unreachable: new RelayError({ code: 'upstream_unreachable', message: 'x' }),
  'a login page': new RelayError({ code: 'upstream_login_page', message: 'x' }),
  'an expired token': new RelayError({
    code: 'upstream_unauthorized',
    message: 'x'
  }),
  'too slow': new RelayError({ code: 'upstream_timeout', message: 'x' }),
  'broken off': new RelayError({ code: 'upstream_closed', message: 'x' }),
  'the lab signed out': new RelayError({ code: 'signed_out', message: 'x' }),
  'not signed in': reply(401, '{"message":"no"}'),
  'not allowed': reply(403, '{"message":"no"}'),
  'not there': reply(404, '{}'),
  'too many requests': reply(429, '{}'),
  'an internal error': reply(500, '{}'),
  'an unknown field': reply(500, '{"message":"OP-60005: Invalid Field"}'),
  'a refused query': reply(400, '{"message":"OP-60002"}'),
  'half an answer': reply(200, '{"rows":[{"fie'),
  nothing: reply(200, ''),
  HTML: reply(200, '<html>Sign in</html>'),
  null: reply(200, 'null'),
  'another shape': reply(200, '{"result":"Approved"}'),
  'rows without fields': reply(200, '{"rows":[{"status":"Approved"}]}'),
  'rows of another width': reply(
    200,
    '{"rows":[{"fields":[{"value":"Approved"}]}]}'
  ),
  'a page that stands still': reply(200, '{"rows":[],"next":{},"limit":0}')
};

/** A console with one approved use case. */
function whole(way: IWay): Answer {
  return call => {
    const statement = String(call.body?.statement);
    const useCase = ['15001', 'CREDIT-001 Risk', 'Approved', 'High', 'O', null];
    const cells = statement.includes('OUTER')
      ? null
      : statement.includes('ON PARENT')
        ? way.object
          ? [...useCase, 'm1', way.group.name, way.group.arn]
          : null
        : [...useCase, '11001', 'SageMaker prod'];
    return {
      rows: cells
        ? [{ fields: cells.map(value => ({ name: 'x', value })) }]
        : []
    };
  };
}

function setUp(way: IWay, query: Answer) {
  const clock = { now: 1_000_000 };
  const relay = fakeRelay(
    {
      [QUERY]: query,
      [`${ROOT}workflows/instances/search`]: { activity_instances: [] }
    },
    { connections: [openPagesConnection()] }
  );
  const service = new Governance({ relay, now: () => clock.now });
  const ask = async (): Promise<IGovernanceStatus> =>
    (
      await service.resolve([way.group], new Map([[way.group.arn, way.latest]]))
    ).get(way.group.arn)!;
  return { ask, clock, relay, service };
}

function expectNoGreen(status: IGovernanceStatus): void {
  expect(status.bucket).not.toBe('approved');
  const reason = unknownReason(status, trans);
  expect(reason?.why).toBeTruthy();
  expect(reason?.next).toBeTruthy();
}

const CASES = Object.keys(WAYS).flatMap(way =>
  Object.keys(FAULTS).map(fault => [way, fault] as const)
);

/** A use case that only a card or a tag names is never green. */
const bestOf = (way: string): StatusBucket =>
  /card|tag/.test(way) ? 'other' : 'approved';

describe('a use case found', () => {
  it.each(CASES)('%s, with %s from the start', async (name, fault) => {
    const way = WAYS[name];
    const { ask, clock, relay } = setUp(way, FAULTS[fault]);
    const status = await ask();
    expectNoGreen(status);
    expect(status).toMatchObject({ state: 'could-not-read', bucket: null });
    expect(isDenied(status)).toBe(/not (allowed|signed in)/.test(fault));
    relay.table[QUERY] = whole(way);
    clock.now += 61_000;
    expect(await ask()).toMatchObject({ bucket: bestOf(name), stale: false });
  });

  it.each(CASES)('%s, with %s at a refresh', async (name, fault) => {
    const way = WAYS[name];
    const { ask, clock, relay, service } = setUp(way, whole(way));
    expect(await ask()).toMatchObject({ bucket: bestOf(name), stale: false });
    relay.table[QUERY] = FAULTS[fault];
    clock.now += 1000;
    await service.refresh();
    const status = await ask();
    expectNoGreen(status);
    // What was known stays in sight.
    expect(status.stale).toBe(true);
    expect(status.lastKnown?.status ?? status.useCase?.status).toBe('Approved');
    relay.table[QUERY] = whole(way);
    await service.refresh();
    expect(await ask()).toMatchObject({ bucket: bestOf(name), stale: false });
  });

  it.each(Object.keys(WAYS))('%s, is not green when it got old', async name => {
    const way = WAYS[name];
    const { ask, clock, relay } = setUp(way, whole(way));
    await ask();
    relay.table[QUERY] = FAULTS.unreachable;
    clock.now += 61 * 60_000;
    expectNoGreen(await ask());
  });
});

describe('what is said of five states', () => {
  async function statusOf(way: IWay, query: Answer, table = {}) {
    const { ask, relay } = setUp(way, query);
    Object.assign(relay.table, table);
    return ask();
  }
  const byArn = WAYS['by ARN'];
  const orphan: Answer = call => ({
    rows: String(call.body?.statement).includes('OUTER')
      ? [
          {
            fields: ['m1', 'n', byArn.group.arn, null].map(value => ({ value }))
          }
        ]
      : []
  });
  const bare: Answer = call => {
    const answer = whole(byArn) as (c: typeof call) => {
      rows: { fields: { value: unknown }[] }[];
    };
    const { rows } = answer(call);
    rows.forEach(({ fields }) => (fields[2] = { value: null }));
    return { rows };
  };

  it('differs, and so do the ways out', async () => {
    const stale = await (async () => {
      const { ask, clock, relay } = setUp(byArn, whole(byArn));
      await ask();
      relay.table[QUERY] = FAULTS['too slow'];
      clock.now += 61 * 60_000;
      return ask();
    })();
    const states = {
      'not linked': await statusOf(
        { ...byArn, object: false },
        whole({
          ...byArn,
          object: false
        })
      ),
      'could not read': await statusOf(byArn, FAULTS.unreachable),
      stale,
      'no status': await statusOf(byArn, bare),
      'no permission': await statusOf(byArn, orphan, {
        [`${ROOT}contents/m1/associations`]: { associations: [{ id: '77' }] },
        [`${ROOT}contents/77`]: reply(403, '{}')
      })
    };
    const said = Object.values(states).map(status => ({
      label: `${statusLabel(status, trans)}${status.stale ? ', stale' : ''}`,
      ...unknownReason(status, trans)!
    }));
    expect(said.map(({ label }) => label)).toEqual([
      'Not linked',
      'Could not read',
      'Approved, stale',
      'No status',
      'No permission'
    ]);
    for (const part of ['label', 'why', 'next'] as const) {
      expect(new Set(said.map(words => words[part])).size).toBe(said.length);
    }
    expect(said.map(({ way }) => way)).toEqual([
      'link',
      'refresh',
      'refresh',
      'open',
      'ask'
    ]);
  });

  it('names whom to ask for which right', async () => {
    const hidden = await statusOf(byArn, FAULTS['not allowed']);
    expect(unknownReason(hidden, trans)?.next).toContain(
      'administrator of connection “wxgov” for the right to read use cases'
    );
  });

  it('leads to the set-up where names are wrong', async () => {
    const status = await statusOf(byArn, FAULTS['an unknown field']);
    expect(unknownReason(status, trans)).toMatchObject({ way: 'set-up' });
  });
});

describe('use cases without any status', () => {
  const found = (id: string, status: string | null) =>
    ({
      answers: [
        {
          source: 'openpages',
          connection: 'wxgov',
          state: 'found',
          useCase: { id, status }
        }
      ]
    }) as unknown as IGovernanceStatus;

  it.each([
    ['none', [], null],
    ['few', [found('1', null), found('2', null)], null],
    [
      'many that are one',
      [found('1', null), found('1', null), found('1', null)],
      null
    ],
    [
      'many, one of them with a status',
      [found('1', null), found('2', null), found('3', null), found('4', 'New')],
      null
    ],
    [
      'many',
      [found('1', null), found('2', null), found('3', null)],
      { connection: 'wxgov', useCases: 3 }
    ]
  ])('%s', (_, statuses, expected) => {
    expect(statusesMissing(statuses)).toEqual(expected);
  });
});
