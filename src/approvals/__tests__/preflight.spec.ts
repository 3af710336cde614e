import { governanceStatus, useCase } from '../../testing';
import type { IGovernanceStatus } from '../../tokens';
import {
  type IPreflightInput,
  type IPreflightItem,
  mayRequest,
  preflight
} from '../preflight';
import { DEFAULTS } from '../settings';
import { details, persona, trans } from './helpers';

const run = (members: Partial<IPreflightInput> = {}): IPreflightItem[] =>
  preflight({
    version: details(),
    status: governanceStatus(),
    me: persona(),
    latest: null,
    settings: DEFAULTS,
    trans,
    ...members
  });

const stateOf = (
  items: IPreflightItem[],
  id: IPreflightItem['id']
): string | undefined => items.find(i => i.id === id)?.state;

const status = (members: Partial<IGovernanceStatus>): IGovernanceStatus =>
  governanceStatus(members);

describe('preflight', () => {
  it('is all in order for a complete version', () => {
    const items = run();
    expect(items.map(({ id, state }) => [id, state])).toEqual([
      ['use-case', 'ok'],
      ['contents', 'ok'],
      ['card', 'ok']
    ]);
    expect(mayRequest(items)).toBe(true);
  });

  it.each([
    ['approved', status({}), 'ok'],
    ['approved, stale', status({ stale: true }), 'unknown'],
    [
      'approved when last read',
      status({ stale: true, bucket: 'other' }),
      'unknown'
    ],
    ['pending, stale', status({ stale: true, bucket: 'pending' }), 'warn'],
    ['rejected, stale', status({ stale: true, bucket: 'rejected' }), 'block'],
    ['approved, sources disagree', status({ disagreement: true }), 'warn'],
    ['pending', status({ bucket: 'pending' }), 'warn'],
    ['in progress', status({ bucket: 'progress' }), 'warn'],
    ['draft', status({ bucket: 'draft' }), 'warn'],
    ['word nobody knows', status({ bucket: 'other' }), 'warn'],
    ['rejected', status({ bucket: 'rejected' }), 'block'],
    ['retired', status({ bucket: 'retired' }), 'block'],
    ['no status', status({ state: 'no-status', bucket: null }), 'unknown'],
    [
      'not linked',
      status({ state: 'not-linked', bucket: null, useCase: null }),
      'warn'
    ],
    [
      'could not read',
      status({
        state: 'could-not-read',
        bucket: null,
        useCase: null,
        lastKnown: { status: 'Approved', readAt: 1 }
      }),
      'unknown'
    ],
    ['loading', status({ state: 'loading', bucket: null }), 'unknown'],
    ['governance off', null, 'unknown']
  ])('use case %s', (_, governance, expected) => {
    expect(stateOf(run({ status: governance }), 'use-case')).toBe(expected);
  });

  it('does not call an old approval “not approved yet”', () => {
    const items = run({ status: status({ stale: true, bucket: 'other' }) });
    const text = items.find(i => i.id === 'use-case')?.text;
    expect(text).toMatch(/when last read; that may be out of date$/);
    expect(text).not.toMatch(/not approved/);
  });

  it('blocks on an unapproved use case when settings say so', () => {
    const settings = { ...DEFAULTS, useCasePolicy: 'block' as const };
    const items = run({ settings, status: status({ bucket: 'pending' }) });
    expect(mayRequest(items)).toBe(false);
  });

  it.each([
    ['artifact', { modelDataUrl: null }, 'model artifact'],
    ['image', { image: null }, 'image']
  ])('misses the %s', (_, members, name) => {
    const base = details();
    const items = run({
      version: details({ containers: [{ ...base.containers[0], ...members }] })
    });
    expect(items.find(i => i.id === 'contents')).toMatchObject({
      state: 'warn',
      text: `Missing: ${name}`,
      action: 'register'
    });
  });

  it('misses metrics and containers', () => {
    const items = run({ version: details({ metrics: {}, containers: [] }) });
    expect(items.find(i => i.id === 'contents')?.text).toBe(
      'Missing: model artifact, image, metrics'
    );
  });

  it('misses the intended use, or the card', () => {
    const { card } = details();
    expect(
      stateOf(
        run({
          version: details({ card: card && { ...card, intendedUses: ' ' } })
        }),
        'card'
      )
    ).toBe('warn');
    expect(stateOf(run({ version: details({ card: null }) }), 'card')).toBe(
      'warn'
    );
  });

  it.each([
    ['approved', { approval: 'Approved' as const }, 'block'],
    ['rejected', { approval: 'Rejected' as const }, 'warn'],
    ['requested', { approvalDescription: 'please' }, 'warn'],
    ['registered', {}, undefined]
  ])('already %s', (_, members, expected) => {
    expect(stateOf(run({ version: details(members) }), 'approval')).toBe(
      expected
    );
  });

  it.each([
    ['Failed', 'block'],
    ['InProgress', 'unknown'],
    ['Completed', undefined]
  ])('package %s', (state, expected) => {
    expect(
      stateOf(run({ version: details({ status: state }) }), 'package')
    ).toBe(expected);
  });

  it('says when a newer version exists, and whose it is', () => {
    const mine = run({ latest: details({ version: 13 }) });
    expect(mine.find(i => i.id === 'newer')?.text).toBe(
      'Your version 13 is newer'
    );
    const theirs = run({ latest: details({ version: 13, createdBy: null }) });
    expect(theirs.find(i => i.id === 'newer')?.text).toBe(
      'Version 13 is newer'
    );
    expect(stateOf(run({ latest: details() }), 'newer')).toBeUndefined();
  });

  it('is off in shared spaces, with the reason', () => {
    const items = run({
      me: persona({ canDecide: { ok: false, reason: 'A shared space' } })
    });
    expect(items[0]).toMatchObject({
      id: 'space',
      state: 'block',
      text: 'A shared space'
    });
    expect(mayRequest(items)).toBe(false);
  });

  it('opens the use case only where there is an address', () => {
    const find = (url: string | null) =>
      run({
        status: status({ bucket: 'pending', useCase: useCase({ url }) })
      }).find(i => i.id === 'use-case')?.action;
    expect(find('https://console.example/1')).toBe('open-use-case');
    expect(find(null)).toBeNull();
  });
});
