import {
  awsError,
  fakeRelay,
  groupArn,
  sageMakerConnection,
  versionArn
} from '../../testing';
import { SageMakerRegistry } from '../client';

const record = (version: number, metadata: Record<string, string>) => ({
  ModelPackage: {
    ModelPackageArn: versionArn('pd', version),
    ModelPackageGroupName: 'pd',
    ModelPackageVersion: version,
    ModelApprovalStatus: 'Approved',
    CustomerMetadataProperties: metadata
  }
});

describe('versionsFrom', () => {
  it('searches by the run', async () => {
    const relay = fakeRelay(
      {
        Search: {
          Results: [
            record(2, { 'mlflow.run_id': 'r1' }),
            record(1, { 'mlflow.run_id': 'another' })
          ]
        }
      },
      { connections: [sageMakerConnection()] }
    );
    const found = await new SageMakerRegistry(relay).versionsFrom('own', {
      runId: 'r1'
    });
    expect(found.map(one => [one.version, one.groupArn])).toEqual([
      [2, groupArn('pd')]
    ]);
    expect(relay.calls[0].body).toMatchObject({
      Resource: 'ModelPackage',
      SearchExpression: {
        Filters: [
          {
            Name: 'CustomerMetadataProperties.mlflow.run_id',
            Operator: 'Equals',
            Value: 'r1'
          }
        ]
      }
    });
  });

  it('looks through the versions where the filter is refused', async () => {
    const relay = fakeRelay({
      Search: ({ body }) =>
        body?.SearchExpression
          ? awsError('ValidationException', 'Unknown property')
          : body?.NextToken
            ? {
                Results: [
                  record(1, {
                    'mlflow.registered_model': 'm',
                    'mlflow.registered_version': '3'
                  })
                ]
              }
            : { Results: [record(2, {})], NextToken: 'more' }
    });
    const found = await new SageMakerRegistry(relay).versionsFrom('own', {
      registeredModel: { name: 'm', version: '3' }
    });
    expect(found.map(({ version }) => version)).toEqual([1]);
    expect(relay.calls[2].body).toMatchObject({ NextToken: 'more' });
  });

  it('hides no refusal of the role', async () => {
    const relay = fakeRelay({
      Search: awsError('AccessDeniedException', 'not authorized')
    });
    await expect(
      new SageMakerRegistry(relay).versionsFrom('own', { runId: 'r' })
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('asks nothing without an origin', async () => {
    const relay = fakeRelay({});
    expect(await new SageMakerRegistry(relay).versionsFrom('own', {})).toEqual(
      []
    );
    expect(relay.calls).toEqual([]);
  });
});
