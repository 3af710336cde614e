/** The installer that a command is about. */
import type { Aws } from '../aws';
import { CliError, EXIT, codeOf, explain } from '../errors';
import { parse, readFile, sha256 } from '../installer';
import type { JsonObject } from '../json';
import { word } from '../json';
import { isOurs, nameOf } from '../merge';
import type { Given } from '../options';
import type { IOutput } from '../output';
import { rendered } from './render';

/** The installer that the options name; `arn` is empty while it is yet to be made. */
export interface IWanted {
  arn: string;
  script: string;
  version: string;
}

/**
 * The installer that the options name.
 *
 * @throws CliError when they name none, or more than one
 */
export async function wanted(aws: Aws, given: Given): Promise<IWanted> {
  const ways = [given.wheel, given.script, given['lifecycle-config']];
  if (ways.filter(way => way !== undefined).length !== 1) {
    throw new CliError(
      'Say what to attach in exactly one way.',
      'Pass --wheel FILE --bucket NAME, or --script FILE, or --lifecycle-config NAME.',
      EXIT.usage
    );
  }
  const named = given['lifecycle-config'];
  if (named !== undefined) {
    return existing(aws, nameOf(named));
  }
  if (given.script === undefined) {
    const { script, version } = rendered(given);
    return { arn: '', script, version };
  }
  const script = readFile(given.script).toString('utf8');
  const content = parse(script);
  if (content === null || content.bucket === '') {
    throw new CliError(
      `${given.script} is not a rendered installer.`,
      'Make it with the command render.',
      EXIT.usage
    );
  }
  return { arn: '', script, version: content.version };
}

/** An installer that is there, by its name. */
export async function existing(aws: Aws, name: string): Promise<IWanted> {
  try {
    const told = await aws.call('DescribeStudioLifecycleConfig', {
      StudioLifecycleConfigName: name
    });
    const content = word(told, 'StudioLifecycleConfigContent');
    const script = Buffer.from(content, 'base64').toString('utf8');
    const arn = word(told, 'StudioLifecycleConfigArn');
    const installer = parse(script);
    if (!isOurs(arn) || installer === null) {
      throw new CliError(
        `${name} is not an installer of SageMaker Governance.`,
        'Name one whose name begins with sagemaker-governance-.',
        EXIT.usage
      );
    }
    return { arn, script, version: installer.version };
  } catch (error) {
    if (codeOf(error).startsWith('ResourceNotFound')) {
      throw new CliError(
        `There is no lifecycle configuration ${name} in ${await aws.region()}.`,
        'The command status lists what is there.',
        EXIT.usage
      );
    }
    throw explain(error, `Reading lifecycle configuration ${name}`);
  }
}

/** See that the wheel is where the script looks for it, before spaces depend on it. */
export async function checkWheel(
  aws: Aws,
  script: string,
  output: IOutput
): Promise<void> {
  const { bucket = '', key = '', sha256: hash = '' } = parse(script) ?? {};
  const place = `s3://${bucket}/${key}`;
  let found: Buffer | null;
  try {
    found = await aws.object(bucket, key);
  } catch (error) {
    throw explain(error, `Reading ${place}`);
  }
  if (found === null) {
    throw new CliError(
      `There is no ${place}: spaces would start without the extension.`,
      'Put the wheel there with the command publish.',
      EXIT.refused
    );
  }
  if (sha256(found) !== hash) {
    throw new CliError(
      `${place} is not the wheel that the script pins (SHA-256 ${sha256(found)}).`,
      'Find out who replaced it, and publish the wheel of the release again.',
      EXIT.refused
    );
  }
  output.progress(`${place} has the pinned SHA-256.`);
}

/** ARN that a lifecycle configuration of this name will have in the domain's account. */
export function futureArn(record: JsonObject, name: string): string {
  const domain = word(record, 'DomainArn');
  return `${domain.slice(0, domain.indexOf(':domain/'))}:studio-lifecycle-config/${name}`;
}
