/** `status`: which spaces run which version, and who overrides. */
import type { Aws } from '../aws';
import { explain } from '../errors';
import { before, present } from '../history';
import type { Json } from '../json';
import { member, word } from '../json';
import { builtIn, nameOf } from '../merge';
import type { Given } from '../options';
import type { IOutput } from '../output';
import {
  Scripts,
  chooseDomain,
  describeDomain,
  listScripts,
  nextFor,
  overrides,
  readDomain,
  readSpaces
} from '../studio';
import { report } from './attach';

function formerName(last: string | undefined): string {
  if (last === undefined) {
    return 'not written down';
  }
  return last || 'nothing: it is the first installer';
}

/** Installer before another, as far as it may be read: the rest is told without it. */
async function formerly(
  aws: Aws,
  domainId: string,
  arn: string,
  output: IOutput
): Promise<string | undefined> {
  try {
    return await before(aws, domainId, arn);
  } catch (error) {
    const { message, hint } = explain(error, `Reading tags of ${nameOf(arn)}`);
    output.progress(`Note: ${message} ${hint}`);
    return undefined;
  }
}

export async function status(
  aws: Aws,
  given: Given,
  output: IOutput
): Promise<Json> {
  const domainId = await chooseDomain(aws, given['domain-id']);
  output.progress(`Reading ${domainId} ...`);
  const record = await describeDomain(aws, domainId);
  const [domain, spaces, scripts] = await Promise.all([
    readDomain(aws, domainId, record),
    readSpaces(aws, domainId),
    listScripts(aws)
  ]);
  const texts = new Scripts(aws);
  const slot = async (arn: string) => ({
    arn,
    version: await texts.version(arn)
  });
  const privately = await slot(builtIn(domain.user));
  const shared = domain.spaces ? await slot(builtIn(domain.spaces)) : null;
  const profiles = await Promise.all(
    overrides(domain).map(async one => ({
      name: one.name,
      same: one.same,
      ...(await slot(one.arn))
    }))
  );
  const rows = await Promise.all(
    spaces.map(async space => {
      const next = nextFor(space, domain);
      return {
        name: space.name,
        sharing: space.shared ? 'shared' : 'private',
        owner: space.owner,
        app: space.app,
        running: space.app === '' ? '' : await texts.version(space.running),
        next: await texts.version(next),
        restart: space.app !== '' && space.running !== next,
        recovery: space.recovery
      };
    })
  );
  const identity =
    word(member(record, 'DomainSettings'), 'ExecutionRoleIdentityConfig') ||
    'DISABLED';
  const installers = await Promise.all(
    scripts.map(async one => ({
      name: one.name,
      version: await texts.version(one.arn),
      created: new Date(one.created * 1000).toISOString()
    }))
  );
  const now = present(domain);
  const last =
    now === '' ? undefined : await formerly(aws, domainId, now, output);
  output.print(
    {
      head: `Domain ${domainId} (${word(record, 'DomainName')}), ${await aws.region()}`,
      text: '',
      tone: 'strong'
    },
    `Private spaces start with: ${privately.version || 'no installer'}`,
    shared === null
      ? 'Shared spaces: the domain has no settings for them'
      : `Shared spaces start with:  ${shared.version || 'no installer'}`,
    ...(now === '' ? [] : [`A rollback goes back to:   ${formerName(last)}`]),
    `Source identity:           ${identity}`,
    ''
  );
  output.table([
    ['SPACE', 'SHARING', 'OWNER', 'APP', 'RUNS', 'NEXT START', 'TO DO'],
    ...rows.map(row => [
      row.name,
      row.sharing,
      row.owner,
      row.app || '-',
      row.app === '' ? '-' : row.running || 'none',
      row.next || 'none',
      row.recovery
        ? 'runs in recovery mode'
        : row.restart
          ? 'restart the app'
          : ''
    ])
  ]);
  const waiting = rows.filter(row => row.restart).length;
  if (waiting > 0) {
    output.print(
      '',
      `${waiting} of ${rows.length} spaces run what was attached before, until their app is restarted.`
    );
  }
  for (const { name, same, arn, version } of profiles) {
    output.print(
      '',
      `User profile ${name} has app settings of its own, ` +
        (same
          ? `with the same installer (${version || 'none'}).`
          : `which override the domain's: ${version || (arn ? nameOf(arn) : 'no installer')}.`)
    );
  }
  const told = report(domain, [], output);
  return {
    domain: domainId,
    private: privately,
    shared,
    sourceIdentity: identity,
    spaces: rows,
    profiles,
    installers,
    before: last ?? null,
    ...told
  };
}
