/** `rollback`: back to the installer that was attached before. */
import type { Aws } from '../aws';
import { CliError, EXIT } from '../errors';
import { before, present, presentAll } from '../history';
import { called } from '../installer';
import type { Json } from '../json';
import type { IDomain } from '../merge';
import { nameOf, planAttach } from '../merge';
import type { Given } from '../options';
import type { IOutput } from '../output';
import { Scripts, chooseDomain, listScripts, readDomain } from '../studio';
import { printPlan, settled } from '../write';
import { finish, refuseForeign } from './attach';
import { checkWheel, existing } from './wanted';

/** The installers that there are, newest first, as people name them. */
async function choices(aws: Aws): Promise<string> {
  const texts = new Scripts(aws);
  const named = [];
  for (const { arn, name } of await listScripts(aws)) {
    named.push(`${name} (version ${await texts.version(arn)})`);
  }
  return `There are: ${named.join(', ') || 'none'}.`;
}

/** Name of the installer that --to means: the newest of that version, name or ARN. */
async function named(aws: Aws, to: string): Promise<string> {
  const texts = new Scripts(aws);
  for (const { arn, name } of await listScripts(aws)) {
    if ([arn, name, (await texts.installer(arn))?.version].includes(to)) {
      return name;
    }
  }
  throw new CliError(
    `There is no installer ${to}.`,
    await choices(aws),
    EXIT.usage
  );
}

/**
 * Name of the installer that a domain had before the present one.
 *
 * Where slots differ, an attach or a rollback ended half way: then it is the one that
 * the other came after.
 */
async function former(aws: Aws, domain: IDomain): Promise<string> {
  const now = present(domain);
  if (now === '') {
    throw new CliError(
      `Domain ${domain.id} has no installer of ours.`,
      'Attach one with the command attach.',
      EXIT.refused
    );
  }
  const all = presentAll(domain);
  for (const arn of all.length > 1 ? all : []) {
    const name = await before(aws, domain.id, arn);
    if (name && all.some(one => nameOf(one) === name)) {
      return name;
    }
  }
  const name = await before(aws, domain.id, now);
  if (name === undefined) {
    throw new CliError(
      `It is not written down what ${domain.id} had before ${nameOf(now)}.`,
      `Name it with --to. ${await choices(aws)}`,
      EXIT.refused
    );
  }
  if (name === '') {
    throw new CliError(
      `${domain.id} had no installer before ${nameOf(now)}.`,
      'To take the extension out, use detach. To go to another version, use --to.',
      EXIT.refused
    );
  }
  if (!(await listScripts(aws)).some(one => one.name === name)) {
    throw new CliError(
      `${name}, which ${domain.id} had before, does not exist any more.`,
      `Name another with --to. ${await choices(aws)}`,
      EXIT.refused
    );
  }
  return name;
}

export async function rollback(
  aws: Aws,
  given: Given,
  output: IOutput
): Promise<Json> {
  const domainId = await chooseDomain(aws, given['domain-id']);
  const record = await settled(aws, domainId, output);
  const domain = await readDomain(aws, domainId, record);
  const name =
    given.to === undefined
      ? await former(aws, domain)
      : await named(aws, given.to);
  const want = await existing(aws, name);
  await checkWheel(aws, want.script, output);
  const plan = planAttach(domain, want.arn);
  refuseForeign(plan);
  const now = present(domain);
  output.print(
    `From ${nameOf(now) || 'no installer'} to ${name} (${called(want.version)})` +
      (given.to === undefined ? ', which was attached before it.' : '.')
  );
  printPlan(plan, domainId, output);
  return finish(aws, domain, plan, given, output, {
    version: want.version,
    arn: want.arn,
    identity: null,
    // Else a second rollback would go forward again.
    remembers: false,
    make: () => Promise.resolve(want.arn)
  });
}
