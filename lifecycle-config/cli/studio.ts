/** Reading a domain. */
import type { Aws } from './aws';
import { CliError, EXIT, codeOf, explain } from './errors';
import type { IParsed } from './installer';
import { parse } from './installer';
import type { JsonObject } from './json';
import { isObject, member, word } from './json';
import type { IDomain, IUnread } from './merge';
import { LAB, PREFIX, builtIn, isOurs, nameOf } from './merge';

/** Calls in flight at a time; SageMaker's reads are throttled at a few per second. */
const PARALLEL = 4;

/** A space and its JupyterLab app. */
export interface ISpace {
  name: string;
  shared: boolean;
  owner: string;
  /** Status of the app; empty: it has none. */
  app: string;
  /** Installer that the running app started with; empty: none. */
  running: string;
  /** Whether the app was started without any extension, to be mended. */
  recovery: boolean;
}

/** A lifecycle configuration of ours. */
export interface IScript {
  arn: string;
  name: string;
  /** Seconds since the epoch. */
  created: number;
}

/** Do the same with every item, a few at a time, in order of the items. */
export async function each<T, R>(
  items: T[],
  act: (item: T) => Promise<R>
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await act(items[at]);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return results;
}

/** The domain that is meant when none is named: the only one. */
export async function chooseDomain(
  aws: Aws,
  asked: string | undefined
): Promise<string> {
  if (asked !== undefined) {
    return asked;
  }
  const rows = await aws.list('ListDomains', {}, 'Domains');
  const ids = rows.map(row => word(row, 'DomainId'));
  if (ids.length === 1) {
    return ids[0];
  }
  throw new CliError(
    ids.length === 0
      ? `There is no Studio domain in ${await aws.region()}.`
      : `There are ${ids.length} domains: ${ids.join(', ')}.`,
    'Pass --domain-id, or another --region.',
    EXIT.usage
  );
}

/** A domain as `DescribeDomain` answers. */
export async function describeDomain(
  aws: Aws,
  domainId: string
): Promise<JsonObject> {
  try {
    return await aws.call('DescribeDomain', { DomainId: domainId });
  } catch (error) {
    if (codeOf(error).startsWith('ResourceNotFound')) {
      throw new CliError(
        `There is no Studio domain ${domainId} in ${await aws.region()}.`,
        'Check --domain-id, --region and --profile.',
        EXIT.usage
      );
    }
    throw explain(error, `Reading domain ${domainId}`);
  }
}

/** A domain with its user profiles. */
export async function readDomain(
  aws: Aws,
  domainId: string,
  known?: JsonObject
): Promise<IDomain> {
  const record = known ?? (await describeDomain(aws, domainId));
  const rows = await aws.list(
    'ListUserProfiles',
    { DomainIdEquals: domainId },
    'UserProfiles'
  );
  const unread: IUnread[] = [];
  const profiles = await each(rows, async row => {
    const name = word(row, 'UserProfileName');
    try {
      const told = await aws.call('DescribeUserProfile', {
        DomainId: domainId,
        UserProfileName: name
      });
      return [{ name, settings: member(told, 'UserSettings') }];
    } catch (error) {
      const failure = explain(error, `Reading user profile ${name}`);
      if (failure.general) {
        throw failure;
      }
      // One that was deleted meanwhile has no space any more.
      if (!codeOf(error).startsWith('ResourceNotFound')) {
        unread.push({ name, message: failure.message, hint: failure.hint });
      }
      return [];
    }
  });
  const spaces = record.DefaultSpaceSettings;
  return {
    id: domainId,
    user: member(record, 'DefaultUserSettings'),
    spaces: isObject(spaces) ? spaces : undefined,
    profiles: profiles.flat(),
    unread
  };
}

/** Apps of a domain that run or start. */
export async function liveApps(
  aws: Aws,
  domainId: string
): Promise<JsonObject[]> {
  const rows = await aws.list('ListApps', { DomainIdEquals: domainId }, 'Apps');
  return rows.filter(row =>
    ['InService', 'Pending'].includes(word(row, 'Status'))
  );
}

/** The JupyterLab app of a list's row; undefined: it was deleted meanwhile. */
async function describeApp(
  aws: Aws,
  app: JsonObject
): Promise<JsonObject | undefined> {
  try {
    return await aws.call('DescribeApp', {
      DomainId: word(app, 'DomainId'),
      SpaceName: word(app, 'SpaceName'),
      AppType: 'JupyterLab',
      AppName: word(app, 'AppName')
    });
  } catch (error) {
    if (codeOf(error).startsWith('ResourceNotFound')) {
      return undefined;
    }
    throw explain(error, `Reading the app of ${word(app, 'SpaceName')}`);
  }
}

/** Every space that runs JupyterLab, or may. */
export async function readSpaces(
  aws: Aws,
  domainId: string
): Promise<ISpace[]> {
  const [rows, apps] = await Promise.all([
    aws.list('ListSpaces', { DomainIdEquals: domainId }, 'Spaces'),
    liveApps(aws, domainId)
  ]);
  const lab = rows.filter(row =>
    ['', 'JupyterLab'].includes(
      word(member(row, 'SpaceSettingsSummary'), 'AppType')
    )
  );
  return each(lab, async row => {
    const name = word(row, 'SpaceName');
    const app = apps.find(
      one =>
        word(one, 'SpaceName') === name && word(one, 'AppType') === 'JupyterLab'
    );
    const told = app && (await describeApp(aws, app));
    const sharing = member(row, 'SpaceSharingSettingsSummary');
    return {
      name,
      shared: word(sharing, 'SharingType') === 'Shared',
      owner: word(
        member(row, 'OwnershipSettingsSummary'),
        'OwnerUserProfileName'
      ),
      app: app && told ? word(app, 'Status') : '',
      running: told ? word(told, 'BuiltInLifecycleConfigArn') : '',
      recovery: told?.RecoveryMode === true
    };
  });
}

/** Installers of ours in this account and region, the newest first. */
export async function listScripts(aws: Aws): Promise<IScript[]> {
  const rows = await aws.list(
    'ListStudioLifecycleConfigs',
    {
      AppTypeEquals: 'JupyterLab',
      // A trailing hyphen is not in the filter's pattern.
      NameContains: PREFIX.replace(/-$/, ''),
      SortBy: 'CreationTime',
      SortOrder: 'Descending'
    },
    'StudioLifecycleConfigs'
  );
  return rows
    .map(row => ({
      arn: word(row, 'StudioLifecycleConfigArn'),
      name: word(row, 'StudioLifecycleConfigName'),
      created: Number(row.CreationTime)
    }))
    .filter(one => isOurs(one.arn));
}

/** What installers install, read from their scripts once. */
export class Scripts {
  constructor(private readonly _aws: Aws) {}

  /** The text of a script; null when it is not there any more. */
  async text(arn: string): Promise<string | null> {
    const known = this._texts.get(arn);
    if (known !== undefined) {
      return known;
    }
    let found: string | null = null;
    try {
      const told = await this._aws.call('DescribeStudioLifecycleConfig', {
        StudioLifecycleConfigName: nameOf(arn)
      });
      const content = word(told, 'StudioLifecycleConfigContent');
      found = Buffer.from(content, 'base64').toString('utf8');
    } catch (error) {
      if (!codeOf(error).startsWith('ResourceNotFound')) {
        throw error;
      }
    }
    this._texts.set(arn, found);
    return found;
  }

  /** What an installer installs; null when it cannot be told. */
  async installer(arn: string): Promise<IParsed | null> {
    const text = await this.text(arn);
    return text === null ? null : parse(text);
  }

  /** The version that an installer installs, for people; empty: no installer. */
  async version(arn: string): Promise<string> {
    if (arn === '' || arn === 'None') {
      return '';
    }
    const version = (await this.installer(arn))?.version;
    if (!isOurs(arn)) {
      return version
        ? `${version} (run by ${nameOf(arn)})`
        : `another script (${nameOf(arn)})`;
    }
    return version || nameOf(arn);
  }

  private readonly _texts = new Map<string, string | null>();
}

/** Installer that an app of a space would start with now; empty: none for sure. */
export function nextFor(space: ISpace, domain: IDomain): string {
  if (space.shared) {
    return domain.spaces ? builtIn(domain.spaces) : '';
  }
  const profile = domain.profiles.find(one => one.name === space.owner);
  return builtIn(
    profile !== undefined && isObject(profile.settings[LAB])
      ? profile.settings
      : domain.user
  );
}

/** A user profile whose own app settings may hide the domain's. */
export interface IOverride {
  name: string;
  /** Its own built-in script; empty: none. */
  arn: string;
  /** Whether its spaces get what the domain gives. */
  same: boolean;
}

/** Profiles with app settings of their own. */
export function overrides(domain: IDomain): IOverride[] {
  return domain.profiles
    .filter(({ settings }) => isObject(settings[LAB]))
    .map(({ name, settings }) => {
      const arn = builtIn(settings);
      return { name, arn, same: arn === builtIn(domain.user) };
    });
}
