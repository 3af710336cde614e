import {
  HOME_ROUTE,
  registerArgs,
  routeIn,
  runRoute,
  subjectOf,
  versionRoute
} from '../routes';

describe('routeIn', () => {
  it.each([
    ['3.17.2', HOME_ROUTE, HOME_ROUTE],
    ['10.0.0', HOME_ROUTE, HOME_ROUTE],
    ['3.2.0rc0', HOME_ROUTE, HOME_ROUTE],
    ['3.1.4', HOME_ROUTE, '/'],
    ['3.0.0', HOME_ROUTE, '/'],
    ['2.22.5', HOME_ROUTE, '/'],
    ['2.22.5', `${HOME_ROUTE}?searchFilter=a`, '/'],
    ['unknown', HOME_ROUTE, '/'],
    ['2.22.5', '/experiments/1', '/experiments/1'],
    ['2.22.5', '/models', '/models']
  ])('knows of MLflow %s where %s is', (version, route, there) => {
    expect(routeIn(version, route)).toBe(there);
  });
});

describe('subjectOf', () => {
  it.each([
    [
      '/experiments/1/runs/ab12',
      { kind: 'run', experimentId: '1', runId: 'ab12' }
    ],
    [
      '/experiments/1/runs/ab12/artifacts/a.png?x=1',
      { kind: 'run', experimentId: '1', runId: 'ab12' }
    ],
    [
      '/experiments/1/models/m-0f1',
      { kind: 'model', experimentId: '1', modelId: 'm-0f1' }
    ],
    [
      '/models/credit%20risk/versions/3',
      { kind: 'version', name: 'credit risk', version: '3' }
    ]
  ])('reads %s', (route, subject) => {
    expect(subjectOf(route)).toEqual(subject);
  });

  it.each([
    '/experiments/1/runs',
    '/experiments/1/runs/',
    "/experiments/1/runs/ab'12",
    '/models/a/versions/latest',
    '/models/%/versions/1',
    '/compare-runs?runs=["a"]',
    'runs/ab12'
  ])('finds nothing to register in %s', route => {
    expect(subjectOf(route)).toBeNull();
  });

  it('is the inverse of the routes that we make', () => {
    expect(subjectOf(runRoute('7', 'ab12'))).toMatchObject({ runId: 'ab12' });
    expect(subjectOf(versionRoute('a/b c', '2'))).toEqual({
      kind: 'version',
      name: 'a/b c',
      version: '2'
    });
  });
});

describe('registerArgs', () => {
  it('names what the dialog shall register', () => {
    expect(
      registerArgs('risk', { kind: 'run', experimentId: '1', runId: 'a' })
    ).toEqual({ mlflow: 'risk', runId: 'a' });
    expect(
      registerArgs('risk', { kind: 'model', experimentId: '1', modelId: 'm-1' })
    ).toEqual({ mlflow: 'risk', modelId: 'm-1' });
    expect(
      registerArgs('risk', { kind: 'version', name: 'n', version: '1' })
    ).toEqual({ mlflow: 'risk', registeredModel: { name: 'n', version: '1' } });
  });
});
