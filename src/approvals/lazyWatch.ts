import type { DecisionWatch, IRequestRecord, IWatchOptions } from './watch';

/** The watch for decisions as the lab's start sees it: loaded when first used. */
export class LazyWatch implements Pick<DecisionWatch, 'add' | 'check'> {
  constructor(private _options: IWatchOptions) {}

  /** Remember a request. */
  async add(record: IRequestRecord): Promise<void> {
    await (await this._load())?.add(record);
  }

  /** Look for decisions; never rejects. */
  async check(): Promise<void> {
    await (await this._load())?.check();
  }

  private _load(): Promise<DecisionWatch | null> {
    this._loading ??= import('./watch').then(
      ({ DecisionWatch }) => new DecisionWatch(this._options),
      (error: unknown) => {
        // A chunk that did not load may load the next time.
        console.warn('Decisions cannot be looked for now.', error);
        this._loading = null;
        return null;
      }
    );
    return this._loading;
  }

  private _loading: Promise<DecisionWatch | null> | null = null;
}
