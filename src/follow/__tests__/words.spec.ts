import { Notification } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';

import { trans } from '../../approvals/__tests__/helpers';
import { group, openPagesConnection } from '../../testing';
import { CommandIDs } from '../../tokens';
import type { INews } from '../follower';
import { newsText, tellNews } from '../news';
import { statusText } from '../statusItem';
import { says } from './helpers';

const groups = (n: number) =>
  Array.from({ length: n }, (_, i) => group({ name: `g${i}`, arn: `g${i}` }));

describe('statusText', () => {
  const text = (n: number, more = false, unread: string[] = []) =>
    statusText({ groups: groups(n), more, unread }, trans);

  it('shows nothing before a reading, and where nothing waits', () => {
    expect(statusText(null, trans)).toBeNull();
    expect(text(0)).toBeNull();
  });

  it('counts, and says that there may be more', () => {
    expect(text(1)).toMatchObject({
      count: '1',
      label: '1 group waits for me',
      title: '1 group waits for me\ng0'
    });
    expect(text(2, true)).toMatchObject({
      count: '2+',
      label: 'At least 2 groups wait for me'
    });
    expect(text(2, true, ['registry-claims'])).toMatchObject({
      count: '2?',
      label:
        '2 groups wait for me, as far as could be read. Could not be read: registry-claims'
    });
    expect(text(12)?.title).toMatch(/g9\nand 2 more$/);
  });

  it('takes what could not be read for no zero', () => {
    expect(text(0, false, ['registry-claims'])).toMatchObject({
      count: '–',
      label:
        'What waits for me is not known. Could not be read: registry-claims'
    });
  });
});

describe('tellNews', () => {
  const news = (name: string, members: Partial<INews> = {}): INews => ({
    group: group({ name, arn: name }),
    changes: [
      {
        kind: 'use-case',
        from: { state: 'linked', word: 'Awaiting Approval' },
        to: { state: 'no-status', word: null }
      }
    ],
    status: says(null, {
      answers: [
        {
          source: 'openpages',
          connection: 'wxgov',
          state: 'found',
          useCase: null,
          matchedBy: 'arn',
          readAt: 1
        }
      ]
    }),
    starred: true,
    ...members
  });

  afterEach(() => jest.restoreAllMocks());

  function tell(all: INews[]) {
    const emit = jest.spyOn(Notification, 'emit').mockReturnValue('1');
    const commands = new CommandRegistry();
    const asked: unknown[] = [];
    commands.addCommand(CommandIDs.openPanel, {
      execute: args => {
        asked.push(args);
      }
    });
    const connections = [openPagesConnection()];
    tellNews({ commands, trans, connections }, all);
    expect(emit).toHaveBeenCalledTimes(1);
    const [text, type, options] = emit.mock.calls[0];
    return { text, type, options, asked };
  }

  it('names the console that says so', () => {
    const label = openPagesConnection().label;
    expect(tell([news('a')]).text).toBe(
      `a: use case Awaiting Approval → No status (${label})`
    );
  });

  it('puts what a look has shown into one notification', () => {
    const all = ['a', 'b', 'c', 'd'].map(name => news(name));
    const { text, type, options, asked } = tell(all);
    expect(text).toBe('4 groups that you follow have changed: a, b, c, …');
    expect(type).toBe('info');
    options?.actions?.[0].callback(new MouseEvent('click'));
    expect(asked).toEqual([{ filter: 'starred', text: '' }]);
  });

  it('warns when something was stopped', () => {
    const rejected = news('a', {
      changes: [
        {
          kind: 'approval',
          version: 3,
          from: 'PendingManualApproval',
          to: 'Rejected'
        },
        { kind: 'lifecycle', version: 3, from: null, to: 'Test / Failed' }
      ]
    });
    expect(tell([rejected]).type).toBe('warning');
    expect(newsText({ trans, connections: [] }, rejected)).toBe(
      'a: v3 Pending approval → Rejected (SageMaker); v3 lifecycle none → Test / Failed (SageMaker)'
    );
  });
});
