import {
  awsError,
  callerIdentityXml,
  fakeRelay,
  group,
  groupArn,
  sageMakerConnection,
  versionArn
} from '../../testing';
import type { Answer, IFakeRelay } from '../../testing';
import { SageMakerRegistry } from '../client';

const DENIED = (action: string): Response =>
  awsError(
    'AccessDeniedException',
    `User: arn:aws:sts::111122223333:assumed-role/Reader/s is not authorized to perform: sagemaker:${action} on resource: *`
  );

function groupRecord(name: string, tags: Record<string, string> = {}) {
  return {
    ModelPackageGroup: {
      ModelPackageGroupName: name,
      ModelPackageGroupArn: groupArn(name),
      CreationTime: 1_773_446_400,
      ModelPackageGroupStatus: 'Completed',
      CreatedBy: { UserProfileName: 'ds-042' },
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
    }
  };
}

function packageRecord(name: string, n: number, more: object = {}) {
  return {
    ModelPackageName: `${name}/${n}`,
    ModelPackageGroupName: name,
    ModelPackageVersion: n,
    ModelPackageArn: versionArn(name, n),
    CreationTime: 1_773_446_400 + n,
    ModelPackageStatus: 'Completed',
    ModelPackageStatusDetails: { ValidationStatuses: [] },
    ModelApprovalStatus: 'PendingManualApproval',
    ...more
  };
}

function found(...records: object[]) {
  return { Results: records.map(ModelPackage => ({ ModelPackage })) };
}

function registryOver(
  table: Record<string, Answer>,
  connections = [sageMakerConnection()]
): { registry: SageMakerRegistry; relay: IFakeRelay } {
  const relay = fakeRelay(table, { connections });
  return { registry: new SageMakerRegistry(relay), relay };
}

describe('listGroups', () => {
  it('searches pages of 100 with tags inline', async () => {
    const { registry, relay } = registryOver({
      Search: ({ body }) => ({
        Results: [
          groupRecord(body?.NextToken ? 'second' : 'first', { team: 'retail' })
        ],
        ...(!body?.NextToken && { NextToken: 'n1' }),
        TotalHits: { Value: 2, Relation: 'EqualTo' }
      })
    });
    const one = await registry.listGroups('own');
    expect(one.items[0]).toMatchObject({
      name: 'first',
      arn: groupArn('first'),
      connection: 'own',
      account: '111122223333',
      region: 'eu-west-1',
      shared: false,
      tags: { team: 'retail' },
      createdAt: 1_773_446_400_000,
      createdBy: { userProfileName: 'ds-042' }
    });
    expect(one.total).toBe(2);
    const two = await registry.listGroups('own', one.nextToken ?? '');
    expect(two.items[0].name).toBe('second');
    expect(two.nextToken).toBeNull();
    expect(relay.calls[0]).toMatchObject({
      path: 'aws/own/sagemaker/',
      method: 'POST',
      body: {
        Resource: 'ModelPackageGroup',
        SortBy: 'CreationTime',
        SortOrder: 'Descending',
        MaxResults: 100
      }
    });
    expect(relay.calls[0].body).not.toHaveProperty('SearchExpression');
    expect(relay.calls[1].body?.NextToken).toBe('n1');
  });

  it('lists where Search is denied, and goes on listing', async () => {
    const { registry, relay } = registryOver({
      Search: DENIED('Search'),
      ListModelPackageGroups: ({ body }) => ({
        ModelPackageGroupSummaryList: [
          {
            ModelPackageGroupName: 'a',
            ModelPackageGroupArn: groupArn('a'),
            CreationTime: 1,
            ModelPackageGroupStatus: 'Completed'
          }
        ],
        ...(!body?.NextToken && { NextToken: 'n' })
      })
    });
    const one = await registry.listGroups('own');
    // Unknown, not "none": nobody may conclude that the group is not linked.
    expect(one.items[0].tags).toBeNull();
    await registry.listGroups('own', one.nextToken ?? '');
    expect(relay.callsOf('Search')).toHaveLength(1);
    const lists = relay.callsOf('ListModelPackageGroups');
    expect(lists).toHaveLength(2);
    expect(lists[1].body?.NextToken).toBe('n');
  });

  it('names both rights when neither way is open', async () => {
    const { registry } = registryOver({
      Search: DENIED('Search'),
      ListModelPackageGroups: DENIED('ListModelPackageGroups')
    });
    await expect(registry.listGroups('own')).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /sagemaker:Search[^]*sagemaker:ListModelPackageGroups/
      )
    });
  });

  it('asks for groups that other accounts share', async () => {
    const { registry, relay } = registryOver({
      ListModelPackageGroups: {
        ModelPackageGroupSummaryList: [
          {
            ModelPackageGroupName: 'shared',
            ModelPackageGroupArn: groupArn('shared', '444455556666'),
            CreationTime: 1,
            ModelPackageGroupStatus: 'Completed'
          }
        ]
      }
    });
    const page = await registry.listSharedGroups('own');
    expect(page.items[0]).toMatchObject({
      shared: true,
      account: '444455556666',
      tags: null
    });
    expect(relay.calls[0].body?.CrossAccountFilterOption).toBe('CrossAccount');
  });

  it('retries throttling and gives up with the throttling error', async () => {
    let calls = 0;
    const { registry } = registryOver({
      Search: () => {
        calls++;
        return calls < 3
          ? awsError('ThrottlingException', 'Rate exceeded')
          : { Results: [] };
      }
    });
    await expect(registry.listGroups('own')).resolves.toMatchObject({
      items: []
    });
    expect(calls).toBe(3);
  }, 20_000);

  it('throws for a connection that is not configured', async () => {
    const { registry } = registryOver({});
    await expect(registry.listGroups('gone')).rejects.toMatchObject({
      code: 'unknown_connection'
    });
  });
});

describe('latestVersion', () => {
  it('asks once for the rows of a moment', async () => {
    const { registry, relay } = registryOver({
      Search: found(
        packageRecord('a', 3),
        packageRecord('b', 7),
        packageRecord('a', 2)
      )
    });
    const [a, b, none] = await Promise.all(
      ['a', 'b', 'c'].map(name => registry.latestVersion(group({ name })))
    );
    expect(a?.version).toBe(3);
    expect(b?.version).toBe(7);
    expect(none).toBeNull();
    expect(relay.calls).toHaveLength(1);
    expect(relay.calls[0].body).toMatchObject({
      Resource: 'ModelPackage',
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      SearchExpression: {
        Filters: [
          { Name: 'ModelPackageGroupName', Operator: 'In', Value: 'a,b,c' }
        ]
      }
    });
  });

  it('asks again for groups that a full page hid', async () => {
    const { registry, relay } = registryOver({
      Search: ({ body }) => {
        const { Filters } = body?.SearchExpression as {
          Filters: { Value: string }[];
        };
        return Filters[0].Value === 'b'
          ? found(packageRecord('b', 1))
          : { ...found(packageRecord('a', 300)), NextToken: 'more' };
      }
    });
    const [a, b] = await Promise.all([
      registry.latestVersion(group({ name: 'a' })),
      registry.latestVersion(group({ name: 'b' }))
    ]);
    expect(a?.version).toBe(300);
    expect(b?.version).toBe(1);
    expect(relay.callsOf('Search')).toHaveLength(2);
  });

  it('keeps each list of names within 1024 characters', async () => {
    const { registry, relay } = registryOver({ Search: { Results: [] } });
    const names = Array.from({ length: 40 }, (_, i) =>
      `group-${i}`.padEnd(63, 'x')
    );
    await Promise.all(
      names.map(name => registry.latestVersion(group({ name })))
    );
    const values = relay.calls.map(
      ({ body }) =>
        (body?.SearchExpression as { Filters: { Value: string }[] }).Filters[0]
          .Value
    );
    expect(values.join(',').split(',').sort()).toEqual([...names].sort());
    expect(Math.max(...values.map(value => value.length))).toBeLessThanOrEqual(
      1024
    );
    expect(values).toHaveLength(3);
  });

  it('lists and describes shared groups, by ARN', async () => {
    const shared = group({ name: 's', account: '444455556666', shared: true });
    const arn = versionArn('s', 4, '444455556666');
    const { registry, relay } = registryOver({
      ListModelPackages: {
        ModelPackageSummaryList: [
          packageRecord('s', 4, { ModelPackageArn: arn })
        ]
      },
      DescribeModelPackage: packageRecord('s', 4, {
        ModelPackageArn: arn,
        ModelApprovalStatus: 'Approved',
        ApprovalDescription: 'fine'
      })
    });
    await expect(registry.latestVersion(shared)).resolves.toMatchObject({
      version: 4,
      approval: 'Approved',
      approvalDescription: 'fine'
    });
    expect(relay.calls[0].body).toMatchObject({
      ModelPackageGroupName: shared.arn,
      ModelPackageType: 'Versioned',
      MaxResults: 1
    });
  });

  it('reads one by one where Search is denied', async () => {
    const { registry, relay } = registryOver({
      Search: DENIED('Search'),
      ListModelPackages: {
        ModelPackageSummaryList: [packageRecord('a', 2)]
      },
      DescribeModelPackage: DENIED('DescribeModelPackage')
    });
    const version = await registry.latestVersion(group({ name: 'a' }));
    // What the list says stays, although the details are denied.
    expect(version).toMatchObject({ version: 2 });
    expect(relay.callsOf('Search')).toHaveLength(1);
  });

  it('fails for the rows of a failed batch, not for later ones', async () => {
    const { registry, relay } = registryOver({
      Search: awsError('ValidationException', 'bad filter')
    });
    await expect(
      registry.latestVersion(group({ name: 'a' }))
    ).rejects.toMatchObject({ name: 'ValidationException' });
    relay.table.Search = found(packageRecord('a', 1));
    await expect(
      registry.latestVersion(group({ name: 'a' }))
    ).resolves.toMatchObject({ version: 1 });
  });
});

describe('writes', () => {
  const a = group({ name: 'a' });

  it('shows our change until the index agrees', async () => {
    const stale = found(packageRecord('a', 1, { LastModifiedTime: 100 }));
    const { registry, relay } = registryOver({
      Search: stale,
      UpdateModelPackage: { ModelPackageArn: versionArn('a', 1) }
    });
    const heard: string[] = [];
    registry.changed.connect((_, arn) => heard.push(arn));
    await registry.updateVersion('own', versionArn('a', 1), {
      approval: 'Approved',
      approvalDescription: 'Validated',
      clientToken: 't-1'
    });
    expect(heard).toEqual([a.arn]);
    expect(relay.calls[0].body).toEqual({
      ModelPackageArn: versionArn('a', 1),
      ModelApprovalStatus: 'Approved',
      ApprovalDescription: 'Validated',
      ClientToken: 't-1'
    });
    await expect(registry.latestVersion(a)).resolves.toMatchObject({
      approval: 'Approved',
      approvalDescription: 'Validated',
      confirming: true
    });
    await expect(registry.pendingVersions('own')).resolves.toMatchObject({
      items: []
    });
    relay.table.Search = found(
      packageRecord('a', 1, {
        ModelApprovalStatus: 'Approved',
        ApprovalDescription: 'Validated'
      })
    );
    expect((await registry.latestVersion(a))?.confirming).toBeUndefined();
    // Confirmed: from now on the index alone tells.
    relay.table.Search = found(
      packageRecord('a', 1, { ModelApprovalStatus: 'Rejected' })
    );
    expect((await registry.latestVersion(a))?.approval).toBe('Rejected');
  });

  it('lets a newer change of somebody else win over ours', async () => {
    const { registry, relay } = registryOver({
      UpdateModelPackage: { ModelPackageArn: versionArn('a', 1) },
      DescribeModelPackage: packageRecord('a', 1, {
        ModelApprovalStatus: 'Approved',
        LastModifiedTime: 200
      }),
      Search: found(packageRecord('a', 1, { LastModifiedTime: 100 }))
    });
    await registry.updateVersion('own', versionArn('a', 1), {
      approval: 'Approved'
    });
    await registry.describeVersion('own', versionArn('a', 1));
    expect((await registry.latestVersion(a))?.approval).toBe('Approved');
    relay.table.Search = found(
      packageRecord('a', 1, {
        ModelApprovalStatus: 'Rejected',
        LastModifiedTime: 300
      })
    );
    expect((await registry.latestVersion(a))?.approval).toBe('Rejected');
  });

  it('shows a registered version before the index does', async () => {
    const { registry, relay } = registryOver({
      CreateModelPackage: { ModelPackageArn: versionArn('a', 2) },
      DescribeModelPackage: packageRecord('a', 2),
      Search: found(packageRecord('a', 1))
    });
    await expect(
      registry.createVersion('own', { ModelPackageGroupName: a.arn })
    ).resolves.toEqual({ arn: versionArn('a', 2), version: 2 });
    expect(await registry.latestVersion(a)).toMatchObject({
      version: 2,
      confirming: true
    });
    const page = await registry.listVersions(a);
    expect(page.items.map(({ version }) => version)).toEqual([2, 1]);
    relay.table.Search = found(packageRecord('a', 2), packageRecord('a', 1));
    expect((await registry.latestVersion(a))?.confirming).toBeUndefined();
  });

  it('does not fail a registration whose first read fails', async () => {
    const { registry } = registryOver({
      CreateModelPackage: { ModelPackageArn: versionArn('a', 2) },
      DescribeModelPackage: DENIED('DescribeModelPackage')
    });
    await expect(
      registry.createVersion('own', { ModelPackageGroupName: a.arn })
    ).resolves.toMatchObject({ version: 2 });
  });

  it('shows a created group before the index does', async () => {
    const { registry, relay } = registryOver({
      CreateModelPackageGroup: { ModelPackageGroupArn: groupArn('new') },
      Search: { Results: [groupRecord('old')] }
    });
    await registry.createGroup('own', { ModelPackageGroupName: 'new' });
    const names = async () =>
      (await registry.listGroups('own')).items.map(({ name }) => name);
    expect(await names()).toEqual(['new', 'old']);
    relay.table.Search = { Results: [groupRecord('new'), groupRecord('old')] };
    expect(await names()).toEqual(['new', 'old']);
  });
});

describe('tags and cards', () => {
  const arn = groupArn('churn-retail');

  it('reads tags from the service, page by page', async () => {
    const { registry } = registryOver({
      ListTags: ({ body }) =>
        body?.NextToken
          ? { Tags: [{ Key: 'b', Value: '2' }] }
          : { Tags: [{ Key: 'a', Value: '1' }], NextToken: 'n' }
    });
    expect(await registry.readTags('own', arn)).toEqual({ a: '1', b: '2' });
  });

  it.each([
    ['set', '20001', 'AddTags', { Tags: [{ Key: 'k', Value: '20001' }] }],
    ['taken away', null, 'DeleteTags', { TagKeys: ['k'] }]
  ] as const)(
    'shows a tag that was %s before the index does',
    async (_, value, operation, sent) => {
      const old: Record<string, string> =
        value === null ? { k: 'old', x: 'y' } : { x: 'y' };
      const { registry, relay } = registryOver({
        Search: { Results: [groupRecord('churn-retail', old)] },
        [operation]: {}
      });
      const emitted: string[] = [];
      registry.changed.connect((_, group) => emitted.push(group));
      await registry.changeTag('own', arn, 'k', value);
      expect(relay.callsOf(operation)[0].body).toEqual({
        ResourceArn: arn,
        ...sent
      });
      expect(emitted).toEqual([arn]);
      const expected: Record<string, string> =
        value === null ? { x: 'y' } : { k: value, x: 'y' };
      expect((await registry.describeGroup('own', arn)).tags).toEqual(expected);
      expect((await registry.listGroups('own')).items[0].tags).toEqual(
        expected
      );
      // The index has caught up; a later change of somebody else shows.
      relay.table.Search = {
        Results: [groupRecord('churn-retail', expected)]
      };
      await registry.describeGroup('own', arn);
      relay.table.Search = {
        Results: [groupRecord('churn-retail', { k: 'theirs' })]
      };
      expect((await registry.describeGroup('own', arn)).tags).toEqual({
        k: 'theirs'
      });
    }
  );

  it('writes a card as a whole and shows it until the index agrees', async () => {
    const card = (id: string) => ({
      ModelCard: {
        ModelCardContent: JSON.stringify({
          additional_information: { custom_details: { UseCaseId: id } }
        }),
        ModelCardStatus: 'Draft'
      }
    });
    const { registry, relay } = registryOver({
      UpdateModelPackage: { ModelPackageArn: versionArn('churn-retail', 1) },
      Search: found(packageRecord('churn-retail', 1, card('OLD-1')))
    });
    const { ModelCard } = card('NEW-2');
    await registry.updateVersion('own', versionArn('churn-retail', 1), {
      card: {
        content: ModelCard.ModelCardContent,
        status: ModelCard.ModelCardStatus
      }
    });
    expect(relay.callsOf('UpdateModelPackage')[0].body).toMatchObject({
      ModelCard
    });
    const one = group({ arn, name: 'churn-retail' });
    const { items } = await registry.listVersions(one);
    expect(items[0].card?.useCaseId).toBe('NEW-2');
    expect(items[0].confirming).toBe(true);
    relay.table.Search = found(packageRecord('churn-retail', 1, card('NEW-2')));
    const again = await registry.listVersions(one);
    expect(again.items[0].confirming).toBeUndefined();
  });
});

describe('callerIdentity', () => {
  it('reads the answer of STS once', async () => {
    const arn = 'arn:aws:sts::111122223333:assumed-role/Reader/s';
    const { registry, relay } = registryOver({
      GetCallerIdentity: callerIdentityXml('111122223333', arn)
    });
    await registry.callerIdentity('own');
    await expect(registry.callerIdentity('own')).resolves.toEqual({
      account: '111122223333',
      arn
    });
    expect(relay.callsOf('GetCallerIdentity')).toHaveLength(1);
  });
});

describe('describeGroup', () => {
  it('searches, for the tags', async () => {
    const { registry } = registryOver({
      Search: { Results: [groupRecord('a', { k: 'v' })] }
    });
    await expect(
      registry.describeGroup('own', groupArn('a'))
    ).resolves.toMatchObject({ name: 'a', tags: { k: 'v' } });
  });

  it('describes a group of another account, without tags', async () => {
    const arn = groupArn('s', '444455556666');
    const { registry } = registryOver({
      DescribeModelPackageGroup: {
        ModelPackageGroupName: 's',
        ModelPackageGroupArn: arn,
        CreationTime: 1,
        CreatedBy: {},
        ModelPackageGroupStatus: 'Completed'
      }
    });
    await expect(registry.describeGroup('own', arn)).resolves.toMatchObject({
      shared: true,
      tags: null
    });
  });
});
