/** Workflow instances: what is taken from them, and what a refusal costs. */
import { RelayError } from '../../relay';
import { fakeRelay, openPagesConnection } from '../../testing';
import { OpenPagesClient } from '../openpages';
import type { Book } from '../sources/book';
import { readBook } from '../sources/openpages';
import { workflowOf } from '../sources/workflows';

const ROOT = 'openpages/wxgov/api/v2/';
const WORKFLOWS = `${ROOT}workflows/instances/search`;
const SINCE = Date.UTC(2026, 10, 18, 8);

describe('a workflow instance', () => {
  const published = { id: '501', grc_object: { id: 15001 } };
  const nothing = {
    instance: '501',
    workflow: null,
    stage: null,
    assignees: [],
    since: null
  };
  it.each([
    ['as it is published', {}, {}],
    ['with a stage', { stage: 'Review' }, { stage: 'Review' }],
    [
      'with stage and workflow as objects',
      {
        current_stage: { name: 'Review', start_date: '2026-11-18T08:00:00Z' },
        workflow_definition: { id: 1, name: 'Use Case Request' }
      },
      { stage: 'Review', workflow: 'Use Case Request', since: SINCE }
    ],
    [
      'with users as objects',
      {
        assignees: [
          { user_name: 'aray', name: 'Ann Ray' },
          { name: 'bo' },
          { name: 'bo' }
        ]
      },
      { assignees: ['aray', 'bo'] }
    ],
    [
      'with users as text',
      { assignee: 'aray; bo' },
      { assignees: ['aray', 'bo'] }
    ],
    [
      'with a date in ms',
      { stage_start_date: String(SINCE) },
      { since: SINCE }
    ],
    [
      'with a date without a colon',
      { assigned_on: '2026-11-18T09:00:00.000+0100' },
      { since: SINCE }
    ],
    [
      'with members of other kinds',
      { stage: [], assignees: {}, since: 'soon', workflow: { x: 1 } },
      {}
    ]
  ])('%s', (_, members, expected) => {
    expect(workflowOf({ ...published, ...members })).toEqual({
      object: '15001',
      state: { ...nothing, ...expected }
    });
  });

  it.each([null, 7, 'x', [], {}, { id: '1' }, { grc_object: { id: '1' } }])(
    'that says neither what nor where: %j',
    instance => {
      expect(workflowOf(instance)).toBeNull();
    }
  );
});

describe('workflows of a console', () => {
  const query = {
    [`${ROOT}query`]: (call: { body: Record<string, unknown> | null }) => ({
      rows: String(call.body?.statement).includes('ON PARENT')
        ? [
            {
              fields: [
                '15001',
                'CREDIT-001 Risk',
                'Approved',
                'High',
                'Owner',
                undefined,
                'g1',
                'g',
                'arn:x'
              ].map(value => ({ name: 'x', value }))
            }
          ]
        : []
    })
  };
  async function read(
    answer: Parameters<typeof fakeRelay>[0][string],
    workflows = true
  ): Promise<{ book: Book; calls: number }> {
    const relay = fakeRelay({ ...query, [WORKFLOWS]: answer });
    const client = new OpenPagesClient({ relay, connection: 'wxgov' });
    const connection = openPagesConnection({ workflows });
    const book = await readBook(client, connection, 0);
    return { book, calls: relay.callsOf(WORKFLOWS).length };
  }

  it('are not asked for where they are off', async () => {
    const { book, calls } = await read(new Error('asked'), false);
    expect(calls).toBe(0);
    expect(book).toMatchObject({ workflowError: null });
    expect(book.useCase('15001')?.workflow).toBeNull();
  });

  it.each([
    ['a refusal', () => new Response('{"message":"no"}', { status: 403 })],
    ['no such path', () => new Response('{}', { status: 404 })],
    ['another shape', { instances: [] }],
    ['a list', []],
    [
      'a failing relay',
      new RelayError({ code: 'upstream_timeout', message: 'slow' })
    ]
  ])('leave the reading whole with %s, and keep why', async (_, answer) => {
    const { book } = await read(answer);
    expect(book.useCases).toMatchObject([
      { status: 'Approved', workflow: null }
    ]);
    expect(book.workflowError).not.toBeNull();
  });

  it('pass over objects that the reading does not show', async () => {
    const { book } = await read({
      activity_instances: [
        { id: '1', stage: 'A', grc_object: { id: 'other' } },
        { id: '2', stage: 'B', grc_object: { id: '15001' } }
      ]
    });
    expect(book.useCases).toMatchObject([{ workflow: { stage: 'B' } }]);
  });

  it('come to an end with a console that gives the same page for ever', async () => {
    const { book, calls } = await read({
      activity_instances: [{ id: '2', grc_object: { id: '15001' } }],
      next: { href: '?' }
    });
    expect(calls).toBe(2);
    expect(book.useCases).toMatchObject([{ workflow: { instance: '2' } }]);
  });

  it('are given up with the reading', async () => {
    const given = new DOMException('Given up.', 'AbortError');
    await expect(read(() => Promise.reject(given))).rejects.toBe(given);
  });
});
