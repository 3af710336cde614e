/** What a console is asked, counted, with 10,000 model package groups. */
import { fakeRelay, group, openPagesConnection } from '../../testing';
import type { IModelPackageGroup } from '../../tokens';
import { Governance } from '../service';

const ROOT = 'openpages/wxgov/api/v2/';
const QUERY = `${ROOT}query`;
const WORKFLOWS = `${ROOT}workflows/instances/search`;

const LINKED = 6400;
const HIDDEN = 90;
const USE_CASES = 3300;
/** Use cases in a workflow. */
const ACTIVE = 1200;
const GROUPS: readonly IModelPackageGroup[] = Array.from(
  { length: 10_000 },
  (_, i) => group({ name: `g-${i}` })
);

type Kind = 'linked' | 'hidden' | 'bare';

/** The last 90 hang below use cases that may not be seen, three of them. */
function kindOf(i: number): Kind {
  if (i >= GROUPS.length - HIDDEN) {
    return 'hidden';
  }
  return i < LINKED ? 'linked' : 'bare';
}

const hiddenCase = (i: number): string => `h${i % 3}`;

type Row = (string | undefined)[];

/** Rows of a statement, told by its shape. */
function rowsOf(statement: string): Row[] {
  const own = (i: number): Row => [`m${i}`, GROUPS[i].name, GROUPS[i].arn];
  const useCase = (i: number): Row => [
    `u${i}`,
    `CREDIT-${i} Risk`,
    'Approved',
    'High',
    'Owner',
    '2026-11-18T09:00:00.000+01:00'
  ];
  const indices = GROUPS.map((_, i) => i);
  const without = indices.filter(i => kindOf(i) !== 'linked');
  const entity = (i: number): string | undefined =>
    kindOf(i) === 'bare' ? '11001' : undefined;
  if (statement.includes('OUTER')) {
    return without.map(i => [...own(i), entity(i)]);
  }
  if (statement.includes('ON PARENT')) {
    return indices
      .filter(i => kindOf(i) === 'linked')
      .map(i => [...useCase(i % USE_CASES), ...own(i)]);
  }
  if (statement.includes('FROM [Register]')) {
    return Array.from({ length: USE_CASES }, (_, i) => [
      ...useCase(i),
      '11001',
      'SageMaker prod'
    ]);
  }
  return statement.includes('JOIN')
    ? without.filter(entity).map(i => [...own(i), entity(i)])
    : indices.map(own);
}

interface IConsole {
  /** Largest page that the server grants, rows. */
  limit: number;
  /** Whether it takes outer joins. */
  outer: boolean;
}

function setUp({ limit: granted, outer }: IConsole) {
  const rows = new Map<string, Row[]>();
  const asked: number[] = [];
  const relay = fakeRelay(
    {
      [QUERY]: call => {
        const { statement, offset, limit } = call.body as {
          statement: string;
          offset: number;
          limit: number;
        };
        asked.push(limit);
        if (!outer && statement.includes('OUTER')) {
          return new Response('{"message":"OP-60002: not SQL"}', {
            status: 400
          });
        }
        const all = rows.get(statement) ?? rowsOf(statement);
        rows.set(statement, all);
        const size = Math.min(limit, granted);
        return {
          limit: size,
          rows: all.slice(offset, offset + size).map(values => ({
            fields: values.map(value => ({ name: 'x', value }))
          })),
          ...(offset + size < all.length ? { next: { href: '?' } } : {})
        };
      },
      [WORKFLOWS]: call => {
        const { searchParams } = new URL(call.path, 'https://x/');
        const offset = Number(searchParams.get('offset') ?? 0);
        const size = Math.min(Number(searchParams.get('limit')), granted);
        return {
          limit: size,
          activity_instances: Array.from(
            { length: Math.min(size, ACTIVE - offset) },
            (_, i) => ({
              id: `w${offset + i}`,
              stage: 'Stakeholder Review',
              grc_object: { id: `u${offset + i}` }
            })
          ),
          ...(offset + size < ACTIVE ? { next: { href: '?' } } : {})
        };
      },
      // Parents, and whether an unknown one may be read.
      [`${ROOT}contents/m`]: call => {
        const i = Number(/contents\/m(\d+)\//.exec(call.path)?.[1]);
        return {
          associations: [{ id: kindOf(i) === 'bare' ? '11001' : hiddenCase(i) }]
        };
      },
      [`${ROOT}contents/h`]: () =>
        new Response('{"message":"no"}', { status: 403 })
    },
    { connections: [openPagesConnection()] }
  );
  const counts = () => ({
    queries: relay.callsOf(QUERY).length,
    workflows: relay.callsOf(WORKFLOWS).length,
    parents: relay.callsOf('/associations').length,
    readable: relay.callsOf('contents/h').length
  });
  return { relay, service: new Governance({ relay }), counts, asked };
}

/** As the panel asks: pages of 100 groups, as they come. */
async function ask(service: Governance) {
  const pages = Array.from({ length: 100 }, (_, page) =>
    GROUPS.slice(100 * page, 100 * page + 100)
  );
  const answers = await Promise.all(pages.map(page => service.resolve(page)));
  const states: Record<string, number> = {};
  for (const answer of answers) {
    for (const { state } of answer.values()) {
      states[state] = (states[state] ?? 0) + 1;
    }
  }
  return states;
}

const STATES = {
  linked: LINKED,
  'could-not-read': HIDDEN,
  'not-linked': GROUPS.length - LINKED - HIDDEN
};

const pages = (rows: number, limit: number): number => Math.ceil(rows / limit);

describe('calls for 10,000 groups', () => {
  it.each([500, 100])(
    'are the pages of three statements and of workflows, and ten looks, %i rows a page',
    async limit => {
      const { service, counts, asked } = setUp({ limit, outer: true });
      const expected = {
        queries:
          pages(LINKED, limit) +
          pages(USE_CASES, limit) +
          pages(GROUPS.length - LINKED, limit),
        workflows: pages(ACTIVE, limit),
        parents: 10,
        readable: 3
      };
      expect(await ask(service)).toEqual(STATES);
      expect(counts()).toEqual(expected);
      const stages = [0, ACTIVE - 1, ACTIVE].map(
        i => service.known(GROUPS[i].arn)?.useCase?.workflow?.stage
      );
      expect(stages).toEqual([
        'Stakeholder Review',
        'Stakeholder Review',
        undefined
      ]);
      expect(new Set(asked)).toEqual(new Set([500]));
      // Nothing more for asking again, in pages or at once.
      expect(await ask(service)).toEqual(STATES);
      await service.resolve(GROUPS);
      expect(counts()).toEqual(expected);
      // A refresh costs the same again.
      await service.refresh();
      await ask(service);
      expect(counts()).toEqual({
        queries: 2 * expected.queries,
        workflows: 2 * expected.workflows,
        parents: 20,
        readable: 6
      });
    }
  );

  it('know a console without outer joins', async () => {
    const { service, counts } = setUp({ limit: 500, outer: false });
    expect(await ask(service)).toEqual(STATES);
    expect(counts()).toEqual({
      queries:
        pages(LINKED, 500) +
        pages(USE_CASES, 500) +
        1 +
        pages(GROUPS.length, 500) +
        pages(GROUPS.length - LINKED - HIDDEN, 500),
      workflows: pages(ACTIVE, 500),
      parents: 10,
      readable: 3
    });
  });

  it('grow by one look where somebody opens a group that nobody looked at', async () => {
    const { service, counts } = setUp({ limit: 500, outer: true });
    await ask(service);
    const before = counts();
    const last = GROUPS[GROUPS.length - 1];
    const error = async () =>
      (await service.resolve([last])).get(last.arn)?.answers[0].error;
    expect(service.known(last.arn)?.answers[0].error).toMatchObject({
      message: expect.stringContaining('shows no use case above it')
    });
    expect(await error()).toMatchObject({
      message: expect.stringContaining(
        'a use case that the connection’s user may not see'
      )
    });
    await error();
    // Its use case was refused before, so that one call is enough.
    expect(counts()).toEqual({ ...before, parents: before.parents + 1 });
    // So has one that is not linked; a linked one costs nothing.
    await service.resolve([GROUPS[LINKED]]);
    await service.resolve([GROUPS[LINKED]]);
    await service.resolve([GROUPS[0]]);
    expect(counts()).toEqual({ ...before, parents: before.parents + 2 });
  });
});

describe('a look', () => {
  /** The last group alone, with these parents; asks for it. */
  async function look(parents: Record<string, unknown>) {
    const { relay, service } = setUp({ limit: 500, outer: true });
    const i = GROUPS.length - 1;
    Object.assign(relay.table, parents);
    return (await service.resolve([GROUPS[i]])).get(GROUPS[i].arn);
  }
  const parentsOf = `${ROOT}contents/m9999/associations`;

  it('finds a link made since the reading', async () => {
    expect(
      await look({ [parentsOf]: { associations: [{ id: 'u7' }] } })
    ).toMatchObject({
      state: 'linked',
      useCase: { key: 'CREDIT-7' }
    });
  });

  it.each([
    ['no parent', { [parentsOf]: { associations: [] } }, 'not-linked'],
    [
      'an object made since the reading',
      {
        [parentsOf]: { associations: [{ id: 'new' }] },
        [`${ROOT}contents/new`]: {}
      },
      'could-not-read'
    ],
    [
      'a failure',
      { [parentsOf]: () => new Response('{}', { status: 503 }) },
      'could-not-read'
    ]
  ])('with %s', async (_, table, state) => {
    expect((await look(table))?.state).toBe(state);
  });
});
