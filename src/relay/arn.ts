/** Parts of the ARNs that the registry speaks in. */
import type { IGroupArgs, IModelPackageGroup } from '../tokens';

export interface IArn {
  region: string;
  /** 12 digits. */
  account: string;
  /** `model-package-group`, `model-package`. */
  type: string;
  /** What follows the type, e.g. `name/3`. */
  id: string;
}

/**
 * Take an ARN of SageMaker apart.
 *
 * @returns null when it is none
 */
export function parseArn(arn: string): IArn | null {
  const match = /^arn:[^:]+:sagemaker:([^:]*):(\d{12}):([^/]+)\/(.+)$/.exec(
    arn
  );
  return match
    ? { region: match[1], account: match[2], type: match[3], id: match[4] }
    : null;
}

/** Name in the ARN of a group; the text itself when it is no ARN. */
export function groupNameOf(arn: string): string {
  return parseArn(arn)?.id ?? arn;
}

/** Number in the ARN of a model package, null when it has none. */
export function versionOf(arn: string): number | null {
  const match = /\/(\d+)$/.exec(arn);
  return match ? Number(match[1]) : null;
}

/**
 * ARN of the group that a model package belongs to.
 *
 * @returns null for a package without a group
 */
export function groupArnOf(packageArn: string): string | null {
  const match = /^(arn:.*):model-package\/(.+)\/\d+$/.exec(packageArn);
  return match ? `${match[1]}:model-package-group/${match[2]}` : null;
}

/**
 * What its ARN alone tells of a group, for who may not read more; its tags count
 * as not readable.
 */
export function groupOfArn(args: IGroupArgs): IModelPackageGroup {
  const { region, account } = parseArn(args.group) ?? {
    region: '',
    account: ''
  };
  return {
    arn: args.group,
    name: groupNameOf(args.group),
    description: '',
    connection: args.connection,
    account,
    region,
    shared: false,
    createdAt: null,
    createdBy: null,
    status: '',
    tags: null
  };
}
