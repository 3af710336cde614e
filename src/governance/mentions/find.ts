/** Ids of use cases in a text. No DOM, no requests. */
import type { IUseCase } from '../../tokens';
import { idKey } from '../sources/book';

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
 * Use cases by the key that people write.
 *
 * Only keys that a reading of a console knows: a text that merely looks like
 * one is none. A key that several use cases bear says nothing.
 */
export class KnownUseCases {
  /**
   * @param useCases - of all consoles.
   * @param preferred - use cases that a key means here, whoever else bears it:
   * those of the group at hand.
   */
  constructor(
    useCases: Iterable<IUseCase>,
    preferred: Iterable<IUseCase | null> = []
  ) {
    for (const useCase of useCases) {
      if (useCase.key) {
        const key = idKey(useCase.key);
        const known = this._byKey.get(key);
        const same = known === undefined || known?.id === useCase.id;
        this._byKey.set(key, same ? useCase : null);
      }
    }
    for (const useCase of preferred) {
      if (useCase?.key) {
        this._byKey.set(idKey(useCase.key), useCase);
      }
    }
  }

  /** Number of keys that mean one use case. */
  get size(): number {
    return [...this._byKey.values()].filter(Boolean).length;
  }

  /** Use case of a key; null: unknown, or several bear it. */
  get(key: string): IUseCase | null {
    return this._byKey.get(idKey(key)) ?? null;
  }

  /** Mentions in a text, in order, without overlaps. */
  find(text: string): IMention[] {
    if (this._byKey.size === 0 || text.length > MAX_TEXT) {
      return [];
    }
    const mentions: IMention[] = [];
    for (const match of text.matchAll(CANDIDATE)) {
      const useCase = this.get(match[0]);
      if (useCase) {
        const from = match.index;
        mentions.push({ from, to: from + match[0].length, useCase });
      }
    }
    return mentions;
  }

  private _byKey = new Map<string, IUseCase | null>();
}
