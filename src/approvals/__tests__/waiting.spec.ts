import fc from 'fast-check';
import { readFileSync } from 'fs';
import path from 'path';
import { nullTranslator } from '@jupyterlab/translation';
import { governanceStatus, useCase, version } from '../../testing';
import type {
  IActor,
  IGovernanceStatus,
  IModelPackage,
  IUseCase,
  IWorkflowState
} from '../../tokens';
import { LIFE_CYCLE_RULES, lifeCycleMeaning } from '../lifecycle';
import type { IPersona } from '../persona';
import { DEFAULTS, setApprovalSettings } from '../settings';
import {
  isRequested,
  type IWaiting,
  WAITING_RULES,
  waitingOn,
  waitsForMe
} from '../waiting';
import { waitingText } from '../waitingWords';

const trans = nullTranslator.load('test');

const person = (name: string): IActor => ({
  userProfileName: name,
  sourceIdentity: null,
  arn: null
});

const PIPELINE: IActor = {
  userProfileName: null,
  sourceIdentity: null,
  arn: 'arn:aws:sts::111122223333:assumed-role/Pipelines/run'
};

const me = (members: Partial<IPersona> = {}): IPersona => ({
  userProfileName: 'ds-042',
  callerArn: 'arn:aws:sts::111122223333:assumed-role/DataScientist/SageMaker',
  roleName: 'DataScientist',
  role: 'data-scientist',
  canDecide: { ok: true, reason: null },
  shared: false,
  consoleUser: null,
  ...members
});
const approver = me({ userProfileName: 'apr-007', role: 'approver' });

const CREATED = Date.UTC(2026, 10, 1);
const CHANGED = Date.UTC(2026, 10, 2);

const v = (members: Partial<IModelPackage> = {}): IModelPackage =>
  version({
    createdAt: CREATED,
    lastModifiedAt: CHANGED,
    createdBy: person('ds-042'),
    ...members
  });
const requested = (members: Partial<IModelPackage> = {}): IModelPackage =>
  v({ approvalDescription: 'Better data', ...members });

const status = (
  bucket: IGovernanceStatus['bucket'],
  members: Partial<IGovernanceStatus> = {}
): IGovernanceStatus => governanceStatus({ bucket, ...members });

const life = (stage: string, word: string): IModelPackage['lifeCycle'] => ({
  stage,
  status: word,
  description: null
});

const READ = Date.UTC(2026, 10, 20);
const STEP = Date.UTC(2026, 10, 12);
const EDITED = Date.UTC(2026, 10, 9);

const flow = (...assignees: string[]): IWorkflowState => ({
  instance: '1',
  workflow: 'Use Case Request',
  stage: 'Stakeholder Review',
  assignees,
  since: STEP
});

/** A use case in a bucket, in the hands of these people. */
const inHands = (
  bucket: IGovernanceStatus['bucket'],
  assignees: string[],
  members: Partial<IGovernanceStatus> = {},
  facts: Partial<IUseCase> = {}
): IGovernanceStatus =>
  status(bucket, {
    readAt: READ,
    useCase: useCase({
      modifiedAt: EDITED,
      workflow: assignees.length > 0 ? flow(...assignees) : null,
      ...facts
    }),
    ...members
  });

const unknown = (state: IGovernanceStatus['state']): IGovernanceStatus =>
  governanceStatus({ state, bucket: null, useCase: null });

type Row = [
  name: string,
  latest: IModelPackage | null | undefined,
  status: IGovernanceStatus | null,
  me: IPersona | null,
  expected: [IWaiting['who'], IWaiting['reason'], number | null] | null
];

const ROWS: Row[] = [
  ['retired', requested(), status('retired'), approver, null],
  [
    'use case rejected',
    requested(),
    status('rejected'),
    approver,
    ['nobody', 'use-case-rejected', null]
  ],
  [
    'use case awaits approval, version approved',
    v({ approval: 'Approved' }),
    status('pending'),
    me(),
    ['use-case-approver', 'use-case-decision', null]
  ],
  [
    'use case awaits approval, no version',
    null,
    status('pending'),
    me(),
    ['use-case-approver', 'use-case-decision', null]
  ],
  ['no version', null, status('approved'), me(), null],
  ['nothing known', null, null, null, null],
  ['approved', v({ approval: 'Approved' }), status('approved'), me(), null],
  [
    'rejected, mine',
    v({ approval: 'Rejected' }),
    status('approved'),
    me(),
    ['you', 'rejected', CHANGED]
  ],
  [
    'rejected, of somebody else',
    v({ approval: 'Rejected', createdBy: person('ds-107') }),
    status('approved'),
    me(),
    ['author', 'rejected', CHANGED]
  ],
  [
    'requested, seen by its author',
    requested(),
    status('approved'),
    me(),
    ['approver', 'decision', CHANGED]
  ],
  [
    'requested, seen by an approver',
    requested(),
    status('approved'),
    approver,
    ['you', 'decision', CHANGED]
  ],
  [
    'requested by an approver who is its author',
    requested({ createdBy: person('apr-007') }),
    status('approved'),
    approver,
    ['approver', 'decision', CHANGED]
  ],
  [
    'requested, approver in a shared space',
    requested(),
    status('approved'),
    me({
      userProfileName: null,
      role: 'approver',
      canDecide: { ok: false, reason: 'shared' },
      shared: true
    }),
    ['approver', 'decision', CHANGED]
  ],
  [
    'requested by life cycle alone',
    v({
      lifeCycle: {
        stage: 'Development',
        status: 'PendingApproval',
        description: null
      }
    }),
    null,
    approver,
    ['you', 'decision', CHANGED]
  ],
  [
    'registered by a pipeline',
    v({ createdBy: PIPELINE, lastModifiedAt: null }),
    null,
    approver,
    ['you', 'decision', CREATED]
  ],
  [
    'registered by a person, not requested',
    v({ lastModifiedAt: null }),
    status('approved'),
    me(),
    ['you', 'request', CREATED]
  ],
  [
    'the same, seen by an approver',
    v(),
    status('approved'),
    approver,
    ['author', 'request', CHANGED]
  ],
  [
    'author unknown',
    v({ createdBy: null }),
    null,
    me(),
    ['author', 'request', CHANGED]
  ],
  [
    'use case could not be read: the version counts',
    requested(),
    unknown('could-not-read'),
    approver,
    ['you', 'decision', CHANGED]
  ],
  [
    'not linked, not requested',
    v(),
    unknown('not-linked'),
    me(),
    ['you', 'request', CHANGED]
  ],
  [
    'nobody known to ask',
    requested(),
    null,
    null,
    ['approver', 'decision', CHANGED]
  ],
  [
    'rejected use case that somebody reworks',
    requested(),
    inHands('rejected', ['J. Murphy']),
    approver,
    ['person', 'use-case-rejected', STEP]
  ],
  [
    'use case awaits approval, in named hands',
    requested(),
    inHands('pending', ['J. Murphy']),
    approver,
    ['person', 'use-case-decision', STEP]
  ],
  [
    'the same without a workflow: its last change',
    requested(),
    inHands('pending', []),
    approver,
    ['use-case-approver', 'use-case-decision', EDITED]
  ],
  [
    'use case awaits me, by the name that settings claim',
    null,
    inHands('pending', ['A. Other', 'd.silva']),
    me({ consoleUser: 'd.silva' }),
    ['you', 'use-case-decision', STEP]
  ],
  [
    'a profile of the same name proves nothing',
    null,
    inHands('pending', ['ds-042']),
    me(),
    ['person', 'use-case-decision', STEP]
  ],
  [
    'neither does a name that is nearly ours',
    null,
    inHands('pending', ['D.Silva']),
    me({ consoleUser: 'd.silva' }),
    ['person', 'use-case-decision', STEP]
  ],
  [
    'latest version not read yet, use case pending',
    undefined,
    inHands('pending', ['J. Murphy']),
    me(),
    ['person', 'use-case-decision', STEP]
  ],
  ['latest version not read yet', undefined, status('approved'), me(), null],
  [
    'use case retired when last read',
    requested(),
    inHands('retired', [], { stale: true }),
    approver,
    ['nobody', 'use-case-retired', EDITED]
  ],
  [
    'retired, says a model card',
    requested(),
    inHands('retired', [], { source: 'card' }),
    approver,
    ['nobody', 'use-case-retired', EDITED]
  ],
  [
    'retired version',
    v({ lifeCycle: life('Archived', 'Anything') }),
    null,
    me(),
    null
  ],
  [
    'on hold, though requested',
    requested({ lifeCycle: life('QA', 'OnHold') }),
    status('approved'),
    approver,
    ['nobody', 'on-hold', CHANGED]
  ],
  [
    'lifecycle rejected, though requested',
    requested({ lifeCycle: life('Development', 'Rejected') }),
    status('approved'),
    approver,
    ['author', 'stage-rejected', CHANGED]
  ],
  [
    'approved version whose next stage was rejected',
    v({ approval: 'Approved', lifeCycle: life('QA', 'Rejected') }),
    status('approved'),
    me(),
    ['you', 'stage-rejected', CHANGED]
  ],
  [
    'approved version that awaits its next stage',
    v({ approval: 'Approved', lifeCycle: life('QA', 'PendingApproval') }),
    status('approved'),
    approver,
    ['you', 'stage-decision', CHANGED]
  ],
  [
    'console says review',
    v({ lifeCycle: life('Development', 'Review') }),
    status('approved'),
    me(),
    ['reviewer', 'review', CHANGED]
  ],
  [
    'console says data preparation',
    v({ lifeCycle: life('DataPrep-FeatureEngineering', 'InProgress') }),
    status('approved'),
    me(),
    ['you', 'progress', CHANGED]
  ],
  [
    'console says proposed: approved as a proposal only',
    v({ lifeCycle: life('Proposal', 'Approved') }),
    status('approved'),
    me(),
    ['you', 'request', CHANGED]
  ],
  [
    'a pair that nobody told us of',
    v({ lifeCycle: life('Development', 'Complete') }),
    status('approved'),
    me(),
    ['you', 'request', CHANGED]
  ],
  [
    'draft use case, registered version',
    v(),
    inHands('draft', []),
    me(),
    ['use-case-owner', 'use-case-draft', EDITED]
  ],
  [
    'draft use case of ours',
    null,
    inHands('draft', [], {}, { owner: 'd.silva' }),
    me({ consoleUser: 'd.silva' }),
    ['you', 'use-case-draft', EDITED]
  ],
  [
    'draft use case, requested version: the approver can act',
    requested(),
    inHands('draft', []),
    me(),
    ['approver', 'decision', CHANGED]
  ],
  [
    'an unforeseen word with somebody working on it',
    v(),
    inHands('other', ['J. Murphy']),
    me(),
    ['person', 'use-case-step', STEP]
  ],
  [
    'no status word, but somebody working on it',
    v(),
    inHands(null, ['J. Murphy'], { state: 'no-status' }),
    me(),
    ['person', 'use-case-step', STEP]
  ],
  [
    'approved use case under review again, no version',
    null,
    inHands('approved', ['J. Murphy']),
    me(),
    ['person', 'use-case-step', STEP]
  ],
  [
    'the same beside a version of ours that is not requested',
    v(),
    inHands('approved', ['J. Murphy']),
    me(),
    ['you', 'request', CHANGED]
  ],
  [
    'the workflow of a use case that cannot be read now counts for nothing',
    null,
    inHands(null, ['J. Murphy'], { state: 'could-not-read' }),
    me(),
    null
  ]
];

/** The rule that answers. */
function answering(latest: Row[1], state: Row[2], who: Row[3]): string {
  const found = jest.fn();
  const spies = WAITING_RULES.map(rule => {
    const spy = jest.spyOn(rule, 'then');
    return spy.mockImplementation(() => {
      found(rule.name);
      return null;
    });
  });
  waitingOn({ latest, status: state, me: who });
  spies.forEach(spy => spy.mockRestore());
  return found.mock.calls[0][0];
}

describe('waitingOn', () => {
  it.each(ROWS)('%s', (_, latest, state, who, expected) => {
    const found = waitingOn({ latest, status: state, me: who });
    expect(found && [found.who, found.reason, found.since]).toEqual(expected);
  });

  it('meets every rule', () => {
    const met = ROWS.map(([, latest, state, who]) =>
      answering(latest, state, who)
    );
    expect(new Set(met)).toEqual(new Set(WAITING_RULES.map(r => r.name)));
  });

  it('asks the rules in their order', () => {
    // Everything that could be said at once: what stops everything wins.
    const all = requested({ lifeCycle: life('QA', 'OnHold') });
    const reasons = (['rejected', 'pending', 'draft'] as const).map(
      bucket =>
        waitingOn({
          latest: all,
          status: inHands(bucket, []),
          me: approver
        })?.reason
    );
    expect(reasons).toEqual([
      'use-case-rejected',
      'use-case-decision',
      'on-hold'
    ]);
  });

  it('takes only a pending version for requested', () => {
    expect(isRequested(requested())).toBe(true);
    expect(isRequested(requested({ approval: 'Rejected' }))).toBe(false);
    expect(isRequested(v({ approvalDescription: '  ' }))).toBe(false);
  });

  it('names the use case in nothing but its own state', () => {
    expect(
      waitingOn({
        latest: v({ approval: 'Approved' }),
        status: status('progress', { useCase: useCase({ status: 'New' }) }),
        me: me()
      })
    ).toBeNull();
  });
});

describe('doubt', () => {
  const doubts: [string, IGovernanceStatus | null, IWaiting['doubt']][] = [
    ['a fresh word of the console', inHands('pending', []), null],
    ['an old reading', inHands('pending', [], { stale: true }), 'stale'],
    ['a model card', inHands('pending', [], { source: 'card' }), 'claim'],
    [
      'several use cases',
      inHands('pending', [], { disagreement: true }),
      'disagreement'
    ],
    [
      'a version beside an old reading',
      status('other', { stale: true }),
      'stale'
    ],
    ['a version beside a card', status('other', { source: 'card' }), null],
    ['a use case that could not be read', unknown('could-not-read'), 'unread'],
    ['a use case being read', unknown('loading'), 'loading'],
    ['an unlinked group', unknown('not-linked'), null],
    ['no governance', null, null]
  ];
  it.each(doubts)('of %s', (_, state, doubt) => {
    const found = waitingOn({ latest: requested(), status: state, me: me() });
    expect(found?.doubt).toBe(doubt);
    const text = waitingText(found as IWaiting, trans, READ);
    expect(text.doubt === null).toBe(doubt === null);
  });

  it('is said with the age of the reading', () => {
    const found = waitingOn({
      latest: null,
      status: inHands('pending', ['J. Murphy'], { stale: true }),
      me: me()
    }) as IWaiting;
    const text = waitingText(found, trans, READ + 3 * 3_600_000);
    expect(found.asOf).toBe(READ);
    expect(text.brief).toBe('with J. Murphy · as of 3 hr. ago');
    expect(text.sentence).toMatch(/since .*12, as of 3 hr\. ago$/);
    expect(text.doubt).toMatch(/last read Nov 20, 2026.*refresh/);
  });
});

describe('words', () => {
  const NOW = Date.UTC(2026, 10, 21, 12);
  const say = (
    latest: IModelPackage | null,
    state: IGovernanceStatus | null,
    who: IPersona | null = me()
  ) =>
    waitingText(
      waitingOn({ latest, status: state, me: who }) as IWaiting,
      trans,
      NOW
    );

  beforeEach(() => {
    document.documentElement.lang = 'en-GB';
  });
  afterEach(() => {
    document.documentElement.lang = '';
  });

  it.each([
    [
      say.bind(null, null, inHands('pending', ['J. Murphy'])),
      'with J. Murphy · 9 days',
      'with J. Murphy (Stakeholder Review) since 12 Nov'
    ],
    [
      say.bind(null, null, inHands('pending', ['J. Murphy', 'A', 'B'])),
      'with J. Murphy and 2 others · 9 days',
      'with J. Murphy and 2 others (Stakeholder Review) since 12 Nov'
    ],
    [
      say.bind(null, null, inHands('pending', ['x']), me({ consoleUser: 'x' })),
      'with you · 9 days',
      'with you (Stakeholder Review) since 12 Nov'
    ],
    [
      say.bind(null, requested(), status('approved')),
      'with approver · 19 days',
      'with approver since 2 Nov'
    ],
    [
      say.bind(null, v({ createdBy: person('ds-107') }), null),
      'with author · 19 days',
      'with author ds-107 since 2 Nov'
    ],
    [
      say.bind(null, null, inHands('draft', [])),
      'with use-case owner · 12 days',
      'with use-case owner Retail credit team since 9 Nov'
    ],
    [
      say.bind(null, null, status('rejected')),
      'use case rejected',
      'use case rejected'
    ],
    [
      say.bind(null, v({ lifeCycle: life('QA', 'OnHold') }), null),
      'on hold · 19 days',
      'on hold (QA / OnHold) since 2 Nov'
    ]
  ])('of row %#', (text, brief, sentence) => {
    expect(text().brief).toBe(brief);
    expect(text().sentence).toBe(sentence);
  });

  it('keep names that run from right to left to themselves', () => {
    expect(say(null, inHands('pending', ['ليلى حداد'])).sentence).toBe(
      'with \u2068ليلى حداد\u2069 (Stakeholder Review) since 12 Nov'
    );
  });

  it('tell a step from a last change', () => {
    expect(say(null, inHands('pending', ['x'])).moment).toMatch(/^Since/);
    expect(say(null, inHands('pending', [])).moment).toMatch(/^Last change/);
  });

  it('are there for every combination, and agree', () => {
    const people = [me(), approver, me({ consoleUser: 'J. Murphy' }), null];
    const states: (IGovernanceStatus | null)[] = [null];
    for (const bucket of [
      'approved',
      'pending',
      'progress',
      'draft',
      'rejected',
      'retired',
      'other'
    ] as const) {
      for (const hands of [[], ['J. Murphy'], ['J. Murphy', 'B']]) {
        for (const stale of [true, false]) {
          for (const source of ['openpages', 'card'] as const) {
            states.push(inHands(bucket, hands, { stale, source }));
          }
        }
      }
    }
    for (const state of [
      'no-status',
      'not-linked',
      'could-not-read',
      'loading'
    ] as const) {
      states.push(unknown(state));
    }
    const versions = fc.record({
      approval: fc.constantFrom(
        'Approved' as const,
        'Rejected' as const,
        'PendingManualApproval' as const
      ),
      approvalDescription: fc.constantFrom(null, 'Better data'),
      lifeCycle: fc.constantFrom(
        null,
        ...['PendingApproval', 'OnHold', 'Rejected', 'Retired', 'Review'].map(
          word => life('QA', word)
        ),
        life('Development', 'InProgress'),
        life('', '')
      ),
      createdBy: fc.constantFrom(person('ds-042'), PIPELINE, null),
      lastModifiedAt: fc.constantFrom(null, CHANGED)
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.constantFrom(null, undefined),
          versions.map(members => v(members))
        ),
        fc.constantFrom(...states),
        fc.constantFrom(...people),
        (latest, state, who) => {
          const waiting = waitingOn({ latest, status: state, me: who });
          if (!waiting) {
            return;
          }
          const text = waitingText(waiting, trans, NOW);
          expect(text.sentence).toMatch(
            /^(with .+|on hold|use case (retired|rejected))/
          );
          expect(text.sentence).not.toMatch(/undefined|null|%\d|\(\)/);
          expect(text.brief).not.toMatch(/undefined|null|%\d/);
          expect(text.step).toMatch(/^[A-Z].*\.$/);
          // Row, document and filter never contradict each other.
          const you = waitsForMe(waiting);
          expect(text.brief.startsWith('with you')).toBe(you);
          expect(text.sentence.startsWith('with you')).toBe(you);
          // Nobody is us without somebody being there.
          expect(you && who === null).toBe(false);
          // What is old is never said as if it were now.
          if (state?.stale) {
            expect(text.doubt).not.toBeNull();
            expect(text.sentence.includes('as of')).toBe(
              waiting.reason.startsWith('use-case')
            );
          }
        }
      ),
      { numRuns: 3000 }
    );
  });
});

describe('lifecycle', () => {
  it.each([
    ['Development', 'PendingApproval', 'decision'],
    ['QA', 'Pending-Approval', 'decision'],
    ['qa', 'pending_approval', 'decision'],
    ['Archived', 'Approved', 'retired'],
    ['Production', 'Retired', 'retired'],
    ['Production', 'On-Hold', 'hold'],
    ['DataPrep-DataCollection', 'InProgress', 'progress'],
    ['Production', 'InProgress', null],
    ['Development', 'Complete', null],
    ['Development', '', null]
  ])('%s / %s means %s', (stage, word, meaning) => {
    expect(lifeCycleMeaning(v({ lifeCycle: life(stage, word) }), null)).toBe(
      meaning
    );
  });

  it('has the same defaults in the settings', () => {
    const file = path.resolve(__dirname, '../../../schema/approvals.json');
    const { properties } = JSON.parse(readFileSync(file, 'utf-8'));
    expect(properties.lifeCycleMeanings.default).toEqual(LIFE_CYCLE_RULES);
  });

  it('is what settings say', () => {
    setApprovalSettings({
      ...DEFAULTS,
      lifeCycleRules: [
        { stage: '*', status: 'PendingApproval', means: 'nothing' },
        { stage: 'Validation*', status: 'Handed-over', means: 'decision' }
      ]
    });
    try {
      const handed = v({ lifeCycle: life('Validation-2', 'HandedOver') });
      expect(isRequested(handed)).toBe(true);
      expect(
        waitingOn({ latest: handed, status: null, me: approver })?.who
      ).toBe('you');
      expect(isRequested(v({ lifeCycle: life('QA', 'PendingApproval') }))).toBe(
        false
      );
    } finally {
      setApprovalSettings(DEFAULTS);
    }
  });
});
