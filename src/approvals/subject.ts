/** What the dialogs read before they show anything. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type {
  IGovernance,
  IGovernanceStatus,
  IGroupArgs,
  IModelPackage,
  IModelPackageDetails,
  IModelPackageGroup,
  IRegistry,
  IRelay,
  IVersionArgs
} from '../tokens';
import { readPersona, type IPersona } from './persona';

/** Services of the lab that approvals work with. */
export interface IApprovalServices {
  relay: IRelay;
  registry: IRegistry;
  /** null: governance status is switched off. */
  governance: IGovernance | null;
  trans: TranslationBundle;
}

/** A version with everything around it that a request or decision needs. */
export interface ISubject {
  group: IModelPackageGroup;
  version: IModelPackageDetails;
  /** Latest version of the group; null: not readable. */
  latest: IModelPackage | null;
  /** null: governance is off, or could not say anything. */
  status: IGovernanceStatus | null;
  me: IPersona;
}

/** Pages of groups searched for one by its ARN. */
const PAGES = 20;

/** Last part of an ARN of a group. */
export function groupName(arn: string): string {
  return arn.split('/').pop() ?? arn;
}

/**
 * The group with an ARN.
 *
 * Found in the list, because only that carries its tags; else made up of what
 * the ARN says, with tags marked as not readable.
 */
export async function findGroup(
  registry: Pick<IRegistry, 'listGroups'>,
  { connection, group }: IGroupArgs,
  signal?: AbortSignal
): Promise<IModelPackageGroup> {
  const [, , , region = '', account = ''] = group.split(':');
  const bare: IModelPackageGroup = {
    arn: group,
    name: groupName(group),
    description: '',
    connection,
    account,
    region,
    shared: false,
    createdAt: null,
    createdBy: null,
    status: '',
    tags: null
  };
  try {
    let token: string | undefined;
    for (let page = 0; page < PAGES; page++) {
      const found = await registry.listGroups(connection, token, signal);
      const hit = found.items.find(({ arn }) => arn === group);
      if (hit) {
        return hit;
      }
      if (!found.nextToken) {
        break;
      }
      token = found.nextToken;
    }
  } catch {
    // A role may describe a version and not list groups. The ARN is enough to
    // ask OpenPages; the tags stay marked as not readable.
  }
  return bare;
}

/**
 * Read a version and what is around it.
 *
 * Only the version itself must be readable; what else fails is null.
 *
 * @throws what `IRegistry.describeVersion` and `IRelay.config` throw.
 */
export async function readSubject(
  { relay, registry, governance, trans }: IApprovalServices,
  args: IVersionArgs,
  signal?: AbortSignal
): Promise<ISubject> {
  const [version, group, me] = await Promise.all([
    registry.describeVersion(args.connection, args.package, signal),
    findGroup(registry, args, signal),
    readPersona(relay, registry, args.connection, trans)
  ]);
  const latest = await registry
    .latestVersion(group, signal)
    .catch(() => null);
  const status = await readStatus(governance, group, latest ?? version);
  return { group, version, latest, status, me };
}

async function readStatus(
  governance: IGovernance | null,
  group: IModelPackageGroup,
  latest: IModelPackage
): Promise<IGovernanceStatus | null> {
  try {
    const found = await governance?.resolve(
      [group],
      new Map([[group.arn, latest]])
    );
    return found?.get(group.arn) ?? null;
  } catch {
    // `preflight` says that the use case was not checked.
    return null;
  }
}
