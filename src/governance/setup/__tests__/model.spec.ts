import type { Signal } from '@lumino/signaling';
import { waitFor } from '@testing-library/dom';
import type { JSONValue } from '@lumino/coreutils';

import {
  awsError,
  fakeRelay,
  governance,
  group,
  sageMakerConnection
} from '../../../testing';
import type { Answer, ICall, IFakeRelay } from '../../../testing';
import type { IModelPackageGroup, IPage } from '../../../tokens';
import { SetupModel } from '../model';
import { entityReason, entityWarnings, stepProblem } from '../words';
import { unconfigured } from './schemas';
import { nullTranslator } from '@jupyterlab/translation';

const trans = nullTranslator.load('sagemaker_governance');
const GROUPS = ['a', 'b', 'c'].map(name => group({ name }));
const ROOT = '11001';

interface IConsole {
  [name: string]: {
    label: string;
    fields: [string, string, string[]?][];
    associations: [string, 'Parent' | 'Child'][];
  };
}

const CONSOLE: IConsole = {
  SOXBusEntity: {
    label: 'Business Entity',
    fields: [],
    associations: [
      ['SOXBusEntity', 'Child'],
      ['Register', 'Child']
    ]
  },
  Register: {
    label: 'Use Case',
    fields: [
      [
        'MRG-AIFacts-ModelUseCase:Status',
        'ENUM_TYPE',
        ['Proposed', 'Approved', 'Parked']
      ],
      ['MRG-AIFacts-ModelUseCase:Risk Level', 'ENUM_TYPE', ['High', 'Low']],
      ['MRG-ModelUseCase:Owner', 'STRING_TYPE']
    ],
    associations: [
      ['SOXBusEntity', 'Parent'],
      ['AWSModelGroup', 'Child']
    ]
  },
  AWSModelGroup: {
    label: 'Model Group',
    fields: [
      ['AWS:SageMaker ARN', 'STRING_TYPE'],
      ['AWS:Account', 'STRING_TYPE']
    ],
    associations: [
      ['Register', 'Parent'],
      ['Model', 'Child']
    ]
  },
  Model: {
    label: 'Model',
    fields: [],
    associations: [['AWSModelGroup', 'Parent']]
  },
  SOXRisk: { label: 'Risk', fields: [], associations: [] }
};

/** Cells of a statement's columns, by the last part of their name. */
const ROWS: Record<string, (string | null)[]> = {
  'Register.Resource ID': ['u1', 'u2'],
  'Register.Name': ['CREDIT-001 Credit', 'Churn'],
  'Register.MRG-AIFacts-ModelUseCase:Status': ['Approved', null],
  'Register.MRG-AIFacts-ModelUseCase:Risk Level': ['High', null],
  'Register.MRG-ModelUseCase:Owner': ['Ann', 'Bob'],
  'AWSModelGroup.Resource ID': ['g1', 'g2'],
  'AWSModelGroup.Name': ['a', 'b'],
  'AWSModelGroup.AWS:SageMaker ARN': [GROUPS[0].arn, GROUPS[1].arn],
  'AWSModelGroup.AWS:Account': ['111122223333', '111122223333'],
  'SOXBusEntity.Resource ID': [ROOT, ROOT],
  'SOXBusEntity.Name': ['Retail', 'Retail']
};

function answerQuery({ body }: ICall): Answer {
  const statement = String(body?.statement);
  const [, select] = /^SELECT (.*?) FROM /.exec(statement) ?? [];
  const columns = [...select.matchAll(/\[([^\]]+)\]\.\[([^\]]+)\]/g)].map(
    ([, type, field]) => ROWS[`${type}.${field}`] ?? [null, null]
  );
  return {
    rows: [0, 1].map(row => ({
      fields: columns.map(cells => ({ name: 'x', value: cells[row] }))
    })),
    limit: 500
  };
}

/** A console that answers as the API does. */
function table(console: IConsole = CONSOLE): Record<string, Answer> {
  const api = 'openpages/wxgov/api/v2';
  const answers: Record<string, Answer> = {
    [`${api}/types`]: Object.entries(console).map(([name, { label }], id) => ({
      name,
      id: String(id + 1),
      localized_label: label
    })),
    [`POST ${api}/query`]: answerQuery,
    [`${api}/contents/${ROOT}/associations?association_type=parent`]: {
      associations: []
    }
  };
  for (const [name, { fields, associations }] of Object.entries(console)) {
    answers[`${api}/types/${name}`] = {
      name,
      field_definitions: [['Name', 'STRING_TYPE'] as const, ...fields].map(
        ([field, type, words]) => ({
          name: field,
          data_type: type,
          enum_values: words?.map(word => ({ name: word }))
        })
      )
    };
    answers[`${api}/types/${name}/associations`] = associations.map(
      ([other, relationship]) => ({ name: other, relationship, enabled: true })
    );
  }
  return answers;
}

/** A state database in memory. */
function memory() {
  const kept = new Map<string, JSONValue>();
  return {
    kept,
    fetch: async (key: string) => kept.get(key),
    save: async (key: string, value: unknown) => {
      kept.set(key, value as JSONValue);
    },
    remove: async (key: string) => {
      kept.delete(key);
    }
  };
}

function page(items: IModelPackageGroup[]): IPage<IModelPackageGroup> {
  return { items, nextToken: null, total: items.length };
}

const made: SetupModel[] = [];

function make(
  relay: IFakeRelay,
  options: Partial<SetupModel.IOptions> = {}
): SetupModel {
  const model = new SetupModel({
    relay,
    registry: {
      listGroups: async () => page(GROUPS),
      listSharedGroups: async () => page([])
    },
    governance: governance({
      bucketOf: word => (/approved/i.test(word) ? 'approved' : 'other')
    }),
    state: memory(),
    connection: unconfigured(),
    registries: [sageMakerConnection()],
    listed: new Map(),
    ...options
  });
  made.push(model);
  return model;
}

afterEach(() => {
  made.splice(0).forEach(model => model.dispose());
});

function values(model: SetupModel): Record<string, string | null> {
  return Object.fromEntries(
    Object.values(model.snapshot.resolved.slots).map(({ slot, value }) => [
      slot,
      value
    ])
  );
}

describe('discovery', () => {
  it('finds the mapping with its proof, rows and root entity', async () => {
    const relay = fakeRelay(table());
    const listed = new Map<string, readonly string[]>();
    const model = make(relay, { listed });
    await model.start();
    expect(values(model)).toEqual({
      useCase: 'Register',
      entity: 'SOXBusEntity',
      modelGroup: 'AWSModelGroup',
      model: 'Model',
      status: 'MRG-AIFacts-ModelUseCase:Status',
      riskLevel: 'MRG-AIFacts-ModelUseCase:Risk Level',
      owner: 'MRG-ModelUseCase:Owner',
      groupArn: 'AWS:SageMaker ARN'
    });
    const { snapshot } = model;
    expect(snapshot.matched).toEqual({ objects: 2, ours: 2, capped: false });
    expect(snapshot.preview?.rows[0]).toEqual([
      'CREDIT-001 Credit',
      'Approved',
      'High',
      'Ann',
      'a',
      GROUPS[0].arn
    ]);
    expect(snapshot.entities[0]).toMatchObject({ value: ROOT, by: 'proposal' });
    expect(snapshot.decisions?.entities).toEqual({ own: ROOT });
    expect(snapshot.busy).toBe(false);
    expect(listed.get('wxgov')).toEqual(['Proposed', 'Approved', 'Parked']);
    // Types that nothing points to are not read.
    expect(relay.callsOf('types/SOXRisk')).toEqual([]);
    // Nothing is written to the console.
    expect(
      relay.calls.filter(
        ({ method, path }) => method !== 'GET' && !path.endsWith('/query')
      )
    ).toEqual([]);
  });

  it('asks for no more rows than it shows', async () => {
    const relay = fakeRelay(table());
    await make(relay).start();
    const asked = relay
      .callsOf('query')
      .map(({ body }) => body?.max_rows as number);
    expect(asked).toContain(10);
    expect(asked.every(most => most > 0 && most <= 5000)).toBe(true);
  });

  it('names the step that fails, the permission, and reads on after a retry', async () => {
    const types = 'openpages/wxgov/api/v2/types';
    const relay = fakeRelay({
      ...table(),
      [types]: awsError('x', 'Not permitted', 403)
    });
    const model = make(relay);
    await model.start();
    const { types: step, preview } = model.snapshot.steps;
    expect(step.state).toBe('failed');
    expect(preview.state).toBe('waiting');
    const problem = stepProblem('types', step, trans);
    expect(problem.title).toMatch(/^Object types: /);
    expect(problem.hint).toMatch(/profile .* application permission/);
    relay.table = table();
    await model.retry();
    expect(model.snapshot.decisions).not.toBeNull();
  });

  it.each([
    ['query', 'arns', 'POST openpages/wxgov/api/v2/query'],
    ['types/Model', 'details', 'openpages/wxgov/api/v2/types/Model']
  ] as const)(
    'goes on without what %s does not tell',
    async (_, step, path) => {
      const relay = fakeRelay({ ...table(), [path]: awsError('x', 'no', 403) });
      const model = make(relay);
      await model.start();
      expect(model.snapshot.steps[step].state).toBe('failed');
      expect(values(model).status).toBe('MRG-AIFacts-ModelUseCase:Status');
      // Without proof no ARN field; without a choice it stays empty.
      if (step === 'arns') {
        expect(values(model).groupArn).toBeNull();
      }
      const calls = relay.calls.length;
      relay.table = table();
      await model.retry();
      expect(model.snapshot.steps[step].state).toBe('done');
      expect(relay.calls.length).toBeGreaterThan(calls);
    }
  );

  it('tells of a registry that cannot be read; the others prove', async () => {
    const model = make(fakeRelay(table()), {
      registries: [
        sageMakerConnection(),
        sageMakerConnection({ id: 'claims', own: false })
      ],
      registry: {
        listGroups: async connection => {
          if (connection === 'claims') {
            throw new Error('down');
          }
          return page(GROUPS);
        },
        listSharedGroups: async () => page([])
      }
    });
    await model.start();
    const { groups } = model.snapshot;
    expect(groups.failures.map(({ registry }) => registry.id)).toEqual([
      'claims'
    ]);
    expect(values(model).groupArn).toBe('AWS:SageMaker ARN');
  });

  it('takes no root entity away for want of proof', async () => {
    const model = make(fakeRelay(table()), {
      connection: {
        ...unconfigured(),
        entities: { own: '999', claims: '12001', broken: '13001' }
      },
      registries: [
        sageMakerConnection(),
        sageMakerConnection({ id: 'claims', own: false, label: 'Claims' })
      ],
      registry: {
        listGroups: async connection => {
          if (connection === 'claims') {
            throw new Error('down');
          }
          return page(GROUPS);
        },
        listSharedGroups: async () => page([])
      }
    });
    await model.start();
    const [own, claims] = model.snapshot.entities;
    expect(own).toMatchObject({ by: 'proposal', value: ROOT, replaced: '999' });
    expect(claims).toMatchObject({
      by: 'kept',
      value: '12001',
      unread: 'groups'
    });
    expect(entityReason(claims, trans)).toBe(
      'the groups of Claims could not be read'
    );
    // A registry that cannot be used now keeps its entity as well.
    expect(model.snapshot.decisions?.entities).toEqual({
      broken: '13001',
      own: ROOT,
      claims: '12001'
    });
    model.chooseEntity('claims', ROOT);
    expect(
      model.snapshot.entities.map(state => entityWarnings(state, trans).length)
    ).toEqual([1, 1]);
  });

  it('names the types that could not be read, also after others were', async () => {
    const relay = fakeRelay({
      ...table(),
      'openpages/wxgov/api/v2/types/Model': awsError('x', 'no', 403)
    });
    const model = make(relay);
    await model.start();
    expect(model.snapshot.steps.details).toMatchObject({
      state: 'failed',
      about: ['Model']
    });
    // Reads another type; the failure of the first stays told.
    model.choose('useCase', 'SOXRisk');
    await waitFor(() => {
      expect(relay.callsOf('types/SOXRisk').length).toBeGreaterThan(0);
      expect(model.snapshot.busy).toBe(false);
    });
    const { details } = model.snapshot.steps;
    expect(stepProblem('details', details, trans).title).toMatch(
      /^Fields and associations of Model: /
    );
  });

  it('gives up and goes on', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>(resolve => (release = resolve));
    const answers = table();
    const relay = fakeRelay({
      ...answers,
      'openpages/wxgov/api/v2/types/Register': async () => {
        await held;
        return answers['openpages/wxgov/api/v2/types/Register'];
      }
    });
    const model = make(relay);
    const started = model.start();
    const signal = new Promise<void>(resolve =>
      model.changed.connect(() => {
        if (model.snapshot.steps.details.of > 0) {
          resolve();
        }
      })
    );
    await signal;
    model.cancel();
    expect(model.snapshot.steps.details.state).toBe('cancelled');
    expect(model.snapshot.busy).toBe(false);
    release();
    await started;
    expect(model.snapshot.steps.details.state).toBe('cancelled');
    await model.retry();
    expect(values(model).groupArn).toBe('AWS:SageMaker ARN');
  });

  it('reads the rows of the mapping that was chosen last', async () => {
    const relay = fakeRelay(table());
    const model = make(relay);
    await model.start();
    model.choose('owner', null);
    model.choose('riskLevel', null);
    await model.retry();
    expect(model.snapshot.preview?.columns).toEqual([
      'name',
      'status',
      'groupName',
      'groupArn'
    ]);
    expect(
      model.snapshot.changes.find(one => one.member === 'fields.riskLevel')
    ).toMatchObject({ state: 'removed' });
  });

  it('keeps choices until the block is copied', async () => {
    const state = memory();
    const relay = fakeRelay(table());
    const first = make(relay, { state });
    await first.start();
    first.choose('owner', null);
    first.chooseEntity('own', null);
    first.set({ taskViewUrl: 'https://host/{id}' });
    first.dispose();

    const second = make(relay, { state });
    await second.start();
    expect(second.snapshot.restored).toBe(true);
    expect(second.snapshot.decisions).toMatchObject({
      fields: { owner: null },
      entities: {},
      taskViewUrl: 'https://host/{id}'
    });
    second.copied();
    expect(state.kept.size).toBe(0);

    const third = make(relay, { state });
    await third.start();
    expect(third.snapshot.restored).toBe(false);
    expect(values(third).owner).toBe('MRG-ModelUseCase:Owner');
  });

  it('takes of kept choices only what it understands', async () => {
    const state = memory();
    state.kept.set('jupyterlab-sagemaker-governance:setup:wxgov', {
      slots: { owner: null, status: 7, other: 'x' },
      entities: 'none',
      auth: 'kerberos'
    });
    const model = make(fakeRelay(table()), { state });
    await model.start();
    expect(model.snapshot.choices).toEqual({
      slots: { owner: null },
      entities: {},
      auth: 'mcsp',
      secret: 'secretsmanager'
    });
    expect(model.snapshot.restored).toBe(true);
    model.forget();
    expect(state.kept.size).toBe(0);
  });

  it('writes nothing while a needed choice is open', async () => {
    const relay = fakeRelay(
      table({
        ...CONSOLE,
        Register: {
          ...CONSOLE.Register,
          fields: [['Own:State', 'STRING_TYPE']]
        }
      })
    );
    const model = make(relay);
    await model.start();
    expect(model.snapshot.missing).toEqual(['status']);
    expect(model.snapshot.decisions).toBeNull();
    model.choose('status', 'Own:State');
    expect(model.snapshot.decisions?.fields.status).toBe('Own:State');
    model.set({ taskViewUrl: 'https://host/' });
    expect(model.snapshot.decisions).toBeNull();
  });

  it('shows what the vocabulary says when it changes', async () => {
    const service = governance();
    const told = jest.fn();
    const model = make(fakeRelay(table()), { governance: service });
    model.changed.connect(told);
    (service.changed as Signal<typeof service, void>).emit();
    expect(told).toHaveBeenCalled();
  });
});
