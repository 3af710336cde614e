/** A group that several connections show: once, by the best way, all named. */
import { nullTranslator } from '@jupyterlab/translation';

import {
  fakeRelay,
  governanceStatus,
  group,
  sageMakerConnection
} from '../../testing';
import type { IModelPackageGroup } from '../../tokens';
import type { IRegistryState } from '../panel/loader';
import { buildRow } from '../panel/rows';
import { rowLabel, rowText } from '../panel/rowText';
import { mergeRegistries, originOf } from '../ways';
import { keepWays, registryKeys } from '../queries';

const trans = nullTranslator.load('sagemaker_governance');
const own = sageMakerConnection();
const claims = sageMakerConnection({
  id: 'claims',
  label: 'registry-claims',
  account: '222233334444',
  own: false,
  role: 'Registry'
});
const second = { ...claims, id: 'claims-2', label: 'registry-claims-2' };
const connections = [own, claims, second];

const account = '222233334444';
const shared = group({ account, shared: true, tags: null });
const direct = group({ account, connection: 'claims' });
const again = group({ account, connection: 'claims-2' });

function state(
  connection: typeof own,
  groups: IModelPackageGroup[],
  broken = false
): IRegistryState {
  return {
    connection,
    loading: false,
    groups,
    readAt: 1,
    error: broken ? new Error('x') : null,
    broken,
    sharedError: null
  };
}

describe('a group seen by several ways', () => {
  it.each([
    [
      'shared, then direct',
      [state(own, [shared]), state(claims, [direct])],
      [direct, shared]
    ],
    [
      'direct, then shared',
      [state(claims, [direct]), state(own, [shared])],
      [direct, shared]
    ],
    [
      'two roles: the first configured',
      [state(claims, [direct]), state(second, [again])],
      [direct, again]
    ],
    [
      'three ways',
      [state(own, [shared]), state(claims, [direct]), state(second, [again])],
      [direct, again, shared]
    ],
    [
      'by the one that works while the better one fails',
      [state(own, [shared]), state(claims, [direct], true)],
      [shared, direct]
    ],
    [
      'by the better one when both fail',
      [state(own, [shared], true), state(claims, [direct], true)],
      [direct, shared]
    ],
    [
      'whatever the case of the ARN',
      [
        state(own, [{ ...shared, arn: shared.arn.toUpperCase() }]),
        state(claims, [direct])
      ],
      [direct, { ...shared, arn: shared.arn.toUpperCase() }]
    ],
    ['once by one way', [state(own, [shared])], [shared]]
  ] as [string, IRegistryState[], IModelPackageGroup[]][])(
    '%s',
    (_, states, [used, ...others]) => {
      const merged = mergeRegistries(states);
      expect([...merged.groups.values()]).toEqual([used]);
      expect(merged.others.get(used.arn) ?? []).toEqual(others);
    }
  );

  it('keeps groups of the same name in other accounts apart', () => {
    const merged = mergeRegistries([
      state(own, [group()]),
      state(claims, [direct])
    ]);
    expect(merged.groups.size).toBe(2);
    expect(merged.others.size).toBe(0);
  });

  it('says every way, to the eye and to the ear', () => {
    const origin = originOf(direct, [shared], connections, trans);
    expect(origin).toEqual({
      label: 'registry-claims',
      account,
      ways: [
        `registry-claims: account ${account} by role Registry`,
        `shared by account ${account} with Own account, without its tags`
      ]
    });
    const row = buildRow({
      group: direct,
      others: [shared],
      latest: null,
      latestError: null,
      status: null,
      me: null
    });
    const label = rowLabel(row, trans, connections);
    expect(label).toContain(`registry-claims, account ${account}`);
    expect(label).toContain(`also shared by account ${account}`);
  });

  it('leaves the own account unsaid, and names the one that shares', () => {
    expect(originOf(group(), [], connections, trans).label).toBeNull();
    expect(originOf(shared, [], connections, trans)).toMatchObject({
      label: account,
      account: null
    });
  });

  it('is told to the document', async () => {
    const client = await fakeRelay({}).queries();
    const { others } = mergeRegistries([
      state(own, [shared]),
      state(claims, [direct])
    ]);
    keepWays(client, others);
    expect(client.getQueryData(registryKeys.ways(direct.arn))).toEqual([
      shared
    ]);
  });
});

describe('what is to be known about a link', () => {
  const words = (members: Parameters<typeof governanceStatus>[0]) => {
    const row = buildRow({
      group: group(),
      latest: null,
      latestError: null,
      status: governanceStatus(members),
      me: null
    });
    return { text: rowText(row, trans), label: rowLabel(row, trans, []) };
  };

  it('is said in the row: disagreement and entity', () => {
    const { text, label } = words({ disagreement: true, outsideEntity: true });
    expect(text.warning).toContain('name different use cases');
    expect(text.warning).toContain('never synchronised');
    expect(label).toContain('sources disagree, outside its business entity');
  });

  it('is said in the row: matched by name', () => {
    const { useCase } = governanceStatus();
    const { text, label } = words({
      useCase,
      answers: [
        {
          source: 'openpages',
          connection: 'wxgov',
          state: 'found',
          useCase,
          matchedBy: 'name',
          readAt: 1
        }
      ]
    });
    expect(text.warning).toBeNull();
    expect(text.byName?.brief).toBe('matched by name');
    expect(label).toContain('matched by name');
  });

  it('is nothing most of the time', () => {
    expect(words({}).text).toMatchObject({ warning: null, byName: null });
  });

  it('ends with the way out', () => {
    expect(words({ state: 'not-linked', useCase: null }).label).toMatch(
      /configure a connection to OpenPages\.$/
    );
  });
});
