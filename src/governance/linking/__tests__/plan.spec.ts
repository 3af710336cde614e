import {
  openPagesConnection,
  sageMakerConnection,
  useCase
} from '../../../testing';
import { CARD_MAX, CardError, keysOf, withKeys } from '../card';
import { type ILinkContext, keeps } from '../context';
import { placeOf, planOf, searchUseCases, targetKey } from '../plan';
import type { IUseCase } from '../../../tokens';
import {
  CREDIT,
  details,
  FRAUD,
  GROUP,
  modelGroup,
  OBJECT,
  PILOT
} from './helpers';

const BOTH = openPagesConnection({ linking: { tag: true, card: true } });

function context(members: Partial<ILinkContext> = {}): ILinkContext {
  const consoles = members.consoles ?? [BOTH];
  return {
    group: GROUP,
    registry: sageMakerConnection(),
    consoles,
    targets: [{ console: consoles[0], object: modelGroup() }],
    useCases: new Map([['wxgov', [CREDIT, FRAUD, PILOT]]]),
    latest: details('{}'),
    latestError: null,
    tagKey: 'k',
    tags: {},
    tagsError: null,
    ...members
  };
}

const VALUE = { target: `wxgov/${OBJECT}`, useCase: FRAUD.id };

const fifty = Object.fromEntries(
  Array.from({ length: 50 }, (_, i) => [`t${i}`, 'x'])
);

describe('planOf', () => {
  it.each([
    ['nothing is chosen', { useCase: null }],
    ['the use case is not of that console', { useCase: '404' }],
    ['the object is not there any more', { target: 'wxgov/1' }]
  ])('plans nothing where %s', (_, members) => {
    expect(planOf(context(), { ...VALUE, ...members })).toBeNull();
  });

  it('tells what stands above now', () => {
    const object = modelGroup({ useCases: [CREDIT, FRAUD], above: 'visible' });
    const plan = planOf(
      context({ targets: [{ console: BOTH, object }] }),
      VALUE
    );
    expect(plan?.already).toBe(true);
    expect(plan?.former).toEqual([CREDIT]);
  });

  it.each<[string, Partial<ILinkContext>, string | null]>([
    ['it is enabled', {}, null],
    [
      'the connection does not enable it',
      { consoles: [openPagesConnection()] },
      'off'
    ],
    [
      'the registry is in another account',
      { registry: sageMakerConnection({ own: false }) },
      'other-account'
    ],
    [
      'the group is shared',
      { group: { ...GROUP, shared: true } },
      'other-account'
    ],
    ['the configuration has changed', { registry: null }, 'other-account'],
    ['tags cannot be read', { tags: null }, 'not-readable'],
    ['it says so already', { tags: { k: FRAUD.id } }, 'same'],
    ['there are 50 tags', { tags: fifty }, 'no-room'],
    [
      'the key is one of 50 tags',
      { tags: { ...fifty, t0: 'x', k: 'old' } },
      null
    ]
  ])('offers the tag, or says why not, where %s', (_, members, why) => {
    expect(planOf(context(members), VALUE)?.tag.why).toBe(why);
  });

  it('offers no tag whose value SageMaker refuses', () => {
    for (const id of ['a,b', 'x'.repeat(257), 'a&b', '"q"']) {
      const odd = useCase({ id });
      const plan = planOf(context({ useCases: new Map([['wxgov', [odd]]]) }), {
        ...VALUE,
        useCase: id
      });
      expect(plan?.tag.why).toBe('illegal-value');
    }
  });

  it('keeps the former value of the tag', () => {
    expect(planOf(context({ tags: { k: 'old' } }), VALUE)?.tag.write).toEqual({
      key: 'k',
      value: FRAUD.id,
      before: 'old'
    });
  });

  it.each<[string, Partial<ILinkContext>, string | null]>([
    ['it is enabled', {}, null],
    ['there is no card yet', { latest: details(null) }, null],
    [
      'the connection does not enable it',
      { consoles: [openPagesConnection()] },
      'off'
    ],
    ['there is no version', { latest: null }, 'no-version'],
    [
      'the version cannot be read',
      { latest: null, latestError: new Error('denied') },
      'not-readable'
    ],
    ['it is no JSON', { latest: details('## Model card') }, 'unreadable'],
    ['it is a list', { latest: details('[1]') }, 'unreadable'],
    ['it is null', { latest: details('null') }, 'unreadable'],
    [
      'its custom details are none',
      {
        latest: details('{"additional_information":{"custom_details":"x"}}')
      },
      'unreadable'
    ],
    [
      'it is full',
      { latest: details(JSON.stringify({ a: 'x'.repeat(CARD_MAX - 20) })) },
      'too-long'
    ],
    [
      'it is archived',
      {
        latest: details('{}', {
          card: {
            status: 'Archived',
            intendedUses: null,
            riskRating: null,
            useCaseId: null,
            useCaseName: null,
            useCaseStage: null,
            raw: {}
          }
        })
      },
      'archived'
    ],
    [
      'it says so already',
      {
        latest: details(
          withKeys('{}', {
            UseCaseId: 'FRAUD-002',
            UseCaseName: 'Card fraud',
            UseCaseStage: 'Development'
          })
        )
      },
      'same'
    ]
  ])('offers the card, or says why not, where %s', (_, members, why) => {
    expect(planOf(context(members), VALUE)?.card.why).toBe(why);
  });

  it('names the use case by its key, by its id where two bear the key', () => {
    const twin = useCase({ ...FRAUD, id: '20009' });
    const id = (useCases: IUseCase[], chosen: string) =>
      planOf(context({ useCases: new Map([['wxgov', useCases]]) }), {
        ...VALUE,
        useCase: chosen
      })?.card.write?.after.UseCaseId;
    expect(id([CREDIT, FRAUD], FRAUD.id)).toBe('FRAUD-002');
    expect(id([FRAUD, twin], FRAUD.id)).toBe(FRAUD.id);
    expect(id([PILOT], PILOT.id)).toBe(PILOT.id);
  });
});

describe('card', () => {
  it('reads and writes our keys only', () => {
    const card = JSON.stringify({
      model_overview: { model_creator: 'ds-042' },
      additional_information: { custom_details: { UseCaseId: 7, x: 'y' } }
    });
    expect(keysOf(card)).toEqual({
      UseCaseId: '7',
      UseCaseName: null,
      UseCaseStage: null
    });
    expect(
      JSON.parse(
        withKeys(card, {
          UseCaseId: null,
          UseCaseName: 'N',
          UseCaseStage: null
        })
      )
    ).toEqual({
      model_overview: { model_creator: 'ds-042' },
      additional_information: { custom_details: { x: 'y', UseCaseName: 'N' } }
    });
  });

  it('leaves nothing empty behind when its keys go', () => {
    const keys = {
      UseCaseId: 'K-1',
      UseCaseName: 'N',
      UseCaseStage: null
    };
    const none = { UseCaseId: null, UseCaseName: null, UseCaseStage: null };
    for (const card of [
      '{}',
      '{"intended_uses":{"risk_rating":"High"}}',
      '{"additional_information":{"ethical_considerations":"none"}}'
    ]) {
      expect(withKeys(withKeys(card, keys), none)).toBe(card);
    }
  });

  it('takes 100,000 characters and not one more', () => {
    const none = { UseCaseId: 'K-1', UseCaseName: null, UseCaseStage: null };
    const room = CARD_MAX - withKeys('{"a":""}', none).length;
    const card = (n: number) => JSON.stringify({ a: 'x'.repeat(n) });
    expect(withKeys(card(room), none)).toHaveLength(CARD_MAX);
    expect(() => withKeys(card(room + 1), none)).toThrow(CardError);
  });
});

describe('use cases to choose from', () => {
  const search = (text: string) =>
    searchUseCases(BOTH, 'own', [PILOT, FRAUD, CREDIT], text).map(
      ({ id }) => id
    );

  it('come in the order in which IBM synchronises them', () => {
    expect(search('')).toEqual([CREDIT.id, FRAUD.id, PILOT.id]);
    expect(placeOf(BOTH, 'own', CREDIT)).toBe('root');
    expect(placeOf(BOTH, 'own', PILOT)).toBe('outside');
    expect(placeOf(BOTH, 'claims', CREDIT)).toBe('unknown');
    expect(placeOf(BOTH, 'own', { entities: [] })).toBe('unknown');
  });

  it.each([
    ['fraud', [FRAUD.id]],
    ['PREVISION', [PILOT.id]],
    ['pilots', [PILOT.id]],
    ['high retail', [CREDIT.id, FRAUD.id, PILOT.id]],
    ['approved fraud', [FRAUD.id]],
    [FRAUD.id, [FRAUD.id]],
    ['zebra fraud', []]
  ])('are found by %s', (text, ids) => {
    expect(search(text)).toEqual(ids);
  });

  it('are found at once among a thousand', () => {
    const many = Array.from({ length: 1000 }, (_, i) =>
      useCase({ id: String(i), key: `CASE-${i}`, name: `Case number ${i}` })
    );
    expect(searchUseCases(BOTH, 'own', many, 'number 777')).toHaveLength(1);
    expect(searchUseCases(BOTH, 'own', many, '')).toHaveLength(1000);
  });
});

describe('consoles', () => {
  it('keep the registries that they name, or all where they name none', () => {
    expect(keeps(BOTH, 'own')).toBe(true);
    expect(keeps(BOTH, 'claims')).toBe(false);
    expect(keeps(openPagesConnection({ entities: {} }), 'claims')).toBe(true);
    const target = { console: BOTH, object: modelGroup() };
    expect(targetKey(target)).toBe(`wxgov/${OBJECT}`);
  });
});
