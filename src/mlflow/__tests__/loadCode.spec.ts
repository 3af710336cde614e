import { nullTranslator } from '@jupyterlab/translation';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';

import { versionArn } from '../../testing';
import type { IMLflowModel } from '../../tokens';
import {
  type CodeServer,
  literal,
  mlflowCode,
  modelUri,
  sageMakerCode
} from '../loadCode';

const trans = nullTranslator.load('sagemaker_governance');

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
    const code = mlflowCode(
      model({ modelId: 'm-1' }),
      'tuned, from MLflow',
      null,
      trans
    );
    expect(code).toBe(
      '# tuned, from MLflow\nimport mlflow\n\nmodel = mlflow.pyfunc.load_model("models:/m-1")'
    );
  });

  const ARN =
    'arn:aws:sagemaker:eu-west-1:111122223333:mlflow-tracking-server/team';
  const APP = 'arn:aws:sagemaker:eu-west-1:111122223333:mlflow-app/app-1';
  const URL = 'https://mlflow.example.com';
  it.each<[Partial<CodeServer>, string, string[], string[]]>([
    [{}, URL, [], ['Needs', 'environ']],
    [{ login: 'basic' }, URL, ['MLFLOW_TRACKING_USERNAME'], ['TOKEN']],
    [{ login: 'bearer' }, URL, ['MLFLOW_TRACKING_TOKEN'], ['PASSWORD']],
    [
      { login: 'sigv4', server: 'api-gateway', trackingUri: `${URL}/prod` },
      `${URL}/prod`,
      [
        'os.environ["MLFLOW_TRACKING_AWS_SIGV4"] = "true"',
        'requests-auth-aws-sigv4'
      ],
      ['sagemaker-mlflow']
    ],
    [
      { login: 'sigv4', server: 'tracking-server', trackingUri: ARN },
      ARN,
      ['sagemaker-mlflow'],
      ['SIGV4', 'ASSUME_ROLE']
    ],
    [
      { login: 'sigv4', server: 'app', trackingUri: APP, foreign: true },
      APP,
      ['sagemaker-mlflow', 'SAGEMAKER_MLFLOW_ASSUME_ROLE_ARN'],
      ['SIGV4']
    ]
  ])('names the server %j', (members, uri, said, unsaid) => {
    const code = mlflowCode(
      model({ modelId: 'm-1' }),
      'x',
      {
        trackingUri: URL,
        login: 'none',
        server: 'self-hosted',
        foreign: false,
        ...members
      },
      trans
    );
    const lines = code.split('\n');
    expect(lines.indexOf(`mlflow.set_tracking_uri("${uri}")`)).toBe(
      lines.length - 2
    );
    expect(lines[lines.length - 1]).toContain('load_model("models:/m-1")');
    said.forEach(words => expect(code).toContain(words));
    unsaid.forEach(words => expect(code).not.toContain(words));
  });

  it('cannot be broken out of by a name', () => {
    const name = '"); import os; os.system("x") #\n';
    const code = mlflowCode(
      model({ registered: { name, version: '1' } }),
      'a\nimport os',
      null,
      trans
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
