import * as fc from 'fast-check';

import { nullTranslator } from '@jupyterlab/translation';

import { RelayError } from '../../relay';
import {
  group as makeGroup,
  openPagesConnection,
  version
} from '../../testing';
import type {
  IGovernanceStatus,
  IModelPackage,
  IModelPackageGroup,
  IOpenPagesConnection
} from '../../tokens';
import { STALE_AFTER_MINUTES, TAG_KEY, VOCABULARY } from '../defaults';
import { OpenPagesError } from '../errors';
import { type IResolveInput, resolveStatus } from '../resolve';
import { Book, type IOrphan } from '../sources/book';
import type { IReading } from '../sources/openpages';
import { statusWords, Vocabulary } from '../vocabulary';
import { statusLabel, unknownReason } from '../words';

const NOW = Date.UTC(2026, 10, 21, 12);
const STALE = STALE_AFTER_MINUTES * 60_000;
const GROUP = makeGroup();
const DOWN = new RelayError({ code: 'upstream_unreachable', message: 'down' });
const DENIED = new OpenPagesError({
  connection: 'wxgov',
  reason: 'forbidden',
  message: 'no right',
  status: 403
});

interface IConsole {
  connection?: Partial<IOpenPagesConnection>;
  /** Status of use case 15001 "CREDIT-001 Credit risk". */
  status?: string | null;
  /** How the group hangs below it. */
  link?: 'arn' | 'arn-upper' | 'name' | 'none';
  orphan?: IOrphan['parent'];
  error?: unknown;
  age?: number;
  unread?: boolean;
  second?: string;
  entity?: string;
}

function reading(options: IConsole = {}): IReading {
  const connection = openPagesConnection(options.connection);
  if (options.unread) {
    return { connection, book: null, error: options.error ?? null };
  }
  const book = new Book(connection, NOW - (options.age ?? 0));
  const add = (id: string, name: string, status: string | null) =>
    book.addUseCase({
      id,
      name,
      status,
      riskLevel: 'High',
      owner: 'A',
      modified: null
    })!;
  const useCase = add(
    '15001',
    'CREDIT-001 Credit risk',
    options.status ?? null
  );
  const other = add('15002', 'CLM-014 Claims', 'Rejected');
  book.addEntity(useCase, options.entity ?? '11001', 'SageMaker prod');
  const { link = 'none' } = options;
  if (link !== 'none') {
    const arn = link === 'arn-upper' ? GROUP.arn.toUpperCase() : GROUP.arn;
    const object = {
      id: '9',
      name: GROUP.name,
      arn: link === 'name' ? null : arn
    };
    book.addLink({ group: object, useCase });
    if (options.second) {
      book.addLink({ group: object, useCase: other });
    }
  }
  if (options.orphan) {
    book.orphans.set(GROUP.arn.toLowerCase(), {
      group: { id: '9', name: GROUP.name, arn: GROUP.arn },
      parent: options.orphan
    });
  }
  return { connection, book, error: options.error ?? null };
}

function card(id: string | null, stage: string | null = null): IModelPackage {
  return version({
    card: {
      status: 'Draft',
      intendedUses: null,
      riskRating: null,
      useCaseId: id,
      useCaseName: id ? 'Named by the card' : null,
      useCaseStage: stage,
      raw: {}
    }
  });
}

const tagged = (id: string): IModelPackageGroup =>
  makeGroup({ tags: { [TAG_KEY]: id } });

function resolve(input: Partial<IResolveInput>): IGovernanceStatus {
  return resolveStatus({
    group: GROUP,
    latest: null,
    readings: [],
    vocabulary: new Vocabulary(VOCABULARY),
    tagKey: TAG_KEY,
    now: NOW,
    staleAfter: STALE,
    lastKnown: null,
    ...input
  });
}

type Case = [string, Partial<IResolveInput>, Partial<IGovernanceStatus>];

const CASES: Case[] = [
  // Link by ARN.
  [
    'by ARN',
    { readings: [reading({ link: 'arn', status: 'Approved' })] },
    {
      state: 'linked',
      bucket: 'approved',
      source: 'openpages',
      stale: false,
      readAt: NOW
    }
  ],
  [
    'by ARN whatever its case',
    { readings: [reading({ link: 'arn-upper', status: 'Approved' })] },
    { state: 'linked', bucket: 'approved' }
  ],
  [
    'a word nobody knows',
    { readings: [reading({ link: 'arn', status: 'In pre-assessment' })] },
    { state: 'linked', bucket: 'other' }
  ],
  [
    'no status',
    { readings: [reading({ link: 'arn' })] },
    { state: 'no-status', bucket: null, source: 'openpages' }
  ],
  [
    'the least favourable of two use cases',
    { readings: [reading({ link: 'arn', status: 'Approved', second: 'y' })] },
    { state: 'linked', bucket: 'rejected', disagreement: true }
  ],
  [
    'the least favourable of two consoles',
    {
      readings: [
        reading({ link: 'arn', status: 'Approved' }),
        reading({ connection: { id: 'b' }, link: 'arn', status: 'Withdrawn' })
      ]
    },
    { state: 'linked', bucket: 'retired', disagreement: true }
  ],
  // Link by name.
  [
    'not by name where an ARN field is configured',
    { readings: [reading({ link: 'name', status: 'Approved' })] },
    { state: 'not-linked' }
  ],
  [
    'by name within the entity',
    {
      readings: [
        reading({ link: 'name', status: 'Approved', connection: noArn() })
      ]
    },
    { state: 'linked', bucket: 'approved' }
  ],
  [
    'not by name under another entity',
    {
      readings: [
        reading({
          link: 'name',
          status: 'Approved',
          entity: '999',
          connection: noArn()
        })
      ]
    },
    { state: 'not-linked' }
  ],
  [
    'not by name without a configured entity',
    {
      readings: [
        reading({
          link: 'name',
          status: 'Approved',
          connection: { ...noArn(), entities: {} }
        })
      ]
    },
    { state: 'not-linked' }
  ],
  // Age and failures.
  [
    'stale good news are not green',
    {
      readings: [reading({ link: 'arn', status: 'Approved', age: STALE + 1 })]
    },
    { state: 'linked', bucket: 'other', stale: true }
  ],
  [
    'stale bad news stay',
    {
      readings: [reading({ link: 'arn', status: 'Rejected', age: STALE + 1 })]
    },
    { state: 'linked', bucket: 'rejected', stale: true }
  ],
  [
    'just not stale',
    { readings: [reading({ link: 'arn', status: 'Approved', age: STALE })] },
    { state: 'linked', bucket: 'approved', stale: false }
  ],
  [
    'a failed refresh keeps the last word, not the green',
    {
      readings: [
        reading({ link: 'arn', status: 'Approved', error: DOWN, age: 9 })
      ]
    },
    { state: 'linked', bucket: 'other', stale: true, readAt: NOW - 9 }
  ],
  [
    'a refused refresh is unreadable with the last word',
    {
      readings: [
        reading({ link: 'arn', status: 'Approved', error: DENIED, age: 9 })
      ]
    },
    {
      state: 'could-not-read',
      bucket: null,
      lastKnown: { status: 'Approved', readAt: NOW - 9 }
    }
  ],
  [
    'a failed refresh cannot say that there is no link',
    { readings: [reading({ error: DOWN })] },
    { state: 'could-not-read' }
  ],
  [
    'never read',
    { readings: [reading({ unread: true, error: DOWN })] },
    { state: 'could-not-read', bucket: null, useCase: null, lastKnown: null }
  ],
  [
    'never read, with a memory',
    {
      readings: [reading({ unread: true, error: DOWN })],
      lastKnown: { status: 'Approved', readAt: 7 }
    },
    {
      state: 'could-not-read',
      lastKnown: { status: 'Approved', readAt: 7 },
      stale: true,
      readAt: 7
    }
  ],
  [
    'being read',
    { readings: [reading({ unread: true })] },
    { state: 'loading' }
  ],
  [
    'a failing console of other registries',
    {
      readings: [
        reading({
          unread: true,
          error: DOWN,
          connection: { id: 'b', entities: { claims: '1' } }
        }),
        reading({ link: 'arn', status: 'Approved' })
      ]
    },
    { state: 'linked', bucket: 'approved' }
  ],
  [
    'a failing console of other registries and no link',
    {
      readings: [
        reading({
          unread: true,
          error: DOWN,
          connection: { id: 'b', entities: { claims: '1' } }
        }),
        reading({})
      ]
    },
    { state: 'not-linked' }
  ],
  // Rights.
  [
    'use case not visible',
    { readings: [reading({ orphan: 'hidden' })] },
    { state: 'could-not-read', bucket: null }
  ],
  [
    'use case not visible, card names one that is',
    {
      readings: [reading({ orphan: 'hidden', status: 'Approved' })],
      latest: card('CREDIT-001')
    },
    { state: 'could-not-read', bucket: null }
  ],
  [
    'model group with unknown parent',
    { readings: [reading({ orphan: 'unknown' })] },
    { state: 'could-not-read' }
  ],
  [
    'model group without parent',
    { readings: [reading({ orphan: 'none' })] },
    { state: 'not-linked' }
  ],
  // Card and tag, with a console.
  [
    "by the card's key",
    {
      readings: [reading({ status: 'Approved' })],
      latest: card('credit-001', 'whatever')
    },
    {
      state: 'linked',
      bucket: 'approved',
      source: 'openpages',
      disagreement: false
    }
  ],
  [
    "by the card's Resource ID",
    { readings: [reading({ status: 'Proposed' })], latest: card('15001') },
    { state: 'linked', bucket: 'draft', source: 'openpages' }
  ],
  [
    'by the tag',
    {
      readings: [reading({ status: 'Approved' })],
      group: tagged(' CREDIT-001 ')
    },
    { state: 'linked', bucket: 'approved', source: 'openpages' }
  ],
  [
    'the card before the tag',
    {
      readings: [reading({ status: 'Approved' })],
      group: tagged('CREDIT-001'),
      latest: card('CLM-014')
    },
    { state: 'linked', bucket: 'rejected', disagreement: true }
  ],
  [
    'ARN before the card',
    {
      readings: [reading({ link: 'arn', status: 'Under Development' })],
      latest: card('CLM-014', 'Approved')
    },
    { state: 'linked', bucket: 'progress', disagreement: true }
  ],
  [
    'ARN and card agree',
    {
      readings: [reading({ link: 'arn', status: 'Approved' })],
      latest: card('CREDIT-001'),
      group: tagged('15001')
    },
    { state: 'linked', bucket: 'approved', disagreement: false }
  ],
  [
    'ARN and an unknown card',
    {
      readings: [reading({ link: 'arn', status: 'Approved' })],
      latest: card('GONE-1')
    },
    { state: 'linked', bucket: 'approved', disagreement: true }
  ],
  [
    'card names what the console does not show',
    {
      readings: [reading({ status: 'Approved' })],
      latest: card('GONE-1', 'Approved')
    },
    { state: 'could-not-read', bucket: null, source: 'card' }
  ],
  [
    'card while the console is down',
    {
      readings: [reading({ unread: true, error: DOWN })],
      latest: card('CREDIT-001', 'Approved')
    },
    { state: 'could-not-read', bucket: null, source: 'card' }
  ],
  [
    'of card and tag the least favourable, whichever says it',
    {
      readings: [reading({ status: 'Approved' })],
      group: tagged('CLM-014'),
      latest: card('CREDIT-001')
    },
    { state: 'linked', bucket: 'rejected', disagreement: true }
  ],
  [
    'one of card and tag names what the console does not show',
    {
      readings: [reading({ status: 'Approved' })],
      group: tagged('GONE-1'),
      latest: card('CREDIT-001')
    },
    { state: 'could-not-read', bucket: null, disagreement: true }
  ],
  [
    'the card names a use case of another console',
    {
      readings: [
        emptyReading('b'),
        reading({ status: 'Approved', connection: { entities: {} } })
      ],
      latest: card('CREDIT-001')
    },
    { state: 'linked', bucket: 'approved' }
  ],
  [
    'by name while entities could not be read',
    { readings: [withoutEntities()] },
    { state: 'could-not-read', bucket: null }
  ],
  [
    'of a fresh and a stale approval the stale one',
    {
      readings: [
        reading({ link: 'arn', status: 'Approved' }),
        reading({
          connection: { id: 'b' },
          link: 'arn',
          status: 'Approved',
          age: STALE + 1
        })
      ]
    },
    { state: 'linked', bucket: 'other', stale: true }
  ],
  [
    'outside of the entity of its registry',
    { readings: [reading({ link: 'arn', status: 'Approved', entity: '999' })] },
    { state: 'linked', bucket: 'approved', outsideEntity: true }
  ],
  [
    'below the entity of its registry',
    { readings: [reading({ link: 'arn', status: 'Approved' })] },
    { outsideEntity: false }
  ],
  // Card and tag alone.
  [
    "the card's word is never green",
    { latest: card('CREDIT-001', 'Approved') },
    { state: 'linked', bucket: 'other', source: 'card' }
  ],
  [
    "the card's word",
    { latest: card('CREDIT-001', 'Development') },
    { state: 'linked', bucket: 'other', source: 'card' }
  ],
  [
    "the card's bad word",
    { latest: card('CREDIT-001', 'Rejected') },
    { state: 'linked', bucket: 'rejected', source: 'card' }
  ],
  [
    'a card without stage',
    { latest: card('CREDIT-001') },
    { state: 'no-status', source: 'card' }
  ],
  [
    'a tag',
    { group: tagged('CREDIT-001') },
    { state: 'no-status', source: 'tag' }
  ],
  [
    'card and tag differ',
    { group: tagged('X-1'), latest: card('CREDIT-001') },
    { state: 'no-status', source: 'card', disagreement: true }
  ],
  [
    'a key and a Resource ID that nobody can compare',
    { group: tagged('15001'), latest: card('CREDIT-001') },
    { state: 'no-status', source: 'card', disagreement: false }
  ],
  [
    'the same while the console is down',
    {
      readings: [reading({ unread: true, error: DOWN })],
      group: tagged('15001'),
      latest: card('CREDIT-001')
    },
    { state: 'could-not-read', disagreement: false }
  ],
  [
    'two Resource IDs while the console is down',
    {
      readings: [reading({ unread: true, error: DOWN })],
      group: tagged('15001'),
      latest: card('15002')
    },
    { state: 'could-not-read', disagreement: true }
  ],
  [
    'a Resource ID that the console does not show beside the use case it links',
    {
      readings: [reading({ link: 'arn', status: 'Approved' })],
      group: tagged('19999')
    },
    { state: 'linked', bucket: 'approved', disagreement: true }
  ],
  ['a card without use case', { latest: card(null) }, { state: 'not-linked' }],
  ['an empty tag', { group: tagged('  ') }, { state: 'not-linked' }],
  // Nothing.
  [
    'nobody knows',
    { readings: [reading({})] },
    { state: 'not-linked', useCase: null }
  ],
  [
    'latest version under way',
    { readings: [reading({})], latest: undefined, latestPending: true },
    { state: 'loading' }
  ],
  [
    'latest version not asked for',
    { readings: [reading({})], latest: undefined },
    { state: 'not-linked' }
  ],
  [
    'tags not readable',
    { group: makeGroup({ tags: null, shared: true }) },
    { state: 'not-linked' }
  ]
];

/** A console that knows no use case. */
function emptyReading(id: string): IReading {
  const connection = openPagesConnection({ id, entities: {} });
  return { connection, book: new Book(connection, NOW), error: null };
}

/** A console that matches by name and whose entities failed. */
function withoutEntities(): IReading {
  const failed = reading({ connection: noArn(), entity: '999', link: 'name' });
  if (failed.book) {
    failed.book.entityError = DOWN;
  }
  return failed;
}

function noArn(): Partial<IOpenPagesConnection> {
  const { schema } = openPagesConnection();
  return {
    schema: { ...schema, fields: { ...schema.fields, groupArn: null } }
  };
}

describe('resolveStatus', () => {
  it.each(CASES)('%s', (_, input, expected) => {
    expect(resolve(input)).toMatchObject(expected);
  });

  it('shows what every source said', () => {
    const { answers } = resolve({
      readings: [reading({ link: 'arn', status: 'Approved' })],
      latest: card('CREDIT-001'),
      group: makeGroup({ tags: null })
    });
    expect(answers.map(a => [a.source, a.state, a.matchedBy])).toEqual([
      ['openpages', 'found', 'arn'],
      ['card', 'found', 'id'],
      ['tag', 'not-asked', null]
    ]);
  });

  it('names the missing right', () => {
    const [answer] = resolve({
      readings: [reading({ orphan: 'hidden' })]
    }).answers;
    expect(answer.error).toMatchObject({
      reason: 'use-case-not-visible',
      denied: true
    });
  });

  it('tells keys that mean several use cases', () => {
    const ambiguous = reading({ status: 'Approved' });
    ambiguous.book?.addUseCase({
      id: '777',
      name: 'CREDIT-001 Copy',
      status: 'Approved',
      riskLevel: null,
      owner: null,
      modified: null
    });
    const status = resolve({
      readings: [ambiguous],
      latest: card('CREDIT-001')
    });
    expect(status.state).toBe('could-not-read');
    expect(status.answers[0].error).toMatchObject({ reason: 'ambiguous' });
  });

  const WORDS = [
    'Approved',
    'Approved for Development',
    'Awaiting Approval',
    'Rejected',
    'Not approved',
    'Deployed',
    'Approved but withdrawn',
    'In pre-assessment',
    '',
    null
  ];
  const trans = nullTranslator.load('sagemaker_governance');
  const vocabulary = new Vocabulary(VOCABULARY);
  const word = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...WORDS) },
    { weight: 3, arbitrary: fc.constantFrom('Approved', 'Deployed') },
    { weight: 1, arbitrary: fc.string() }
  );
  const anyReading = fc.record({
    status: word,
    link: fc.constantFrom('arn' as const, 'name' as const, 'none' as const),
    orphan: fc.constantFrom(
      undefined,
      'hidden' as const,
      'none' as const,
      'unknown' as const
    ),
    error: fc.oneof(
      { weight: 9, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom(DOWN, DENIED, new Error('x')) }
    ),
    age: fc.constantFrom(0, 1, 2, STALE, STALE + 1, 3 * STALE),
    unread: fc.oneof(
      { weight: 9, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) }
    ),
    second: fc.constantFrom(undefined, undefined, 'x'),
    connection: fc.constantFrom({}, noArn(), { id: 'b' }, { entities: {} }),
    entity: fc.constantFrom(undefined, '999')
  });
  const anyInput = fc.record({
    consoles: fc.array(anyReading, { maxLength: 3 }),
    cardId: fc.option(
      fc.constantFrom('CREDIT-001', 'CLM-014', '15001', 'GONE')
    ),
    stage: word,
    tag: fc.option(fc.constantFrom('CREDIT-001', 'CLM-014', 'GONE')),
    latestKnown: fc.boolean()
  });
  const resolveAny = (
    any: typeof anyInput extends fc.Arbitrary<infer T> ? T : never
  ) => {
    const readings = any.consoles.map((options, i) => {
      const made = reading(options);
      // Ids of consoles are unique.
      const connection = { ...made.connection, id: `console-${i}` };
      return { ...made, connection };
    });
    const status = resolve({
      readings,
      latest: any.latestKnown ? card(any.cardId, any.stage) : undefined,
      latestPending: !any.latestKnown,
      group: any.tag ? tagged(any.tag) : GROUP,
      lastKnown: { status: 'Approved', readAt: NOW }
    });
    return { readings, status };
  };

  it('is green only by a fresh word of OpenPages that the approved pattern, and none before it, fits', () => {
    const at = VOCABULARY.findIndex(rule => rule.bucket === 'approved');
    const before = VOCABULARY.slice(0, at).map(
      rule => new RegExp(rule.pattern, 'iu')
    );
    const approved = new RegExp(VOCABULARY[at].pattern, 'iu');
    let greens = 0;
    fc.assert(
      fc.property(anyInput, any => {
        const { readings, status } = resolveAny(any);
        if (status.bucket !== 'approved') {
          return;
        }
        greens++;
        expect(status).toMatchObject({
          state: 'linked',
          source: 'openpages',
          stale: false
        });
        const fresh = (id: string | null): boolean => {
          const from = readings.find(r => r.connection.id === id);
          const age = NOW - (from?.book?.readAt ?? 0);
          return from?.error === null && age <= STALE;
        };
        const won = status.answers.find(a => a.useCase === status.useCase);
        expect(won).toMatchObject({ source: 'openpages', state: 'found' });
        expect(fresh(won?.connection ?? null)).toBe(true);
        const words = statusWords(status.useCase?.status ?? '');
        expect(words).toMatch(approved);
        for (const earlier of before) {
          expect(words).not.toMatch(earlier);
        }
        // Nothing that answered in the same way says less.
        const byId = won?.matchedBy === 'id';
        for (const other of status.answers) {
          if (other.state === 'found' && other.source === 'openpages') {
            if ((other.matchedBy === 'id') === byId) {
              expect(vocabulary.bucketOf(other.useCase?.status ?? '')).toBe(
                'approved'
              );
              expect(fresh(other.connection)).toBe(true);
            }
          }
          // Without a link of its own, nothing that was asked may have failed.
          if (byId && other.state === 'failed') {
            const { entities } = readings.find(
              r => r.connection.id === other.connection
            )!.connection;
            expect(Object.keys(entities)).not.toEqual([]);
            expect(GROUP.connection in entities).toBe(false);
          }
        }
      }),
      { numRuns: 3000, seed: 20261121 }
    );
    expect(greens).toBeGreaterThan(100);
  });

  it('gives every other state its reason and its way out', () => {
    const states = new Map<string, number>();
    fc.assert(
      fc.property(anyInput, any => {
        const { status } = resolveAny(any);
        const label = statusLabel(status, trans);
        states.set(label, (states.get(label) ?? 0) + 1);
        const reason = unknownReason(status, trans);
        if (status.state !== 'linked') {
          expect(status.bucket).toBeNull();
        }
        if (status.state === 'linked' && !status.stale) {
          expect(reason === null).toBe(status.source === 'openpages');
        } else {
          expect(reason?.why).toBeTruthy();
          expect(reason?.next).toBeTruthy();
        }
        // A word that nobody knows is shown as it is, and neutral.
        const said = status.useCase?.status;
        if (status.state === 'linked' && said) {
          expect(label).toBe(said);
          if (vocabulary.bucketOf(said) === 'other') {
            expect(status.bucket).toBe('other');
          }
        }
      }),
      { numRuns: 3000, seed: 20261121 }
    );
    for (const label of [
      'Approved',
      'Not linked',
      'No status',
      'No permission',
      'Could not read',
      'Reading…'
    ]) {
      expect([label, states.get(label) ?? 0]).not.toEqual([label, 0]);
    }
  });
});
