/** Parts of the ARNs that the registry speaks in. */
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
