/**
 * A dialog that stays open until its form went through.
 *
 * JupyterLab's `Dialog` closes first and lets the caller act afterwards; a
 * failure then costs everything typed. This one acts first.
 */
import { Dialog, ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { Message } from '@lumino/messaging';
import type { Widget } from '@lumino/widgets';
import { useEffect, useRef } from 'react';
import { FormModel, type IFormOptions } from './formModel';
import { ErrorNotice, Loading, Notice } from './notices';
import { clockTime } from './time';
import '../../style/form.css';

export { clearDrafts } from './formModel';
export type {
  FormErrors,
  IFormOptions,
  IFormProps,
  ISubmitTools
} from './formModel';

/** Index of the accepting button, after Cancel. */
const ACCEPT = 1;

/** Everything inside a dialog that Tab reaches. */
const FOCUSABLE = [
  'a[href]',
  'button:not([disabled])',
  'input:not([disabled])',
  'select:not([disabled])',
  'summary',
  'textarea:not([disabled])',
  '[tabindex]:not([tabindex="-1"])'
].join(',');

/** Fields: what a form's user came for. */
const FIELD = [
  'textarea:not([disabled]):not([readonly])',
  'input:not([disabled]):not([readonly])',
  'select:not([disabled])'
].join(',');

/** The field to begin with: the one that is marked, else the first. */
function firstField(root: Element): HTMLElement | null {
  return (
    root.querySelector<HTMLElement>('[data-sg-first]') ??
    root.querySelector<HTMLElement>(FIELD)
  );
}

function FormView<C, V extends object, R>({
  model
}: {
  model: FormModel<C, V, R>;
}): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  const { Body, trans } = model.options;
  const { context, value, problem } = model;
  const shown = context !== null && value !== null;

  useEffect(() => {
    if (shown) {
      (root.current && firstField(root.current))?.focus();
    }
  }, [shown]);

  if (!shown) {
    return (
      <div ref={root} className="jp-sg-form">
        {problem ? (
          <ErrorNotice
            problem={problem}
            trans={trans}
            onRetry={() => void model.load()}
          />
        ) : (
          <Loading label={trans.__('Reading…')} trans={trans} />
        )}
      </div>
    );
  }
  const errors = Object.values(model.errors);
  return (
    <div ref={root} className="jp-sg-form" aria-busy={model.busy}>
      {model.draftFrom !== null ? (
        <Notice
          kind="info"
          action={{
            label: trans.__('Start over'),
            onClick: () => model.startOver()
          }}
        >
          {trans.__(
            'What you typed at %1 is back.',
            clockTime(model.draftFrom)
          )}
        </Notice>
      ) : null}
      <fieldset className="jp-sg-form-fields" disabled={model.busy}>
        <Body
          context={context}
          value={value}
          set={patch => model.set(patch)}
          errors={model.errors}
          errorOf={field => model.errorOf(field)}
          busy={model.busy}
          reload={() => void model.load()}
          trans={trans}
        />
      </fieldset>
      <div className="jp-sg-form-foot">
        {problem ? <ErrorNotice problem={problem} trans={trans} /> : null}
        <p className="jp-sg-form-state" role="status">
          {model.busy
            ? model.progress
            : model.loading
              ? trans.__('Reading again…')
              : (errors[0] ?? '')}
        </p>
      </div>
    </div>
  );
}

class FormBody<C, V extends object, R>
  extends ReactWidget
  implements Dialog.IBodyWidget<R | null>
{
  constructor(private _model: FormModel<C, V, R>) {
    super();
    this.node.tabIndex = -1;
  }

  getValue(): R | null {
    return this._model.result;
  }

  protected render(): JSX.Element {
    return (
      <UseSignal signal={this._model.changed}>
        {() => <FormView model={this._model} />}
      </UseSignal>
    );
  }
}

/**
 * The lab's renderer wraps every `select` in a new element when the dialog opens,
 * behind React's back; here React alone changes the body.
 */
class FormRenderer extends Dialog.Renderer {
  readonly buttons: HTMLButtonElement[] = [];
  readonly note = document.createElement('span');

  createBody(value: Dialog.Body<unknown>): Widget {
    const body = value as Widget;
    body.addClass('jp-Dialog-body');
    return body;
  }

  createButtonNode(button: Dialog.IButton): HTMLButtonElement {
    const node = super.createButtonNode(button);
    this.buttons.push(node);
    return node;
  }

  createFooter(
    buttons: ReadonlyArray<HTMLElement>,
    checkbox: HTMLElement | null
  ): Widget {
    const footer = super.createFooter(buttons, checkbox);
    this.note.className = 'jp-sg-form-dialog-note';
    footer.node.prepend(this.note);
    return footer;
  }
}

/** A modal form. `launch()` resolves with the result, or null when cancelled. */
export class FormDialog<C, V extends object, R> extends Dialog<R | null> {
  constructor(options: IFormOptions<C, V, R>) {
    const model = new FormModel(options);
    const renderer = new FormRenderer();
    super({
      title: options.title,
      body: new FormBody(model),
      buttons: [
        Dialog.cancelButton({ label: options.trans.__('Cancel') }),
        Dialog.okButton({ label: options.acceptLabel(null) })
      ],
      defaultButton: ACCEPT,
      hasClose: true,
      renderer
    });
    this.form = model;
    this._renderer = renderer;
    this.addClass('jp-sg-form-dialog');
    this.node.setAttribute('aria-label', options.title);
    model.changed.connect(this._sync, this);
    this._sync();
  }

  /** What happens in the form. */
  readonly form: FormModel<C, V, R>;

  /** Press a button: accepting sends first and closes only when that worked. */
  resolve(index: number = ACCEPT): void {
    if (index !== ACCEPT) {
      this.reject();
      return;
    }
    void this.form.submit().then(sent => {
      if (sent) {
        super.resolve(ACCEPT);
      } else if (!this.isDisposed) {
        this._renderer.buttons[ACCEPT].focus();
      }
    });
  }

  /** Cancel; while something is sent, only stop waiting for it. */
  reject(): void {
    if (this.form.busy) {
      this.form.stop();
      return;
    }
    super.reject();
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.form.dispose();
    }
    super.dispose();
  }

  handleEvent(event: Event): void {
    switch (event.type) {
      case 'keydown':
        this._keydown(event as KeyboardEvent);
        return;
      case 'input':
        // The form's own checks say whether it may be sent.
        return;
      case 'click':
        if (this._content?.contains(event.target as Node)) {
          super.handleEvent(event);
        } else {
          // A slip beside the dialog must not close a half-filled form.
          event.stopPropagation();
          event.preventDefault();
        }
        return;
      case 'focus':
        if (!this.node.contains(event.target as Node)) {
          event.stopPropagation();
          // Back to the field where somebody may be typing.
          (this._kept() ?? this._focusable()[0])?.focus();
        } else {
          this._held = event.target as HTMLElement;
        }
        return;
      case 'contextmenu':
        // The browser's own menu has paste and spelling.
        event.stopPropagation();
        return;
      default:
        super.handleEvent(event);
    }
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    document.addEventListener('keydown', this._onLostKey, true);
    this.node.querySelector<HTMLElement>('.jp-Dialog-body')?.focus();
    void this.form.load();
  }

  protected onAfterDetach(msg: Message): void {
    document.removeEventListener('keydown', this._onLostKey, true);
    super.onAfterDetach(msg);
  }

  /**
   * A control that disappears takes the focus with it, and keys then go to the
   * page behind: take them back.
   */
  private _onLostKey = (event: KeyboardEvent): void => {
    if (event.target === document.body) {
      event.stopPropagation();
      const body = this.node.querySelector<HTMLElement>('.jp-Dialog-body');
      (body && (firstField(body) ?? body))?.focus();
      if (event.key === 'Tab') {
        event.preventDefault();
      }
      this._keydown(event);
    }
  };

  /** What had the focus in here last, where it can have it again. */
  private _kept(): HTMLElement | undefined {
    const held = this._held;
    return held && this.node.contains(held) && !held.matches(':disabled')
      ? held
      : undefined;
  }

  private get _content(): Element | null {
    return this.node.querySelector('.jp-Dialog-content');
  }

  private _focusable(): HTMLElement[] {
    return [...this.node.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
      // A disabled fieldset disables what it holds.
      element => !element.matches(':disabled')
    );
  }

  private _keydown(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const onButton = this._renderer.buttons.some(b => b === target);
    switch (event.key) {
      case 'Escape':
        event.stopPropagation();
        event.preventDefault();
        this.reject();
        return;
      case 'Tab': {
        const all = this._focusable();
        const end = event.shiftKey ? all[0] : all[all.length - 1];
        if (target === end) {
          event.preventDefault();
          event.stopPropagation();
          (event.shiftKey ? all[all.length - 1] : all[0])?.focus();
        }
        return;
      }
      case 'Enter':
        if (
          event.ctrlKey ||
          event.metaKey ||
          (this.form.options.enterAccepts && target.matches('[type=radio]'))
        ) {
          event.preventDefault();
          event.stopPropagation();
          this.resolve(ACCEPT);
        } else if (onButton) {
          super.handleEvent(event);
        }
        return;
      case 'ArrowLeft':
      case 'ArrowRight':
        if (onButton) {
          super.handleEvent(event);
        }
        return;
      default:
        return;
    }
  }

  private _sync(): void {
    const { options, busy, ready, value, context } = this.form;
    const [cancel, accept] = this._renderer.buttons;
    const held = document.activeElement === accept;
    accept.disabled = !ready;
    const label = accept.querySelector('.jp-Dialog-buttonLabel');
    const text = options.acceptLabel(value);
    if (label && label.textContent !== text) {
      label.textContent = text;
      accept.setAttribute('aria-label', text);
    }
    if (busy && held) {
      // A disabled button drops the focus to the page behind the dialog.
      cancel.focus();
    }
    this._renderer.note.textContent =
      context !== null ? (options.footer?.(context) ?? '') : '';
  }

  private _renderer: FormRenderer;
  private _held: HTMLElement | null = null;
}

/**
 * Show a form.
 *
 * @returns what `submit` gave, or null when the user cancelled.
 */
export async function showForm<C, V extends object, R>(
  options: IFormOptions<C, V, R>
): Promise<R | null> {
  const { button, value } = await new FormDialog(options).launch();
  return button.accept ? value : null;
}
