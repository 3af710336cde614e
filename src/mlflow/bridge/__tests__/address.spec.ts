import * as fc from 'fast-check';

import { fileName, relayPath, resolveAddress, VIRTUAL_BASE } from '../address';

const PUBLIC = 'https://mlflow.bank.example/team/';

describe('resolveAddress', () => {
  it.each([
    ['ajax-api/2.0/mlflow/runs/search', 'ajax-api/2.0/mlflow/runs/search', ''],
    [
      './static-files/static/js/main.c2f5.js',
      'static-files/static/js/main.c2f5.js',
      ''
    ],
    ['/ajax-api/3.0/mlflow/traces', 'ajax-api/3.0/mlflow/traces', ''],
    [
      'get-artifact?path=a%2F..%2Fb&run_uuid=1',
      'get-artifact',
      '?path=a%2F..%2Fb&run_uuid=1'
    ],
    [`${VIRTUAL_BASE}graphql`, 'graphql', ''],
    ['', '', ''],
    [
      'mlflow-artifacts/artifacts/a%20b.png',
      'mlflow-artifacts/artifacts/a%20b.png',
      ''
    ]
  ])('lets %s through', (raw, path, search) => {
    expect(resolveAddress(raw)).toMatchObject({ kind: 'inside', path, search });
  });

  it.each([
    '../api/contents',
    'x/../../api/contents',
    '/x/../api/contents',
    '..%2fapi/contents',
    '%2e%2e/api/contents',
    '%2E%2e/api',
    'a/%2e%2e/b',
    'a%5c..%5cb',
    'a\\..\\b',
    'a%00b',
    'a\nb',
    '%252e%252e/api',
    'a//b',
    'a%zz',
    'https://mlflow.invalid//api',
    `${VIRTUAL_BASE}../api`,
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:text/html,x',
    'https://user:secret@mlflow.invalid/version',
    'http://[',
    'x'.repeat(20000),
    42,
    null,
    undefined,
    {}
  ])('refuses %p', raw => {
    expect(resolveAddress(raw).kind).toBe('refused');
  });

  it.each([
    'https://evil.example/',
    '//evil.example/x',
    'http://mlflow.invalid/version',
    'https://mlflow.invalid.evil.example/version'
  ])('takes %s for outside', raw => {
    expect(resolveAddress(raw).kind).toBe('outside');
  });

  it('knows the public address of the connection as its own', () => {
    expect(resolveAddress(`${PUBLIC}#/experiments/1`, PUBLIC)).toEqual({
      kind: 'inside',
      path: '',
      search: '',
      hash: '#/experiments/1'
    });
    expect(resolveAddress('version', PUBLIC)).toMatchObject({
      path: 'version'
    });
    // A bug of older servers behind a prefix; still within the connection.
    expect(resolveAddress('/static-files/a.js', PUBLIC)).toMatchObject({
      path: 'static-files/a.js'
    });
  });

  it('never yields a relay address outside the connection', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...['..', '.', '/', '//', '%2e', '%2f', '%5c', '\\', '%25', '%00'],
        ...['?', '#', ':', '@', ';', 'https:', '\t', '\u2024', 'a', 'api']
      ),
      fc.string({ maxLength: 4 }),
      fc.fullUnicodeString({ maxLength: 3 })
    );
    const lab = 'https://lab.example/jupyterlab/default/sagemaker-governance/';
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.constantFrom(VIRTUAL_BASE, PUBLIC),
        (pieces, base) => {
          const address = resolveAddress(pieces.join(''), base);
          if (address.kind !== 'inside') {
            return;
          }
          const url = new URL(`${lab}${relayPath('risk', address)}`);
          const root = new URL(`${lab}mlflow/risk/`);
          expect(url.origin).toBe(root.origin);
          expect(url.pathname.startsWith(root.pathname)).toBe(true);
          // Decoded as often as one likes, it stays below the connection.
          let path = url.pathname.slice(root.pathname.length);
          for (let times = 0; times < 3; times++) {
            expect(path.split(/[/\\]/)).not.toContain('..');
            path = decodeURIComponent(path);
          }
        }
      ),
      { numRuns: 3000 }
    );
  });
});

describe('fileName', () => {
  it.each([
    ['model.pkl', 'model.pkl'],
    ['../../.bashrc', 'bashrc'],
    ['a/b\\c.txt', 'c.txt'],
    ['  ..', 'artifact'],
    ['', 'artifact'],
    ['inv\u202egnp.exe', 'invgnp.exe'],
    ['a\u2067b\u200ec\u061c.txt\ufeff', 'abc.txt'],
    ['x.bat. .', 'x.bat'],
    ['a<b>:"|?*.csv', 'ab.csv'],
    [null, 'artifact']
  ])('makes %p safe', (name, expected) => {
    expect(fileName(name)).toBe(expected);
  });
});
