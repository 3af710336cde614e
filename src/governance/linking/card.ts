/**
 * Our keys in the model card of a version; everything else stays as it is.
 *
 * SageMaker replaces the content as a whole, so that it is read, changed in
 * `additional_information.custom_details` only, and written back.
 */
import type { ICardKeys } from '../trail';

/** Largest `ModelCardContent`, characters. */
export const CARD_MAX = 100_000;

/** What stands in the way of changing a card. */
export type CardTrouble =
  /** Its content is not a JSON object, or its custom details are none. */
  | 'unreadable'
  | 'too-long'
  /** SageMaker edits no archived card. */
  | 'archived';

export class CardError extends Error {
  constructor(readonly trouble: CardTrouble) {
    super(`The model card cannot be changed: ${trouble}`);
    this.name = 'CardError';
  }
}

type Json = Record<string, unknown>;

const KEYS = ['UseCaseId', 'UseCaseName', 'UseCaseStage'] as const;

/** @throws CardError */
function objectOf(value: unknown): Json {
  if (value === undefined || value === null) {
    return {};
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new CardError('unreadable');
  }
  return value as Json;
}

/** @throws CardError */
function parse(content: string | null): Json {
  if (!content) {
    return {};
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch {
    throw new CardError('unreadable');
  }
  if (parsed === null) {
    throw new CardError('unreadable');
  }
  return objectOf(parsed);
}

/**
 * Our keys as a card has them.
 *
 * @param content - null: there is no card.
 * @throws CardError
 */
export function keysOf(content: string | null): ICardKeys {
  const details = objectOf(
    objectOf(parse(content).additional_information).custom_details
  );
  const read = (key: string): string | null => {
    const value = Object.prototype.hasOwnProperty.call(details, key)
      ? details[key]
      : null;
    return value === null || value === undefined ? null : String(value);
  };
  return {
    UseCaseId: read('UseCaseId'),
    UseCaseName: read('UseCaseName'),
    UseCaseStage: read('UseCaseStage')
  };
}

/** Whether two cards agree in our keys. */
export function sameKeys(a: ICardKeys, b: ICardKeys): boolean {
  return KEYS.every(key => a[key] === b[key]);
}

/** With a member; without it where nothing is in it, as before we came. */
function put(object: Json, name: string, member: Json): Json {
  const { [name]: _, ...others } = object;
  return Object.keys(member).length ? { ...object, [name]: member } : others;
}

/**
 * The card with other values of our keys; null takes a key away.
 *
 * @throws CardError
 */
export function withKeys(content: string | null, keys: ICardKeys): string {
  const card = parse(content);
  const information = objectOf(card.additional_information);
  const details = { ...objectOf(information.custom_details) };
  for (const key of KEYS) {
    if (keys[key] === null) {
      delete details[key];
    } else {
      details[key] = keys[key];
    }
  }
  const changed = JSON.stringify(
    put(
      card,
      'additional_information',
      put(information, 'custom_details', details)
    )
  );
  if (changed.length > CARD_MAX) {
    throw new CardError('too-long');
  }
  return changed;
}

/**
 * Refuse what SageMaker does not take.
 *
 * @param status - `ModelCardStatus`; null: there is no card.
 * @throws CardError
 */
export function refuseArchived(status: string | null): void {
  if (status === 'Archived') {
    throw new CardError('archived');
  }
}
