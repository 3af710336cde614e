/** `doctor`: is the roll-out as it should be, and if not, what to do. */
import type { Aws } from '../aws';
import { EXIT, explain } from '../errors';
import { MAX_SCRIPT, called, sha256 } from '../installer';
import type { Json, JsonObject } from '../json';
import { member, word } from '../json';
import { NONE, builtIn, isOurs, nameOf } from '../merge';
import type { IDomain } from '../merge';
import type { Given } from '../options';
import type { IOutput, Tone } from '../output';
import type { IRole } from '../roles';
import { readRoles } from '../roles';
import {
  Scripts,
  chooseDomain,
  liveApps,
  nextFor,
  overrides,
  readDomain,
  readSpaces,
  describeDomain
} from '../studio';

/** One thing that was looked at. */
interface IFinding {
  id: string;
  /** `unknown`: it cannot be tested from here. */
  result: 'ok' | 'warning' | 'failed' | 'unknown';
  text: string;
  /** What to do; empty when nothing is to be done. */
  todo: string;
}

/** Seconds of clock skew from which signatures are in danger (AWS refuses 300). */
const MAX_SKEW = 60;

const ok = (id: string, text: string): IFinding => ({
  id,
  result: 'ok',
  text,
  todo: ''
});

const finding = (
  id: string,
  result: IFinding['result'],
  text: string,
  todo: string
): IFinding => ({ id, result, text, todo });

/** A check whose own failure is a finding too. */
async function guarded(
  id: string,
  look: () => Promise<IFinding[]>
): Promise<IFinding[]> {
  try {
    return await look();
  } catch (error) {
    const { message, hint } = explain(error, 'Looking');
    return [finding(id, 'failed', message, hint)];
  }
}

async function caller(aws: Aws): Promise<IFinding[]> {
  const { account, arn, clockAhead } = await aws.caller();
  const found = [ok('caller', `${arn} (account ${account})`)];
  if (clockAhead === null) {
    return found;
  }
  const skew = Math.abs(clockAhead);
  return [
    ...found,
    skew <= MAX_SKEW
      ? ok('clock', `within ${skew} s of AWS`)
      : finding(
          'clock',
          'failed',
          `this machine's clock is ${skew} s ${clockAhead > 0 ? 'ahead of' : 'behind'} AWS`,
          'Set the clock (NTP); AWS refuses signatures from 300 s on.'
        )
  ];
}

function domainChecks(record: JsonObject): IFinding[] {
  const state = word(record, 'Status');
  const found = [
    state === 'InService'
      ? ok('domain', `${word(record, 'DomainId')} is in service`)
      : finding(
          'domain',
          'failed',
          `${word(record, 'DomainId')} is in status ${state}. ${word(record, 'FailureReason')}`.trim(),
          'Wait while it is updating; else mend the domain in the console.'
        )
  ];
  if (word(record, 'AppNetworkAccessType') === 'VpcOnly') {
    found.push(
      finding(
        'network',
        'unknown',
        'the domain is VPC-only; whether its subnets reach AWS cannot be tested from here',
        'Check that the endpoints listed in docs/admin-guide.md are in the VPC; the log of the installer in a space says whether it reached S3.'
      )
    );
  }
  return found;
}

/** Whether AWS learns which user profile acts. */
function passesNames(record: JsonObject): boolean {
  const settings = member(record, 'DomainSettings');
  return word(settings, 'ExecutionRoleIdentityConfig') === 'USER_PROFILE_NAME';
}

async function identity(aws: Aws, record: JsonObject): Promise<IFinding[]> {
  if (passesNames(record)) {
    return [ok('source-identity', 'user profile names are passed on')];
  }
  const apps = (await liveApps(aws, word(record, 'DomainId'))).length;
  return [
    finding(
      'source-identity',
      'warning',
      `ExecutionRoleIdentityConfig is DISABLED: CloudTrail does not tell which user acted, and registry accounts refuse writes`,
      `Run attach --source-identity while no app runs (${apps} ${apps === 1 ? 'runs' : 'run'} now), and trust sts:SetSourceIdentity in the execution roles.`
    )
  ];
}

/** One slot of the domain: is there an installer, and can it work. */
async function installer(
  aws: Aws,
  texts: Scripts,
  id: string,
  arn: string
): Promise<IFinding[]> {
  if (arn === '' || arn === NONE) {
    return [finding(id, 'failed', 'no installer is attached', 'Run attach.')];
  }
  const text = await texts.text(arn);
  const told = await texts.installer(arn);
  const name = nameOf(arn);
  if (text === null) {
    return [
      finding(
        id,
        'failed',
        `${name} does not exist any more: apps may not start`,
        'Run attach with a release at once.'
      )
    ];
  }
  if (told === null) {
    return [
      finding(
        id,
        'failed',
        isOurs(arn)
          ? `${name} is not a script that this tool made`
          : `the built-in script is ${name}, which does not run ours`,
        isOurs(arn)
          ? 'Run attach with a release.'
          : 'Let that script run ours (docs/admin-guide.md shows how), or take it away and run attach.'
      )
    ];
  }
  const place = `s3://${told.bucket}/${told.key}`;
  const wheel = await aws.object(told.bucket, told.key);
  const by = `${called(told.version)} by ${name} (${Buffer.byteLength(text)} of ${MAX_SCRIPT} bytes)`;
  if (told.uninstalls) {
    return [
      finding(
        id,
        'warning',
        `${by}: spaces start without the extension`,
        'Once each space has started with it, run detach; to have the extension again, run rollback.'
      )
    ];
  }
  const found = [ok(id, by)];
  if (wheel === null) {
    found.push(
      finding(
        `${id}-wheel`,
        'failed',
        `there is no ${place}: spaces start without the extension`,
        `Run publish with the wheel of version ${told.version}.`
      )
    );
  } else if (sha256(wheel) !== told.sha256) {
    found.push(
      finding(
        `${id}-wheel`,
        'failed',
        `${place} is not the pinned wheel: spaces refuse it and start without the extension`,
        'Find out who replaced it; then publish the wheel of the release again.'
      )
    );
  } else {
    found.push(ok(`${id}-wheel`, `${place} has the pinned SHA-256`));
  }
  return found;
}

function profiles(domain: IDomain): IFinding[] {
  const unread = domain.unread.map(({ message, hint }) =>
    finding('profiles', 'failed', message, hint)
  );
  const odd = overrides(domain).filter(one => !one.same);
  if (odd.length === 0) {
    const read = `no user profile${unread.length > 0 ? ' that could be read' : ''} overrides the installer`;
    return [...unread, ok('profiles', read)];
  }
  const found = odd.map(({ name, arn }) =>
    finding(
      'profiles',
      'warning',
      `user profile ${name} has app settings of its own, with ${
        arn === '' || arn === NONE ? 'no installer' : nameOf(arn)
      }`,
      arn === NONE
        ? 'If that is not meant, run attach --include-opted-out.'
        : arn !== '' && !isOurs(arn)
          ? 'Let that script run ours (docs/admin-guide.md shows how), or take it away and run attach.'
          : 'Run attach again.'
    )
  );
  return [...unread, ...found];
}

async function spaces(aws: Aws, domain: IDomain): Promise<IFinding[]> {
  const all = await readSpaces(aws, domain.id);
  const old = all.filter(
    space => space.app !== '' && space.running !== nextFor(space, domain)
  );
  return old.length === 0
    ? [ok('spaces', `${all.length} spaces; none waits for a restart`)]
    : [
        finding(
          'spaces',
          'warning',
          `${old.length} of ${all.length} spaces started before the last change: ${old.map(one => one.name).join(', ')}`,
          'Ask their users to restart the app.'
        )
      ];
}

const LEAST =
  "Take it off: lifecycle-config/iam has the least rights. Where it must stay, attach data-scientist.json beside it, with the name of your approvers' role in its NeverRunAsApprover.";

/** Whether an execution role lets everybody approve. */
function approval({ name, broad, failure }: IRole): IFinding {
  if (broad === undefined) {
    return finding(
      'execution-roles',
      'unknown',
      failure,
      `Whether AmazonSageMakerFullAccess lets its users approve is not known: aws iam list-attached-role-policies --role-name ${name}`
    );
  }
  return broad.length === 0
    ? ok(
        'execution-roles',
        `${name} has no policy of AWS that grants approval (own and inline policies are not read)`
      )
    : finding(
        'execution-roles',
        'warning',
        `${name} has ${broad.join(' and ')}, which lets its users approve models`,
        LEAST
      );
}

/** Whether Studio can pass user profile names on, by the roles' trust. */
function trust(all: IRole[], record: JsonObject): IFinding[] {
  const on = passesNames(record);
  const refusing = all.filter(one => one.trusted === false);
  const unknown = all.filter(one => one.trusted === undefined);
  if (refusing.length > 0) {
    const names = refusing.map(one => one.name).join(', ');
    return [
      finding(
        'trust',
        on ? 'failed' : 'warning',
        `${names} ${refusing.length === 1 ? 'does' : 'do'} not trust sts:SetSourceIdentity` +
          (on ? ', though user profile names are passed on' : ''),
        'Give the role the trust of lifecycle-config/iam/execution-role-trust.json, before user profile names are passed on.'
      )
    ];
  }
  return unknown.length > 0 || all.length === 0
    ? []
    : [ok('trust', 'every execution role trusts sts:SetSourceIdentity')];
}

async function roles(
  aws: Aws,
  domain: IDomain,
  record: JsonObject
): Promise<IFinding[]> {
  const all = await readRoles(aws, domain);
  return [...all.map(approval), ...trust(all, record)];
}

/** A word for each result, which a colour repeats. */
const SIGN: Record<IFinding['result'], { word: string; tone: Tone }> = {
  ok: { word: 'ok', tone: 'good' },
  warning: { word: 'WARN', tone: 'warn' },
  failed: { word: 'FAIL', tone: 'bad' },
  unknown: { word: '?', tone: 'warn' }
};

export async function doctor(
  aws: Aws,
  given: Given,
  output: IOutput
): Promise<Json> {
  const domainId = await chooseDomain(aws, given['domain-id']);
  output.progress(`Checking ${domainId} ...`);
  const record = await describeDomain(aws, domainId);
  const domain = await readDomain(aws, domainId, record);
  const texts = new Scripts(aws);
  const user = builtIn(domain.user);
  const shared = domain.spaces && builtIn(domain.spaces);
  const aboutShared =
    shared === undefined
      ? Promise.resolve([
          ok('shared-spaces', 'the domain has no settings for them')
        ])
      : guarded('shared-spaces', () =>
          installer(aws, texts, 'shared-spaces', shared)
        );
  const asked = await Promise.all([
    guarded('caller', () => caller(aws)),
    guarded('private-spaces', () =>
      installer(aws, texts, 'private-spaces', user)
    ),
    aboutShared,
    guarded('spaces', () => spaces(aws, domain)),
    guarded('source-identity', () => identity(aws, record)),
    guarded('execution-roles', () => roles(aws, domain, record))
  ]);
  const findings = [
    ...domainChecks(record),
    ...asked.flat(),
    ...profiles(domain)
  ];
  const width = Math.max(...findings.map(one => one.id.length));
  for (const { result, id, text, todo } of findings) {
    const sign = SIGN[result];
    output.print({
      head: `${sign.word.padEnd(4)}  ${id.padEnd(width)}  `,
      text,
      tone: sign.tone
    });
    if (todo !== '') {
      const head = `${' '.repeat(width + 8)}-> `;
      output.print({ head, text: todo, tone: 'plain' });
    }
  }
  const count = (result: IFinding['result']) =>
    findings.filter(one => one.result === result).length;
  const failed = count('failed');
  output.print(
    `${count('ok')} ok, ${failed} failed, ${count('warning')} to look at, ${count('unknown')} not tested`
  );
  return {
    domain: domainId,
    ok: failed === 0,
    exitCode: failed === 0 ? EXIT.ok : EXIT.findings,
    findings: findings.map(one => ({ ...one }))
  };
}
