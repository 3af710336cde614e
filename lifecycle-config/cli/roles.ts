/** The roles that people's code runs under, and what of them an installer relies on. */
import type { Aws } from './aws';
import { codeOf, explain } from './errors';
import type { Json, JsonObject } from './json';
import { isObject, word } from './json';
import type { IDomain } from './merge';
import { nameOf } from './merge';
import { each } from './studio';

/**
 * AWS's own policies that grant `sagemaker:UpdateModelPackage` without a condition, so
 * that whoever has one may approve. Source: AWS Managed Policy Reference.
 */
const GRANT_APPROVAL = [
  'AdministratorAccess',
  'AmazonSageMakerFullAccess',
  'AmazonSageMakerModelRegistryFullAccess',
  'PowerUserAccess'
];

/** What IAM tells of a role. */
export interface IRole {
  name: string;
  /** AWS's policies that grant approval; undefined: it was not told, see `failure`. */
  broad: string[] | undefined;
  /**
   * Whether Studio may set a source identity; undefined: it was not told. Roles of
   * shared spaces alone need not: those carry none.
   */
  trusted: boolean | undefined;
  /** Why something was not told; empty: all was. */
  failure: string;
}

/** ARNs of the execution roles in settings, each once. */
function executionRoles(settings: JsonObject[]): string[] {
  const arns = settings.map(one => word(one, 'ExecutionRole'));
  return [...new Set(arns.filter(arn => arn !== ''))];
}

const listed = (value: Json | undefined): Json[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/**
 * Whether a trust policy lets Studio set a source identity.
 *
 * @param text the policy as JSON
 */
export function trustsIdentity(text: string): boolean {
  const policy = JSON.parse(text) as Json;
  const statements = isObject(policy) ? listed(policy.Statement) : [];
  return statements.filter(isObject).some(one => {
    const service = isObject(one.Principal)
      ? listed(one.Principal.Service)
      : [];
    return (
      one.Effect === 'Allow' &&
      service.includes('sagemaker.amazonaws.com') &&
      listed(one.Action).some(action =>
        ['sts:setsourceidentity', 'sts:*', '*'].includes(
          String(action).toLowerCase()
        )
      )
    );
  });
}

/** Ask IAM about the execution roles of a domain. */
export function readRoles(aws: Aws, domain: IDomain): Promise<IRole[]> {
  const own = [domain.user, ...domain.profiles.map(one => one.settings)];
  const alone = executionRoles(own);
  return each(executionRoles([...own, domain.spaces ?? {}]), async arn => {
    const name = nameOf(arn);
    const failures: string[] = [];
    const asked = async <T>(ask: Promise<T>): Promise<T | undefined> => {
      try {
        return await ask;
      } catch (error) {
        failures.push(
          codeOf(error).startsWith('NoSuchEntity')
            ? `there is no role ${name}`
            : explain(error, `Looking at role ${name}`).message
        );
        return undefined;
      }
    };
    const attached = await asked(aws.attachedPolicies(name));
    const trust = alone.includes(arn)
      ? await asked(aws.trustOf(name).then(trustsIdentity))
      : true;
    return {
      name,
      broad: attached
        ?.filter(one => /^arn:[^:]+:iam::aws:policy\//.test(one))
        .map(nameOf)
        .filter(one => GRANT_APPROVAL.includes(one)),
      trusted: trust,
      failure: [...new Set(failures)].join(' ')
    };
  });
}
