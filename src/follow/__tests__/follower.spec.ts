import type { Signal } from '@lumino/signaling';

import { consoleFailure } from '../../governance';
import { RelayError } from '../../relay';
import {
  group,
  openPagesConnection,
  sageMakerConnection,
  version
} from '../../testing';
import type { IGovernance } from '../../tokens';
import { newsText } from '../news';
import { STATE_KEY } from '../store';
import { says, STARRED, told, World } from './helpers';
import { trans } from '../../approvals/__tests__/helpers';

/** A console that cannot be reached at all. */
const down = () =>
  says(null, {
    state: 'could-not-read',
    useCase: null,
    source: null,
    answers: [
      {
        source: 'openpages',
        connection: 'wxgov',
        state: 'failed',
        useCase: null,
        matchedBy: null,
        readAt: null,
        error: new RelayError({
          code: 'unreachable',
          message: 'No answer',
          connection: 'wxgov'
        })
      }
    ]
  });

describe('Follower', () => {
  it('tells nothing of the first sight, and of a change once', async () => {
    const world = new World();
    const lab = await world.lab();
    await lab.star();
    await lab.look();
    expect(lab.news).toEqual([]);
    world.status = says('Approved for Development');
    await lab.look();
    await lab.look();
    expect(lab.news).toHaveLength(1);
    expect(newsText({ trans, connections: [] }, lab.news[0][0])).toBe(
      'credit-risk-scoring: use case Awaiting Approval → Approved for Development (OpenPages)'
    );
  });

  it('tells after a restart what changed meanwhile, once', async () => {
    const world = new World();
    const before = await world.lab();
    await before.star();
    await before.look();
    before.follower.dispose();
    world.status = says('Rejected', { bucket: 'rejected' });
    const after = await world.lab();
    await after.look();
    expect(after.news).toHaveLength(1);
    after.follower.dispose();
    const third = await world.lab();
    await third.look();
    expect(third.news).toEqual([]);
  });

  it('tells by what the panel has read, and not again by the next look', async () => {
    jest.useFakeTimers();
    try {
      const world = new World();
      const lab = await world.lab();
      await lab.star();
      await lab.follower.concern(told());
      await jest.advanceTimersByTimeAsync(1_000);
      world.status = says('Approved for Development');
      await lab.follower.concern(told());
      await jest.advanceTimersByTimeAsync(1_000);
      expect(lab.news).toHaveLength(1);
      expect(world.asked).toEqual([]);
      await lab.look();
      expect(lab.news).toHaveLength(1);
    } finally {
      jest.useRealTimers();
    }
  });

  it.each([
    ['a console that is down', down()],
    ['a stale word', says('Rejected', { stale: true })],
    ['a status that is still read', says(null, { state: 'loading' })]
  ])('takes %s for no change, nor what follows it', async (_, status) => {
    const world = new World();
    const lab = await world.lab();
    await lab.star();
    await lab.look();
    const was = world.status;
    world.status = status;
    await lab.look();
    world.status = was;
    await lab.look();
    expect(lab.news).toEqual([]);
  });

  it('tells one thing of all that a look shows, version included', async () => {
    const world = new World();
    const lab = await world.lab();
    await lab.star();
    await lab.look();
    world.status = says('Approved for Development');
    world.latest = version({ approval: 'Approved' });
    await lab.look();
    expect(lab.news).toHaveLength(1);
    expect(lab.news[0][0].changes.map(({ kind }) => kind)).toEqual([
      'use-case',
      'approval'
    ]);
  });

  it('does not tell of our own work', async () => {
    const world = new World();
    const lab = await world.lab();
    await lab.star();
    await lab.look();
    lab.follower.actedOn(STARRED.arn);
    world.status = says('Approved for Development');
    await lab.look();
    expect(lab.news).toEqual([]);
    world.status = says('Retired', { bucket: 'retired' });
    await lab.look();
    expect(lab.news).toHaveLength(1);
  });

  it.each([
    ['all', 1],
    ['starred', 0],
    ['none', 0]
  ] as const)(
    'tells of groups of mine by the setting: %s',
    async (notify, n) => {
      const world = new World();
      const lab = await world.lab({ notify });
      await lab.follower.concern(told({ mine: [STARRED] }));
      await lab.look();
      world.status = says('Approved for Development');
      await lab.look();
      expect(lab.news).toHaveLength(n);
      lab.follower.dispose();
    }
  );

  it('follows nothing of mine in a shared space', async () => {
    const world = new World();
    world.answered = {
      environment: {
        kind: 'studio-shared',
        region: 'eu-west-1',
        imageVersion: null,
        userProfileName: null,
        domainId: 'd-1',
        spaceName: 'team'
      }
    };
    const lab = await world.lab();
    await lab.follower.concern(told({ mine: [STARRED] }));
    await lab.look();
    expect(world.asked).not.toContain('latest');
    lab.follower.dispose();
  });

  it('reads again nothing that was just read', async () => {
    const world = new World();
    const lab = await world.lab();
    await lab.star();
    (world.governance.changed as Signal<IGovernance, void>).emit();
    await lab.follower.concern(told());
    await lab.follower.look({ refresh: true });
    // Of the star alone nobody had read.
    expect(world.asked).toEqual(['latest']);
    await lab.look();
    expect(world.asked).toEqual(['latest', 'consoles', 'latest']);
    lab.follower.dispose();
  });

  describe('counts what waits for me', () => {
    it('for an author: versions that were rejected', async () => {
      const world = new World();
      world.status = says('Approved for Development');
      world.latest = version({
        approval: 'Rejected',
        createdBy: {
          userProfileName: 'ds-042',
          sourceIdentity: null,
          arn: null
        }
      });
      const lab = await world.lab();
      await lab.star();
      await lab.look();
      expect(lab.follower.waiting?.groups.map(({ name }) => name)).toEqual([
        STARRED.name
      ]);
    });

    it('says which console or registry could not be read', async () => {
      const world = new World();
      const consoles = openPagesConnection();
      world.answered = { connections: [sageMakerConnection(), consoles] };
      world.status = down();
      expect(consoleFailure(world.status)?.connection).toBe('wxgov');
      const lab = await world.lab();
      await lab.star();
      world.latest = new Error('throttled');
      await expect(lab.look()).rejects.toThrow('throttled');
      expect(lab.follower.waiting?.unread).toEqual([
        sageMakerConnection().label,
        consoles.label
      ]);
    });
  });

  it('forgets what was seen when the star is taken', async () => {
    const world = new World();
    const lab = await world.lab();
    await lab.star();
    await lab.look();
    await lab.star(false);
    expect(await world.state.fetch(STATE_KEY)).toEqual({
      stars: [],
      mine: [],
      seen: {}
    });
    world.status = says('Rejected', { bucket: 'rejected' });
    await lab.star();
    await lab.look();
    expect(lab.news).toEqual([]);
  });

  it('keeps a star whose registry could not be read', async () => {
    const world = new World();
    const lab = await world.lab();
    await lab.star();
    await lab.follower.concern(told({ groups: [], complete: [] }));
    expect(lab.store.stars.size).toBe(1);
    await lab.follower.concern(
      told({ groups: [group({ name: 'other', arn: 'other' })] })
    );
    expect(lab.store.stars.size).toBe(0);
    lab.follower.dispose();
  });

  describe('in the background', () => {
    beforeEach(() => jest.useFakeTimers());

    const hide = (hidden: boolean): void => {
      jest
        .spyOn(document, 'visibilityState', 'get')
        .mockReturnValue(hidden ? 'hidden' : 'visible');
      document.dispatchEvent(new Event('visibilitychange'));
    };

    afterEach(() => {
      hide(false);
      jest.restoreAllMocks();
      jest.useRealTimers();
    });

    /** A lab that looks at every minute. */
    async function begun() {
      const world = new World();
      jest.spyOn(Math, 'random').mockReturnValue(0);
      const lab = await world.lab({ refreshSeconds: 60 });
      await lab.star();
      const look = jest.spyOn(lab.follower, 'look');
      await jest.advanceTimersByTimeAsync(600_000);
      expect(look).not.toHaveBeenCalled();
      lab.follower.begin();
      return { world, lab, look };
    }

    it('looks at its pace', async () => {
      const { lab, look } = await begun();
      await jest.advanceTimersByTimeAsync(6_000);
      expect(look).toHaveBeenCalledTimes(1);
      await jest.advanceTimersByTimeAsync(120_000);
      expect(look).toHaveBeenCalledTimes(3);
      lab.follower.dispose();
      await jest.advanceTimersByTimeAsync(600_000);
      expect(look).toHaveBeenCalledTimes(3);
    });

    it('rests while the page is hidden', async () => {
      const { lab, look } = await begun();
      await jest.advanceTimersByTimeAsync(6_000);
      hide(true);
      await jest.advanceTimersByTimeAsync(600_000);
      expect(look).toHaveBeenCalledTimes(1);
      hide(false);
      await jest.advanceTimersByTimeAsync(61_000);
      expect(look).toHaveBeenCalledTimes(2);
      lab.follower.dispose();
    });

    it('looks less and less often while nothing can be read', async () => {
      const { world, lab, look } = await begun();
      jest.spyOn(Math, 'random').mockReturnValue(0.99);
      world.latest = new Error('throttled');
      await jest.advanceTimersByTimeAsync(3_600_000);
      const tried = look.mock.calls.length;
      expect(tried).toBeGreaterThan(2);
      expect(tried).toBeLessThan(12);
      lab.follower.dispose();
    });
  });
});
