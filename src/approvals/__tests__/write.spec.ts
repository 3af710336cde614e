import fc from 'fast-check';
import type { IModelPackageUpdate, IRegistry } from '../../tokens';
import { writeOnce } from '../dialogs/send';
import { parseSettings } from '../settings';
import {
  ChangeTokens,
  ConflictError,
  describeConflict,
  oneLine,
  REASON_MAX,
  reasonError,
  refuseConflict,
  updateOf,
  writtenLines
} from '../write';
import { details, trans } from './helpers';

describe('reason', () => {
  it('never holds a line break, and keeps its length', () => {
    fc.assert(
      fc.property(fc.fullUnicodeString(), text => {
        expect(oneLine(text)).not.toMatch(/[\n\r\u2028\u2029\u0085]/);
      })
    );
    expect(oneLine('a\r\nb\nc')).toBe('a b c');
  });

  it.each([
    ['', false, null],
    [' ', true, /reason is needed/],
    ['x'.repeat(REASON_MAX), true, null],
    ['x'.repeat(REASON_MAX + 1), true, /1,025.*1,024/]
  ])('%#', (text, required, expected) => {
    const error = reasonError(text, required, trans);
    if (expected) {
      expect(error).toMatch(expected);
    } else {
      expect(error).toBeNull();
    }
  });
});

describe('updateOf', () => {
  it('writes what the preview says', () => {
    const update = updateOf({
      approval: 'PendingManualApproval',
      reason: ' Better\ndata ',
      lifeCycle: { stage: 'Development', status: 'PendingApproval' }
    });
    expect(update).toEqual({
      approval: 'PendingManualApproval',
      approvalDescription: 'Better data',
      lifeCycle: { stage: 'Development', status: 'PendingApproval' }
    });
    expect(writtenLines(update)).toEqual([
      { name: 'ModelApprovalStatus', value: 'PendingManualApproval' },
      { name: 'ApprovalDescription', value: 'Better data' },
      { name: 'ModelLifeCycle', value: 'Development / PendingApproval' }
    ]);
  });

  it('leaves an empty reason and the life cycle alone', () => {
    expect(
      updateOf({ approval: 'Approved', reason: ' ', lifeCycle: null })
    ).toEqual({ approval: 'Approved' });
  });
});

describe('ChangeTokens', () => {
  it('is the same for the same change only', () => {
    const tokens = new ChangeTokens();
    const a: IModelPackageUpdate = { approval: 'Approved' };
    const b: IModelPackageUpdate = { approval: 'Rejected' };
    expect(tokens.used(a)).toBe(false);
    expect(tokens.of(a)).toBe(tokens.of({ ...a }));
    expect(tokens.of(a)).not.toBe(tokens.of(b));
    expect(tokens.of(a)).toMatch(/^[a-zA-Z0-9-]{1,36}$/);
  });
});

describe('conflict', () => {
  it.each([
    ['approval', { approval: 'Approved' as const }],
    ['reason', { approvalDescription: 'other' }],
    [
      'life cycle',
      { lifeCycle: { stage: 'QA', status: 'x', description: null } }
    ],
    ['anything else', { lastModifiedAt: 1 }]
  ])('on a changed %s', (_, members) => {
    expect(() => refuseConflict(details(), details(members))).toThrow(
      ConflictError
    );
  });

  it('tells who, when and what', () => {
    const now = details({
      approval: 'Rejected',
      approvalDescription: 'Too thin',
      lastModifiedAt: Date.UTC(2026, 10, 20),
      lastModifiedBy: {
        userProfileName: 'apr-007',
        sourceIdentity: null,
        arn: null
      }
    });
    const problem = describeConflict(new ConflictError(details(), now), trans);
    expect(problem.message).toContain('apr-007');
    expect(problem.message).toContain('Rejected');
    expect(problem.message).toContain('Too thin');
    expect(problem.message).toContain('2026');
    expect(problem.hint).toMatch(/Nothing was written/);
  });
});

describe('writeOnce', () => {
  const args = { connection: 'own', group: 'g', package: details().arn };
  const tools = {
    signal: new AbortController().signal,
    progress: jest.fn()
  };
  const update: IModelPackageUpdate = { approval: 'Approved' };

  const registry = (now = details()) => ({
    describeVersion: jest.fn<
      ReturnType<IRegistry['describeVersion']>,
      Parameters<IRegistry['describeVersion']>
    >(async () => now),
    updateVersion: jest.fn(async () => undefined)
  });

  it('reads again, then writes with a token', async () => {
    const r = registry();
    const tokens = new ChangeTokens();
    await writeOnce({
      registry: r,
      args,
      before: details(),
      update,
      tokens,
      tools,
      trans
    });
    expect(r.describeVersion).toHaveBeenCalledTimes(1);
    expect(r.updateVersion).toHaveBeenCalledWith('own', args.package, {
      approval: 'Approved',
      clientToken: tokens.of(update)
    });
  });

  it('does not overwrite what somebody else wrote', async () => {
    const r = registry(details({ approval: 'Rejected' }));
    await expect(
      writeOnce({
        registry: r,
        args,
        before: details(),
        update,
        tokens: new ChangeTokens(),
        tools,
        trans
      })
    ).rejects.toThrow(ConflictError);
    expect(r.updateVersion).not.toHaveBeenCalled();
  });

  it('takes its own write, whose answer was lost, for success', async () => {
    const tokens = new ChangeTokens();
    tokens.of(update);
    const r = registry(details({ approval: 'Approved', lastModifiedAt: 9 }));
    await writeOnce({
      registry: r,
      args,
      before: details(),
      update,
      tokens,
      tools,
      trans
    });
    expect(r.updateVersion).not.toHaveBeenCalled();
  });

  it('writes nothing once stopped', async () => {
    const r = registry();
    const abort = new AbortController();
    abort.abort();
    await writeOnce({
      registry: r,
      args,
      before: details(),
      update,
      tokens: new ChangeTokens(),
      tools: { ...tools, signal: abort.signal },
      trans
    });
    expect(r.updateVersion).not.toHaveBeenCalled();
  });
});

describe('parseSettings', () => {
  it('reads pairs, and names those it cannot use', () => {
    const { settings, problems } = parseSettings({
      lifeCycleOnRequest: ' QA / PendingApproval ',
      lifeCycleOnApprove: '',
      lifeCycleOnReject: 'no-slash',
      useCasePolicy: 'block',
      watchMinutes: 0,
      approveReasonRequired: true
    });
    expect(settings.onRequest).toEqual({
      stage: 'QA',
      status: 'PendingApproval'
    });
    expect(settings.onApprove).toBeNull();
    expect(settings.onReject).toBeNull();
    expect(problems).toEqual(['lifeCycleOnReject']);
    expect(settings.useCasePolicy).toBe('block');
    expect(settings.watchMinutes).toBe(0);
    expect(settings.reasonRequired.approve).toBe(true);
  });

  it.each(['a/b/c', '-a/b', 'a-/b', `${'a'.repeat(64)}/b`, 'a b/c'])(
    'refuses %s',
    text => {
      expect(parseSettings({ lifeCycleOnRequest: text }).problems).toEqual([
        'lifeCycleOnRequest'
      ]);
    }
  );
});
