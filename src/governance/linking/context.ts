/** What the dialog reads before it shows anything. */
import { groupOfArn } from '../../relay';
import {
  type IGroupArgs,
  type IModelGroupObject,
  type IModelPackageDetails,
  type IModelPackageGroup,
  type IOpenPagesConnection,
  type ISageMakerConnection,
  type IUseCase,
  PLUGIN_NAMESPACE
} from '../../tokens';
import { TAG_KEY } from '../defaults';
import type { IActionServices } from '../trail';

/** A model group object with its console. */
export interface ITarget {
  console: IOpenPagesConnection;
  object: IModelGroupObject;
}

/** Everything that decides what a link writes. */
export interface ILinkContext {
  group: IModelPackageGroup;
  /** null: the configuration has changed meanwhile. */
  registry: ISageMakerConnection | null;
  /** Consoles that keep the group's registry. */
  consoles: readonly IOpenPagesConnection[];
  /** The group's objects in them; none: it was not synchronised. */
  targets: readonly ITarget[];
  /** Use cases that this user may see, per console. */
  useCases: ReadonlyMap<string, readonly IUseCase[]>;
  /** Latest version with its card; null: none, or not readable. */
  latest: IModelPackageDetails | null;
  /** Why the latest version could not be read. */
  latestError: unknown;
  /** Key of the tag that names a use case, a setting. */
  tagKey: string;
  /** Tags as the service has them now; null: not readable. */
  tags: Readonly<Record<string, string>> | null;
  tagsError: unknown;
}

/** Whether a console keeps the registry of a group. */
export function keeps(
  { entities }: IOpenPagesConnection,
  connection: string
): boolean {
  return !Object.keys(entities).length || connection in entities;
}

/** The group; a role that may not describe it knows its ARN, which is enough. */
export function readGroup(
  { registry }: Pick<IActionServices, 'registry'>,
  { connection, group }: IGroupArgs,
  signal?: AbortSignal
): Promise<IModelPackageGroup> {
  return registry
    .describeGroup(connection, group, signal)
    .catch(() => groupOfArn({ connection, group }));
}

/**
 * Read what a link needs.
 *
 * Versions and tags that cannot be read leave the rest usable.
 *
 * @param fresh - read the consoles again first.
 * @throws OpenPagesError, RelayError when a console of the registry cannot be
 * read.
 */
export async function readContext(
  services: IActionServices,
  args: IGroupArgs,
  fresh: boolean,
  signal?: AbortSignal
): Promise<ILinkContext> {
  const { relay, governance, registry } = services;
  const { connections } = await relay.config();
  const own = connections.find(
    (one): one is ISageMakerConnection =>
      one.kind === 'sagemaker' && one.id === args.connection
  );
  const consoles = connections.filter(
    (one): one is IOpenPagesConnection =>
      one.kind === 'openpages' && keeps(one, args.connection)
  );
  const group = await readGroup(services, args, signal);
  if (fresh) {
    await governance.refresh();
  }
  const writesCard = consoles.some(({ linking }) => linking.card);
  const writesTag = consoles.some(({ linking }) => linking.tag) && !!own?.own;
  const [objects, lists, latest, tags, tagKey] = await Promise.all([
    governance.modelGroups(group),
    Promise.all(consoles.map(({ id }) => governance.useCases(id))),
    writesCard ? readLatest(services, group, signal) : NOTHING,
    writesTag && !group.shared
      ? settle(registry.readTags(args.connection, args.group, signal))
      : NOTHING,
    readTagKey(services)
  ]);
  return {
    group,
    registry: own ?? null,
    consoles,
    targets: objects.flatMap(object => {
      const console = consoles.find(({ id }) => id === object.connection);
      return console ? [{ console, object }] : [];
    }),
    useCases: new Map(consoles.map(({ id }, i) => [id, lists[i]])),
    latest: latest.value,
    latestError: latest.error,
    tagKey,
    tags: tags.value,
    tagsError: tags.error
  };
}

interface ISettled<T> {
  value: T | null;
  error: unknown;
}

const NOTHING: ISettled<never> = { value: null, error: null };

function settle<T>(promise: Promise<T>): Promise<ISettled<T>> {
  return promise.then(
    value => ({ value, error: null }),
    (error: unknown) => ({ value: null, error })
  );
}

function readLatest(
  { registry }: IActionServices,
  group: IModelPackageGroup,
  signal?: AbortSignal
): Promise<ISettled<IModelPackageDetails>> {
  return settle(
    registry
      .latestVersion(group, signal)
      .then(latest =>
        latest
          ? registry.describeVersion(group.connection, latest.arn, signal)
          : Promise.resolve(null)
      )
      .then(found => found as IModelPackageDetails)
  );
}

/** Setting `tagKey` of the governance plugin. */
async function readTagKey({ settings }: IActionServices): Promise<string> {
  try {
    const setting = await settings?.get(
      `${PLUGIN_NAMESPACE}:governance`,
      'tagKey'
    );
    return typeof setting?.composite === 'string' && setting.composite
      ? setting.composite
      : TAG_KEY;
  } catch {
    // The governance plugin tells of settings that cannot be read.
    return TAG_KEY;
  }
}
