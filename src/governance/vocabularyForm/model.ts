/** A vocabulary being edited: lines, undo, draft, and what it would change. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { IStateDB } from '@jupyterlab/statedb';
import type { JSONValue } from '@lumino/coreutils';
import { type ISignal, Signal } from '@lumino/signaling';

import type { IGovernance, IRelay, StatusBucket } from '../../tokens';
import { PLUGIN_NAMESPACE } from '../../tokens';
import type { IVocabularyRule } from '../vocabulary';
import {
  dangers,
  lineProblem,
  moved,
  preview,
  rulesIn,
  rulesOf,
  same
} from './editing';
import type { IDanger, ILine, IWordRow, LineProblem } from './editing';

const SETTING = 'vocabulary';
const DRAFT = `${PLUGIN_NAMESPACE}:vocabulary-draft`;

/** Steps that can be taken back. */
const MOST_STEPS = 100;

export interface IVocabularySnapshot {
  lines: readonly ILine[];
  /** By line key. */
  problems: ReadonlyMap<number, LineProblem>;
  rows: readonly IWordRow[];
  dangers: readonly IDanger[];
  /** Lines differ from what is saved. */
  dirty: boolean;
  canSave: boolean;
  canUndo: boolean;
  /** Lines are the defaults. */
  isDefault: boolean;
  /** Saved lines changed elsewhere while lines were being edited. */
  overtaken: boolean;
  /** An unsaved draft of an earlier visit is in. */
  restored: boolean;
  /** Word that somebody asked for. */
  marked: string | null;
  /** Consoles whose words could not be read. */
  failures: readonly { connection: string; label: string; error: unknown }[];
  reading: boolean;
  saveError: unknown;
}

export class VocabularyModel {
  constructor(private _options: VocabularyModel.IOptions) {
    const { settings, governance } = _options;
    this._saved = rulesIn(settings.composite[SETTING]);
    this._lines = this._keyed(this._saved);
    settings.changed.connect(this._onSettings, this);
    governance.changed.connect(this._tell, this);
  }

  get changed(): ISignal<VocabularyModel, void> {
    return this._changed;
  }

  get snapshot(): IVocabularySnapshot {
    return (this._snapshot ??= this._derive());
  }

  /** Take an unsaved draft up, and read the words of every console. */
  async start(): Promise<void> {
    const kept = await this._options.state?.fetch(DRAFT).catch(() => undefined);
    const rules = rulesIn(kept);
    if (rules.length && !same(rules, this._saved) && !this._disposed) {
      this._lines = this._keyed(rules);
      this._restored = true;
    }
    await this.read();
  }

  /** Read the words of every console; failures are told. */
  async read(): Promise<void> {
    const { relay, governance } = this._options;
    this._reading = true;
    this._tell();
    const failures: IVocabularySnapshot['failures'][number][] = [];
    try {
      const { connections } = await relay.config();
      await Promise.all(
        connections.map(async ({ id, kind, label }) => {
          if (kind === 'openpages') {
            await governance.useCases(id).catch((error: unknown) => {
              failures.push({ connection: id, label, error });
            });
          }
        })
      );
    } catch (error) {
      failures.push({ connection: '', label: '', error });
    }
    this._failures = failures;
    this._reading = false;
    this._tell();
  }

  /** Mark a word: it is shown even if nobody bears it. */
  mark(word: string | null): void {
    this._marked = word?.trim() || null;
    this._tell();
  }

  /** @returns key of the new line, which comes first, where it counts */
  add(bucket: StatusBucket = 'other', pattern = ''): number {
    const [line] = this._keyed([{ bucket, pattern }]);
    this._edit([line, ...this._lines]);
    return line.key;
  }

  remove(key: number): void {
    this._edit(this._lines.filter(line => line.key !== key));
  }

  move(key: number, by: 1 | -1): boolean {
    const next = moved(this._lines, key, by);
    if (next === this._lines) {
      return false;
    }
    this._edit(next);
    return true;
  }

  /** Change a line; typing on in one line is one step back. */
  change(key: number, change: Partial<IVocabularyRule>): void {
    const next = this._lines.map(line =>
      line.key === key ? { ...line, ...change } : line
    );
    this._edit(next, 'pattern' in change ? key : null);
  }

  undo(): void {
    const before = this._history.pop();
    if (before) {
      this._lines = before;
      this._typing = null;
      this._keep();
    }
  }

  /** Put the defaults in; they hold when they are saved. */
  reset(): void {
    this._edit(this._keyed(this._defaults));
  }

  /** Back to what is saved. */
  discard(): void {
    this._edit(this._keyed(this._saved));
    this._overtaken = false;
    this._restored = false;
    this._tell();
  }

  /** Write the setting. A failure is told; the lines stay. */
  async save(): Promise<boolean> {
    if (!this.snapshot.canSave) {
      return false;
    }
    const { settings } = this._options;
    const rules = rulesOf(this._lines);
    this._saveError = null;
    try {
      if (same(rules, this._defaults)) {
        // Later versions bring better defaults.
        await settings.remove(SETTING);
      } else {
        await settings.set(SETTING, rules as unknown as JSONValue);
      }
    } catch (error) {
      this._saveError = error;
      this._tell();
      return false;
    }
    this._saved = rules;
    this._overtaken = false;
    this._restored = false;
    this._keep();
    return true;
  }

  dispose(): void {
    this._disposed = true;
    this._options.settings.changed.disconnect(this._onSettings, this);
    this._options.governance.changed.disconnect(this._tell, this);
    Signal.clearData(this);
  }

  private _edit(next: readonly ILine[], typing: number | null = null): void {
    if (typing === null || typing !== this._typing) {
      this._history = [...this._history, this._lines].slice(-MOST_STEPS);
    }
    this._typing = typing;
    this._lines = next;
    this._keep();
  }

  /** A draft outlives the tab and the page. */
  private _keep(): void {
    const { state } = this._options;
    const rules = rulesOf(this._lines);
    const kept = same(rules, this._saved)
      ? state?.remove(DRAFT)
      : state?.save(DRAFT, rules as unknown as JSONValue);
    // Without a state database a draft lives as long as its tab.
    kept?.catch(() => undefined);
    this._tell();
  }

  private _onSettings(): void {
    const saved = rulesIn(this._options.settings.composite[SETTING]);
    if (same(saved, this._saved)) {
      return;
    }
    const dirty = !same(rulesOf(this._lines), this._saved);
    this._saved = saved;
    this._overtaken = dirty && !same(rulesOf(this._lines), saved);
    if (!dirty) {
      this._lines = this._keyed(saved);
      this._history = [];
    }
    this._tell();
  }

  private _keyed(rules: readonly IVocabularyRule[]): ILine[] {
    return rules.map(({ bucket, pattern }) => ({
      bucket,
      pattern,
      key: this._nextKey++
    }));
  }

  private get _defaults(): IVocabularyRule[] {
    return rulesIn(this._options.settings.default(SETTING));
  }

  private _tell(): void {
    this._snapshot = null;
    if (!this._disposed) {
      this._changed.emit();
    }
  }

  private _derive(): IVocabularySnapshot {
    const { governance, listed } = this._options;
    const words = new Map(governance.statusWords());
    for (const word of [
      ...[...listed.values()].flat(),
      ...(this._marked ? [this._marked] : [])
    ]) {
      words.set(word, words.get(word) ?? 0);
    }
    const problems = new Map<number, LineProblem>();
    for (const line of this._lines) {
      const problem = lineProblem(line);
      if (problem) {
        problems.set(line.key, problem);
      }
    }
    const rules = rulesOf(this._lines);
    const rows = preview(words, rules, this._saved);
    const dirty = !same(rules, this._saved);
    return {
      lines: this._lines,
      problems,
      rows,
      dangers: dangers(rows, rules),
      dirty,
      canSave: dirty && problems.size === 0 && rules.length > 0,
      canUndo: this._history.length > 0,
      isDefault: same(rules, this._defaults),
      overtaken: this._overtaken,
      restored: this._restored,
      marked: this._marked,
      failures: this._failures,
      reading: this._reading,
      saveError: this._saveError
    };
  }

  private _saved: readonly IVocabularyRule[];
  private _lines: readonly ILine[];
  private _nextKey = 1;
  private _history: (readonly ILine[])[] = [];
  /** Line whose pattern is being typed; null: none. */
  private _typing: number | null = null;
  private _marked: string | null = null;
  private _overtaken = false;
  private _restored = false;
  private _reading = false;
  private _failures: IVocabularySnapshot['failures'] = [];
  private _saveError: unknown = null;
  private _snapshot: IVocabularySnapshot | null = null;
  private _disposed = false;
  private _changed = new Signal<VocabularyModel, void>(this);
}

export namespace VocabularyModel {
  export interface IOptions {
    /** Of plugin `jupyterlab-sagemaker-governance:governance`. */
    settings: Pick<
      ISettingRegistry.ISettings,
      'composite' | 'changed' | 'default' | 'set' | 'remove'
    >;
    governance: Pick<IGovernance, 'statusWords' | 'useCases' | 'changed'>;
    relay: Pick<IRelay, 'config'>;
    /** Keeps a draft over a reload; null: nothing does. */
    state: Pick<IStateDB, 'fetch' | 'save' | 'remove'> | null;
    /** Status words that a console may give, by connection. */
    listed: ReadonlyMap<string, readonly string[]>;
  }
}
