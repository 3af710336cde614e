/** A console, a registry and a group as the linking room meets them. */
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { CommandRegistry } from '@lumino/commands';

import {
  fakeRelay,
  governance,
  group,
  type ICall,
  type IFakeRelay,
  openPagesConnection,
  sageMakerConnection,
  useCase,
  version
} from '../../../testing';
import type { Answer } from '../../../testing';
import type {
  IGovernance,
  IModelGroupObject,
  IModelPackageDetails,
  IOpenPagesConnection,
  IRegistry,
  IUseCase
} from '../../../tokens';
import type { IActionServices } from '../../trail';

export const trans = nullTranslator.load('sagemaker_governance');

export const CREDIT = useCase();
export const FRAUD = useCase({
  id: '20002',
  key: 'FRAUD-002',
  name: 'Card fraud'
});
export const PILOT = useCase({
  id: '20003',
  key: null,
  name: 'Pilote prévision',
  entities: ['11002'],
  entity: 'Pilots'
});

export const GROUP = group({ name: 'churn-retail' });
export const ARGS = { connection: 'own', group: GROUP.arn };
export const OBJECT = '30001';

export function modelGroup(
  members: Partial<IModelGroupObject> = {}
): IModelGroupObject {
  return {
    connection: 'wxgov',
    id: OBJECT,
    name: 'churn-retail',
    matchedBy: 'arn',
    useCases: [],
    above: 'none',
    ...members
  };
}

/** A version with a card of this content. */
export function details(
  cardText: string | null,
  members: Partial<IModelPackageDetails> = {}
): IModelPackageDetails {
  return {
    ...version({ groupArn: GROUP.arn, version: 7 }),
    status: 'Completed',
    sourceUri: null,
    containers: [],
    supportedContentTypes: [],
    metrics: {},
    run: null,
    cardText,
    card: cardText
      ? {
          status: 'Draft',
          intendedUses: null,
          riskRating: null,
          useCaseId: null,
          useCaseName: null,
          useCaseStage: null,
          raw: {}
        }
      : null,
    ...members
  };
}

/** What the console, the registry and the reading hold; tests change it. */
export interface IWorld {
  console: IOpenPagesConnection;
  /** Resource IDs above the model group, as the console has them. */
  parents: string[];
  /** Answers of `permissions/effective`; absent: allowed. */
  rights: Record<string, unknown>;
  /** Answers instead of the console's, by method: taken one after the other. */
  faults: Partial<Record<'POST' | 'DELETE', Answer[]>>;
  /** Objects and use cases as the reading shows them. */
  objects: IModelGroupObject[];
  useCases: IUseCase[];
  tags: Record<string, string>;
  card: string | null;
  /** Failures of the next calls of the registry. */
  registryFaults: Partial<Record<'changeTag' | 'updateVersion', Error[]>>;
  own: boolean;
}

export interface IMade {
  world: IWorld;
  services: IActionServices;
  relay: IFakeRelay;
  changed: Signal<IGovernance, void>;
  /** Writes in their order, in words. */
  written: string[];
}

function associations(made: IMade, call: ICall): Answer {
  const { world, written } = made;
  const fault = world.faults[call.method as 'POST']?.shift();
  const done = (): Response => new Response('', { status: 202 });
  const add = (): void => {
    const [one] = call.body?.associations as { id: string; type: string }[];
    expect(one.type).toBe('parent');
    written.push(`+${one.id}`);
    world.parents.push(one.id);
  };
  const remove = (): void => {
    const id = new URLSearchParams(call.path.split('?')[1]).get('parents');
    written.push(`-${id}`);
    world.parents = world.parents.filter(parent => parent !== id);
  };
  if (typeof fault === 'function') {
    // Written, and the answer lost.
    (call.method === 'POST' ? add : remove)();
    return fault;
  }
  if (fault) {
    return fault;
  }
  switch (call.method) {
    case 'POST':
      add();
      return done();
    case 'DELETE':
      remove();
      return done();
    default:
      return {
        associations: world.parents.map(id => ({
          id,
          type_definition_id: '94'
        }))
      };
  }
}

export function make(members: Partial<IWorld> = {}): IMade {
  const world: IWorld = {
    console: openPagesConnection({ linking: { tag: true, card: true } }),
    parents: ['11001'],
    rights: {},
    faults: {},
    objects: [modelGroup()],
    useCases: [CREDIT, FRAUD, PILOT],
    tags: { team: 'retail' },
    card: '{"intended_uses":{"risk_rating":"High"}}',
    registryFaults: {},
    own: true,
    ...members
  };
  world.parents = [...world.parents];
  world.tags = { ...world.tags };
  const written: string[] = [];
  const relay = fakeRelay(
    {
      [`openpages/wxgov/api/v2/contents/${OBJECT}/associations`]: call =>
        associations(made, call),
      'openpages/wxgov/api/v2/contents/': call => {
        const id = /contents\/(\w+)\/permissions\/effective$/.exec(call.path);
        return (world.rights[id?.[1] ?? ''] ?? {
          can_read: true,
          can_associate: true
        }) as Answer;
      }
    },
    {
      connections: [sageMakerConnection({ own: world.own }), world.console]
    }
  );
  const changed = new Signal<IGovernance, void>({} as IGovernance);
  const fail = (what: 'changeTag' | 'updateVersion'): void => {
    const error = world.registryFaults[what]?.shift();
    if (error) {
      throw error;
    }
  };
  const registry: Partial<IRegistry> = {
    describeGroup: async () => ({ ...GROUP, tags: { ...world.tags } }),
    latestVersion: async () => details(world.card),
    describeVersion: async () => details(world.card),
    readTags: async () => ({ ...world.tags }),
    changeTag: async (_, __, key, value) => {
      fail('changeTag');
      written.push(`tag ${key}=${value}`);
      if (value === null) {
        delete world.tags[key];
      } else {
        world.tags[key] = value;
      }
    },
    updateVersion: async (_, __, { card }) => {
      fail('updateVersion');
      written.push('card');
      world.card = card?.content ?? null;
    }
  };
  const made: IMade = {
    world,
    relay,
    changed,
    written,
    services: {
      relay,
      registry: registry as IRegistry,
      governance: governance({
        changed,
        modelGroups: async () => world.objects,
        useCases: async () => world.useCases,
        bucketOf: status => (/^approved/i.test(status) ? 'approved' : 'other')
      }),
      state: null,
      settings: null,
      commands: new CommandRegistry(),
      trans
    }
  };
  return made;
}

/** An error answer of the console, in a shape that it may have. */
export function refusal(status: number, message: string): Response {
  return new Response(JSON.stringify({ errors: [{ message }] }), { status });
}
