import { execFileSync } from 'node:child_process';
import fc from 'fast-check';

import { versionArn } from '../../testing';
import type { IMLflowModel } from '../../tokens';
import { literal, mlflowCode, modelUri, sageMakerCode } from '../loadCode';

const model = (members: Partial<IMLflowModel> = {}): IMLflowModel => ({
  modelId: null,
  name: 'model',
  artifactUri: 'mlflow-artifacts:/7/r1/artifacts/model',
  runId: 'r1',
  registered: null,
  ...members
});

const container = (modelDataUrl: string | null) => ({
  image: null,
  modelDataUrl,
  framework: null,
  frameworkVersion: null
});

/** Python's own parser, where there is one. */
const PYTHON = ['.venv/bin/python', 'python3'].find(command => {
  try {
    execFileSync(command, ['-c', '']);
    return true;
  } catch {
    return false;
  }
});
const withPython = PYTHON ? it : it.skip;

function evaluate(expressions: string[]): unknown {
  const script =
    'import ast, json, sys; print(json.dumps([ast.literal_eval(e) for e in json.load(sys.stdin)]))';
  return JSON.parse(
    execFileSync(PYTHON ?? '', ['-c', script], {
      input: JSON.stringify(expressions),
      encoding: 'utf8',
      env: { ...process.env, PYTHONIOENCODING: 'utf-8' }
    })
  );
}

describe('modelUri', () => {
  it.each([
    [
      { registered: { name: 'pd', version: '3' }, modelId: 'm-1' },
      'models:/pd/3'
    ],
    [{ modelId: 'm-1' }, 'models:/m-1'],
    [{}, 'runs:/r1/model'],
    [{ runId: null }, 'mlflow-artifacts:/7/r1/artifacts/model'],
    [{ artifactUri: 's3://b/elsewhere' }, 's3://b/elsewhere']
  ])('of %j is %s', (members, uri) => {
    expect(modelUri(model(members))).toBe(uri);
  });
});

describe('code', () => {
  it('loads from MLflow', () => {
    expect(mlflowCode(model({ modelId: 'm-1' }), 'tuned, from MLflow')).toBe(
      '# tuned, from MLflow\nimport mlflow\n\nmodel = mlflow.pyfunc.load_model("models:/m-1")'
    );
  });

  it('cannot be broken out of by a name', () => {
    const name = '"); import os; os.system("x") #\n';
    const code = mlflowCode(
      model({ registered: { name, version: '1' } }),
      'a\nimport os'
    );
    expect(code.split('\n')).toEqual([
      '# a import os',
      'import mlflow',
      '',
      `model = mlflow.pyfunc.load_model(${literal(`models:/${name}/1`)})`
    ]);
  });

  it('loads a version of SageMaker from where the registry says', () => {
    const code = sageMakerCode(
      { arn: versionArn('pd', 3), containers: [container('s3://b/model/')] },
      'pd v3'
    );
    expect(code).toContain('region_name="eu-west-1"');
    expect(code).toContain(`ModelPackageName="${versionArn('pd', 3)}"`);
    expect(code).not.toContain('tarfile');
  });

  it('unpacks an archive', () => {
    const code = sageMakerCode(
      {
        arn: versionArn('pd', 3),
        containers: [container('s3://b/model.tar.gz')]
      },
      'pd v3'
    );
    expect(code).toContain('extractall(folder, filter="data")');
  });

  it.each([null, 'https://b/model.tar.gz'])('is none for %s', data => {
    expect(
      sageMakerCode(
        { arn: versionArn('pd', 3), containers: [container(data)] },
        'pd v3'
      )
    ).toBeNull();
    expect(
      sageMakerCode({ arn: versionArn('pd', 3), containers: [] }, 'pd v3')
    ).toBeNull();
  });

  withPython('is Python, whatever texts are in it', () => {
    const texts = fc.sample(fc.fullUnicodeString(), 200);
    expect(evaluate(texts.map(literal))).toEqual(texts);
    for (const url of ['s3://b/m/', 's3://b/m.tar.gz']) {
      const code = sageMakerCode(
        { arn: versionArn('pd', 3), containers: [container(url)] },
        'pd v3'
      );
      execFileSync(
        PYTHON ?? '',
        ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'],
        {
          input: code ?? '('
        }
      );
    }
  });
});
