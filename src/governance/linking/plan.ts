/** What a link writes where, and what it does not and why. Pure. */
import type {
  IModelGroupObject,
  IOpenPagesConnection,
  IUseCase
} from '../../tokens';
import type { ICardKeys } from '../trail';
import { CardError, type CardTrouble, keysOf, refuseArchived } from './card';
import { sameKeys, withKeys } from './card';
import type { ILinkContext, ITarget } from './context';

/** What is chosen in the dialog. */
export interface ILinkValue {
  /** Search text. */
  text: string;
  /** `targetKey` of the model group object. */
  target: string | null;
  /** Resource ID of the use case. */
  useCase: string | null;
  /** Take the former use cases away afterwards. */
  removeFormer: boolean;
  tag: boolean;
  card: boolean;
}

/** Why an optional write is not offered. */
export type WhyNot =
  /** The connection does not enable it. */
  | 'off'
  /** Tags are written in the own account only. */
  | 'other-account'
  | 'not-readable'
  | 'no-version'
  /** The value has characters that a tag may not have, or is too long. */
  | 'illegal-value'
  | 'no-room'
  /** It says so already. */
  | 'same'
  | CardTrouble;

/** An optional write; `why` null: offered. */
export type Offer<T> =
  { why: null; write: T } | { why: WhyNot; write: null; error?: unknown };

export interface ITagWrite {
  key: string;
  value: string;
  before: string | null;
}

export interface ICardWrite {
  /** ARN of the version. */
  package: string;
  version: number;
  before: ICardKeys;
  after: ICardKeys;
}

/** Everything that linking to one use case can write. */
export interface ILinkPlan {
  target: ITarget;
  useCase: IUseCase;
  /** It stands there already. */
  already: boolean;
  /** Other use cases above the model group. */
  former: readonly IUseCase[];
  tag: Offer<ITagWrite>;
  card: Offer<ICardWrite>;
  place: Place;
}

/**
 * Where a use case stands, for IBM's synchronisation: `root`: directly below
 * the registry's root business entity. `outside`: it is not, and is never
 * synchronised. `unknown`: no entity is configured, or none is visible.
 */
export type Place = 'root' | 'outside' | 'unknown';

/** Most tags of a resource (SageMaker). */
const TAGS_MAX = 50;

/** What a tag value may be (SageMaker's `TagValue`). */
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u;

/** Key of a target in the dialog. */
export function targetKey({ console, object }: ITarget): string {
  return `${console.id}/${object.id}`;
}

/** Where a use case stands for the registry of a group. */
export function placeOf(
  console: Pick<IOpenPagesConnection, 'entities'>,
  connection: string,
  { entities }: Pick<IUseCase, 'entities'>
): Place {
  const root = console.entities[connection];
  if (!root || !entities.length) {
    return 'unknown';
  }
  return entities.includes(root) ? 'root' : 'outside';
}

/** `CREDIT-001 Credit risk assessment`. */
export function labelOf({ key, name }: Pick<IUseCase, 'key' | 'name'>): string {
  return key && !name.startsWith(key) ? `${key} ${name}` : name;
}

/** Case and accents folded, so that "prevision" finds "Previsión". */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLocaleLowerCase();
}

const PLACES: readonly Place[] = ['root', 'unknown', 'outside'];

/**
 * Use cases to choose from: those that are synchronised first, then by name;
 * every word of the text in key, name, status, risk, owner, entity or id.
 */
export function searchUseCases(
  console: IOpenPagesConnection,
  connection: string,
  useCases: readonly IUseCase[],
  text: string
): IUseCase[] {
  const words = fold(text).split(/\s+/).filter(Boolean);
  const rank = (one: IUseCase): number =>
    PLACES.indexOf(placeOf(console, connection, one));
  const collator = new Intl.Collator(undefined, {
    numeric: true,
    sensitivity: 'base'
  });
  return useCases
    .filter(one => {
      const { key, name, status, riskLevel, owner, entity, id } = one;
      const all = fold(
        [key, name, status, riskLevel, owner, entity, id].join('\n')
      );
      return words.every(word => all.includes(word));
    })
    .map(one => ({ one, rank: rank(one), label: labelOf(one) }))
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        collator.compare(a.label, b.label) ||
        (a.one.id < b.one.id ? -1 : 1)
    )
    .map(({ one }) => one);
}

/**
 * The chosen target, or the only one there is; null: none is chosen, or the
 * chosen one is gone. Reading again may bring another number of them.
 */
export function targetOf(
  { targets }: Pick<ILinkContext, 'targets'>,
  value: Pick<ILinkValue, 'target'>
): ITarget | null {
  return value.target === null && targets.length === 1
    ? targets[0]
    : (targets.find(target => targetKey(target) === value.target) ?? null);
}

/** The chosen use case; null: none is. */
export function useCaseOf(
  context: ILinkContext,
  value: Pick<ILinkValue, 'target' | 'useCase'>
): IUseCase | null {
  const target = targetOf(context, value);
  return (
    context.useCases
      .get(target?.console.id ?? '')
      ?.find(({ id }) => id === value.useCase) ?? null
  );
}

/** What the choice would write; null: nothing is chosen. */
export function planOf(
  context: ILinkContext,
  value: Pick<ILinkValue, 'target' | 'useCase'>
): ILinkPlan | null {
  const target = targetOf(context, value);
  const useCase = useCaseOf(context, value);
  if (!target || !useCase) {
    return null;
  }
  const { console, object } = target;
  return {
    target,
    useCase,
    already: isAbove(object, useCase.id),
    former: object.useCases.filter(({ id }) => id !== useCase.id),
    tag: tagOffer(context, console, useCase),
    card: cardOffer(context, console, useCase),
    place: placeOf(console, context.group.connection, useCase)
  };
}

function isAbove(object: IModelGroupObject, id: string): boolean {
  return object.useCases.some(useCase => useCase.id === id);
}

function not<T>(why: WhyNot, error?: unknown): Offer<T> {
  return { why, write: null, ...(error ? { error } : {}) };
}

function tagOffer(
  { group, registry, tagKey, tags, tagsError }: ILinkContext,
  { linking }: IOpenPagesConnection,
  { id }: IUseCase
): Offer<ITagWrite> {
  if (!linking.tag) {
    return not('off');
  }
  if (!registry?.own || group.shared) {
    return not('other-account');
  }
  if (!tags) {
    return not('not-readable', tagsError);
  }
  // The id, not the name: names may have characters that no tag takes.
  if (!TAG_VALUE.test(id)) {
    return not('illegal-value');
  }
  const before = Object.prototype.hasOwnProperty.call(tags, tagKey)
    ? tags[tagKey]
    : null;
  if (before === id) {
    return not('same');
  }
  if (before === null && Object.keys(tags).length >= TAGS_MAX) {
    return not('no-room');
  }
  return { why: null, write: { key: tagKey, value: id, before } };
}

function cardOffer(
  { latest, latestError, useCases }: ILinkContext,
  console: IOpenPagesConnection,
  useCase: IUseCase
): Offer<ICardWrite> {
  if (!console.linking.card) {
    return not('off');
  }
  if (latestError) {
    return not('not-readable', latestError);
  }
  if (!latest) {
    return not('no-version');
  }
  const content = latest.cardText ?? null;
  try {
    refuseArchived(latest.card?.status ?? null);
    const before = keysOf(content);
    // People know the key; where two use cases bear it, only the id tells.
    const shared = (useCases.get(console.id) ?? []).some(
      ({ id, key }) => id !== useCase.id && key === useCase.key
    );
    const UseCaseId = useCase.key && !shared ? useCase.key : useCase.id;
    const after: ICardKeys = {
      UseCaseId,
      UseCaseName: useCase.name,
      // The stage of another use case would be a false word about this one.
      UseCaseStage: before.UseCaseId === UseCaseId ? before.UseCaseStage : null
    };
    if (sameKeys(before, after)) {
      return not('same');
    }
    withKeys(content, after);
    return {
      why: null,
      write: { package: latest.arn, version: latest.version, before, after }
    };
  } catch (error) {
    if (error instanceof CardError) {
      return not(error.trouble);
    }
    throw error;
  }
}
