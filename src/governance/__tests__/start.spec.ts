import { Notification } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { fakeRelay } from '../../testing';
import { Governance } from '../service';
import { startGovernance } from '../start';

const trans = nullTranslator.load('sagemaker_governance');

const start = (composite: Record<string, unknown>) =>
  startGovernance({
    relay: fakeRelay({}),
    state: null,
    settings: Promise.resolve({
      composite,
      changed: new Signal<object, void>({})
    } as unknown as ISettingRegistry.ISettings),
    trans
  });

describe('startGovernance', () => {
  const configured = jest.spyOn(Governance.prototype, 'configure');
  const told = jest.spyOn(Notification, 'error').mockReturnValue('');

  beforeEach(() => {
    configured.mockClear();
    told.mockClear();
  });

  it('takes age and tag key although a line of the vocabulary is broken', async () => {
    const service = await start({
      staleAfterMinutes: 5,
      tagKey: 'team:case',
      vocabulary: [{ bucket: 'approved', pattern: '(' }]
    });
    const taken = configured.mock.results
      .map(({ type }, at) => ({ type, settings: configured.mock.calls[at][0] }))
      .filter(({ type }) => type === 'return')
      .map(({ settings }) => settings);
    expect(taken).toEqual([{ staleAfterMinutes: 5, tagKey: 'team:case' }]);
    expect(told).toHaveBeenCalledTimes(1);
    expect(told.mock.calls[0][0]).toContain('Status vocabulary, line 1');
    // The former vocabulary stays.
    expect(service.bucketOf('Approved')).toBe('approved');
  });

  it('takes a vocabulary that is right', async () => {
    const service = await start({
      vocabulary: [{ bucket: 'approved', pattern: '^blessed$' }]
    });
    expect(told).not.toHaveBeenCalled();
    expect(service.bucketOf('Blessed')).toBe('approved');
    expect(service.bucketOf('Approved')).toBe('other');
  });
});
