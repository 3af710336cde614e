/** What every source says, and which of them is flagged. */
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { render, screen, within } from '@testing-library/react';

import { KnownUseCases } from '../../../governance';
import {
  config,
  fakeRelay,
  governance,
  governanceStatus,
  openPagesConnection,
  useCase as aUseCase
} from '../../../testing';
import type {
  IGovernanceStatus,
  IRegistry,
  ISourceAnswer,
  IUseCase
} from '../../../tokens';
import { ServicesProvider } from '../context';
import { Answers, Disagreement } from '../governanceAnswers';

const trans = nullTranslator.load('sagemaker_governance');
const CREDIT = aUseCase();
const CARDS = aUseCase({
  id: '20044',
  key: 'CRD-044',
  name: 'Credit line increase',
  status: 'Approved with conditions',
  url: 'https://console.example/task/20044'
});

const answer = (
  source: ISourceAnswer['source'],
  said: IUseCase | null,
  members: Partial<ISourceAnswer> = {}
): ISourceAnswer => ({
  source,
  connection: source === 'openpages' ? 'wxgov' : null,
  state: said ? 'found' : 'none',
  useCase: said,
  matchedBy: !said ? null : source === 'openpages' ? 'arn' : 'id',
  readAt: null,
  ...members
});

/** What a card or a tag says: an id, perhaps a stage. */
const claim = (id: string, status: string | null = null): IUseCase =>
  aUseCase({ id, key: null, name: id, status, url: null });

function show(status: Partial<IGovernanceStatus>, known = [CREDIT, CARDS]) {
  const props = {
    status: governanceStatus(status),
    config: config({ connections: [openPagesConnection()] }),
    known: new KnownUseCases(known)
  };
  const registry = {} as IRegistry;
  render(
    <ServicesProvider
      value={{
        relay: fakeRelay({}),
        registry,
        governance: governance(),
        rendermime: null,
        themes: null,
        commands: new CommandRegistry(),
        trans
      }}
    >
      <Disagreement {...props} />
      <Answers {...props} />
    </ServicesProvider>
  );
  return within(screen.getByRole('list', { name: 'Sources' })).getAllByRole(
    'listitem'
  );
}

const flagged = (items: HTMLElement[]): boolean[] =>
  items.map(item => /names another use case/.test(item.textContent ?? ''));

describe('sources', () => {
  it('are each quoted, with a link to what they mean', () => {
    const [first, card, tag] = show({
      useCase: CARDS,
      disagreement: true,
      answers: [
        answer('openpages', CARDS),
        answer('card', claim('CREDIT-001', 'Approved for Development')),
        answer('tag', claim('20044'))
      ]
    });
    expect(first).toHaveTextContent(
      'watsonx.governance says CRD-044: Approved with conditions'
    );
    expect(card).toHaveTextContent(
      'Model card says CREDIT-001: Approved for Development'
    );
    // A number that nobody knows by heart is the same use case.
    expect(tag).toHaveTextContent('Tag says CRD-044 (20044)');
    expect(
      [first, card, tag].map(item =>
        within(item).getByRole('link').getAttribute('href')
      )
    ).toEqual([CARDS.url, CREDIT.url, CARDS.url]);
    expect(flagged([first, card, tag])).toEqual([false, true, false]);
    expect(
      screen.getByText('OpenPages counts. To be corrected: Model card.')
    ).toBeInTheDocument();
  });

  it('are quoted as they are where no use case is known', () => {
    const items = show(
      {
        useCase: CARDS,
        disagreement: true,
        answers: [
          answer('openpages', CARDS),
          answer('card', null),
          answer('tag', claim('OLD-7'))
        ]
      },
      []
    );
    expect(items[1]).toHaveTextContent('Model card knows of no use case');
    expect(items[2]).toHaveTextContent('Tag says OLD-7');
    expect(within(items[2]).queryByRole('link')).toBeNull();
    expect(flagged(items)).toEqual([false, false, true]);
  });

  it.each<[string, Partial<IGovernanceStatus>, boolean[], string]>([
    [
      'two use cases in OpenPages',
      {
        useCase: CARDS,
        answers: [answer('openpages', CREDIT), answer('openpages', CARDS)]
      },
      [true, false],
      'Have the wrong ones corrected.'
    ],
    [
      'one id in two consoles',
      {
        useCase: CARDS,
        answers: [
          answer('openpages', CARDS),
          answer('openpages', { ...CARDS, url: 'https://other.example/20044' })
        ]
      },
      [false, true],
      'Have the wrong ones corrected.'
    ],
    [
      'a card and a tag, while OpenPages knows nothing',
      {
        useCase: claim('CRD-044'),
        source: 'card',
        answers: [
          answer('openpages', null),
          answer('card', claim('CRD-044')),
          answer('tag', claim('20001'))
        ]
      },
      [false, false, true],
      'Have the wrong ones corrected.'
    ]
  ])('differ: %s', (_, status, expected, words) => {
    const items = show({ ...status, disagreement: true });
    expect(flagged(items)).toEqual(expected);
    expect(screen.getByText(words)).toBeInTheDocument();
  });

  it('that agree are not flagged', () => {
    const items = show({
      answers: [answer('openpages', CREDIT), answer('tag', claim('20001'))]
    });
    expect(flagged(items)).toEqual([false, false]);
    expect(screen.queryByText(/different use cases/)).toBeNull();
  });
});
