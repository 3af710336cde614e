import fc from 'fast-check';

import { mlflowRun } from '../../testing';
import type { IMetricPoint } from '../../tokens';
import {
  bestFirst,
  courseOf,
  keyMetrics,
  linesOf,
  makeFilter,
  metricNames,
  NEWEST,
  placePoints,
  sortRuns
} from '../metrics';

const run = (runId: string, metrics: Record<string, number>, startTime = 0) =>
  mlflowRun({ runId, metrics, startTime });

const ids = (runs: { runId: string }[]) => runs.map(({ runId }) => runId);

describe('metricNames', () => {
  it('puts results first, then training, then the machine', () => {
    const runs = [
      run('a', { 'system/cpu': 1, valid_auc: 1, auc: 1, accuracy: 1 }),
      run('b', { train_loss: 1, gini: 1, valid_loss: 1, accuracy: 1 }),
      run('c', { gini: 1 })
    ];
    expect(metricNames(runs)).toEqual([
      'gini',
      'auc',
      'accuracy',
      'valid_auc',
      'valid_loss',
      'train_loss',
      'system/cpu'
    ]);
  });

  it.each<[string[], string[]]>([
    [
      ['auc', 'gini', 'valid_auc'],
      ['auc', 'valid_auc']
    ],
    [
      ['auc', 'gini', 'ks'],
      ['auc', 'gini']
    ],
    [
      ['train_loss', 'valid_loss'],
      ['train_loss', 'valid_loss']
    ],
    [['auc'], ['auc']],
    [['system/cpu'], []]
  ])('of %j shows %j', (names, shown) => {
    expect(keyMetrics(names)).toEqual(shown);
  });
});

describe('linesOf', () => {
  const names = ['auc', 'gini', 'AUC', 'ks'];
  it.each<[Record<string, number>, string[]]>([
    [{ auc: 1 }, ['auc', 'gini']],
    [{ AUC: 1, ks: 1 }, ['AUC', 'ks']],
    [{ ks: 1 }, ['ks']],
    [{}, ['auc', 'gini']]
  ])('of %j are %j', (metrics, lines) => {
    expect(linesOf(run('a', metrics), ['auc', 'gini'], names)).toEqual(lines);
  });
});

describe('sortRuns', () => {
  const runs = [
    run('old', { auc: 0.9 }, 1),
    run('none', {}, 3),
    run('new', { auc: 0.7 }, 2),
    run('nan', { auc: NaN }, 4)
  ];

  it('puts the newest first', () => {
    expect(ids(sortRuns(runs, NEWEST))).toEqual(['nan', 'none', 'new', 'old']);
  });

  it('puts runs without the metric last, whichever way', () => {
    expect(ids(sortRuns(runs, bestFirst('auc')))).toEqual([
      'old',
      'new',
      'nan',
      'none'
    ]);
    expect(ids(sortRuns(runs, { by: 'auc', ascending: true }))).toEqual([
      'new',
      'old',
      'nan',
      'none'
    ]);
  });

  it.each([
    ['valid_log_loss', true],
    ['rmse', true],
    ['test-error', true],
    ['loss', true],
    ['auc', false],
    ['glossary_hits', false],
    ['accuracy', false]
  ])('of %s, less is better: %s', (name, less) => {
    expect(bestFirst(name)).toEqual({ by: name, ascending: less });
  });

  it('keeps every run, in an order of the numbers', () => {
    const value = fc.oneof(fc.double(), fc.constant(undefined));
    fc.assert(
      fc.property(fc.array(value), fc.boolean(), (values, ascending) => {
        const given = values.map((auc, i) =>
          run(String(i), auc === undefined ? {} : { auc }, i)
        );
        const sorted = sortRuns(given, { by: 'auc', ascending });
        expect(new Set(sorted)).toEqual(new Set(given));
        const numbers = sorted
          .map(({ metrics }) => metrics.auc)
          .filter(auc => auc !== undefined && !Number.isNaN(auc));
        for (let i = 1; i < numbers.length; i++) {
          const [a, b] = [numbers[i - 1], numbers[i]];
          expect(ascending ? a <= b : a >= b).toBe(true);
        }
      })
    );
  });
});

describe('makeFilter', () => {
  const one = mlflowRun({
    runName: 'Previsión tuned',
    metrics: { auc: 0.83, 'val/loss': 0.2 },
    params: { C: '0.5' },
    tags: { 'mlflow.user': 'ana' },
    models: [
      {
        modelId: 'm-1',
        name: 'model',
        artifactUri: '',
        runId: 'r1',
        registered: { name: 'pd', version: '3' }
      }
    ]
  });

  it.each<[string, boolean]>([
    ['', true],
    ['prevision', true],
    ['tuned ana', true],
    ['tuned bob', false],
    ['pd', true],
    ['c=0.5', true],
    ['C > 0.5', false],
    ['auc > 0.8', true],
    ['AUC>=0.83', true],
    ['auc > 0.83', false],
    ['auc < 0.9 val/loss < 0.1', false],
    ['auc < 0.9 val/loss <= .2', true],
    ['tuned auc > 8e-1', true],
    ['gini > 0', false],
    ['auc > x', false]
  ])('%s: %s', (text, fits) => {
    expect(makeFilter(text)(one)).toBe(fits);
  });
});

describe('sparklines', () => {
  const points = (...values: number[]): IMetricPoint[] =>
    values.map((value, i) => ({ step: i * 10, value, timestamp: null }));

  it('tell first, last, lowest and highest', () => {
    expect(courseOf(points(3, NaN, 1, 5, 2))).toEqual({
      first: 3,
      last: 2,
      lowest: 1,
      highest: 5,
      count: 4
    });
  });

  it.each([[undefined], [points()], [points(1)], [points(1, NaN)]])(
    'are none for %j',
    given => {
      expect(courseOf(given)).toBeNull();
      expect(placePoints(given ?? [], 60, 16, 2)).toEqual([]);
    }
  );

  it('rise to the top and lie flat in the middle', () => {
    expect(placePoints(points(0, 1), 60, 16, 2)).toEqual([
      [2, 14],
      [58, 2]
    ]);
    expect(placePoints(points(1, 1), 60, 16, 2)).toEqual([
      [2, 8],
      [58, 8]
    ]);
  });

  it('stay inside, from left to right, whatever the values', () => {
    const value = fc.double({
      noDefaultInfinity: true,
      min: -1e300,
      max: 1e300
    });
    fc.assert(
      fc.property(fc.array(value), values => {
        let before = 0;
        for (const [x, y] of placePoints(points(...values), 60, 16, 2)) {
          expect(x).toBeGreaterThanOrEqual(before);
          expect(x).toBeLessThanOrEqual(58.0001);
          expect(y).toBeGreaterThanOrEqual(1.9999);
          expect(y).toBeLessThanOrEqual(14.0001);
          before = x;
        }
      })
    );
  });

  it('has points of one step side by side', () => {
    const same = points(1, 2, 3).map(point => ({ ...point, step: 0 }));
    expect(placePoints(same, 60, 16, 2).map(([x]) => x)).toEqual([2, 30, 58]);
  });
});
