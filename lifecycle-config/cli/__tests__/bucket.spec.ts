/** Who reaches the wheels in the bucket that the CloudFormation template makes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { IPolicy } from './simulate';
import { ACCOUNT, ROOT, allowed } from './simulate';

const PUBLISHER = `arn:aws:iam::${ACCOUNT}:role/Publisher`;
const ENDPOINT = 'vpce-0123456789abcdef0';
const ORGANIZATION = 'o-abcdefghij';
const NOTHING = Symbol('AWS::NoValue');

/** Resolve the few functions of CloudFormation that the policy uses. */
function resolve(value: unknown, given: Record<string, string>): unknown {
  if (Array.isArray(value)) {
    return value.map(one => resolve(one, given)).filter(one => one !== NOTHING);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const [[name, inner]] = Object.entries(value as object);
  switch (name) {
    case '!Ref':
      return inner === 'AWS::NoValue' ? NOTHING : given[inner as string];
    case '!Sub':
      return (inner as string).replace(
        /\$\{([^}]+)\}/g,
        (_all, key: string) => given[key]
      );
    case '!If': {
      const [condition, yes, no] = inner as [string, unknown, unknown];
      return resolve(given[condition] ? yes : no, given);
    }
    default:
      return Object.fromEntries(
        Object.entries(value as object).map(([key, one]) => [
          key,
          resolve(one, given)
        ])
      );
  }
}

/** The template with every short form as an object. */
function template(): Record<string, Record<string, unknown>> {
  const text = readFileSync(
    join(ROOT, 'lifecycle-config/cloudformation/studio-installer.yaml'),
    'utf8'
  );
  const tag = (name: string, collection?: 'seq') => ({
    tag: `!${name}`,
    collection,
    resolve: (value: unknown) => ({
      [`!${name}`]:
        collection === 'seq' ? (value as { toJSON(): unknown }).toJSON() : value
    })
  });
  return parse(text, {
    customTags: [
      ...['Ref', 'Sub', 'GetAtt', 'Condition'].map(name => tag(name)),
      ...['If', 'Equals', 'Not', 'And', 'Or'].map(name => tag(name, 'seq'))
    ]
  }) as Record<string, Record<string, unknown>>;
}

function policy(given: Record<string, string>): IPolicy {
  const resource = template().Resources.BucketPolicy as {
    Properties: { PolicyDocument: unknown };
  };
  return resolve(resource.Properties.PolicyDocument, {
    'AWS::Partition': 'aws',
    'AWS::AccountId': ACCOUNT,
    PublisherArn: PUBLISHER,
    ...given
  }) as IPolicy;
}

const SHARED = {
  Shared: 'yes',
  OrganizationId: ORGANIZATION,
  ChecksNetwork: 'yes',
  VpcEndpointId: ENDPOINT
};
const OTHER = '444455556666';

interface ICase {
  action: string;
  account?: string;
  role?: string;
  context?: Record<string, string>;
  given?: Record<string, string>;
  /** Whether the caller's own policies allow it too. */
  own?: boolean;
}

const reads = (one: Omit<ICase, 'action'>): ICase => ({
  action: 's3:GetObject',
  ...one
});
const organization = { 'aws:PrincipalOrgID': ORGANIZATION };
const inside = { 'aws:SourceVpce': ENDPOINT };

test.each<[string, boolean, ICase]>([
  ['a role of the account reads without a policy of its own', true, reads({})],
  ['another account does not', false, reads({ account: OTHER, own: true })],
  [
    'an account of the organization does, where it is named',
    true,
    reads({
      account: OTHER,
      own: true,
      given: SHARED,
      context: { ...organization, ...inside }
    })
  ],
  [
    'an account of another organization does not',
    false,
    reads({
      account: OTHER,
      own: true,
      given: SHARED,
      context: { 'aws:PrincipalOrgID': 'o-zzzzzzzzzz', ...inside }
    })
  ],
  [
    'nobody reads past the endpoint, where it is named',
    false,
    reads({ given: SHARED, context: organization, own: true })
  ],
  [
    'nobody reads without encryption',
    false,
    reads({ context: { 'aws:SecureTransport': 'false' }, own: true })
  ],
  [
    'the publisher writes',
    true,
    { action: 's3:PutObject', role: 'Publisher', own: true }
  ],
  [
    'the publisher reads back from outside the VPC',
    true,
    reads({ role: 'Publisher', given: SHARED, own: true })
  ],
  [
    'an administrator of the account does not write',
    false,
    { action: 's3:PutObject', role: 'Admin', own: true }
  ],
  [
    'a data scientist does not delete',
    false,
    { action: 's3:DeleteObject', own: true }
  ]
])('%s', async (_what, expected, one) => {
  const account = one.account ?? ACCOUNT;
  const role = one.role ?? 'StudioExecution';
  const everything: IPolicy = {
    Version: '2012-10-17',
    Statement: [{ Sid: 'All', Effect: 'Allow', Action: 's3:*', Resource: '*' }]
  };
  expect(
    await allowed(one.own ? [everything] : [], {
      action: one.action,
      resource: 'arn:aws:s3:::replace-with-bucket/sagemaker-governance/x.whl',
      principal: `arn:aws:sts::${account}:assumed-role/${role}/session`,
      context: {
        'aws:SecureTransport': 'true',
        'aws:PrincipalAccount': account,
        'aws:PrincipalArn': `arn:aws:iam::${account}:role/${role}`,
        ...one.context
      },
      resourcePolicy: policy(one.given ?? {})
    })
  ).toBe(expected);
});
