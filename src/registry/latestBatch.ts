/** Collects the rows on screen, so that one request serves them all. */
import type { IModelPackage, IModelPackageGroup } from '../tokens';

/** ms that requests are collected. */
const COLLECT = 20;

/** Longest `Value` of a Search filter (`In` takes a comma list). */
export const MAX_VALUE = 1024;

/** Answers to a batch: group ARN -> latest version, null for none. */
export type LatestAnswers = Map<string, IModelPackage | null>;

interface IAsker {
  group: IModelPackageGroup;
  signal?: AbortSignal;
  resolve: (version: IModelPackage | null) => void;
  reject: (error: unknown) => void;
}

/**
 * Split names so that each comma list fits into one filter value.
 *
 * @param max characters
 */
export function chunkByLength<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  max: number = MAX_VALUE
): T[][] {
  const chunks: T[][] = [];
  let length = Infinity;
  for (const item of items) {
    const size = nameOf(item).length;
    if (length + 1 + size > max) {
      chunks.push([]);
      length = -1;
    }
    chunks[chunks.length - 1].push(item);
    length += 1 + size;
  }
  return chunks;
}

/** Requests for latest versions of one connection, answered in batches. */
export class LatestBatch {
  /**
   * @param batch reads many groups at once; groups absent in the answer are
   * read one by one
   * @param one reads one group
   */
  constructor(
    private _batch: (groups: IModelPackageGroup[]) => Promise<LatestAnswers>,
    private _one: (group: IModelPackageGroup) => Promise<IModelPackage | null>
  ) {}

  /** @throws what the reads throw; an AbortError when given up */
  request(
    group: IModelPackageGroup,
    signal?: AbortSignal
  ): Promise<IModelPackage | null> {
    return new Promise((resolve, reject) => {
      this._waiting.push({ group, signal, resolve, reject });
      if (this._timer === null) {
        this._timer = setTimeout(() => {
          this._timer = null;
          void this._flush();
        }, COLLECT);
      }
    });
  }

  private async _flush(): Promise<void> {
    const waiting: IAsker[] = [];
    for (const entry of this._waiting.splice(0)) {
      if (entry.signal?.aborted) {
        // Scrolled out of view before its turn.
        entry.reject(new DOMException('Given up.', 'AbortError'));
      } else {
        waiting.push(entry);
      }
    }
    const groups = [
      ...new Map(waiting.map(({ group }) => [group.arn, group])).values()
    ];
    const shared = groups.filter(group => group.shared);
    const own = groups.filter(group => !group.shared);
    await Promise.all([
      ...chunkByLength(own, group => group.name).map(chunk =>
        this._answerChunk(chunk, waiting)
      ),
      ...shared.map(group => this._answerOne(group, waiting))
    ]);
  }

  private async _answerChunk(
    groups: IModelPackageGroup[],
    waiting: IAsker[]
  ): Promise<void> {
    let answers: LatestAnswers;
    try {
      answers = await this._batch(groups);
    } catch (error) {
      for (const group of groups) {
        for (const entry of waiting) {
          if (entry.group.arn === group.arn) {
            entry.reject(error);
          }
        }
      }
      return;
    }
    const left: IModelPackageGroup[] = [];
    for (const group of groups) {
      const answer = answers.get(group.arn);
      if (answer === undefined) {
        left.push(group);
      } else {
        settle(waiting, group, answer);
      }
    }
    await Promise.all(left.map(group => this._answerOne(group, waiting)));
  }

  private async _answerOne(
    group: IModelPackageGroup,
    waiting: IAsker[]
  ): Promise<void> {
    const mine = waiting.filter(entry => entry.group.arn === group.arn);
    try {
      const version = await this._one(group);
      mine.forEach(entry => entry.resolve(version));
    } catch (error) {
      mine.forEach(entry => entry.reject(error));
    }
  }

  private _waiting: IAsker[] = [];
  private _timer: ReturnType<typeof setTimeout> | null = null;
}

function settle(
  waiting: IAsker[],
  group: IModelPackageGroup,
  version: IModelPackage | null
): void {
  for (const entry of waiting) {
    if (entry.group.arn === group.arn) {
      entry.resolve(version);
    }
  }
}
