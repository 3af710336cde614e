import type { TranslationBundle } from '@jupyterlab/translation';

import { isAccessDenied, isThrottling } from './upstreamErrors';
import type { IProblem } from './describe';

type Words = Pick<IProblem, 'title' | 'message' | 'hint' | 'action'>;

/** What AWS's refusal says, as far as it says it. */
export interface IDenial {
  /** `sagemaker:UpdateModelPackage`; several when a fallback failed too. */
  actions: string[];
  /** Role or user name. */
  principal: string | null;
  /** A policy forbids it, rather than none allowing it. */
  explicit: boolean;
}

/**
 * Parse the text of an AccessDenied answer.
 *
 * Form: `User: <arn> is not authorized to perform: <action> on resource: <arn>
 * because no identity-based policy allows the <action> action` (AWS IAM user
 * guide, "Troubleshooting access denied error messages").
 */
export function parseDenial(message: string): IDenial {
  const named = message.matchAll(
    /not authorized to perform:?\s+([a-z0-9-]+:[A-Za-z*]+)/gi
  );
  const role =
    /assumed-role\/([^/\s]+)\//.exec(message) ??
    /:(?:role|user)\/(?:[^\s]*\/)?([^/\s]+)/.exec(message);
  return {
    actions: [...new Set([...named].map(match => match[1]))],
    principal: role?.[1] ?? null,
    explicit: /explicit deny/i.test(message)
  };
}

/** Name of the policy that we ship and that holds an action. */
export function policyFor(action: string): string {
  switch (action) {
    case 'sagemaker:CreateModelPackage':
    case 'sagemaker:CreateModelPackageGroup':
    case 'sagemaker:AddTags':
    case 'sagemaker:DeleteTags':
      return 'data-scientist.json';
    case 'sagemaker:UpdateModelPackage':
      return 'approver.json';
    default:
      return 'reader.json';
  }
}

/**
 * Say an error that the AWS client threw.
 *
 * @returns null when it is none of AWS's
 */
export function describeAws(
  error: unknown,
  trans: TranslationBundle
): Words | null {
  if (!(error instanceof Error) || !('$metadata' in error)) {
    return null;
  }
  const { name, message } = error;
  if (isAccessDenied(error)) {
    return describeDenial(parseDenial(message), message, trans);
  }
  if (isThrottling(error)) {
    return {
      title: trans.__('AWS asks to slow down'),
      message: trans.__('Too many requests in this account and region.'),
      hint: trans.__('Try again in a minute.')
    };
  }
  if (/^(ExpiredToken|RequestExpired|CredentialsExpired)/.test(name)) {
    return {
      title: trans.__('AWS credentials have expired'),
      message: trans.__('The space could not renew its credentials.'),
      hint: trans.__('Try again; if it stays, restart the space.')
    };
  }
  if (
    /^(UnrecognizedClient|InvalidClientTokenId|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|InvalidToken)/.test(
      name
    )
  ) {
    return {
      title: trans.__('AWS does not accept the credentials'),
      message,
      hint: trans.__(
        'Restart the space; if it stays, ask your administrator to check its role and clock.'
      )
    };
  }
  if (name === 'ConflictException') {
    return {
      title: trans.__('Somebody changed it meanwhile'),
      message,
      hint: trans.__('Refresh, look at the change, then try again.')
    };
  }
  if (
    /^ResourceNotFound/.test(name) ||
    (/^ValidationException/.test(name) && /does not exist/i.test(message))
  ) {
    return {
      title: trans.__('Not found'),
      message,
      hint: trans.__('It may have been deleted: refresh.')
    };
  }
  if (/^ResourceLimitExceeded/.test(name)) {
    return {
      title: trans.__('A limit of the account is reached'),
      message,
      hint: trans.__('Ask your administrator to raise the quota.'),
      action: 'none'
    };
  }
  if (
    /^(ValidationException|ValidationError|SerializationException)/.test(name)
  ) {
    return {
      title: trans.__('AWS does not accept the values'),
      message,
      hint: trans.__('Correct what the message names.'),
      action: 'none'
    };
  }
  const status = (error as { $metadata?: { httpStatusCode?: number } })
    .$metadata?.httpStatusCode;
  if (status !== undefined && status >= 500) {
    return {
      title: trans.__('AWS failed'),
      message: trans.__('AWS answered HTTP %1: %2', status, message),
      hint: trans.__('Try again.')
    };
  }
  return { title: trans.__('AWS refused the request'), message };
}

function describeDenial(
  denial: IDenial,
  message: string,
  trans: TranslationBundle
): Words {
  const { actions, principal, explicit } = denial;
  if (actions.length === 0) {
    return {
      title: trans.__('Not allowed'),
      message,
      hint: trans.__('Ask your administrator; the details name the request.')
    };
  }
  const all = actions.join(', ');
  const who = principal
    ? trans.__('role %1', principal)
    : trans.__('the role of this space');
  return {
    title: trans.__('Not allowed: %1', actions[0].replace(/^.*:/, '')),
    message: explicit
      ? trans.__('A policy forbids %1 to %2.', all, who)
      : trans.__('No policy allows %1 to %2.', all, who),
    hint: explicit
      ? trans.__(
          'This may be meant so. If not, ask your administrator about the deny statement.'
        )
      : trans.__(
          'Ask your administrator for the right; it stands in the policy “%1”.',
          policyFor(actions[0])
        )
  };
}
