import fc from 'fast-check';

import { workOf } from '../../testing';
import { findExperiment } from '../experiment';
import { tokenize } from '../python';

const name = (text: string, from = 'set_experiment') => ({
  kind: 'name',
  name: text,
  from
});
const id = (text: string, from = 'set_experiment') => ({
  kind: 'id',
  id: text,
  from
});
const dynamic = (code: string, from = 'set_experiment') => ({
  kind: 'dynamic',
  code,
  from
});

const find = (...cells: string[]) => findExperiment(cells).experiment;

describe('findExperiment', () => {
  it.each<[string, string[], object | null]>([
    ['a call', ['mlflow.set_experiment("credit")'], name('credit')],
    ['single quotes', ["mlflow.set_experiment('credit')"], name('credit')],
    ['by keyword', ['mlflow.set_experiment(experiment_name="a")'], name('a')],
    ['by id', ['mlflow.set_experiment(experiment_id="12")'], id('12')],
    ['by id as number', ['mlflow.set_experiment(experiment_id=12)'], id('12')],
    ['second place', ['mlflow.set_experiment(None, "12")'], id('12')],
    [
      'over several lines',
      ['mlflow.set_experiment(\n    "credit",  # of the team\n)'],
      name('credit')
    ],
    ['pieces', ['mlflow.set_experiment("cre" "dit")'], name('credit')],
    ['a raw string', ['mlflow.set_experiment(r"a\\b")'], name('a\\b')],
    ['escapes', ['mlflow.set_experiment("\\x61\\u00e9\\t")'], name('aé\t')],
    ['triple quotes', ['mlflow.set_experiment("""a""")'], name('a')],
    ['alias', ['import mlflow as mlf\nmlf.set_experiment("a")'], name('a')],
    [
      'imported',
      ['from mlflow import set_experiment\nset_experiment("a")'],
      name('a')
    ],
    ['assigned', ['exp = mlflow.set_experiment("a")'], name('a')],
    ['in a block', ['if True:\n    mlflow.set_experiment("a")'], name('a')],
    ['behind another', ['x = 1; mlflow.set_experiment("a")'], name('a')],
    ['in a timed cell', ['%%time\nmlflow.set_experiment("a")'], name('a')],
    [
      'the last one',
      ['mlflow.set_experiment("a")', 'mlflow.set_experiment("b")'],
      name('b')
    ],
    ['a constant', ['NAME = "a"', 'mlflow.set_experiment(NAME)'], name('a')],
    [
      'a constant with a type',
      ['NAME: str = "a"\nmlflow.set_experiment(NAME)'],
      name('a')
    ],
    [
      'constants put together',
      ['T = "team"\nmlflow.set_experiment(f"{T}-{{pd}}" + "/x")'],
      name('team-{pd}/x')
    ],
    [
      'a constant as it was then',
      ['N = "a"\nmlflow.set_experiment(N)\nN = "b"'],
      name('a')
    ],
    ['%env =', ['%env MLFLOW_EXPERIMENT_NAME=a b'], name('a b', 'environment')],
    ['%env', ['%env MLFLOW_EXPERIMENT_NAME a'], name('a', 'environment')],
    ['%set_env', ['%set_env MLFLOW_EXPERIMENT_ID 7'], id('7', 'environment')],
    [
      'os.environ',
      ['import os\nos.environ["MLFLOW_EXPERIMENT_NAME"] = "a"'],
      name('a', 'environment')
    ],
    [
      'environ',
      ["environ['MLFLOW_EXPERIMENT_ID'] = '7'"],
      id('7', 'environment')
    ],
    [
      'setdefault',
      ['os.environ.setdefault("MLFLOW_EXPERIMENT_NAME", "a")'],
      name('a', 'environment')
    ],
    [
      'update',
      ['os.environ.update({"X": "1", "MLFLOW_EXPERIMENT_NAME": "a"})'],
      name('a', 'environment')
    ],
    [
      'update by keyword',
      ['os.environ.update(MLFLOW_EXPERIMENT_NAME="a")'],
      name('a', 'environment')
    ],
    [
      'the call before the environment',
      ['mlflow.set_experiment("a")', '%env MLFLOW_EXPERIMENT_NAME=b'],
      name('a')
    ],
    [
      'name before id in the environment',
      ['%env MLFLOW_EXPERIMENT_NAME=a', '%env MLFLOW_EXPERIMENT_ID=7'],
      name('a', 'environment')
    ],
    [
      'a default that does not hold',
      [
        'os.environ["MLFLOW_EXPERIMENT_NAME"] = "a"',
        'os.environ.setdefault("MLFLOW_EXPERIMENT_NAME", "b")'
      ],
      name('a', 'environment')
    ]
  ])('reads %s', (_, cells, expected) => {
    expect(find(...cells)).toEqual(expected);
  });

  it.each<[string, string[], object]>([
    ['a call', ['mlflow.set_experiment(pick())'], dynamic('pick()')],
    ['a field', ['mlflow.set_experiment(f"pd-{day}")'], dynamic('f"pd-{day}"')],
    ['an unknown name', ['mlflow.set_experiment(NAME)'], dynamic('NAME')],
    [
      'a text without end',
      ['a = "x"', ...Array(60).fill('a = a + a'), 'mlflow.set_experiment(a)'],
      dynamic('a')
    ],
    [
      'a text without end, filled in',
      [
        'a = "x"',
        ...Array(60).fill('a = f"{a}{a}"'),
        'mlflow.set_experiment(a)'
      ],
      dynamic('a')
    ],
    [
      'a name that changed unseen',
      ['N = "a"\nN += "b"\nmlflow.set_experiment(N)'],
      dynamic('N')
    ],
    [
      'a loop over names',
      ['N = "a"\nfor N in names:\n    mlflow.set_experiment(N)'],
      dynamic('N')
    ],
    [
      'a name that another branch sets',
      ['N = "a"\nif x:\n  pass\nelse: N = y\nmlflow.set_experiment(N)'],
      dynamic('N')
    ],
    [
      'a choice',
      ['mlflow.set_experiment("a" if x else "b")'],
      dynamic('"a" if x else "b"')
    ],
    ['bytes', ['mlflow.set_experiment(b"a")'], dynamic('b"a"')],
    [
      'a named character',
      ['mlflow.set_experiment("\\N{DASH}")'],
      dynamic('"\\N{DASH}"')
    ],
    [
      'a variable of IPython',
      ['%env MLFLOW_EXPERIMENT_NAME={team}'],
      dynamic('{team}', 'environment')
    ]
  ])('tells that %s needs a kernel', (_, cells, expected) => {
    expect(find(...cells)).toEqual(expected);
  });

  it.each<[string, string]>([
    ['a comment', '# mlflow.set_experiment("a")'],
    ['a text', 'print("mlflow.set_experiment(\'a\')")'],
    ['a doc string', '"""\nmlflow.set_experiment("a")\n"""'],
    ['another object', 'comet.set_experiment("a")'],
    ['an attribute of another', 'x.mlflow.set_experiment("a")'],
    ['a definition', 'def set_experiment(name="a"): ...'],
    ['a mention', 'mlflow.set_experiment'],
    ['nothing', 'mlflow.set_experiment()'],
    ['None', 'mlflow.set_experiment(None)'],
    ['an empty name', 'mlflow.set_experiment("")'],
    ['a shell cell', '%%bash\nexport MLFLOW_EXPERIMENT_NAME=a'],
    ['a shell line', '!export MLFLOW_EXPERIMENT_NAME=a'],
    ['a comparison', 'os.environ["MLFLOW_EXPERIMENT_NAME"] == "a"'],
    ['another variable', '%env MLFLOW_TRACKING_URI=a'],
    ['another dictionary', 'config["MLFLOW_EXPERIMENT_NAME"] = "a"'],
    ['a magic that is none', 'x = (1\n%env MLFLOW_EXPERIMENT_NAME=a\n)']
  ])('finds nothing in %s', (_, cell) => {
    expect(find(cell)).toBeNull();
  });

  it('reads the tracking server', () => {
    const { trackingUri } = findExperiment([
      'mlflow.set_tracking_uri("https://mlflow.example")'
    ]);
    expect(trackingUri).toBe('https://mlflow.example');
    expect(
      findExperiment(['mlflow.set_tracking_uri(uri)']).trackingUri
    ).toBeNull();
  });

  it('leaves out cells that hold data', () => {
    const data = `x = "${'a'.repeat(100_000)}"\nmlflow.set_experiment("a")`;
    expect(find(data)).toBeNull();
  });
});

describe('any notebook', () => {
  // JSON's texts are Python's, as long as there are no half characters.
  const literal = fc.fullUnicodeString({ minLength: 1 });

  it('gives the name that was written, however it is written', () => {
    fc.assert(
      fc.property(literal, fc.constantFrom('', ' ', '\n  '), (text, space) => {
        fc.pre(text.trim() !== '');
        const code = `mlflow.set_experiment(${space}${JSON.stringify(text)},)`;
        expect(find('import mlflow', code, 'x = 1')).toEqual(name(text));
      })
    );
  });

  it('reads no comment', () => {
    fc.assert(
      fc.property(literal, text => {
        const line = JSON.stringify(text).replace(/[\u2028\u2029]/g, '');
        expect(find(`x = 1  # mlflow.set_experiment(${line})`)).toBeNull();
      })
    );
  });

  it('is read to its end, whatever stands there', () => {
    const piece = fc.oneof(
      fc.fullUnicodeString(),
      fc.constantFrom(
        ...['"', "'", '"""', '(', ')', '{', '\\', '\n', '#', '%env ', 'f"{'],
        ...['mlflow.set_experiment(', 'os.environ[', '=', ',', '\r', ' ']
      )
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
        const source = pieces.join('');
        let at = 0;
        for (const { from, to, text } of tokenize(source)) {
          expect(from).toBeGreaterThanOrEqual(at);
          expect(to).toBeGreaterThan(from);
          expect(source.slice(from, to)).toBe(text);
          at = to;
        }
        expect(() => find(source)).not.toThrow();
      })
    );
  });

  it('takes time in proportion to its length', () => {
    const bad = ['"', '(', '\\', 'f"{', '%env a ', 'mlflow.set_experiment('];
    for (const piece of bad) {
      const source = piece.repeat(Math.floor(99_000 / piece.length));
      expect(workOf(() => find(source))).toBeLessThan(5000);
    }
  });
});
