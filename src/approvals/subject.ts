/** What the dialogs read before they show anything. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { groupOfArn } from '../relay';
import type {
  IGovernance,
  IGovernanceStatus,
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
    // A role may describe a version and not its group; the ARN is enough to
    // ask OpenPages.
    registry
      .describeGroup(args.connection, args.group, signal)
      .catch(() => groupOfArn(args)),
    readPersona(relay, registry, args.connection, trans)
  ]);
  const latest = await registry.latestVersion(group, signal).catch(() => null);
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
