/** What the section remembers over a restart of the lab. */
import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { PLUGIN_NAMESPACE } from '../tokens';
import { type IRunSort, MOST_METRICS, NEWEST } from './metrics';

export const STATE_KEY = `${PLUGIN_NAMESPACE}:runs`;

/** Notebooks and experiments remembered; the oldest go first. */
const MOST = 200;

/** An experiment that somebody chose for a notebook. */
export interface IChoice {
  connection: string;
  experiment: string;
  name: string;
  /**
   * What the notebook said then, as text; when it says something else, the
   * notebook is right again. null: it said nothing.
   */
  instead: string | null;
}

export class RunsStore {
  constructor(private _state: Pick<IStateDB, 'fetch' | 'save'> | null) {}

  /** Whether the section is open. */
  open = false;
  sort: IRunSort = NEWEST;
  /** Percent of the panel's height. */
  share = 45;

  /**
   * Read what was kept, once. What cannot be read is taken as never kept.
   *
   * @returns why it could not be read; null: it could
   */
  load(): Promise<unknown> {
    this._loading ??= this._load().then(
      () => null,
      (error: unknown) => error ?? new Error('unknown')
    );
    return this._loading;
  }

  /** Choice for a notebook; `''`: while no notebook is open. */
  choice(path: string): IChoice | null {
    return this._choices.get(path) ?? null;
  }

  choose(path: string, choice: IChoice | null): void {
    this._choices.delete(path);
    if (choice) {
      this._choices.set(path, choice);
      trim(this._choices);
    }
    this.save();
  }

  /** The notebook has another path now. */
  rename(from: string, to: string): void {
    const choice = this._choices.get(from);
    if (choice) {
      this._choices.delete(from);
      this._choices.set(to, choice);
      this.save();
    }
  }

  /** Metrics chosen for an experiment; null: none were chosen. */
  metrics(experiment: string): string[] | null {
    return this._metrics.get(experiment) ?? null;
  }

  setMetrics(experiment: string, names: readonly string[]): void {
    this._metrics.delete(experiment);
    this._metrics.set(experiment, [...names]);
    trim(this._metrics);
    this.save();
  }

  save(): void {
    if (!this._state) {
      return;
    }
    const value = {
      open: this.open,
      sort: { ...this.sort },
      share: this.share,
      choices: Object.fromEntries(this._choices),
      metrics: Object.fromEntries(this._metrics)
    };
    this._state
      .save(STATE_KEY, value as unknown as ReadonlyPartialJSONObject)
      .catch((error: unknown) => {
        console.warn('What was chosen for runs could not be kept.', error);
      });
  }

  private async _load(): Promise<void> {
    const saved = ((await this._state?.fetch(STATE_KEY)) ?? {}) as {
      [name: string]: unknown;
    };
    this.open = saved.open === true;
    const sort = (saved.sort ?? {}) as Partial<IRunSort>;
    if (typeof sort.by === 'string') {
      this.sort = { by: sort.by, ascending: sort.ascending === true };
    }
    if (typeof saved.share === 'number' && Number.isFinite(saved.share)) {
      this.share = saved.share;
    }
    for (const [path, value] of Object.entries(saved.choices ?? {})) {
      const choice = value as Partial<IChoice> | null;
      if (
        typeof choice?.connection === 'string' &&
        typeof choice.experiment === 'string'
      ) {
        this._choices.set(path, {
          connection: choice.connection,
          experiment: choice.experiment,
          name: String(choice.name ?? choice.experiment),
          instead: typeof choice.instead === 'string' ? choice.instead : null
        });
      }
    }
    for (const [key, value] of Object.entries(saved.metrics ?? {})) {
      if (Array.isArray(value)) {
        const names = value.filter(name => typeof name === 'string');
        this._metrics.set(key, names.slice(0, MOST_METRICS));
      }
    }
  }

  private _choices = new Map<string, IChoice>();
  private _metrics = new Map<string, string[]>();
  private _loading: Promise<unknown> | null = null;
}

function trim(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    if (map.size <= MOST) {
      return;
    }
    map.delete(key);
  }
}
