/** Test data of the approvals room. */
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { config, governanceStatus, group, version } from '../../testing';
import type {
  IConfig,
  IGovernance,
  IModelPackageDetails,
  IRegistry,
  IRelay
} from '../../tokens';
import type { IPersona } from '../persona';
import type { IApprovalServices } from '../subject';

export const trans = nullTranslator.load('test');

export const ROLE_ARN =
  'arn:aws:sts::111122223333:assumed-role/DataScientist/SageMaker';

/** A person; `ds-042` unless told otherwise. */
export function persona(members: Partial<IPersona> = {}): IPersona {
  return {
    userProfileName: 'ds-042',
    callerArn: ROLE_ARN,
    roleName: 'DataScientist',
    role: 'data-scientist',
    canDecide: { ok: true, reason: null },
    shared: false,
    consoleUser: null,
    ...members
  };
}

/** Everything about a version that has nothing wrong with it. */
export function details(
  members: Partial<IModelPackageDetails> = {}
): IModelPackageDetails {
  return {
    ...version({ version: 12, lastModifiedAt: Date.UTC(2026, 10, 18) }),
    card: {
      status: 'Draft',
      intendedUses: 'Scoring of loan applications',
      riskRating: null,
      useCaseId: '20001',
      useCaseName: null,
      useCaseStage: null,
      raw: {}
    },
    status: 'Completed',
    sourceUri: null,
    containers: [
      {
        image: 'registry.example/sklearn:1.4',
        modelDataUrl: 's3://models/credit/12/model.tar.gz',
        framework: 'SKLEARN',
        frameworkVersion: '1.4'
      }
    ],
    supportedContentTypes: ['text/csv'],
    metrics: { auc: 0.861 },
    run: null,
    ...members
  };
}

/** What a fake world holds; change it to change what is read. */
export interface IWorld {
  versions: Map<string, IModelPackageDetails>;
  callerArn: string;
  config: IConfig;
  updates: { arn: string; update: object }[];
  failUpdate: Error | null;
}

/** Services over a world in memory. */
export function services(
  first: IModelPackageDetails,
  members: Partial<IWorld> = {}
): { services: IApprovalServices; world: IWorld } {
  const world: IWorld = {
    versions: new Map([[first.arn, first]]),
    callerArn: ROLE_ARN,
    config: config(),
    updates: [],
    failUpdate: null,
    ...members
  };
  const all = (): IModelPackageDetails[] =>
    [...world.versions.values()].sort((a, b) => b.version - a.version);
  const changed = new Signal<IRegistry, string>({} as IRegistry);
  const registry: Partial<IRegistry> = {
    changed,
    describeGroup: async () => group(),
    latestVersion: async () => all()[0] ?? null,
    listVersions: async () => ({ items: all(), nextToken: null, total: null }),
    pendingVersions: async () => ({
      items: all().filter(v => v.approval === 'PendingManualApproval'),
      nextToken: null,
      total: null
    }),
    describeVersion: async (_, arn) => {
      const found = world.versions.get(arn);
      if (!found) {
        throw new Error(`no ${arn}`);
      }
      return found;
    },
    updateVersion: async (_, arn, update) => {
      world.updates.push({ arn, update });
      if (world.failUpdate) {
        throw world.failUpdate;
      }
    },
    callerIdentity: async () => ({
      account: '111122223333',
      arn: world.callerArn
    })
  };
  const governance: Partial<IGovernance> = {
    resolve: async groups =>
      new Map(groups.map(({ arn }) => [arn, governanceStatus()]))
  };
  return {
    world,
    services: {
      relay: { config: async () => world.config } as IRelay,
      registry: registry as IRegistry,
      governance: governance as IGovernance,
      trans
    }
  };
}
