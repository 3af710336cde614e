/** The number of things that wait for the person, in the status bar. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { type ISignal, Signal } from '@lumino/signaling';

import { governanceIcon } from '../ui';
import type { IWaitingForMe } from './follower';
import '../../style/follow.css';

/** Names that the tooltip lists. */
const NAMED = 10;

/** The item in words. */
export interface IStatusText {
  /**
   * Number as shown: `3`, `3+` where there are more, `3?` where something could
   * not be read, `–` for not known.
   */
  count: string;
  /** For screen readers. */
  label: string;
  /** Names of the groups, and what could not be read. */
  title: string;
}

/**
 * What the item says.
 *
 * @param waiting null: nothing was read yet
 * @returns null when there is nothing to show
 */
export function statusText(
  waiting: IWaitingForMe | null,
  trans: TranslationBundle
): IStatusText | null {
  if (!waiting) {
    return null;
  }
  const { groups, more, unread } = waiting;
  const n = groups.length;
  const unknown = unread.length > 0;
  if (n === 0 && !unknown) {
    return null;
  }
  // What could not be read is no zero.
  const count = n === 0 ? '–' : `${n}${unknown ? '?' : more ? '+' : ''}`;
  const said =
    n === 0
      ? trans.__('What waits for me is not known')
      : unknown
        ? // What is not known may also take some away.
          trans._n(
            '%1 group waits for me, as far as could be read',
            '%1 groups wait for me, as far as could be read',
            n
          )
        : more
          ? trans._n(
              'At least %1 group waits for me',
              'At least %1 groups wait for me',
              n
            )
          : trans._n('%1 group waits for me', '%1 groups wait for me', n);
  const failed = unknown
    ? trans.__('Could not be read: %1', unread.join(', '))
    : null;
  const names = groups.slice(0, NAMED).map(({ name }) => name);
  return {
    count,
    label: [said, failed].filter(Boolean).join('. '),
    title: [
      said,
      ...names,
      ...(n > NAMED ? [trans.__('and %1 more', n - NAMED)] : []),
      failed
    ]
      .filter(Boolean)
      .join('\n')
  };
}

/** What the item works with. */
export interface IStatusItemOptions {
  trans: TranslationBundle;
  /** Show what waits. */
  onPress: () => void;
}

/** The item; hidden while nothing waits. */
export class StatusItem extends ReactWidget {
  constructor(private _options: IStatusItemOptions) {
    super();
    this.addClass('jp-sg-status');
  }

  /** Whether there is something to show. */
  get active(): boolean {
    return this._text !== null;
  }

  /** Emits when there is something to show, or no longer. */
  get activeChanged(): ISignal<this, void> {
    return this._activeChanged;
  }

  /** Show what waits; null: nothing was read yet. */
  setWaiting(waiting: IWaitingForMe | null): void {
    const before = this.active;
    this._text = statusText(waiting, this._options.trans);
    this.update();
    if (before !== this.active) {
      this._activeChanged.emit();
    }
  }

  protected render(): JSX.Element | null {
    const text = this._text;
    return (
      text && (
        <button
          type="button"
          className="jp-sg-status-button"
          title={text.title}
          aria-label={text.label}
          onClick={this._options.onPress}
        >
          <governanceIcon.react tag="span" className="jp-sg-status-icon" />
          <span>{text.count}</span>
        </button>
      )
    );
  }

  private _text: IStatusText | null = null;
  private _activeChanged = new Signal<this, void>(this);
}
