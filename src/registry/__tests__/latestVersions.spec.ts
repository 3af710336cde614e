import { QueryClient, QueryObserver } from '@tanstack/react-query';

import { group } from '../../testing';
import type { IRegistry } from '../../tokens';
import { LatestVersions } from '../panel/versions';
import { registryKeys } from '../queries';

describe('LatestVersions.invalidateAll', () => {
  it('reads again what other views show, and leaves rows to the list', async () => {
    const client = new QueryClient();
    const shown = group({ name: 'credit-risk-scoring' });
    const latestVersion = jest.fn().mockResolvedValue(null);
    const registry = { latestVersion } as unknown as IRegistry;
    const latest = new LatestVersions(registry, client, () => undefined);
    const readVersions = jest.fn().mockResolvedValue([]);
    const stop = new QueryObserver(client, {
      queryKey: registryKeys.versions(shown.arn),
      queryFn: readVersions,
      staleTime: Infinity
    }).subscribe(() => undefined);
    latest.request([shown]);
    await new Promise(done => setTimeout(done));
    expect(readVersions).toHaveBeenCalledTimes(1);
    expect(latestVersion).toHaveBeenCalledTimes(1);

    await latest.invalidateAll();
    await new Promise(done => setTimeout(done));
    expect(readVersions).toHaveBeenCalledTimes(2);
    expect(latestVersion).toHaveBeenCalledTimes(1);

    latest.request([shown]);
    await new Promise(done => setTimeout(done));
    expect(latestVersion).toHaveBeenCalledTimes(2);
    stop();
    latest.dispose();
    client.clear();
  });
});
