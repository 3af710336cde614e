/** `status`: which spaces run which version, and who overrides. */
import type { Aws } from '../aws';
import type { Json } from '../json';
import { member, word } from '../json';
import { builtIn, nameOf } from '../merge';
import type { Given } from '../options';
import type { IOutput } from '../output';
import { table } from '../output';
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
        restart: space.app !== '' && space.running !== next
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
  output.print(
    `Domain ${domainId} (${word(record, 'DomainName')}), ${await aws.region()}`,
    `Private spaces start with: ${privately.version || 'no installer'}`,
    shared === null
      ? 'Shared spaces: the domain has no settings for them'
      : `Shared spaces start with:  ${shared.version || 'no installer'}`,
    `Source identity:           ${identity}`,
    '',
    ...table([
      ['SPACE', 'SHARING', 'OWNER', 'APP', 'RUNS', 'NEXT START', ''],
      ...rows.map(row => [
        row.name,
        row.sharing,
        row.owner,
        row.app || '-',
        row.app === '' ? '-' : row.running || 'none',
        row.next || 'none',
        row.restart ? 'restart the app' : ''
      ])
    ])
  );
  for (const { name, same, arn, version } of profiles) {
    output.print(
      '',
      `User profile ${name} has app settings of its own, ` +
        (same
          ? `with the same installer (${version || 'none'}).`
          : `which override the domain's: ${version || (arn ? nameOf(arn) : 'no installer')}.`)
    );
  }
  return {
    domain: domainId,
    private: privately,
    shared,
    sourceIdentity: identity,
    spaces: rows,
    profiles,
    installers
  };
}
