/** Test data with sensible defaults; members given override. */
import { Signal } from '@lumino/signaling';
import type {
  IConfig,
  IGovernance,
  IGovernanceStatus,
  IMLflowConnection,
  IMLflowRun,
  IModelPackage,
  IModelPackageGroup,
  IOpenPagesConnection,
  ISageMakerConnection,
  IUseCase
} from '../tokens';
import { API_VERSION } from '../tokens';

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';

export function sageMakerConnection(
  members: Partial<ISageMakerConnection> = {}
): ISageMakerConnection {
  return {
    id: 'own',
    kind: 'sagemaker',
    label: 'Own account',
    region: REGION,
    account: ACCOUNT,
    own: true,
    role: null,
    ...members
  };
}

export function openPagesConnection(
  members: Partial<IOpenPagesConnection> = {}
): IOpenPagesConnection {
  return {
    id: 'wxgov',
    kind: 'openpages',
    label: 'watsonx.governance',
    schema: {
      types: {
        useCase: 'Register',
        entity: 'SOXBusEntity',
        modelGroup: 'ModelGroup',
        model: 'Model'
      },
      fields: {
        status: 'MRG-UseCase:Status',
        riskLevel: 'MRG-UseCase:Risk Level',
        owner: 'MRG-UseCase:Owner',
        groupArn: 'MRG-ModelGroup:ARN'
      }
    },
    taskViewUrl: 'https://console.example/task/{id}',
    entities: { own: '11001' },
    linking: { tag: false, card: false },
    workflows: true,
    ...members
  };
}

export function mlflowConnection(
  members: Partial<IMLflowConnection> = {}
): IMLflowConnection {
  return {
    id: 'mlflow',
    kind: 'mlflow',
    label: 'MLflow',
    ui: 'bridge',
    readOnly: false,
    publicUrl: null,
    server: 'self-hosted',
    routes: 'all',
    assets: 'upstream',
    arn: null,
    name: null,
    region: null,
    account: null,
    registry: null,
    link: false,
    discovered: false,
    trackingUri: 'https://mlflow.example.com',
    login: 'none',
    ...members
  };
}

/** A run that has finished. */
export function mlflowRun(members: Partial<IMLflowRun> = {}): IMLflowRun {
  return {
    connection: 'mlflow',
    experimentId: '7',
    experimentName: null,
    runId: 'r1',
    runName: 'baseline',
    status: 'FINISHED',
    startTime: Date.UTC(2026, 10, 20, 9),
    endTime: Date.UTC(2026, 10, 20, 9, 1),
    artifactUri: 'mlflow-artifacts:/7/r1/artifacts',
    metrics: {},
    params: {},
    tags: {},
    models: [],
    ...members
  };
}

export function config(members: Partial<IConfig> = {}): IConfig {
  return {
    api: API_VERSION,
    version: '0.1.0',
    environment: {
      kind: 'studio-private',
      domainId: 'd-sandbox00001',
      spaceName: 'space-ds-042',
      userProfileName: 'ds-042',
      region: REGION,
      imageVersion: '3.9.10'
    },
    connections: [sageMakerConnection()],
    problems: [],
    ...members
  };
}

/** ARN of a model package group. */
export function groupArn(name: string, account = ACCOUNT): string {
  return `arn:aws:sagemaker:${REGION}:${account}:model-package-group/${name}`;
}

/** ARN of a model package. */
export function versionArn(
  name: string,
  version: number,
  account = ACCOUNT
): string {
  return `arn:aws:sagemaker:${REGION}:${account}:model-package/${name}/${version}`;
}

export function group(
  members: Partial<IModelPackageGroup> = {}
): IModelPackageGroup {
  const name = members.name ?? 'credit-risk-scoring';
  const account = members.account ?? ACCOUNT;
  return {
    arn: groupArn(name, account),
    name,
    description: '',
    connection: 'own',
    account,
    region: REGION,
    shared: false,
    createdAt: Date.UTC(2026, 2, 14),
    createdBy: {
      userProfileName: 'ds-042',
      sourceIdentity: null,
      arn: null
    },
    status: 'Completed',
    tags: {},
    ...members
  };
}

export function version(members: Partial<IModelPackage> = {}): IModelPackage {
  const of = members.groupArn ?? groupArn('credit-risk-scoring');
  const n = members.version ?? 1;
  return {
    arn: versionArn(of.split('/').pop() ?? '', n, of.split(':')[4]),
    groupArn: of,
    connection: 'own',
    version: n,
    description: '',
    approval: 'PendingManualApproval',
    approvalDescription: null,
    lifeCycle: null,
    registrationType: 'Registered',
    createdAt: Date.UTC(2026, 10, 18, 10),
    createdBy: {
      userProfileName: 'ds-042',
      sourceIdentity: null,
      arn: null
    },
    lastModifiedAt: null,
    lastModifiedBy: null,
    metadata: {},
    card: null,
    ...members
  };
}

export function useCase(members: Partial<IUseCase> = {}): IUseCase {
  return {
    id: '20001',
    key: 'CREDIT-001',
    name: 'Credit risk assessment',
    status: 'Approved for development',
    riskLevel: 'High',
    owner: 'Retail credit team',
    entity: 'Retail Bank',
    entities: ['11001'],
    modifiedAt: null,
    workflow: null,
    url: 'https://console.example/task/20001',
    ...members
  };
}

/** A governance service that knows nothing; members given override. */
export function governance(members: Partial<IGovernance> = {}): IGovernance {
  const service: IGovernance = {
    resolve: () => Promise.resolve(new Map()),
    refresh: () => Promise.resolve(),
    useCases: () => Promise.resolve([]),
    modelGroups: () => Promise.resolve([]),
    statusWords: () => new Map(),
    bucketOf: () => 'other',
    // Its sender is the service itself.
    changed: new Signal<IGovernance, void>({} as IGovernance),
    ...members
  };
  return service;
}

/** Status of a group that is linked to an approved use case. */
export function governanceStatus(
  members: Partial<IGovernanceStatus> = {}
): IGovernanceStatus {
  return {
    state: 'linked',
    bucket: 'approved',
    useCase: useCase(),
    source: 'openpages',
    stale: false,
    readAt: Date.UTC(2026, 10, 21),
    lastKnown: null,
    disagreement: false,
    outsideEntity: false,
    answers: [],
    ...members
  };
}
