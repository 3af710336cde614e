/** The optional parts of a link: what it writes in SageMaker, and taking it back. */
import { newToken } from '../../relay';
import type { IModelPackageDetails, IRegistry } from '../../tokens';
import type { IActionServices, ILinkRecord, IPart } from '../trail';
import { keysOf, sameKeys, withKeys } from './card';
import { OverwrittenError } from './failures';

/** What they work with. */
export interface IRegistryRun {
  services: Pick<IActionServices, 'registry'>;
  signal?: AbortSignal;
}

export async function writeTag(
  run: IRegistryRun,
  record: ILinkRecord,
  tried: boolean
): Promise<IPart> {
  const { tag } = record;
  if (!tag) {
    return { state: 'already' };
  }
  const { registry } = run.services;
  const tags = await registry.readTags(
    record.connection,
    record.group,
    run.signal
  );
  const now = tags[tag.key] ?? null;
  if (now === tag.value) {
    return { state: tried ? 'written' : 'already' };
  }
  if (now !== tag.before) {
    throw new OverwrittenError('tag', now, { ...tag, before: now });
  }
  await registry.changeTag(record.connection, record.group, tag.key, tag.value);
  return { state: 'written' };
}

export async function restoreTag(
  run: IRegistryRun,
  record: ILinkRecord
): Promise<void> {
  const { tag } = record;
  const { registry } = run.services;
  if (!tag) {
    return;
  }
  const tags = await registry.readTags(
    record.connection,
    record.group,
    run.signal
  );
  const now = tags[tag.key] ?? null;
  if (now === tag.before) {
    return;
  }
  if (now !== tag.value) {
    throw new OverwrittenError('tag', now);
  }
  await registry.changeTag(
    record.connection,
    record.group,
    tag.key,
    tag.before
  );
}

export async function writeCard(
  run: IRegistryRun,
  record: ILinkRecord,
  tried: boolean
): Promise<IPart> {
  const { card } = record;
  if (!card) {
    return { state: 'already' };
  }
  const now = await readCard(run, record, card.package);
  const keys = keysOf(now.cardText ?? null);
  if (sameKeys(keys, card.after)) {
    return { state: tried ? 'written' : 'already' };
  }
  if (!sameKeys(keys, card.before)) {
    throw new OverwrittenError('card', keys.UseCaseId, {
      ...card,
      before: keys
    });
  }
  await sendCard(run.services.registry, record, now, card.after);
  return { state: 'written' };
}

export async function restoreCard(
  run: IRegistryRun,
  record: ILinkRecord
): Promise<void> {
  const { card } = record;
  if (!card) {
    return;
  }
  const now = await readCard(run, record, card.package);
  const keys = keysOf(now.cardText ?? null);
  if (sameKeys(keys, card.before)) {
    return;
  }
  if (!sameKeys(keys, card.after)) {
    throw new OverwrittenError('card', keys.UseCaseId);
  }
  await sendCard(run.services.registry, record, now, card.before);
}

function readCard(
  run: IRegistryRun,
  record: ILinkRecord,
  arn: string
): Promise<IModelPackageDetails> {
  return run.services.registry.describeVersion(
    record.connection,
    arn,
    run.signal
  );
}

/**
 * Put our keys into the card as it is at this moment.
 *
 * SageMaker has no conditional write: reading right before narrows the window
 * to one round trip, it does not close it.
 */
async function sendCard(
  registry: Pick<IRegistry, 'updateVersion'>,
  record: ILinkRecord,
  now: IModelPackageDetails,
  keys: NonNullable<ILinkRecord['card']>['after']
): Promise<void> {
  await registry.updateVersion(record.connection, now.arn, {
    card: {
      content: withKeys(now.cardText ?? null, keys),
      status: now.card?.status ?? 'Draft'
    },
    clientToken: newToken()
  });
}
