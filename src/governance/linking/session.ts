/** What one open dialog remembers beside what is chosen in it. */
import type { IRelay } from '../../tokens';
import type { ILinkRecord } from '../trail';
import { OpenPagesWriter } from './writes';

/** Answer about a right: `null` asked and not told, undefined not there yet. */
export type Right = boolean | null | undefined;

/** Rights asked for so far, and what was written. */
export class LinkSession {
  constructor(
    private _relay: Pick<IRelay, 'request'>,
    /** What was begun from here; null: nothing was written yet. */
    public record: ILinkRecord | null
  ) {}

  /**
   * The writing that is under way, also when nobody waits for it any more; it
   * never rejects.
   */
  running: Promise<void> = Promise.resolve();

  /** Reads of the context so far. */
  reads = 0;

  /** Whether an object may be associated, as far as it is known. */
  right(console: string, id: string): Right {
    return this._rights.get(`${console}/${id}`);
  }

  /**
   * Ask for a right once; a failure counts as not told, since it is asked again
   * before anything is written.
   *
   * @returns false when it was known or is being asked for.
   */
  async ask(console: string, id: string): Promise<boolean> {
    const key = `${console}/${id}`;
    if (this._asked.has(key)) {
      return false;
    }
    this._asked.add(key);
    const writer = new OpenPagesWriter({
      relay: this._relay,
      connection: console
    });
    this._rights.set(
      key,
      await writer.mayAssociate(id).catch(() => {
        this._asked.delete(key);
        return null;
      })
    );
    return true;
  }

  private _asked = new Set<string>();
  private _rights = new Map<string, boolean | null>();
}
