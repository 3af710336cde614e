import { awsError, fakeRelay, group } from '../../testing';
import { LazyRegistry } from '../lazyRegistry';

describe('LazyRegistry', () => {
  it('hands arguments and answers on, and tells of changes', async () => {
    const relay = fakeRelay({
      CreateModelPackageGroup: { ModelPackageGroupArn: group().arn }
    });
    const registry = new LazyRegistry(relay);
    const changed: string[] = [];
    registry.changed.connect((sender, arn) => {
      expect(sender).toBe(registry);
      changed.push(arn);
    });
    expect(
      await registry.createGroup('own', { ModelPackageGroupName: group().name })
    ).toEqual({ arn: group().arn });
    expect(changed).toEqual([group().arn]);
  });

  it('hands failures on', async () => {
    const relay = fakeRelay({
      Search: awsError('ThrottlingException', 'slow down')
    });
    await expect(
      new LazyRegistry(relay).versionsFrom('own', { runId: 'r' })
    ).rejects.toMatchObject({ name: 'ThrottlingException' });
  });
});
