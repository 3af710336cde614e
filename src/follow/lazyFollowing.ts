/** Following as the lab's start sees it: the code loads with the first question. */
import { type ISignal, Signal } from '@lumino/signaling';

import type { IFollowing } from '../tokens';
import type { Following } from './start';

export class LazyFollowing implements IFollowing {
  /** @param _make loads and makes what does the work, settings applied */
  constructor(private _make: () => Promise<Following>) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  isStarred(group: string): boolean {
    // Rows and menus ask again and again.
    if (!this._asked) {
      this._asked = true;
      this._quietly(() => undefined);
    }
    return this._following?.isStarred(group) ?? false;
  }

  toggle: IFollowing['toggle'] = async args =>
    (await this._load()).toggle(args);

  expect: IFollowing['expect'] = async request =>
    (await this._load()).expect(request);

  concern: IFollowing['concern'] = told =>
    this._quietly(following => following.concern(told));

  /** From now on look in the background. */
  begin(): void {
    this._quietly(following => following.begin());
  }

  /** A chunk that did not load may load with the next call. */
  private _quietly(act: (following: Following) => void): void {
    this._load().then(act, (error: unknown) => {
      console.warn('Groups cannot be followed now.', error);
    });
  }

  private _load(): Promise<Following> {
    if (!this._loading) {
      this._loading = this._make().then(following => {
        following.changed.connect(() => this._changed.emit());
        this._following = following;
        this._changed.emit();
        return following;
      });
      this._loading.catch(() => {
        this._loading = null;
      });
    }
    return this._loading;
  }

  /** Somebody has asked for stars. */
  private _asked = false;
  private _following: Following | null = null;
  private _loading: Promise<Following> | null = null;
  private _changed = new Signal<this, void>(this);
}
