/** Made-up object models for the tests of discovery. */
import { openPagesConnection } from '../../../testing';
import type { IOpenPagesConnection } from '../../../tokens';
import type { Mapping } from '../names';
import type { IArnEvidence, IEvidence } from '../propose';
import type { IFieldType, IRelation, ISchema, ITypeDetail } from '../schema';

export const STATUSES = ['Proposed', 'Awaiting approval', 'Approved'];

export function field(
  name: string,
  members: Partial<IFieldType> = {}
): IFieldType {
  return {
    name,
    label: name.slice(name.lastIndexOf(':') + 1),
    dataType: members.values ? 'ENUM_TYPE' : 'STRING_TYPE',
    values: [],
    ...members
  };
}

export const child = (name: string, label = name): IRelation => ({
  name,
  label,
  role: 'child'
});

export const parent = (name: string, label = name): IRelation => ({
  name,
  label,
  role: 'parent'
});

const system = ['Resource ID', 'Name', 'Description'].map(name => field(name));

/** A schema from labels, fields and relations by type. */
export function schema(
  types: Record<
    string,
    { label?: string; fields?: IFieldType[]; relations?: IRelation[] }
  >
): ISchema {
  return {
    types: Object.entries(types).map(([name, { label }], index) => ({
      name,
      id: String(index + 1),
      label: label ?? name
    })),
    details: new Map<string, ITypeDetail>(
      Object.entries(types).map(([name, { fields = [], relations = [] }]) => [
        name,
        { fields: [...system, ...fields], relations }
      ])
    )
  };
}

export const useCaseFields = [
  field('MRG-AIFacts-ModelUseCase:Status', { values: STATUSES }),
  field('MRG-AIFacts-ModelUseCase:Risk Level', {
    values: ['High', 'Medium', 'Low', 'Not available']
  }),
  field('MRG-AIFacts-ModelUseCase:Purpose'),
  field('MRG-ModelUseCase:Owner')
];

/** As IBM names what it names; the rest is an installation's own. */
export function ibm(): ISchema {
  return schema({
    SOXBusEntity: {
      label: 'Business Entity',
      relations: [
        child('SOXBusEntity'),
        parent('SOXBusEntity'),
        child('Register')
      ]
    },
    Register: {
      label: 'Use Case',
      fields: useCaseFields,
      relations: [
        parent('SOXBusEntity'),
        child('AWSModelGroup', 'Model Group'),
        child('SOXIssue')
      ]
    },
    AWSModelGroup: {
      label: 'Model Group',
      fields: [field('AWS-ModelGroup:SageMaker ARN')],
      relations: [parent('Register'), child('Model')]
    },
    Model: {
      label: 'Model',
      fields: [field('MRG-Model:Status', { values: STATUSES })],
      relations: [parent('AWSModelGroup')]
    },
    SOXIssue: { label: 'Issue', relations: [parent('Register')] },
    SOXRisk: { label: 'Risk' }
  });
}

export function arns(members: Partial<IArnEvidence> = {}): IArnEvidence {
  return {
    rows: 40,
    filled: 30,
    groups: 30,
    packages: 0,
    matches: 12,
    ...members
  };
}

export function evidence(
  of: ISchema,
  values: Record<string, IArnEvidence> = {},
  configured: Mapping = {}
): IEvidence {
  return {
    schema: of,
    configured,
    arns: new Map(Object.entries(values)),
    known: word => /approv|propos/i.test(word)
  };
}

/** A connection whose configuration is the server's default. */
export function unconfigured(): IOpenPagesConnection {
  return openPagesConnection({
    schema: {
      types: {
        useCase: 'Register',
        entity: 'SOXBusEntity',
        modelGroup: null,
        model: 'Model'
      },
      fields: {
        status: 'MRG-AIFacts-ModelUseCase:Status',
        riskLevel: 'MRG-AIFacts-ModelUseCase:Risk Level',
        owner: null,
        groupArn: null
      }
    },
    entities: {},
    taskViewUrl: null
  });
}
