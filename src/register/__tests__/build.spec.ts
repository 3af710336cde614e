import fc from 'fast-check';
import { group, useCase } from '../../testing';
import { build, listOf, modelData } from '../build';
import { check } from '../check';
import {
  CARD_MAX,
  METADATA_KEY_MAX,
  METADATA_PAIRS,
  METADATA_VALUE_MAX
} from '../limits';
import {
  detailsOf,
  fillFrom,
  type IDetails,
  inheritFrom,
  mainModel
} from '../model';
import { fitMetadata, oneLine, plain, shorten, slug } from '../sanitise';
import { model, origin, run, trans, value } from './helpers';

const ARN = group().arn;
type Input = Record<string, never> & {
  InferenceSpecification?: {
    Containers: Record<string, unknown>[];
    SupportedContentTypes?: string[];
  };
  CustomerMetadataProperties?: Record<string, string>;
  MetadataProperties?: Record<string, string>;
  ModelCard?: { ModelCardContent: string; ModelCardStatus: string };
};
const inputOf = (v = value()): Input => build(v, ARN).input as Input;
const cardOf = (v = value()): Record<string, never> =>
  JSON.parse(inputOf(v).ModelCard?.ModelCardContent ?? '{}');

describe('build', () => {
  it('asks for a pending version with the token of the dialog', () => {
    expect(inputOf()).toMatchObject({
      ModelPackageGroupName: ARN,
      ModelApprovalStatus: 'PendingManualApproval',
      ClientToken: '0123456789abcdef0123456789abcdef'
    });
    expect(inputOf()).toEqual(inputOf());
  });

  it('writes origin and hyper-parameters as metadata, adjusted and told', () => {
    const { input, adjustments } = build(value(), ARN);
    expect(input.CustomerMetadataProperties).toEqual({
      'mlflow.run_id': 'ab12',
      'mlflow.experiment_id': '1',
      'mlflow.connection': 'mlflow',
      'mlflow.model_id': 'm-1',
      'mlflow.run_name': 'bold-owl-118',
      'param.depth': '4',
      'param.columns': '__age__ _income__'
    });
    expect(adjustments).toEqual([
      {
        key: 'param.columns',
        from: '["age", "income"]',
        to: '__age__ _income__',
        why: 'characters'
      }
    ]);
  });

  it('writes metrics in SageMaker’s card schema, and the use case', () => {
    const card = cardOf(
      value({
        useCase: useCase(),
        typed: { intendedUses: 'Loans', riskRating: 'High' }
      })
    );
    expect(card).toEqual({
      intended_uses: { intended_uses: 'Loans', risk_rating: 'High' },
      evaluation_details: [
        {
          name: 'MLflow run bold-owl-118',
          metric_groups: [
            {
              name: 'MLflow metrics',
              metric_data: [
                { name: 'auc', type: 'number', value: 0.861 },
                { name: 'gini', type: 'number', value: 0.722 }
              ]
            }
          ]
        }
      ],
      additional_information: {
        custom_details: {
          UseCaseId: 'CREDIT-001',
          UseCaseName: 'Credit risk assessment'
        }
      }
    });
  });

  it('leaves out what JSON has no word for, and says so', () => {
    const v = value({
      origin: origin({ run: run({ metrics: { a: NaN, b: Infinity, c: 1 } }) })
    });
    expect(build(v, ARN).lostMetrics).toEqual(['a', 'b']);
    expect(JSON.stringify(cardOf(v))).not.toContain('null');
  });

  it('fits thousands of metrics into the card', () => {
    const metrics = Object.fromEntries(
      Array.from({ length: 5000 }, (_, i) => [`metric number ${i}`, i / 7])
    );
    const v = value({ origin: origin({ run: run({ metrics }) }) });
    const { input, lostMetrics } = build(v, ARN);
    const content = (input as Input).ModelCard?.ModelCardContent ?? '';
    expect(content.length).toBeLessThanOrEqual(CARD_MAX);
    expect(content.length).toBeGreaterThan(CARD_MAX * 0.95);
    expect(lostMetrics.length).toBeGreaterThan(0);
    expect(check(v, trans)).toEqual({});
  });

  it.each([
    ['s3://b/k/model.tar.gz', { ModelDataUrl: 's3://b/k/model.tar.gz' }],
    [
      's3://b/k',
      {
        ModelDataSource: {
          S3DataSource: {
            S3Uri: 's3://b/k/',
            S3DataType: 'S3Prefix',
            CompressionType: 'None'
          }
        }
      }
    ],
    ['mlflow-artifacts:/1/x', {}],
    ['file:///x', {}],
    ['', {}]
  ])('takes %s', (uri, expected) => {
    expect(modelData(uri)).toEqual(expected);
  });

  it('registers without container data what SageMaker cannot read', () => {
    const unreadable = origin({
      model: model({ artifactUri: 'mlflow-artifacts:/1/x' })
    });
    const v = value({ origin: unreadable, filled: fillFrom(unreadable) });
    expect(inputOf(v).InferenceSpecification).toBeUndefined();
    expect(inputOf(v).CustomerMetadataProperties?.['mlflow.run_id']).toBe(
      'ab12'
    );
    const given = { ...v, typed: { artifact: 's3://b/copy/model.tar.gz' } };
    expect(inputOf(given).InferenceSpecification?.Containers).toEqual([
      { ModelDataUrl: 's3://b/copy/model.tar.gz' }
    ]);
  });

  it('forgets the run when an S3 address is registered', () => {
    const v = value({ tab: 's3', typed: { artifact: 's3://b/k/' } });
    expect(inputOf(v).CustomerMetadataProperties).toBeUndefined();
    expect(inputOf(v).ModelCard).toBeUndefined();
    expect(inputOf(v).MetadataProperties).toBeUndefined();
  });

  it('takes nothing from a group into a new one', () => {
    const v = value({
      target: { connection: 'own', group: group(), isNew: true, newName: 'n' },
      useCase: useCase(),
      inherited: { image: 'old:1' }
    });
    expect(detailsOf(v).image).toBe('');
    expect(JSON.stringify(inputOf(v))).not.toContain('UseCaseId');
  });

  it('keeps what was typed over run and group', () => {
    const v = value({
      inherited: { image: 'group:1', framework: 'GROUP' },
      filled: { framework: 'sklearn', description: 'run' },
      typed: { description: 'typed' }
    });
    expect(detailsOf(v)).toMatchObject({
      image: 'group:1',
      // The image brings its own framework.
      framework: 'GROUP',
      description: 'typed'
    });
    expect(detailsOf({ ...v, inherited: {} }).framework).toBe('sklearn');
  });

  it('holds every limit of SageMaker, whatever comes in', () => {
    let sent = 0;
    const text = fc.fullUnicodeString({ maxLength: 400 });
    const details: fc.Arbitrary<Partial<IDetails>> = fc.record(
      {
        description: fc.fullUnicodeString({ maxLength: 1100 }),
        artifact: fc.oneof(
          text,
          fc.constantFrom('s3://bucket/k', 's3://bucket/k/m.tar.gz')
        ),
        image: fc.oneof(fc.constant('registry.example/x:1'), text),
        framework: text,
        frameworkVersion: fc.oneof(text, fc.constantFrom('1.4-2', '10.1')),
        contentTypes: fc.oneof(text, fc.constant('text/csv, application/json')),
        intendedUses: fc.fullUnicodeString({ maxLength: 2100 }),
        commit: text,
        repository: text
      },
      { requiredKeys: [] }
    );
    fc.assert(
      fc.property(
        details,
        fc.dictionary(text, text, { maxKeys: 70 }),
        fc.dictionary(text, fc.double(), { maxKeys: 40 }),
        text,
        (typed, params, metrics, runName) => {
          const v = value({
            typed,
            origin: origin({ run: run({ params, metrics, runName }) })
          });
          if (Object.keys(check(v, trans)).length > 0) {
            return;
          }
          sent++;
          holdsLimits(inputOf(v));
        }
      ),
      { numRuns: 400 }
    );
    // Else the property would hold of nothing.
    expect(sent).toBeGreaterThan(20);
  });
});

function holdsLimits(input: Input): void {
  const pairs = Object.entries(input.CustomerMetadataProperties ?? { a: 'a' });
  expect(pairs.length).toBeGreaterThan(0);
  expect(pairs.length).toBeLessThanOrEqual(METADATA_PAIRS);
  for (const [key, text] of pairs) {
    expect(key).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u);
    expect(text).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u);
    expect(key.length).toBeLessThanOrEqual(METADATA_KEY_MAX);
    expect(text.length).toBeLessThanOrEqual(METADATA_VALUE_MAX);
  }
  const description = (input as Record<string, unknown>)
    .ModelPackageDescription as string | undefined;
  expect(description ?? '').toMatch(/^[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]*$/u);
  expect((description ?? '').length).toBeLessThanOrEqual(1024);
  for (const text of Object.values(input.MetadataProperties ?? {})) {
    expect(text).toMatch(/^.{0,1024}$/u);
  }
  const content = input.ModelCard?.ModelCardContent ?? '{}';
  expect(content.length).toBeLessThanOrEqual(CARD_MAX);
  expect(content).not.toMatch(/[\r\n]/);
  JSON.parse(content);
  for (const container of input.InferenceSpecification?.Containers ?? []) {
    expect((container.Image as string | undefined) ?? 'x').toMatch(
      /^\S{1,255}$/u
    );
    expect((container.FrameworkVersion as string | undefined) ?? '1.0').toMatch(
      /^(?=.{3,10}$)[0-9]\.[A-Za-z0-9.-]+$/
    );
    expect(
      (container.ModelDataUrl as string | undefined) ?? 's3://b/k'
    ).toMatch(/^s3:\/\/([^/]+)\/?(.*)$/);
  }
}

describe('check', () => {
  it.each([
    [{ tab: 'run' as const, origin: null }, 'origin', /Choose a run/],
    [{ tab: 's3' as const }, 'artifact', /S3 address of the model/],
    [
      { tab: 's3' as const, typed: { artifact: 'http://x' } },
      'artifact',
      /s3:\/\/bucket/
    ],
    [
      { typed: { description: 'x'.repeat(1025) } },
      'description',
      /1,025.*1,024/
    ],
    [
      { typed: { intendedUses: 'x'.repeat(2049) } },
      'intendedUses',
      /2,049.*2,048/
    ],
    [{ typed: { image: 'a b' } }, 'image', /no spaces/],
    [{ typed: { image: 'x'.repeat(256) } }, 'image', /256.*255/],
    [{ typed: { frameworkVersion: '10.2' } }, 'frameworkVersion', /one digit/],
    [{ typed: { contentTypes: 'csv' } }, 'contentTypes', /media type/],
    [{ readingOrigin: true }, 'reading', /Reading the model/],
    [{ readingTarget: true }, 'reading', /Reading the group/],
    [{ blocked: true }, 'target', /approved/],
    [
      {
        target: { connection: 'own', group: null, isNew: false, newName: '' }
      },
      'target',
      /Choose a model package group/
    ],
    [
      {
        target: { connection: 'own', group: null, isNew: true, newName: 'a_b' }
      },
      'newName',
      /at most 63/
    ]
  ])('%#', (members, field, expected) => {
    expect(check(value(members), trans)[field]).toMatch(expected);
  });

  it('has nothing to say of a good one', () => {
    expect(check(value(), trans)).toEqual({});
  });
});

describe('sanitise', () => {
  it('fits pairs, the first ones first', () => {
    const pairs = Array.from({ length: 60 }, (_, i): [string, string] => [
      `k${i}`,
      'v'
    ]);
    const { pairs: out, adjustments } = fitMetadata(pairs);
    expect(Object.keys(out)).toHaveLength(50);
    expect(adjustments).toHaveLength(10);
    expect(adjustments[0]).toEqual({
      key: 'k50',
      from: 'v',
      to: null,
      why: 'too-many'
    });
  });

  it('names empty, long and colliding pairs', () => {
    const { pairs, adjustments } = fitMetadata([
      ['a#', 'x'],
      ['a_', 'y'],
      ['b', '   '],
      ['c', 'x'.repeat(300)]
    ]);
    expect(pairs).toEqual({ a_: 'x', c: 'x'.repeat(256) });
    expect(adjustments.map(({ why }) => why)).toEqual([
      'characters',
      'duplicate',
      'empty',
      'length'
    ]);
  });

  it('keeps letters of every script, and loses none in the middle', () => {
    expect(plain('Größe قروض 数')).toBe('Größe قروض 数');
    expect(shorten('ab😀', 3)).toBe('ab');
    expect(oneLine('a\r\nb\u0000c')).toBe('a bc');
  });

  it('makes group names', () => {
    expect(slug('Crédit risk (EU)_v2')).toBe('Credit-risk-EU-v2');
    fc.assert(
      fc.property(fc.fullUnicodeString({ maxLength: 200 }), text => {
        expect(slug(text)).toMatch(/^$|^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
      })
    );
  });

  it('reads lists', () => {
    expect(listOf(' text/csv,, application/json , text/csv')).toEqual([
      'text/csv',
      'application/json'
    ]);
  });
});

describe('prefill', () => {
  it('takes what the run says', () => {
    expect(
      fillFrom(
        origin({
          mlmodel: {
            flavors: ['sklearn'],
            framework: 'sklearn',
            frameworkVersion: '1.4.2',
            pythonVersion: null,
            signature: null,
            mlflowVersion: null
          }
        })
      )
    ).toEqual({
      description: 'Adds bureau data',
      artifact: 's3://mlflow/1/models/m-1/artifacts',
      framework: 'sklearn',
      frameworkVersion: '1.4.2',
      commit: 'c0ffee',
      repository: 'https://git.example/credit.git'
    });
    expect(mainModel(run({ models: [] }))).toBeNull();
  });

  it('takes image and intended use from the latest version', () => {
    const found = inheritFrom({
      containers: [
        {
          image: 'i:1',
          modelDataUrl: 's3://old',
          framework: null,
          frameworkVersion: null
        }
      ],
      supportedContentTypes: ['text/csv'],
      card: { intendedUses: 'Loans', riskRating: 'Odd' }
    } as never);
    expect(found).toEqual({
      image: 'i:1',
      contentTypes: 'text/csv',
      intendedUses: 'Loans'
    });
  });
});
