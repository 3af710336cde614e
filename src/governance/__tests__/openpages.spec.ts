import { RelayError } from '../../relay';
import { fakeRelay } from '../../testing';
import { OpenPagesError } from '../errors';
import { cellOf, column, OpenPagesClient } from '../openpages';

const QUERY = 'openpages/wxgov/api/v2/query';

function row(...values: unknown[]) {
  return {
    fields: values.map(value =>
      value === undefined ? { name: 'x' } : { name: 'x', value }
    )
  };
}

function client(answer: Parameters<typeof fakeRelay>[0][string]) {
  const relay = fakeRelay({ [QUERY]: answer });
  return { relay, client: new OpenPagesClient({ relay, connection: 'wxgov' }) };
}

function reply(status: number, body: string): Response {
  return new Response(body, {
    status,
    headers: { 'X-Relay-Content-Type': 'application/json' }
  });
}

describe('cell', () => {
  it.each([
    ['Approved', 'Approved'],
    ['  ', null],
    [42, '42'],
    [true, 'true'],
    [{ name: 'High', id: '7' }, 'High'],
    [{ name: '', localized_label: 'Hoch' }, 'Hoch'],
    [[{ name: 'A' }, { name: 'B' }], 'A, B'],
    [[], null],
    [{ display_name: 'Ann Ray', id: '5' }, 'Ann Ray'],
    [{ userName: 'aray' }, 'aray'],
    [{ nothing: 1 }, null],
    [undefined, null],
    [null, null]
  ])('of %j', (value, cell) => {
    expect(cellOf(value)).toBe(cell);
  });
});

describe('statement', () => {
  it('refuses names that break out', () => {
    expect(column('wxgov', 'Register', 'A:B')).toBe('[Register].[A:B]');
    expect(() => column('wxgov', 'Register] X', 'Name')).toThrow(
      OpenPagesError
    );
    expect(() => column('wxgov', 'Register', 'a\nb')).toThrow(OpenPagesError);
    expect(() => column('wxgov', '', 'Name')).toThrow(OpenPagesError);
  });
});

describe('query', () => {
  it('maps cells by position and follows the pages that the server gives', async () => {
    const { client: c, relay } = client(call =>
      call.body?.offset === 0
        ? {
            rows: [row('1', 'A', '9', 'B')],
            limit: 1,
            next: { href: '?offset=1' }
          }
        : { rows: [row('2', undefined, '8', { name: 'C' })], limit: 1 }
    );
    expect(await c.query('SELECT', 4)).toEqual([
      ['1', 'A', '9', 'B'],
      ['2', null, '8', 'C']
    ]);
    expect(relay.calls.map(call => call.body?.offset)).toEqual([0, 1]);
    expect(relay.calls[0].body).toMatchObject({
      statement: 'SELECT',
      max_rows: 0
    });
  });

  it.each([
    ['no rows', { nothing: 1 }],
    ['a row of another width', { rows: [row('1')] }],
    ['a row without fields', { rows: [{}] }],
    ['a page of nothing for ever', { rows: [], limit: 0, next: {} }]
  ])('refuses %s', async (_, answer) => {
    await expect(
      client(answer).client.query('SELECT', 2)
    ).rejects.toMatchObject({
      name: 'OpenPagesError',
      reason: 'bad-answer'
    });
  });

  it('gives up a paging that never ends', async () => {
    const { client: c } = client({ rows: [], limit: 500, next: { href: '?' } });
    await expect(c.query('SELECT', 2)).rejects.toMatchObject({
      reason: 'bad-answer'
    });
  });

  it.each([
    [400, '{"message":"OP-60005: Invalid Field x"}', 'unknown-field', false],
    [
      500,
      '{"error":{"message":"OP-60002 failed to be transformed into SQL"}}',
      'bad-query',
      false
    ],
    [500, '{"message":"OP-03381: too long"}', 'refused', false],
    [403, '{"message":"no"}', 'forbidden', false],
    [404, '{}', 'not-found', false],
    [429, '{}', 'throttled', true],
    [503, 'down', 'unavailable', true]
  ])('understands HTTP %s %s', async (status, body, reason, retryable) => {
    const error = await client(() => reply(status, body))
      .client.query('SELECT', 1)
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(OpenPagesError);
    expect(error).toMatchObject({
      reason,
      retryable,
      status,
      connection: 'wxgov'
    });
  });

  it('tells half an answer and text that is not JSON', async () => {
    await expect(
      client(() => reply(200, '{"rows": [')).client.query('SELECT', 1)
    ).rejects.toMatchObject({ reason: 'bad-answer' });
  });

  it('passes errors of the relay on', async () => {
    const error = new RelayError({ code: 'upstream_login_page', message: 'x' });
    await expect(client(error).client.query('SELECT', 1)).rejects.toBe(error);
  });
});
