/**
 * Which installer a domain had before.
 *
 * Kept as a tag of the installer that came after it, one tag per domain: the tag is on
 * a thing of ours, so no setting and no tag of the domain changes, and two admins who
 * attach different installers write different tags. It is written before the first
 * update, so that a command that is killed half way loses nothing.
 */
import type { Aws } from './aws';
import { explain } from './errors';
import { word } from './json';
import type { IDomain } from './merge';
import { builtIn, isOurs, nameOf, slots } from './merge';
import type { IOutput } from './output';

/** Value for a domain that had no installer. */
const NOTHING = 'none';

/** Key of the tag (at most 128 characters, API reference of AddTags). */
export function tagKey(domainId: string): string {
  return `sagemaker-governance:before:${domainId}`;
}

/** The installer that a domain has; where its slots differ, that of private spaces. */
export function present(domain: IDomain): string {
  const found = [builtIn(domain.user), builtIn(domain.spaces ?? {})];
  return found.find(isOurs) ?? '';
}

/** Every installer of ours that is in a slot of a domain. */
export function presentAll(domain: IDomain): string[] {
  const found = slots(domain).map(([, settings]) => builtIn(settings ?? {}));
  return [...new Set(found.filter(isOurs))];
}

/**
 * Name of the installer that a domain had before another.
 *
 * @param arn the other
 * @returns empty: it had none; undefined: that was not written down
 */
export async function before(
  aws: Aws,
  domainId: string,
  arn: string
): Promise<string | undefined> {
  const tags = await aws.list('ListTags', { ResourceArn: arn }, 'Tags');
  const tag = tags.find(one => word(one, 'Key') === tagKey(domainId));
  if (tag === undefined) {
    return undefined;
  }
  const value = word(tag, 'Value');
  return value === NOTHING ? '' : value;
}

/**
 * Write down what a domain has, before it gets another installer.
 *
 * A roll-out does not depend on it: where tagging is refused, that is told.
 *
 * @param arn the installer that it gets
 */
export async function remember(
  aws: Aws,
  domain: IDomain,
  arn: string,
  output: IOutput
): Promise<void> {
  const now = present(domain);
  if (now === arn) {
    return; // the same command was ended half way: what it wrote is right
  }
  const value = now === '' ? NOTHING : nameOf(now);
  try {
    await aws.call('AddTags', {
      ResourceArn: arn,
      Tags: [{ Key: tagKey(domain.id), Value: value }]
    });
  } catch (error) {
    const { message } = explain(error, `Tagging ${nameOf(arn)}`);
    output.progress(
      `Note: ${message} A later rollback will need --to, since what ${domain.id} had before (${value}) is not written down.`
    );
  }
}
