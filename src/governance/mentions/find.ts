/** Ids and names of use cases in a text. No DOM, no requests. */
import type { IUseCase } from '../../tokens';
import { idKey } from '../sources/book';

/** A word of a text, where a name may begin. */
const WORD = /[\p{L}\p{N}]+/gu;

/** Shorter or single-word names are found in texts that do not mean them. */
const MIN_NAME = 8;

/** What may be an id: capitals, then parts with a dash, e.g. `CREDIT-001`. */
const CANDIDATE =
  /(?<![\p{L}\p{N}_/-])[\p{L}][\p{L}\p{N}]*(?:-[\p{L}\p{N}]+)+(?![\p{L}\p{N}_]|-[\p{L}\p{N}])/gu;

/** Longest text that is looked through, characters. */
const MAX_TEXT = 100_000;

/** A use case in a text. */
export interface IMention {
  /** Offsets in the text. */
  from: number;
  to: number;
  useCase: IUseCase;
}

/**
 * Use cases by what people write of them.
 *
 * Only what a reading of a console knows: a text that merely looks like a key
 * is none. A key, id or name that several use cases bear says nothing.
 */
export class KnownUseCases {
  /**
   * @param useCases - of all consoles.
   * @param preferred - use cases that are meant here, whoever else bears the
   * same: those of the group at hand.
   */
  constructor(
    useCases: Iterable<IUseCase>,
    preferred: Iterable<IUseCase | null> = []
  ) {
    for (const useCase of useCases) {
      for (const [index, text] of this._places(useCase)) {
        const known = index.get(text);
        index.set(
          text,
          known === undefined || same(known, useCase) ? useCase : null
        );
      }
    }
    for (const useCase of preferred) {
      for (const [index, text] of useCase ? this._places(useCase) : []) {
        index.set(text, useCase);
      }
    }
  }

  /** Number of keys that mean one use case. */
  get size(): number {
    return [...this._byKey.values()].filter(Boolean).length;
  }

  /** Use case of a key or Resource ID; null: unknown, or several bear it. */
  get(key: string): IUseCase | null {
    return this._byKey.get(idKey(key)) ?? this._byId.get(key.trim()) ?? null;
  }

  /** Keys in a text, in order, without overlaps: what code is read for. */
  find(text: string): IMention[] {
    if (this._byKey.size === 0 || text.length > MAX_TEXT) {
      return [];
    }
    const mentions: IMention[] = [];
    for (const match of text.matchAll(CANDIDATE)) {
      const useCase = this._byKey.get(idKey(match[0]));
      if (useCase) {
        const from = match.index;
        mentions.push({ from, to: from + match[0].length, useCase });
      }
    }
    return mentions;
  }

  /** Keys and names in a text, in order, without overlaps: for prose. */
  findNamed(text: string): IMention[] {
    const mentions = this.find(text);
    if (text.length > MAX_TEXT) {
      return mentions;
    }
    this._names ??= byFirstWord(this._byName);
    const small = text.toLowerCase();
    // Offsets hold only where no letter grew (as U+0130 does).
    const folded = small.length === text.length ? small : text;
    let end = 0;
    for (const { 0: word, index: from } of text.matchAll(WORD)) {
      if (from < end) {
        continue;
      }
      const name = this._names.get(idKey(word))?.find(candidate => {
        const to = from + candidate.length;
        return (
          folded.startsWith(candidate, from) &&
          !/^[\p{L}\p{N}_]/u.test(text.slice(to, to + 2)) &&
          !/[\p{L}\p{N}_]$/u.test(text.slice(Math.max(0, from - 2), from)) &&
          !mentions.some(other => other.from < to && from < other.to)
        );
      });
      const useCase = name && this._byName.get(name);
      if (useCase) {
        end = from + name.length;
        mentions.push({ from, to: end, useCase });
      }
    }
    return mentions.sort((one, other) => one.from - other.from);
  }

  /** Where a use case stands, and under what. */
  private *_places(
    useCase: IUseCase
  ): Generator<[Map<string, IUseCase | null>, string]> {
    if (useCase.key) {
      yield [this._byKey, idKey(useCase.key)];
    }
    yield [this._byId, useCase.id];
    const name = idKey(useCase.name);
    if (name.length >= MIN_NAME && (name.match(WORD)?.length ?? 0) > 1) {
      yield [this._byName, name];
    }
  }

  private _byKey = new Map<string, IUseCase | null>();
  private _byId = new Map<string, IUseCase | null>();
  private _byName = new Map<string, IUseCase | null>();
  /** Made when a text is first searched for names. */
  private _names: Map<string, string[]> | null = null;
}

/** Ids repeat across consoles. */
function same(one: IUseCase | null, other: IUseCase): boolean {
  return (
    one?.id === other.id && one.name === other.name && one.url === other.url
  );
}

/** First word of a name -> names with it, the longest first. */
function byFirstWord(
  names: ReadonlyMap<string, IUseCase | null>
): Map<string, string[]> {
  const index = new Map<string, string[]>();
  for (const [name, useCase] of names) {
    const word = name.match(WORD)?.[0];
    if (useCase && word) {
      const list = index.get(word);
      if (list) {
        list.push(name);
      } else {
        index.set(word, [name]);
      }
    }
  }
  // A name may begin with another.
  index.forEach(list => list.sort((one, other) => other.length - one.length));
  return index;
}
