import { resolveMapping } from '../decide';
import { proposeEntity, countEntities } from '../entities';
import { lookAtValues } from '../reader';
import type { Mapping, Slot } from '../names';
import type { IArnEvidence } from '../propose';
import { typesWorthReading } from '../propose';
import { parseFields, parseRelations, parseTypes } from '../schema';
import type { ISchema } from '../schema';
import {
  arns,
  child,
  evidence,
  field,
  ibm,
  parent,
  schema,
  STATUSES,
  useCaseFields
} from './schemas';

const ARN = 'AWS-ModelGroup:SageMaker ARN';

/** The schema with another set of children below the use case. */
function withUseCase(
  of: ISchema,
  name: string,
  change: Partial<{ fields: typeof useCaseFields }>
): ISchema {
  const detail = of.details.get(name);
  return {
    ...of,
    details: new Map(of.details).set(name, { ...detail!, ...change })
  };
}

interface ICase {
  title: string;
  schema: ISchema;
  values?: Record<string, IArnEvidence>;
  configured?: Mapping;
  choices?: Mapping;
  expected: Partial<Record<Slot, string | null>>;
  open?: Slot[];
  kept?: Slot[];
}

const renamed = schema({
  BankEntity: { label: 'Business Entity', relations: [child('AICase')] },
  AICase: {
    label: 'AI Use Case',
    fields: [
      field('Bank:Case Status', { values: STATUSES }),
      field('Bank:AI Risk Tier', { values: ['High', 'Low'] }),
      field('Bank:Accountable', { dataType: 'USER_TYPE', label: 'Owner' })
    ],
    relations: [parent('BankEntity'), child('MLModelGroup')]
  },
  MLModelGroup: {
    fields: [field('Bank:External ID')],
    relations: [parent('AICase'), child('Model')]
  },
  Model: { relations: [parent('MLModelGroup')] },
  Register: { label: 'Register of gifts' }
});

const noGroup = (() => {
  const of = ibm();
  const details = new Map(of.details);
  details.delete('AWSModelGroup');
  details.set('Register', {
    fields: of.details.get('Register')!.fields,
    relations: [parent('SOXBusEntity'), child('SOXIssue')]
  });
  return { types: of.types.filter(t => t.name !== 'AWSModelGroup'), details };
})();

const severalArns = withUseCase(ibm(), 'AWSModelGroup', {
  fields: [
    field('AWS:Account ARN'),
    field('AWS:Group ARN'),
    field('Integration:External ID'),
    field('AWS:Package ARN')
  ]
});

/** A type of IBM's schema of which only the name was read. */
function unread(type: string): ISchema {
  const of = ibm();
  const details = new Map(of.details);
  details.delete(type);
  return { ...of, details };
}

const cases: ICase[] = [
  {
    title: 'IBM’s names, values that are ours',
    schema: ibm(),
    values: { [ARN]: arns() },
    expected: {
      useCase: 'Register',
      entity: 'SOXBusEntity',
      modelGroup: 'AWSModelGroup',
      model: 'Model',
      status: 'MRG-AIFacts-ModelUseCase:Status',
      riskLevel: 'MRG-AIFacts-ModelUseCase:Risk Level',
      owner: 'MRG-ModelUseCase:Owner',
      groupArn: ARN
    }
  },
  {
    title: 'renamed types beside a Register of something else',
    schema: renamed,
    values: { 'Bank:External ID': arns() },
    expected: {
      useCase: 'AICase',
      entity: 'BankEntity',
      modelGroup: 'MLModelGroup',
      status: 'Bank:Case Status',
      riskLevel: 'Bank:AI Risk Tier',
      owner: 'Bank:Accountable',
      groupArn: 'Bank:External ID'
    }
  },
  {
    title: 'no model group type',
    schema: noGroup,
    expected: { useCase: 'Register', modelGroup: null, groupArn: null },
    open: ['modelGroup', 'groupArn']
  },
  {
    title: 'a type called Model Group that is no child of the use case',
    schema: schema({
      Register: {
        label: 'Use Case',
        fields: useCaseFields,
        relations: [child('SOXIssue')]
      },
      OldModelGroup: { label: 'Model Group', relations: [child('Model')] },
      SOXIssue: {}
    }),
    configured: { useCase: 'Register', modelGroup: 'OldModelGroup' },
    expected: { useCase: 'Register', modelGroup: null },
    open: ['modelGroup']
  },
  {
    title: 'no use case: nothing that follows from it',
    schema: schema({
      Foo: {},
      MyModelGroup: { label: 'Model Group' }
    }),
    configured: { modelGroup: 'MyModelGroup' },
    expected: { useCase: null, modelGroup: null, status: null },
    open: ['useCase', 'modelGroup', 'status', 'riskLevel']
  },
  {
    title: 'an ARN field without any value is no proof',
    schema: ibm(),
    values: { [ARN]: arns({ filled: 0, groups: 0, matches: 0 }) },
    expected: { modelGroup: 'AWSModelGroup', groupArn: null },
    open: ['groupArn']
  },
  {
    title: 'an ARN field that nobody has read is no proof',
    schema: ibm(),
    expected: { groupArn: null },
    open: ['groupArn']
  },
  {
    title: 'not even when it is in force now',
    schema: ibm(),
    values: { [ARN]: arns({ groups: 0, matches: 0 }) },
    configured: { groupArn: ARN },
    expected: { groupArn: null },
    open: ['groupArn']
  },
  {
    title: 'what is in force stays where nothing was read that refutes it',
    schema: ibm(),
    configured: { groupArn: ARN, owner: 'MRG-AIFacts-ModelUseCase:Purpose' },
    choices: { owner: undefined },
    expected: { groupArn: ARN, owner: 'MRG-ModelUseCase:Owner' },
    kept: ['groupArn']
  },
  {
    title: 'or where no object has a value yet',
    schema: ibm(),
    values: { [ARN]: arns({ filled: 0, groups: 0, matches: 0 }) },
    configured: { groupArn: ARN },
    expected: { groupArn: ARN },
    kept: ['groupArn']
  },
  {
    title: 'what is in force stays while its type cannot be read',
    schema: unread('Register'),
    configured: {
      useCase: 'Register',
      modelGroup: 'AWSModelGroup',
      status: 'Own:Stage'
    },
    expected: { modelGroup: 'AWSModelGroup', status: 'Own:Stage' },
    open: ['owner'],
    kept: ['modelGroup', 'status']
  },
  {
    title: 'but not a field of another type',
    schema: unread('Register'),
    configured: { useCase: 'SOXRisk', status: 'Own:Stage' },
    expected: { useCase: 'Register', status: null },
    open: ['status']
  },
  {
    title: 'several ARN fields: the one that knows our groups',
    schema: severalArns,
    values: {
      'AWS:Account ARN': arns({ groups: 0, matches: 0 }),
      'AWS:Group ARN': arns({ matches: 28 }),
      'Integration:External ID': arns({ matches: 3 }),
      'AWS:Package ARN': arns({ groups: 0, packages: 30, matches: 0 })
    },
    expected: { groupArn: 'AWS:Group ARN' }
  },
  {
    title: 'several ARN fields with the same evidence: choose',
    schema: severalArns,
    values: { 'AWS:Group ARN': arns(), 'Integration:External ID': arns() },
    expected: { groupArn: null },
    open: ['groupArn']
  },
  {
    title: 'a field with another name whose values are our groups',
    schema: withUseCase(ibm(), 'AWSModelGroup', {
      fields: [field('Own:Kennung')]
    }),
    values: { 'Own:Kennung': arns() },
    expected: { groupArn: 'Own:Kennung' }
  },
  {
    title: 'two status fields alike: choose',
    schema: withUseCase(ibm(), 'Register', {
      fields: [
        field('A:Status', { values: STATUSES }),
        field('B:Status', { values: STATUSES })
      ]
    }),
    expected: { status: null },
    open: ['status']
  },
  {
    title: 'a status in a text field is not proposed',
    schema: withUseCase(ibm(), 'Register', { fields: [field('Own:Status')] }),
    expected: { status: null },
    open: ['status']
  },
  {
    title: 'inherent and residual risk: choose',
    schema: withUseCase(ibm(), 'Register', {
      fields: [
        field('X:Inherent Risk', { values: ['High', 'Low'] }),
        field('X:Residual Risk', { values: ['High', 'Low'] })
      ]
    }),
    expected: { riskLevel: null },
    open: ['riskLevel']
  },
  {
    title: 'a choice wins, and what follows from it follows',
    schema: ibm(),
    choices: { useCase: 'SOXRisk' },
    expected: { useCase: 'SOXRisk', modelGroup: null, status: null },
    open: ['modelGroup', 'status']
  },
  {
    title: 'a choice that this console does not have is dropped',
    schema: ibm(),
    choices: { status: 'Gone:Status' },
    expected: { status: 'MRG-AIFacts-ModelUseCase:Status' }
  },
  {
    title: 'none, chosen',
    schema: ibm(),
    choices: { modelGroup: null, owner: null },
    expected: { modelGroup: null, owner: null, model: 'Model' }
  },
  {
    title: '300 types and 5,000 fields',
    schema: (() => {
      const of = ibm();
      const more = Array.from({ length: 300 }, (_, i) => ({
        name: `Type${i}`,
        id: String(100 + i),
        label: `Type ${i}`
      }));
      const many = withUseCase(of, 'Register', {
        fields: [
          ...useCaseFields,
          ...Array.from({ length: 5000 }, (_, i) =>
            field(`Group ${i % 50}:Field ${i}`)
          )
        ]
      });
      return { ...many, types: [...more, ...many.types] };
    })(),
    values: { [ARN]: arns() },
    expected: {
      useCase: 'Register',
      status: 'MRG-AIFacts-ModelUseCase:Status',
      groupArn: ARN
    }
  }
];

describe('the mapping', () => {
  it.each(cases)('$title', of => {
    const { slots } = resolveMapping(
      evidence(of.schema, of.values, of.configured),
      of.choices ?? {}
    );
    for (const [slot, value] of Object.entries(of.expected)) {
      expect([slot, slots[slot as Slot].value]).toEqual([slot, value]);
    }
    for (const slot of of.open ?? []) {
      expect([slot, slots[slot].by]).toEqual([slot, 'open']);
    }
    for (const slot of of.kept ?? []) {
      expect([slot, slots[slot].by]).toEqual([slot, 'kept']);
    }
  });

  it('never proposes without a reason, nor keeps anything from being chosen', () => {
    for (const of of cases) {
      const { slots } = resolveMapping(
        evidence(of.schema, of.values, of.configured),
        {}
      );
      for (const { proposal } of Object.values(slots)) {
        if (proposal.value !== null) {
          const chosen = proposal.candidates.find(
            one => one.name === proposal.value
          );
          expect(chosen?.reasons.length).toBeGreaterThan(0);
          expect(chosen?.doubt).toBeNull();
        }
      }
      const { candidates, others } = slots.useCase.proposal;
      expect(candidates.length + others.length).toBe(of.schema.types.length);
    }
  });

  it('tells of a name in force that the console does not have', () => {
    const { slots } = resolveMapping(
      evidence(ibm(), {}, { modelGroup: 'ModelGroup', useCase: 'Register' }),
      {}
    );
    expect(slots.modelGroup.gone).toBe('ModelGroup');
    expect(slots.useCase.gone).toBeNull();
  });

  it('says nothing of a type that was not read', () => {
    const { slots } = resolveMapping(evidence(unread('Register')), {});
    expect(slots.modelGroup).toMatchObject({ by: 'open', unread: 'Register' });
    expect(slots.modelGroup.proposal.candidates).toMatchObject([
      { name: 'AWSModelGroup', doubt: null }
    ]);
    expect(slots.status).toMatchObject({ by: 'open', unread: 'Register' });
    expect(slots.useCase).toMatchObject({ by: 'proposal', unread: null });
  });

  it('tells of a name in force that it would replace', () => {
    const { slots } = resolveMapping(
      evidence(
        ibm(),
        {},
        { owner: 'MRG-AIFacts-ModelUseCase:Purpose', status: 'Gone:Status' }
      ),
      {}
    );
    expect(slots.owner).toMatchObject({
      value: 'MRG-ModelUseCase:Owner',
      replaced: 'MRG-AIFacts-ModelUseCase:Purpose'
    });
    expect(slots.status).toMatchObject({ replaced: null, gone: 'Gone:Status' });
  });

  it('reads few of many types', () => {
    const large = cases[cases.length - 1].schema;
    expect(typesWorthReading(large, {}).sort()).toEqual(
      ['AWSModelGroup', 'Model', 'Register', 'SOXBusEntity'].sort()
    );
  });
});

describe('values of a field', () => {
  const group =
    'arn:aws:sagemaker:eu-west-1:111122223333:model-package-group/a';
  const ours = new Map([[group, 'own']]);

  it.each([
    { values: [], found: { rows: 0, filled: 0, groups: 0, matches: 0 } },
    {
      values: [null, group.replace('group/a', 'group/A'), group],
      found: { rows: 3, filled: 2, groups: 2, matches: 1 }
    },
    {
      values: ['arn:aws:sagemaker:eu-west-1:111122223333:model-package/a/1'],
      found: { filled: 1, groups: 0, packages: 1, matches: 0 }
    },
    {
      values: ['arn:aws:iam::111122223333:role/x', 'text'],
      found: { filled: 2, groups: 0, packages: 0 }
    }
  ])('$values', ({ values, found }) => {
    expect(lookAtValues(values, ours)).toMatchObject(found);
  });
});

describe('the root entity of a registry', () => {
  const arn = (name: string): string =>
    `arn:aws:sagemaker:eu-west-1:111122223333:model-package-group/${name}`;
  const ours = new Map([
    [arn('a'), 'own'],
    [arn('b'), 'own'],
    [arn('c'), 'claims']
  ]);
  const entities = [
    ['1', 'Group'],
    ['2', 'Retail'],
    ['3', 'Claims']
  ];
  const above = [
    ['u1', '2', 'Retail'],
    ['u2', '2', 'Retail'],
    ['u3', '3', 'Claims']
  ];
  const links = [
    ['u1', 'g1', arn('a')],
    ['u2', 'g2', arn('B')],
    ['u3', 'g3', arn('c')]
  ];
  const tops = new Map([
    ['1', true],
    ['2', true],
    ['3', true]
  ]);

  it.each([
    { title: 'most linked groups', tops, links, own: '2', claims: '3' },
    {
      title: 'not one below another entity',
      tops: new Map([...tops, ['2', false]]),
      links,
      own: null,
      claims: '3'
    },
    {
      title: 'not where nobody knows what is above',
      tops: new Map(),
      links,
      own: null,
      claims: null
    },
    { title: 'not without links', tops, links: [], own: null, claims: null },
    {
      title: 'not where two hold as many',
      tops,
      links: [...links, ['u3', 'g4', arn('a')], ['u3', 'g5', arn('b')]],
      own: null,
      claims: '3'
    }
  ])('$title', ({ tops, links, own, claims }) => {
    const counted = countEntities(entities, above, links, ours, tops);
    expect(proposeEntity(counted, 'own', 2).value).toBe(own);
    expect(proposeEntity(counted, 'claims', 2).value).toBe(claims);
  });

  it('takes the only top-level entity for the only registry', () => {
    const counted = countEntities(
      entities,
      above.slice(0, 2),
      [],
      ours,
      new Map([['2', true]])
    );
    expect(proposeEntity(counted, 'own', 1)).toMatchObject({
      value: '2',
      only: true
    });
    expect(proposeEntity(counted, 'own', 2).value).toBeNull();
  });
});

describe('answers of the console', () => {
  it('reads types, wrapped or not', () => {
    const types = [{ name: 'A', id: 5, localized_label: 'An A' }, { id: 1 }];
    const read = [{ name: 'A', id: '5', label: 'An A' }];
    expect(parseTypes(types)).toEqual(read);
    expect(parseTypes({ types })).toEqual(read);
  });

  it.each([null, {}, [], 'text', { message: 'no' }])('refuses %j', answer => {
    expect(parseTypes(answer)).toBeNull();
  });

  it('reads fields with their words', () => {
    expect(
      parseFields({
        field_definitions: [
          {
            name: 'G:Status',
            data_type: 'ENUM_TYPE',
            localized_label: 'State',
            enum_values: [{ name: 'Open', localized_label: 'Offen' }]
          },
          { name: 'Name', data_type: 'STRING_TYPE' }
        ]
      })
    ).toEqual([
      {
        name: 'G:Status',
        label: 'State',
        dataType: 'ENUM_TYPE',
        values: ['Open']
      },
      { name: 'Name', label: 'Name', dataType: 'STRING_TYPE', values: [] }
    ]);
  });

  it('leaves associations out that are switched off', () => {
    expect(
      parseRelations([
        { name: 'A', relationship: 'Child', localizedLabel: 'An A' },
        { name: 'B', relationship: 'Parent', enabled: false },
        { name: 'C', relationship: 'Sibling' }
      ])
    ).toEqual([{ name: 'A', label: 'An A', role: 'child' }]);
  });
});
