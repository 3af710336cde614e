/** What people are told of changes: one notification a look. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { CommandIDs, type IConfig, type IGovernanceStatus } from '../tokens';
import { approvalLabel, openActions } from '../ui';
import { isBad, type Change, type IGovernanceFact } from './compare';
import type { INews } from './follower';

/** What telling needs. */
export interface INewsOptions {
  commands: CommandRegistry;
  trans: TranslationBundle;
  /** Labels of consoles. */
  connections: IConfig['connections'];
}

/** Names that a notification of several groups lists. */
const NAMED = 3;

/** Tell of everything that a look has shown to be different. */
export function tellNews(options: INewsOptions, news: readonly INews[]): void {
  const { commands, trans } = options;
  const bad = news.some(({ changes, status }) =>
    isBad(changes, status?.bucket ?? null)
  );
  const type = bad ? 'warning' : 'info';
  if (news.length === 1) {
    const [{ group }] = news;
    Notification.emit(newsText(options, news[0]), type, {
      autoClose: false,
      actions: openActions(options, {
        connection: group.connection,
        group: group.arn
      })
    });
    return;
  }
  const names = news.slice(0, NAMED).map(({ group }) => group.name);
  const listed =
    news.length > NAMED ? [...names, '…'].join(', ') : names.join(', ');
  const filter = news.every(({ starred }) => starred) ? 'starred' : 'all';
  Notification.emit(
    trans._n(
      '%1 group that you follow has changed: %2',
      '%1 groups that you follow have changed: %2',
      news.length,
      listed
    ),
    type,
    {
      autoClose: false,
      actions: commands.hasCommand(CommandIDs.openPanel)
        ? [
            {
              label: trans.__('Show'),
              caption: trans.__('Show the groups in the panel'),
              callback: () => {
                void commands.execute(CommandIDs.openPanel, {
                  filter,
                  text: ''
                });
              }
            }
          ]
        : []
    }
  );
}

/** The changes of one group in a line: what, from, to, who says so. */
export function newsText(
  { trans, connections }: Pick<INewsOptions, 'trans' | 'connections'>,
  { group, changes, status }: INews
): string {
  const parts = changes.map(change =>
    changeText(change, sourceOf(status, connections, trans), trans)
  );
  return trans.__('%1: %2', group.name, parts.join('; '));
}

function changeText(
  change: Change,
  source: string,
  trans: TranslationBundle
): string {
  switch (change.kind) {
    case 'use-case':
      return trans.__(
        'use case %1 → %2 (%3)',
        factText(change.from, trans),
        factText(change.to, trans),
        source
      );
    case 'approval':
      return trans.__(
        'v%1 %2 → %3 (SageMaker)',
        change.version,
        approvalLabel(change.from, trans),
        approvalLabel(change.to, trans)
      );
    case 'lifecycle':
      return trans.__(
        'v%1 lifecycle %2 → %3 (SageMaker)',
        change.version,
        change.from ?? trans.__('none'),
        change.to ?? trans.__('none')
      );
  }
}

function factText(fact: IGovernanceFact, trans: TranslationBundle): string {
  return fact.state === 'not-linked'
    ? trans.__('Not linked')
    : (fact.word ?? trans.__('No status'));
}

/** Who says so: the console by its name, the model card or the tag. */
function sourceOf(
  status: IGovernanceStatus | null,
  connections: IConfig['connections'],
  trans: TranslationBundle
): string {
  switch (status?.source) {
    case 'card':
      return trans.__('model card');
    case 'tag':
      return trans.__('tag');
    case 'openpages': {
      const said = status.answers.find(
        ({ source, state }) => source === 'openpages' && state === 'found'
      );
      const console = connections.find(({ id }) => id === said?.connection);
      return console?.label ?? 'OpenPages';
    }
    default:
      return trans.__('all sources');
  }
}
