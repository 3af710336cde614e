/** `attach`, `rollback` and `detach`: what spaces start with. */
import type { Aws } from '../aws';
import { CliError, EXIT, codeOf, explain } from '../errors';
import { installerName, parse, readFile, sha256 } from '../installer';
import type { Json, JsonObject } from '../json';
import { member, word } from '../json';
import type { IDomain, IPlan } from '../merge';
import {
  builtIn,
  isOurs,
  nameOf,
  planAttach,
  planDetach,
  slotName
} from '../merge';
import type { Given } from '../options';
import type { IOutput } from '../output';
import type { IScript } from '../studio';
import {
  Scripts,
  chooseDomain,
  listScripts,
  liveApps,
  readDomain
} from '../studio';
import {
  carryOut,
  ensureScript,
  printPlan,
  settled,
  stepsJson
} from '../write';
import { rendered } from './render';

const IDENTITY = 'ExecutionRoleIdentityConfig';

/** The installer that the options name; `arn` is empty while it is yet to be made. */
interface IWanted {
  arn: string;
  script: string;
  version: string;
}

async function wanted(aws: Aws, given: Given): Promise<IWanted> {
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

async function existing(aws: Aws, name: string): Promise<IWanted> {
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
async function checkWheel(
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

/** Refuse to go on where an installer of somebody else is in the domain's own slots. */
function refuseForeign(plan: IPlan): void {
  const foreign = plan.left.find(
    one => one.reason === 'foreign' && one.slot.kind !== 'profile'
  );
  if (foreign !== undefined) {
    throw new CliError(
      `The ${slotName(foreign.slot)} already has the built-in script ${nameOf(foreign.arn)}, which is not ours.`,
      'A domain has one built-in script: let that one run ours (docs/admin-guide.md shows how), or take it away first.',
      EXIT.refused
    );
  }
}

/** Say, or change, whether AWS learns which user acts. */
async function sourceIdentity(
  aws: Aws,
  record: JsonObject,
  given: Given,
  output: IOutput
): Promise<JsonObject | null> {
  const now = word(member(record, 'DomainSettings'), IDENTITY) || 'DISABLED';
  if (now === 'USER_PROFILE_NAME') {
    return null;
  }
  const id = word(record, 'DomainId');
  const apps = await liveApps(aws, id);
  const names = apps.map(
    app =>
      `${word(app, 'SpaceName') || word(app, 'UserProfileName')} (${word(app, 'AppType')})`
  );
  const running =
    names.length === 0
      ? 'No app runs now.'
      : `${names.length} ${names.length === 1 ? 'app runs' : 'apps run'} now: ${names.join(', ')}.`;
  if (!given['source-identity']) {
    output.progress(
      `Note: ${IDENTITY} is ${now}, so AWS does not record which user acts. It can change only while no app runs. ${running} To turn it on: attach --source-identity.`
    );
    return null;
  }
  if (names.length > 0) {
    throw new CliError(
      `${IDENTITY} can change only while no app runs. ${running}`,
      'Stop these apps and run the same command, or leave --source-identity out. Nothing was changed.',
      EXIT.refused
    );
  }
  output.print(
    `${id}, domain settings`,
    `  ~ ${IDENTITY}: ${now} -> USER_PROFILE_NAME`
  );
  return {
    DomainId: id,
    DomainSettingsForUpdate: { [IDENTITY]: 'USER_PROFILE_NAME' }
  };
}

/** ARN that a lifecycle configuration of this name will have in the domain's account. */
function futureArn(record: JsonObject, name: string): string {
  const domain = word(record, 'DomainArn');
  return `${domain.slice(0, domain.indexOf(':domain/'))}:studio-lifecycle-config/${name}`;
}

export async function attach(
  aws: Aws,
  given: Given,
  output: IOutput
): Promise<Json> {
  const want = await wanted(aws, given);
  const domainId = await chooseDomain(aws, given['domain-id']);
  const record = await settled(aws, domainId);
  await checkWheel(aws, want.script, output);
  const arn =
    want.arn || futureArn(record, installerName(want.script, want.version));
  const domain = await readDomain(aws, domainId, record);
  const plan = planAttach(domain, arn, given['include-opted-out']);
  refuseForeign(plan);
  const identity = await sourceIdentity(aws, record, given, output);
  printPlan(plan, domainId, output);
  return finish(aws, domain, plan, given, output, {
    version: want.version,
    arn,
    identity,
    make: () =>
      want.arn === ''
        ? ensureScript(aws, want.script, want.version, output)
        : Promise.resolve(arn)
  });
}

interface IFinish {
  version: string;
  arn: string;
  /** Input of the update that turns source identity on. */
  identity: JsonObject | null;
  /** Make the lifecycle configuration, if it is not there. */
  make(): Promise<string>;
}

/** Ask, carry out, and say what is left to do. */
async function finish(
  aws: Aws,
  domain: IDomain,
  plan: IPlan,
  given: Given,
  output: IOutput,
  rest: IFinish
): Promise<Json> {
  const result = {
    domain: domain.id,
    version: rest.version,
    lifecycleConfig: rest.arn,
    steps: stepsJson(plan.steps),
    left: plan.left.map(({ slot, reason, arn }) => ({
      slot: slotName(slot),
      reason,
      arn
    })),
    sourceIdentity: rest.identity !== null
  };
  const count = plan.steps.length + (rest.identity === null ? 0 : 1);
  if (count === 0) {
    output.print(
      `Nothing to change: every slot has ${nameOf(rest.arn)} (version ${rest.version}).`
    );
    return { ...result, action: 'nothing to do' };
  }
  if (given['dry-run']) {
    output.print('Nothing was changed (--dry-run).');
    return { ...result, action: 'dry run' };
  }
  await output.confirm(
    `Apply ${count === 1 ? 'this change' : `these ${count} changes`} to ${domain.id}?`
  );
  const arn = await rest.make();
  if (arn !== rest.arn) {
    throw new CliError(
      `The lifecycle configuration has the ARN ${arn}, not ${rest.arn} as expected.`,
      `Run attach --lifecycle-config ${nameOf(arn)}.`
    );
  }
  await carryOut(aws, domain, plan.steps, output);
  if (rest.identity !== null) {
    try {
      await aws.call('UpdateDomain', rest.identity);
      await settled(aws, domain.id);
    } catch (error) {
      throw explain(error, `Turning ${IDENTITY} on`);
    }
  }
  output.print(
    `Done: ${domain.id} starts JupyterLab with version ${rest.version}. Apps that run now get it at their next start.`
  );
  return { ...result, action: 'done' };
}

/** The installer that --to means, or the one made before the present one. */
async function target(
  aws: Aws,
  domain: IDomain,
  to: string | undefined
): Promise<IScript> {
  const scripts = await listScripts(aws);
  const texts = new Scripts(aws);
  if (to !== undefined) {
    for (const one of scripts) {
      const version = (await texts.installer(one.arn))?.version;
      if ([one.arn, one.name, version].includes(to)) {
        return one;
      }
    }
    throw new CliError(
      `There is no installer ${to}.`,
      `There are: ${scripts.map(one => one.name).join(', ') || 'none'}.`,
      EXIT.usage
    );
  }
  const present = builtIn(domain.user) || builtIn(domain.spaces ?? {});
  const at = scripts.findIndex(one => one.arn === present);
  if (at < 0) {
    throw new CliError(
      `Domain ${domain.id} has no installer of ours.`,
      'Attach one with the command attach.',
      EXIT.refused
    );
  }
  const older = scripts[at + 1];
  if (older === undefined) {
    throw new CliError(
      `There is no installer older than ${nameOf(present)}.`,
      'To remove the extension, use detach.',
      EXIT.refused
    );
  }
  return older;
}

export async function rollback(
  aws: Aws,
  given: Given,
  output: IOutput
): Promise<Json> {
  const domainId = await chooseDomain(aws, given['domain-id']);
  const domain = await readDomain(aws, domainId, await settled(aws, domainId));
  const { name } = await target(aws, domain, given.to);
  const want = await existing(aws, name);
  await checkWheel(aws, want.script, output);
  const plan = planAttach(domain, want.arn);
  refuseForeign(plan);
  printPlan(plan, domainId, output);
  return finish(aws, domain, plan, given, output, {
    version: want.version,
    arn: want.arn,
    identity: null,
    make: () => Promise.resolve(want.arn)
  });
}

/** Delete our lifecycle configurations that no domain names any more. */
async function deleteInstallers(
  aws: Aws,
  output: IOutput
): Promise<{ deleted: string[]; kept: string[] }> {
  const result = { deleted: [] as string[], kept: [] as string[] };
  for (const { name } of await listScripts(aws)) {
    try {
      await aws.call('DeleteStudioLifecycleConfig', {
        StudioLifecycleConfigName: name
      });
      result.deleted.push(name);
      output.progress(`Deleted ${name}.`);
    } catch (error) {
      if (codeOf(error) !== 'ResourceInUse') {
        throw explain(error, `Deleting ${name}`);
      }
      result.kept.push(name);
      output.progress(`Kept ${name}: something still uses it.`);
    }
  }
  return result;
}

export async function detach(
  aws: Aws,
  given: Given,
  output: IOutput
): Promise<Json> {
  const domainId = await chooseDomain(aws, given['domain-id']);
  const domain = await readDomain(aws, domainId, await settled(aws, domainId));
  const plan = planDetach(domain);
  const result = { domain: domainId, steps: stepsJson(plan.steps) };
  printPlan(plan, domainId, output);
  const deletes = given['delete-installers'] === true;
  if (plan.steps.length === 0 && !deletes) {
    output.print(`Nothing to change: ${domainId} has no installer of ours.`);
    return { ...result, action: 'nothing to do' };
  }
  if (deletes) {
    const names = (await listScripts(aws)).map(one => one.name);
    output.print(`Then delete, where nothing uses it: ${names.join(', ')}`);
  }
  if (given['dry-run']) {
    output.print('Nothing was changed (--dry-run).');
    return { ...result, action: 'dry run' };
  }
  await output.confirm(`Take the installer out of ${domainId}?`);
  await carryOut(aws, domain, plan.steps, output, true);
  const gone = deletes ? await deleteInstallers(aws, output) : {};
  output.print(
    `Done: ${domainId} starts JupyterLab without the extension. Apps that run now keep it until their next start.`
  );
  return { ...result, ...gone, action: 'done' };
}
