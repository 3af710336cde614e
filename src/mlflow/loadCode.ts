/** Python that loads a model. Pure. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { groupNameOf, parseArn } from '../relay';
import type {
  IMLflowConnection,
  IMLflowModel,
  IModelPackageDetails
} from '../tokens';

/** A text as a Python literal: JSON's escapes are among Python's. */
export function literal(text: string): string {
  // What breaks lines in editors, turns text around or cannot be seen is written
  // as an escape, too.
  return JSON.stringify(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, char => {
    const code = (char.codePointAt(0) ?? 0).toString(16);
    return code.length > 4
      ? `\\U${code.padStart(8, '0')}`
      : `\\u${code.padStart(4, '0')}`;
  });
}

/**
 * The address by which MLflow's client finds a model: the registered version,
 * the logged model (3.x), else the folder of the run (2.x).
 */
export function modelUri(model: IMLflowModel): string {
  const { registered, modelId, runId, artifactUri } = model;
  if (registered) {
    return `models:/${registered.name}/${registered.version}`;
  }
  if (modelId) {
    return `models:/${modelId}`;
  }
  const folder = runId
    ? artifactUri.split(`/${runId}/artifacts/`, 2)[1]
    : undefined;
  return folder ? `runs:/${runId}/${folder}` : artifactUri;
}

/** The server that a model is loaded from, as the code has to know it. */
export type CodeServer = Pick<
  IMLflowConnection,
  'trackingUri' | 'login' | 'server'
> & {
  /** In an account that the lab reaches by a role. */
  foreign: boolean;
};

/** What has to be there before the code runs; lines of comment. */
function conditions(
  { login, server, foreign }: CodeServer,
  trans: TranslationBundle
): string[] {
  if (server === 'tracking-server' || server === 'app') {
    return [
      trans.__('Needs the package sagemaker-mlflow, for the ARN.'),
      ...(foreign
        ? [
            trans.__(
              'The server is in another account: SAGEMAKER_MLFLOW_ASSUME_ROLE_ARN names a role there that you may assume.'
            )
          ]
        : [])
    ];
  }
  switch (login) {
    case 'basic':
      return [
        trans.__(
          'Needs your login in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.'
        )
      ];
    case 'bearer':
      return [trans.__('Needs your token in MLFLOW_TRACKING_TOKEN.')];
    case 'sigv4':
      return [
        trans.__(
          'Needs the package requests-auth-aws-sigv4, which signs requests.'
        )
      ];
    default:
      return [];
  }
}

/**
 * @param comment - one line that says where the model is from
 * @param server - null: whatever the notebook uses
 */
export function mlflowCode(
  model: IMLflowModel,
  comment: string,
  server: CodeServer | null,
  trans: TranslationBundle
): string {
  const signed = server?.login === 'sigv4' && server.server === 'api-gateway';
  return [
    `# ${oneLine(comment)}`,
    ...(server ? conditions(server, trans) : []).map(line => `# ${line}`),
    ...(signed ? ['import os', ''] : []),
    'import mlflow',
    '',
    ...(signed ? ['os.environ["MLFLOW_TRACKING_AWS_SIGV4"] = "true"'] : []),
    ...(server
      ? [
          `# ${trans.__('Holds for the whole notebook from here on:')}`,
          `mlflow.set_tracking_uri(${literal(server.trackingUri)})`
        ]
      : []),
    `model = mlflow.pyfunc.load_model(${literal(modelUri(model))})`
  ].join('\n');
}

/**
 * A version of SageMaker's registry, for a model in MLflow's format.
 *
 * It asks the registry where the data is rather than naming the address: the
 * version is what was approved.
 *
 * @returns null when the version has no data in S3
 */
export function sageMakerCode(
  version: Pick<IModelPackageDetails, 'arn' | 'containers'>,
  comment: string
): string | null {
  const data = version.containers[0]?.modelDataUrl ?? '';
  if (!data.startsWith('s3://')) {
    return null;
  }
  const region = literal(parseArn(version.arn)?.region ?? '');
  const packed = /\.tar\.gz$/i.test(data);
  const container = 'package["InferenceSpecification"]["Containers"][0]';
  return [
    `# ${oneLine(comment)}`,
    ...(packed ? ['import tarfile', 'import tempfile'] : []),
    ...(packed ? ['from urllib.parse import urlparse', ''] : []),
    'import boto3',
    'import mlflow',
    '',
    `package = boto3.client("sagemaker", region_name=${region}).describe_model_package(`,
    `    ModelPackageName=${literal(version.arn)}`,
    ')',
    `container = ${container}`,
    ...(packed
      ? [
          'address = urlparse(container["ModelDataUrl"])',
          'folder = tempfile.mkdtemp()',
          'archive = f"{folder}/model.tar.gz"',
          `boto3.client("s3", region_name=${region}).download_file(`,
          '    address.netloc, address.path.lstrip("/"), archive',
          ')',
          'with tarfile.open(archive) as packed:',
          '    packed.extractall(folder, filter="data")',
          'model = mlflow.pyfunc.load_model(folder)'
        ]
      : [
          'data = container.get("ModelDataUrl") or container["ModelDataSource"]["S3DataSource"]["S3Uri"]',
          'model = mlflow.pyfunc.load_model(data)'
        ])
  ].join('\n');
}

/** `credit-risk-scoring v12`. */
export function versionName(arn: string, version: number): string {
  return `${groupNameOf(arn)} v${version}`;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
