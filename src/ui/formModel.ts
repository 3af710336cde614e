/**
 * What happens in a form, without its looks: load, edit, check, submit.
 *
 * Nothing typed is ever lost: a failure leaves every value as it was, and a form
 * that is closed unsent is kept in memory and offered at the next opening.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { type ISignal, Signal } from '@lumino/signaling';
import type { ComponentType } from 'react';
import { describeError, type IProblem } from '../relay';

/** Field name -> what is wrong with it. The name `''` stands for the whole. */
export type FormErrors = Readonly<Record<string, string>>;

/** Tools that `submit` gets. */
export interface ISubmitTools {
  /** Aborted when the user cancels while it runs. */
  signal: AbortSignal;
  /** Say what is being done now. */
  progress: (text: string) => void;
}

/** What the body of a form is given. */
export interface IFormProps<C, V> {
  context: C;
  value: V;
  /** Change some fields; they count as touched. */
  set: (patch: Partial<V>) => void;
  /** Everything that is wrong, touched or not. */
  errors: FormErrors;
  /** What is wrong with a field that was touched. */
  errorOf: (field: string) => string | undefined;
  /** Being sent: everything is read-only. */
  busy: boolean;
  /** Read the context again; what was typed stays. */
  reload: () => void;
  trans: TranslationBundle;
}

/** How a form works. `C` is what it reads first, `V` what is typed, `R` the result. */
export interface IFormOptions<C, V extends object, R> {
  title: string;
  /** Key of the draft, e.g. `request:<arn>`: one draft per subject. */
  subject: string;
  trans: TranslationBundle;
  /** Read what the form shows. */
  load: (signal: AbortSignal) => Promise<C>;
  /** First values. */
  initial: (context: C) => V;
  /** What keeps it from being sent; empty: nothing. */
  check: (value: V, context: C) => FormErrors;
  /** Send. A rejection is shown and changes nothing. */
  submit: (value: V, context: C, tools: ISubmitTools) => Promise<R>;
  Body: ComponentType<IFormProps<C, V>>;
  acceptLabel: (value: V | null) => string;
  /** Enter on a choice accepts it: for forms in which nothing else is asked. */
  enterAccepts?: boolean;
  /** Left of the buttons, e.g. who acts. */
  footer?: (context: C) => string;
  /** Say a failure; default: `describeError`. */
  describe?: (error: unknown) => IProblem;
  /** Failures after which what is shown is out of date and is read again. */
  outdated?: (error: unknown) => boolean;
}

interface IDraft {
  value: object;
  /** ms since epoch. */
  at: number;
}

const drafts = new Map<string, IDraft>();

/** Forget every draft; for tests. */
export function clearDrafts(): void {
  drafts.clear();
}

/** State of one open form. */
export class FormModel<C, V extends object, R> {
  constructor(readonly options: IFormOptions<C, V, R>) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What was read; null until then. */
  get context(): C | null {
    return this._context;
  }

  /** What is typed; null until the context is read. */
  get value(): V | null {
    return this._value;
  }

  /** The result, once submitted. */
  get result(): R | null {
    return this._result;
  }

  /** Failure of reading or of sending. */
  get problem(): IProblem | null {
    return this._problem;
  }

  get busy(): boolean {
    return this._sending !== null;
  }

  get loading(): boolean {
    return this._loading !== null;
  }

  /** What is being done while busy. */
  get progress(): string {
    return this._progress;
  }

  /** When the restored draft was typed; null: not restored. */
  get draftFrom(): number | null {
    return this._draftFrom;
  }

  get errors(): FormErrors {
    return this._context !== null && this._value !== null
      ? this.options.check(this._value, this._context)
      : {};
  }

  /** May it be sent now? */
  get ready(): boolean {
    return (
      this._value !== null &&
      !this.busy &&
      !this.loading &&
      Object.keys(this.errors).length === 0
    );
  }

  errorOf(field: string): string | undefined {
    return this._touched.has(field) ? this.errors[field] : undefined;
  }

  /**
   * Read the context, for the first time or again.
   *
   * @param keep the failure that stays in view meanwhile
   */
  async load(keep: IProblem | null = null): Promise<void> {
    this._loading?.abort();
    const loading = (this._loading = new AbortController());
    this._problem = keep;
    this._changed.emit();
    try {
      const context = await this.options.load(loading.signal);
      if (loading.signal.aborted) {
        return;
      }
      this._context = context;
      if (this._value === null) {
        this._value = this._start(context);
      }
    } catch (error) {
      if (loading.signal.aborted) {
        return;
      }
      this._problem = this._describe(error);
    }
    this._loading = null;
    this._changed.emit();
  }

  set(patch: Partial<V>): void {
    if (this._value === null || this.busy) {
      return;
    }
    this._value = { ...this._value, ...patch };
    Object.keys(patch).forEach(field => this._touched.add(field));
    this._changed.emit();
  }

  /** Drop the draft and begin anew. */
  startOver(): void {
    drafts.delete(this.options.subject);
    this._draftFrom = null;
    this._touched.clear();
    this._problem = null;
    if (this._context !== null) {
      this._value = this.options.initial(this._context);
    }
    this._changed.emit();
  }

  /** Send; true when it went through. */
  async submit(): Promise<boolean> {
    if (!this.ready || this._value === null || this._context === null) {
      return false;
    }
    const sending = (this._sending = new AbortController());
    this._problem = null;
    this._progress = this.options.trans.__('Sending…');
    this._changed.emit();
    try {
      const result = await this._abortable(
        this.options.submit(this._value, this._context, {
          signal: sending.signal,
          progress: text => {
            this._progress = text;
            this._changed.emit();
          }
        }),
        sending.signal
      );
      this._result = result;
      this._sent = true;
      drafts.delete(this.options.subject);
      return true;
    } catch (error) {
      this._problem = sending.signal.aborted
        ? this._stopped()
        : this._describe(error);
      if (this.options.outdated?.(error)) {
        void this.load(this._problem);
      }
      return false;
    } finally {
      this._sending = null;
      this._changed.emit();
    }
  }

  /** Stop waiting for what is being sent. */
  stop(): void {
    this._sending?.abort();
  }

  /** Close: stop reading, keep what was typed and not sent. */
  dispose(): void {
    this._loading?.abort();
    this._sending?.abort();
    if (!this._sent && this._touched.size > 0 && this._value !== null) {
      drafts.set(this.options.subject, { value: this._value, at: Date.now() });
    }
    Signal.clearData(this);
  }

  private _start(context: C): V {
    const fresh = this.options.initial(context);
    const draft = drafts.get(this.options.subject);
    if (!draft) {
      return fresh;
    }
    this._draftFrom = draft.at;
    Object.keys(draft.value).forEach(field => this._touched.add(field));
    return { ...fresh, ...draft.value };
  }

  private _describe(error: unknown): IProblem {
    const { describe, trans } = this.options;
    return describe ? describe(error) : describeError(error, trans);
  }

  /** Give up waiting as soon as the user does, whatever the request does. */
  private _abortable(promise: Promise<R>, signal: AbortSignal): Promise<R> {
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('Stopped')));
      promise.then(resolve, reject);
    });
  }

  private _stopped(): IProblem {
    const { trans } = this.options;
    return {
      title: trans.__('Stopped waiting'),
      message: trans.__('The change may already have been written.'),
      hint: trans.__(
        'Sending the same again is safe: it does not act twice. Or close and refresh to see what was written.'
      ),
      action: 'none',
      details: 'Stopped by the user',
      retryable: true
    };
  }

  private _changed = new Signal<this, void>(this);
  private _context: C | null = null;
  private _value: V | null = null;
  private _result: R | null = null;
  private _problem: IProblem | null = null;
  private _progress = '';
  private _draftFrom: number | null = null;
  private _loading: AbortController | null = null;
  private _sending: AbortController | null = null;
  private _sent = false;
  private _touched = new Set<string>();
}
