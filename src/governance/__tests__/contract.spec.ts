/**
 * The parser of OpenPages' answers, held to the table that the stand-in is
 * held to as well, and that docs/governance.md prints.
 */
import { readFileSync } from 'fs';
import { join } from 'path';
import { OpenPagesClient } from '../openpages';
import { parseFields, parseRelations, parseTypes } from '../setup/schema';
import { workflowOf } from '../sources/workflows';

interface ICall {
  id: string;
  method: string;
  path: string;
  examples?: { body: unknown; reads: unknown }[];
}

const TABLE = JSON.parse(
  readFileSync(
    join(__dirname, '../../../sandbox/openpages/contract.json'),
    'utf-8'
  )
) as { calls: ICall[] };

/** A client of a console that answers everything with one body. */
function clientOf(body: unknown): {
  client: OpenPagesClient;
  asked: { method: string; path: string }[];
} {
  const asked: { method: string; path: string }[] = [];
  const client = new OpenPagesClient({
    connection: 'wxgov',
    relay: {
      request: (path, init) => {
        asked.push({ method: init?.method ?? 'GET', path });
        return Promise.resolve(new Response(JSON.stringify(body)));
      }
    }
  });
  return { client, asked };
}

function widthOf(body: unknown): number {
  const { rows } = body as { rows: { fields: unknown[] }[] };
  return rows[0].fields.length;
}

/** How the product reads the answer of a call. */
const READ: Record<string, (body: unknown) => unknown> = {
  types: parseTypes,
  type: parseFields,
  'type-associations': parseRelations,
  query: body => clientOf(body).client.query('SELECT', widthOf(body)),
  associations: body => clientOf(body).client.parents('1'),
  'workflow-instances': async body =>
    (await clientOf(body).client.workflowInstances('Register')).flatMap(
      instance => workflowOf(instance) ?? []
    )
};

const EXAMPLES = TABLE.calls.flatMap(({ id, examples }) =>
  (examples ?? []).map(
    (example, index) => [`${id} ${index + 1}`, id, example] as const
  )
);

describe('the contract with OpenPages', () => {
  it.each(EXAMPLES)('reads %s', async (_, id, { body, reads }) => {
    const read = (await READ[id](body)) as unknown[];
    expect(read).toHaveLength((reads as unknown[]).length);
    expect(read).toMatchObject(reads as unknown[]);
  });

  it('has an example for every answer that is parsed here', () => {
    expect(new Set(EXAMPLES.map(([, id]) => id))).toEqual(
      new Set(Object.keys(READ))
    );
  });

  it.each<[string, (client: OpenPagesClient) => Promise<unknown>]>([
    ['query', client => client.query('SELECT', 1)],
    ['parents', client => client.parents('11')],
    ['readable', client => client.readable('11')],
    ['workflowInstances', client => client.workflowInstances('Register')]
  ])('knows the call of %s', async (_, call) => {
    const { asked, client } = clientOf({
      rows: [],
      associations: [],
      activity_instances: []
    });
    await call(client);
    expect(asked.length).toBeGreaterThan(0);
    for (const { method, path } of asked) {
      const plain = path.split('?')[0].replace('openpages/wxgov', '');
      const known = TABLE.calls.filter(
        one =>
          one.method === method &&
          new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain)
      );
      expect(known.map(one => one.id)).not.toEqual([]);
    }
  });
});
