/** The registry as another person's tools reach it, past the lab. */
import {
  DescribeModelPackageCommand,
  SageMakerClient,
  UpdateModelPackageCommand
} from '@aws-sdk/client-sagemaker';
import type {
  DescribeModelPackageCommandOutput,
  UpdateModelPackageCommandInput
} from '@aws-sdk/client-sagemaker';
import type { Persona, Sandbox } from './sandbox';

/** Own account of the sandbox. */
const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';

/** ARN of a version in the own account. */
export const versionArn = (group: string, version: number): string =>
  `arn:aws:sagemaker:${REGION}:${ACCOUNT}:model-package/${group}/${version}`;

/** The own account's registry, as a persona. */
async function client(
  sandbox: Sandbox,
  persona: Persona
): Promise<SageMakerClient> {
  const answer = await fetch(`${sandbox.parts.credentials}/${persona}`);
  const keys = (await answer.json()) as {
    AccessKeyId: string;
    SecretAccessKey: string;
    Token: string;
  };
  return new SageMakerClient({
    region: REGION,
    endpoint: sandbox.parts.registries.own,
    credentials: {
      accessKeyId: keys.AccessKeyId,
      secretAccessKey: keys.SecretAccessKey,
      sessionToken: keys.Token
    }
  });
}

/** Change a version, as somebody else does meanwhile. */
export async function updateVersion(
  sandbox: Sandbox,
  persona: Persona,
  input: UpdateModelPackageCommandInput
): Promise<void> {
  const registry = await client(sandbox, persona);
  await registry.send(new UpdateModelPackageCommand(input));
}

/** What the registry has of a version. */
export async function readVersion(
  sandbox: Sandbox,
  group: string,
  version: number
): Promise<DescribeModelPackageCommandOutput> {
  const registry = await client(sandbox, 'reader');
  return registry.send(
    new DescribeModelPackageCommand({
      ModelPackageName: versionArn(group, version)
    })
  );
}
