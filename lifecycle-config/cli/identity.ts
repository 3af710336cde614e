/** Source identity: whether AWS learns which user profile acts. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Aws } from './aws';
import { CliError, EXIT, explain } from './errors';
import type { JsonObject } from './json';
import { differences, member, word } from './json';
import type { IDomain } from './merge';
import type { Given } from './options';
import type { IOutput } from './output';
import { readRoles } from './roles';
import { liveApps } from './studio';
import { SEEN_LIMIT, SETTLE_STEP, settled } from './write';

const IDENTITY = 'ExecutionRoleIdentityConfig';
const SETTINGS = 'DomainSettings';

/** Refuse to pass names on to roles that would refuse them: their apps get no rights. */
async function refuseUntrusted(
  aws: Aws,
  domain: IDomain,
  output: IOutput
): Promise<void> {
  const all = await readRoles(aws, domain);
  const refusing = all.filter(one => one.trusted === false);
  if (refusing.length > 0) {
    throw new CliError(
      `${refusing.map(one => one.name).join(', ')} ${refusing.length === 1 ? 'does' : 'do'} not trust sts:SetSourceIdentity: apps would get no rights.`,
      'Give each role the trust of lifecycle-config/iam/execution-role-trust.json, then run the same command. Nothing was changed.',
      EXIT.refused
    );
  }
  for (const { name, failure } of all.filter(
    one => one.trusted === undefined
  )) {
    output.progress(
      `Note: ${failure} Whether ${name} trusts sts:SetSourceIdentity, which it must, is not known.`
    );
  }
}

/**
 * Say whether AWS learns which user acts, or what would change that.
 *
 * @returns input of the update that is asked for; null: none is
 */
export async function sourceIdentity(
  aws: Aws,
  record: JsonObject,
  domain: IDomain,
  given: Given,
  output: IOutput
): Promise<JsonObject | null> {
  const now = word(member(record, SETTINGS), IDENTITY) || 'DISABLED';
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
  await refuseUntrusted(aws, domain, output);
  output.print(
    `${id}, domain settings`,
    `  ~ ${IDENTITY}: ${now} -> USER_PROFILE_NAME`
  );
  return {
    DomainId: id,
    DomainSettingsForUpdate: { [IDENTITY]: 'USER_PROFILE_NAME' }
  };
}

/**
 * Turn source identity on, and see that no other setting of the domain changed.
 *
 * @param input of the update
 * @throws CliError also when the update took another setting with it, which it names
 */
export async function passNamesOn(
  aws: Aws,
  domainId: string,
  input: JsonObject,
  output: IOutput
): Promise<void> {
  const old = await settled(aws, domainId, output);
  const before = member(old, SETTINGS);
  const expected = { ...before, [IDENTITY]: 'USER_PROFILE_NAME' };
  try {
    await aws.call('UpdateDomain', input);
  } catch (error) {
    throw explain(error, `Turning ${IDENTITY} on`);
  }
  for (const start = Date.now(); ;) {
    const now = await settled(aws, domainId, output);
    const found = differences(expected, member(now, SETTINGS));
    if (found.length === 0) {
      return;
    }
    if (now.LastModifiedTime !== old.LastModifiedTime) {
      throw new CliError(
        `The update of ${IDENTITY} left other domain settings than it should: ${found.map(one => one.path).join(', ')}. They were: ${JSON.stringify(before)}`,
        'Put them back with aws sagemaker update-domain --domain-settings-for-update, and tell the makers of this tool.',
        EXIT.sideEffect
      );
    }
    if (Date.now() - start > SEEN_LIMIT) {
      throw new CliError(
        `AWS accepted ${IDENTITY}, but does not tell of it after ${SEEN_LIMIT / 1000} s.`,
        'Run the same command again in a few minutes.'
      );
    }
    await sleep(SETTLE_STEP);
  }
}
