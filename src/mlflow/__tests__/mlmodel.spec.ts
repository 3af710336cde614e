import { workOf } from '../../testing';
import { MAX_MLMODEL, parseMLmodel } from '../mlmodel';

const SKLEARN = `
flavors:
  python_function:
    loader_module: mlflow.sklearn
    python_version: 3.11.9
  sklearn:
    sklearn_version: 1.5.2
mlflow_version: 3.17.2
signature:
  inputs: '[{"type": "double", "name": "age"}]'
  outputs: '[{"type": "long"}]'
`;

/** So many characters; `$` becomes a number that is never the same. */
function fill(size: number, start: string, piece: string): string {
  const pieces = [start];
  for (let at = 0, left = size - start.length; left > 0; at++) {
    const one = piece.replace('$', String(at));
    left -= one.length;
    if (left >= 0) {
      pieces.push(one);
    }
  }
  return pieces.join('');
}

describe('parseMLmodel', () => {
  it('finds framework, versions and signature', () => {
    expect(parseMLmodel(SKLEARN)).toEqual({
      flavors: ['python_function', 'sklearn'],
      framework: 'SKLEARN',
      frameworkVersion: '1.5.2',
      pythonVersion: '3.11.9',
      signature: {
        inputs: '[{"type": "double", "name": "age"}]',
        outputs: '[{"type": "long"}]'
      },
      mlflowVersion: '3.17.2'
    });
  });

  it('knows no framework of a plain function', () => {
    expect(
      parseMLmodel('flavors: {python_function: {python_version: 3.11}}')
    ).toMatchObject({
      framework: null,
      frameworkVersion: null,
      pythonVersion: '3.11',
      signature: null
    });
  });

  it('makes nothing but plain data of tags', () => {
    const model = parseMLmodel(
      'flavors: !!js/function "function () { throw 1 }"'
    );
    expect(model).toBeNull();
  });

  it('refuses an expansion bomb', () => {
    const levels = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let at = 1; at < 9; at++) {
      const before = String.fromCharCode(96 + at);
      const name = String.fromCharCode(97 + at);
      levels.push(
        `${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`
      );
    }
    expect(parseMLmodel(`${levels.join('\n')}\nflavors: {}`)).toBeNull();
  });

  it.each([
    ['keys', (size: number) => fill(size, 'flavors:\n', '  k$: 1\n')],
    ['commas', (size: number) => fill(size, 'flavors: [', ',')],
    ['empty lines', (size: number) => fill(size, 'flavors:', '\n')],
    ['comments', (size: number) => fill(size, '', '#\n')],
    [
      'tags',
      (size: number) => fill(size, 'x:\n', '- !!python/object:a.b {}\n')
    ],
    ['brackets', (size: number) => fill(size, 'flavors: ', '[')],
    ['dashes', (size: number) => fill(size, '', '- ')],
    ['anchors', (size: number) => fill(size, 'x: [', '&a$ 1,')],
    ['broken escapes', (size: number) => fill(size, 'flavors: "', '\\u')],
    ['odd escapes', (size: number) => fill(size, 'flavors: "', '\\q')],
    ['escaped lines', (size: number) => fill(size, 'flavors: "', '\\\n')],
    ['folded lines', (size: number) => fill(size, 'flavors: "', 'a\n\n ')]
  ])('does not stop the lab for %s', (_, make) => {
    const source = make(MAX_MLMODEL);
    // Seconds to minutes, where the parser is let at them.
    expect(workOf(() => expect(parseMLmodel(source)).toBeNull())).toBeLessThan(
      5000
    );
  });

  it('reads the signature of a model with thousands of columns', () => {
    const columns = Array.from({ length: 6000 }, (_, at) => ({
      type: 'double',
      name: `a column whose name is not short ${at}`
    }));
    const inputs = JSON.stringify(columns);
    const model = parseMLmodel(
      `${SKLEARN.split('signature')[0]}signature:\n  inputs: '${inputs}'\n`
    );
    expect(model?.signature?.inputs).toBe(inputs);
  });

  it('takes no member of objects for a flavour', () => {
    const model = parseMLmodel(
      'flavors: {__proto__: {sklearn: {sklearn_version: "1"}}, constructor: {}}'
    );
    expect(model?.framework).toBeNull();
    expect(({} as Record<string, unknown>).sklearn).toBeUndefined();
  });

  it.each([
    ['no YAML', '{{{'],
    ['another file', 'name: x'],
    ['a list', '- a'],
    ['nothing', ''],
    ['too much', `flavors: {}\n#${'x'.repeat(MAX_MLMODEL)}`]
  ])('is null for %s', (_, source) => {
    expect(parseMLmodel(source)).toBeNull();
  });
});
