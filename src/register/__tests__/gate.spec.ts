import { readFileSync } from 'fs';
import * as path from 'path';
import fc from 'fast-check';
import { governanceStatus, group, useCase } from '../../testing';
import type { IGovernanceStatus, StatusBucket } from '../../tokens';
import { type GateState, gateOf, gateState } from '../gate';
import { type IGroupChoice, sectionOf, sortChoices } from '../groups';
import { DEFAULTS, type IRegisterSettings, parseSettings } from '../settings';
import { trans } from './helpers';

const READ = Date.UTC(2026, 10, 20);

const linked = (
  bucket: StatusBucket,
  word: string,
  members: Partial<IGovernanceStatus> = {}
): IGovernanceStatus =>
  governanceStatus({
    bucket,
    useCase: useCase({ status: word }),
    readAt: READ,
    ...members
  });
const state = (
  name: IGovernanceStatus['state'],
  members: Partial<IGovernanceStatus> = {}
): IGovernanceStatus =>
  governanceStatus({ state: name, bucket: null, useCase: null, ...members });

const approved = linked('approved', 'Approved for Development');
const inReview = linked('pending', 'Awaiting Use Case Approval', {
  useCase: useCase({
    status: 'Awaiting Use Case Approval',
    workflow: {
      instance: '1',
      workflow: null,
      stage: 'Stakeholder Review',
      assignees: ['J. Murphy'],
      since: READ
    }
  })
});

/** Status, what is known by it, and words that the reason must hold. */
const ROWS: [string, IGovernanceStatus | null, GateState, RegExp[]][] = [
  ['approved', approved, 'approved', []],
  [
    'pending',
    inReview,
    'not-approved',
    [
      /CREDIT-001.*“Awaiting Use Case Approval”/,
      /with J\. Murphy \(Stakeholder Review\) since/,
      /Retail credit team/
    ]
  ],
  ['draft', linked('draft', 'Proposed'), 'not-approved', [/“Proposed”/]],
  [
    'in development',
    linked('progress', 'Under development'),
    'not-approved',
    [/“Under development”/]
  ],
  [
    'an unforeseen word',
    linked('other', 'In pre-assessment'),
    'not-approved',
    [/“In pre-assessment”/]
  ],
  [
    'nobody owns it',
    linked('draft', 'Proposed', {
      useCase: useCase({ status: 'Proposed', owner: null })
    }),
    'not-approved',
    [/governance team/]
  ],
  ['rejected', linked('rejected', 'Rejected'), 'stopped', [/“Rejected”/]],
  ['retired', linked('retired', 'Retired'), 'stopped', [/“Retired”/]],
  [
    'approved once, and read long ago',
    linked('other', 'Approved', { stale: true }),
    'stale',
    [/“Approved” when last read, .*2026/, /Refresh|read it again/i]
  ],
  [
    'approved, claims a card',
    linked('other', 'Approved', { source: 'card' }),
    'claim',
    [/Only a model card or tag links .*“Approved”/]
  ],
  [
    'approved, but the sources disagree',
    linked('approved', 'Approved', { disagreement: true }),
    'disagreement',
    [/another source/]
  ],
  [
    'no status',
    state('no-status', { useCase: useCase({ status: null }) }),
    'no-status',
    [/CREDIT-001 has no status/]
  ],
  [
    'could not be read',
    state('could-not-read'),
    'could-not-read',
    [/could not be read\./]
  ],
  [
    'could not be read, known once',
    state('could-not-read', {
      lastKnown: { status: 'Approved', readAt: READ }
    }),
    'could-not-read',
    [/could not be read\. Last known: “Approved”/]
  ],
  ['being read', state('loading'), 'loading', [/still being read/]],
  ['not linked', state('not-linked'), 'not-linked', [/No use case is linked/]],
  ['no answer', null, 'unanswered', [/did not answer/]]
];

const settings = (
  members: Partial<IRegisterSettings> = {}
): IRegisterSettings => ({ ...DEFAULTS, ...members });

describe('gate', () => {
  describe.each(['warn', 'block', 'allow'] as const)(
    'when settings say %s',
    whenNotApproved => {
      it.each(ROWS)('%s', (_, status, known, words) => {
        const gate = gateOf(
          { status, governed: true },
          settings({ whenNotApproved }),
          trans
        );
        expect(gate.state).toBe(known);
        expect(gate.verdict).toBe(
          known === 'approved' || whenNotApproved === 'allow'
            ? 'open'
            : whenNotApproved
        );
        const text = `${gate.why ?? ''} ${gate.next ?? ''}`;
        words.forEach(word => expect(text).toMatch(word));
        expect(text).not.toMatch(/undefined|null|%\d/);
        // Whoever is held up learns why, and what to do.
        expect(gate.why === null).toBe(known === 'approved');
        expect(gate.next === null).toBe(known === 'approved');
      });
    }
  );

  it('is shut for a new group, and where governance is off', () => {
    const block = settings({ whenNotApproved: 'block' });
    expect(
      gateOf({ status: null, governed: true, isNew: true }, block, trans)
    ).toMatchObject({ state: 'new-group', verdict: 'block' });
    expect(
      gateOf({ status: null, governed: false }, block, trans)
    ).toMatchObject({ state: 'off', verdict: 'block', again: false });
  });

  it.each([
    ['a meaning', { approvedBuckets: ['approved', 'progress'] as const }],
    ['a word', { approvedStatuses: [' under DEVELOPMENT '] }]
  ])('lets %s count that settings name', (_, members) => {
    const of = (status: IGovernanceStatus) =>
      gateState({ status, governed: true }, settings(members));
    const word = 'Under development';
    expect(of(linked('progress', word))).toBe('approved');
    expect(of(linked('progress', word, { stale: true }))).toBe('stale');
    expect(of(linked('progress', word, { source: 'tag' }))).toBe('claim');
    expect(of(inReview)).toBe('not-approved');
  });

  it('lets nothing count that is rejected or retired', () => {
    const words = settings({ approvedStatuses: ['Rejected', 'Retired'] });
    for (const [bucket, word] of [
      ['rejected', 'Rejected'],
      ['retired', 'Retired']
    ] as const) {
      expect(
        gateState({ status: linked(bucket, word), governed: true }, words)
      ).toBe('stopped');
    }
  });

  it('never opens by anything unknown', () => {
    const buckets = [
      'approved',
      'pending',
      'progress',
      'draft',
      'rejected',
      'retired',
      'other'
    ] as const;
    fc.assert(
      fc.property(
        fc.record({
          state: fc.constantFrom(
            'linked' as const,
            'no-status' as const,
            'not-linked' as const,
            'could-not-read' as const,
            'loading' as const
          ),
          bucket: fc.constantFrom(...buckets, null),
          source: fc.constantFrom(
            'openpages' as const,
            'card' as const,
            'tag' as const,
            null
          ),
          stale: fc.boolean(),
          disagreement: fc.boolean()
        }),
        fc.subarray([...buckets]),
        (members, approvedBuckets) => {
          const known = gateState(
            { status: governanceStatus(members), governed: true },
            settings({ approvedBuckets })
          );
          if (known === 'approved') {
            expect(members).toMatchObject({
              state: 'linked',
              source: 'openpages',
              stale: false,
              disagreement: false
            });
            expect(approvedBuckets).toContain(members.bucket);
            expect(['rejected', 'retired']).not.toContain(members.bucket);
          }
        }
      )
    );
  });
});

describe('list of groups', () => {
  const choice = (
    name: string,
    status: IGovernanceStatus | null,
    connection = 'own'
  ): IGroupChoice => ({
    group: group({ name, connection }),
    registry: connection,
    status
  });

  it('has approved use cases first, unlinked groups last', () => {
    const choices = [
      choice('a-loose', state('not-linked')),
      choice('b-rejected', linked('rejected', 'Rejected')),
      choice('c-unread', state('could-not-read')),
      choice('d-claims', approved, 'claims'),
      choice('e-10', approved),
      choice('e-9', approved),
      choice('f-pending', inReview),
      choice('g-unanswered', null),
      choice('h-stale', linked('other', 'Approved', { stale: true }))
    ];
    const sorted = sortChoices(choices, ['own', 'claims'], DEFAULTS);
    expect(sorted.map(c => [c.group.name, sectionOf(c, DEFAULTS)])).toEqual([
      ['e-9', 'approved'],
      ['e-10', 'approved'],
      ['d-claims', 'approved'],
      ['c-unread', 'other'],
      ['f-pending', 'other'],
      ['g-unanswered', 'other'],
      ['h-stale', 'other'],
      ['b-rejected', 'other'],
      ['a-loose', 'not-linked']
    ]);
  });
});

describe('settings', () => {
  it('leave out what cannot count', () => {
    expect(
      parseSettings({
        whenNotApproved: 'nonsense',
        approvedBuckets: ['progress', 'rejected', 'other', 7],
        approvedStatuses: ['Go', '', 3]
      })
    ).toMatchObject({
      whenNotApproved: 'warn',
      approvedBuckets: ['progress'],
      approvedStatuses: ['Go']
    });
  });

  it('have the same defaults in the schema', () => {
    const file = path.resolve(__dirname, '../../../schema/register.json');
    const { properties } = JSON.parse(readFileSync(file, 'utf-8')) as {
      properties: Record<string, { default: never }>;
    };
    expect(
      Object.fromEntries(
        Object.entries(properties).map(([key, { default: value }]) => [
          key,
          value
        ])
      )
    ).toEqual(DEFAULTS);
  });
});
