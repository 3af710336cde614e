/** AWS as the commands need it. */
import {
  GetRoleCommand,
  IAMClient,
  paginateListAttachedRolePolicies
} from '@aws-sdk/client-iam';
import {
  GetObjectCommand,
  PutObjectCommand,
  S3Client
} from '@aws-sdk/client-s3';
import * as sagemaker from '@aws-sdk/client-sagemaker';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  fromNodeProviderChain,
  fromTemporaryCredentials
} from '@aws-sdk/credential-providers';
import { CliError, EXIT, codeOf } from './errors';
import type { Json, JsonObject } from './json';
import { isObject, objects, word } from './json';

/** Who calls, and where. */
export interface IAccess {
  region: string | undefined;
  profile: string | undefined;
  roleArn: string | undefined;
  externalId: string | undefined;
}

/** Tries of a call; the SDK waits longer before each, in all about half a minute. */
const TRIES = 8;

const COMMANDS = {
  AddTags: sagemaker.AddTagsCommand,
  CreateStudioLifecycleConfig: sagemaker.CreateStudioLifecycleConfigCommand,
  DeleteStudioLifecycleConfig: sagemaker.DeleteStudioLifecycleConfigCommand,
  DescribeApp: sagemaker.DescribeAppCommand,
  DescribeDomain: sagemaker.DescribeDomainCommand,
  DescribeStudioLifecycleConfig: sagemaker.DescribeStudioLifecycleConfigCommand,
  DescribeUserProfile: sagemaker.DescribeUserProfileCommand,
  ListApps: sagemaker.ListAppsCommand,
  ListDomains: sagemaker.ListDomainsCommand,
  ListSpaces: sagemaker.ListSpacesCommand,
  ListStudioLifecycleConfigs: sagemaker.ListStudioLifecycleConfigsCommand,
  ListTags: sagemaker.ListTagsCommand,
  ListUserProfiles: sagemaker.ListUserProfilesCommand,
  UpdateDomain: sagemaker.UpdateDomainCommand,
  UpdateUserProfile: sagemaker.UpdateUserProfileCommand
};

export type Operation = keyof typeof COMMANDS;

/** What a caller is to AWS. */
export interface ICaller {
  account: string;
  arn: string;
  /** Seconds that this machine's clock is ahead of AWS's; null: not told. */
  clockAhead: number | null;
}

/** The part of AWS that the commands use. */
export class Aws {
  constructor(access: IAccess) {
    const chain = fromNodeProviderChain({
      profile: access.profile,
      clientConfig: access.region ? { region: access.region } : undefined
    });
    const credentials =
      access.roleArn === undefined
        ? chain
        : fromTemporaryCredentials({
            masterCredentials: chain,
            params: {
              RoleArn: access.roleArn,
              RoleSessionName: 'sagemaker-governance-cli',
              ExternalId: access.externalId
            },
            clientConfig: access.region ? { region: access.region } : undefined
          });
    const common = {
      credentials,
      region: access.region,
      profile: access.profile,
      maxAttempts: TRIES,
      requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 }
    };
    this._sagemaker = new sagemaker.SageMakerClient(common);
    this._sts = new STSClient(common);
    // IAM is asked in passing, and has no endpoint in most VPCs: not for long.
    this._iam = new IAMClient({ ...common, maxAttempts: 3 });
    this._s3 = new S3Client({ ...common, followRegionRedirects: true });
  }

  /** The region of every call. */
  async region(): Promise<string> {
    try {
      return await this._sagemaker.config.region();
    } catch {
      throw new CliError(
        'No region is given.',
        'Pass --region, or set AWS_REGION.',
        EXIT.usage
      );
    }
  }

  /**
   * Call SageMaker with JSON in and JSON out.
   *
   * The SDK signs, finds the endpoint and tries again. Its idea of the shapes is passed
   * by: what a newer AWS answers and this SDK does not know must survive being sent back.
   */
  async call(operation: Operation, input: JsonObject): Promise<JsonObject> {
    let answer: Json = {};
    // Every command has this constructor; the union of them has no call signature.
    const Command = COMMANDS[operation] as new (
      given: object
    ) => sagemaker.DescribeDomainCommand;
    const command = new Command(input);
    command.middlewareStack.add(
      next => args => {
        setMember(args.request, 'body', JSON.stringify(input));
        return next(args);
      },
      { step: 'serialize', priority: 'low', name: 'rawInput' }
    );
    command.middlewareStack.add(
      next => async args => {
        const result = await next(args);
        const body = await bytesOf(result.response);
        setMember(result.response, 'body', body);
        const text = body.toString('utf8');
        // What is not JSON is an error page, which the SDK reports.
        if (/^\s*\{/.test(text) && statusOf(result.response) < 300) {
          answer = JSON.parse(text) as Json;
        }
        return result;
      },
      { step: 'deserialize', priority: 'low', name: 'rawOutput' }
    );
    await this._sagemaker.send(command);
    return isObject(answer) ? answer : {};
  }

  /** Every row of a list, page by page. */
  async list(
    operation: Operation,
    input: JsonObject,
    rows: string
  ): Promise<JsonObject[]> {
    const all: JsonObject[] = [];
    for (let token = ''; ;) {
      const page = await this.call(operation, {
        ...input,
        MaxResults: 100,
        ...(token === '' ? {} : { NextToken: token })
      });
      all.push(...objects(page, rows));
      token = word(page, 'NextToken');
      if (token === '') {
        return all;
      }
    }
  }

  /** Who is calling. */
  async caller(): Promise<ICaller> {
    const command = new GetCallerIdentityCommand({});
    let clockAhead: number | null = null;
    command.middlewareStack.add(
      next => async args => {
        const result = await next(args);
        const told = Date.parse(headerOf(result.response, 'date'));
        if (!Number.isNaN(told)) {
          clockAhead = Math.round((Date.now() - told) / 1000);
        }
        return result;
      },
      { step: 'deserialize', priority: 'low', name: 'clock' }
    );
    const { Account: account = '', Arn: arn = '' } =
      await this._sts.send(command);
    return { account, arn, clockAhead };
  }

  /** ARNs of the managed policies that are attached to a role. */
  async attachedPolicies(role: string): Promise<string[]> {
    const found: string[] = [];
    for await (const page of paginateListAttachedRolePolicies(
      { client: this._iam },
      { RoleName: role }
    )) {
      const arns = page.AttachedPolicies?.map(one => one.PolicyArn ?? '');
      found.push(...(arns ?? []));
    }
    return found;
  }

  /** Trust policy of a role as JSON text. */
  async trustOf(role: string): Promise<string> {
    const { Role: told } = await this._iam.send(
      new GetRoleCommand({ RoleName: role })
    );
    // IAM sends policies URL-encoded (API reference of GetRole).
    return decodeURIComponent(told?.AssumeRolePolicyDocument ?? '{}');
  }

  /** An object of S3; null when it is not there. */
  async object(bucket: string, key: string): Promise<Buffer | null> {
    try {
      const { Body: body } = await this._s3.send(
        new GetObjectCommand({ Bucket: bucket, Key: key })
      );
      return Buffer.from((await body?.transformToByteArray()) ?? []);
    } catch (error) {
      if (codeOf(error) === 'NoSuchKey') {
        return null;
      }
      throw error;
    }
  }

  /**
   * Put an object into S3.
   *
   * @param kmsKey customer managed key; undefined: as the bucket says
   */
  async put(
    bucket: string,
    key: string,
    body: Buffer,
    kmsKey: string | undefined
  ): Promise<void> {
    await this._s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ChecksumAlgorithm: 'SHA256',
        ContentType: 'application/zip',
        ...(kmsKey === undefined
          ? {}
          : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKey })
      })
    );
  }

  private readonly _iam: IAMClient;
  private readonly _sagemaker: sagemaker.SageMakerClient;
  private readonly _sts: STSClient;
  private readonly _s3: S3Client;
}

function setMember(target: unknown, name: string, value: unknown): void {
  if (typeof target !== 'object' || target === null) {
    throw new TypeError('The AWS SDK made no request.');
  }
  Reflect.set(target, name, value);
}

function memberOf(target: unknown, name: string): unknown {
  return typeof target === 'object' && target !== null
    ? Reflect.get(target, name)
    : undefined;
}

function statusOf(response: unknown): number {
  return Number(memberOf(response, 'statusCode'));
}

function headerOf(response: unknown, name: string): string {
  const value = memberOf(memberOf(response, 'headers'), name);
  return typeof value === 'string' ? value : '';
}

/** The whole body of an HTTP response. */
async function bytesOf(response: unknown): Promise<Buffer> {
  const body = memberOf(response, 'body');
  if (body instanceof Uint8Array) {
    return Buffer.from(body);
  }
  const parts: Uint8Array[] = [];
  if (body !== undefined && body !== null) {
    for await (const part of body as AsyncIterable<Uint8Array>) {
      parts.push(part);
    }
  }
  return Buffer.concat(parts);
}
