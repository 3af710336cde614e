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
    ['no YAML', '{{{'],
    ['another file', 'name: x'],
    ['a list', '- a'],
    ['nothing', ''],
    ['too much', `flavors: {}\n#${'x'.repeat(MAX_MLMODEL)}`]
  ])('is null for %s', (_, source) => {
    expect(parseMLmodel(source)).toBeNull();
  });
});
