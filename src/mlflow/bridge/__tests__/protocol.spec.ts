import * as fc from 'fast-check';

import {
  isHello,
  MAX_BODY,
  MAX_ROUTE,
  MAX_UPLOAD,
  parseMessage,
  parseRouteText
} from '../protocol';

const FETCH = {
  kind: 'fetch',
  id: 1,
  url: 'version',
  method: 'GET',
  headers: [],
  body: null,
  whole: false
};

describe('parseMessage', () => {
  it('keeps a request and only the headers that the relay takes', () => {
    expect(
      parseMessage({
        ...FETCH,
        headers: [
          ['Accept', 'text/html'],
          ['X-MLFLOW-WORKSPACE', 'default'],
          ['Cookie', 'a=b'],
          ['Authorization', 'Bearer x'],
          ['X-XSRFToken', 'x'],
          ['X-Amz-Content-SHA256', 'x'],
          ['accept', 'a\r\nHost: evil']
        ],
        extra: 'dropped'
      })
    ).toEqual({
      ...FETCH,
      headers: [
        ['accept', 'text/html'],
        ['x-mlflow-workspace', 'default']
      ]
    });
  });

  it('takes a file by reference, whatever its size below the relay’s limit', () => {
    const body = new Blob(['x'.repeat(1000)]);
    Object.defineProperty(body, 'size', {
      value: MAX_BODY + 1,
      configurable: true
    });
    const upload = { ...FETCH, method: 'POST', body };
    const parsed = parseMessage(upload);
    expect(parsed?.kind === 'fetch' && parsed.body === body).toBe(true);
    Object.defineProperty(body, 'size', { value: MAX_UPLOAD + 1 });
    expect(parseMessage(upload) === null).toBe(true);
  });

  it.each([
    ['a copy without a number', { kind: 'copy', text: 'x' }],
    ['a theme without an answer', { kind: 'themed' }],
    ['no object', 'fetch'],
    ['null', null],
    ['an unknown kind', { kind: 'exec' }],
    ['a method of another sort', { ...FETCH, method: 'TRACE' }],
    ['a method in small letters', { ...FETCH, method: 'get' }],
    ['an id that is no number', { ...FETCH, id: '1' }],
    ['a negative id', { ...FETCH, id: -1 }],
    ['an address that is no text', { ...FETCH, url: {} }],
    ['a body with GET', { ...FETCH, body: new ArrayBuffer(1) }],
    ['a body that is no buffer', { ...FETCH, method: 'POST', body: 'x' }],
    ['headers that are no pairs', { ...FETCH, headers: [['a', 'b', 'c']] }],
    ['too many headers', { ...FETCH, headers: Array(65).fill(['a', 'b']) }],
    ['an area of another sort', { kind: 'clear', area: 'cookie' }],
    [
      'a value that is too long',
      { kind: 'store', area: 'local', key: 'k', value: 'x'.repeat(2 ** 21) }
    ],
    [
      'a route that is too long',
      { kind: 'route', route: 'x'.repeat(MAX_ROUTE + 1), index: 0, length: 1 }
    ],
    ['a blob that is none', { kind: 'save', blob: 'text', name: 'a' }],
    ['bytes below zero', { kind: 'ack', id: 1, bytes: -1 }]
  ])('refuses %s', (_, message) => {
    expect(parseMessage(message)).toBeNull();
  });

  it('answers anything without throwing', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (value, kind) => {
        parseMessage(value);
        parseMessage({ kind, value });
      })
    );
  });
});

describe('parseRouteText', () => {
  it.each([
    ['#/experiments/1', '/experiments/1'],
    ['experiments/1', '/experiments/1'],
    ['//evil.example/', '/evil.example/'],
    ['', '/'],
    ['a\nb', null],
    [7, null]
  ])('reads %p', (raw, expected) => {
    expect(parseRouteText(raw)).toBe(expected);
  });
});

describe('isHello', () => {
  it('wants the nonce of this very document', () => {
    expect(isHello({ nonce: 'a' }, 'a')).toBe(true);
    expect(isHello({ nonce: 'b' }, 'a')).toBe(false);
    expect(isHello(null, 'a')).toBe(false);
    expect(isHello('a', 'a')).toBe(false);
  });
});
