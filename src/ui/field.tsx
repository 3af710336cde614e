import * as React from 'react';

import { Glyph } from './glyph';
import '../../style/ui.css';

export interface IFieldProps {
  label: string;
  /** Limits or format, always shown. */
  hint?: React.ReactNode;
  /** Why the value cannot be used. */
  error?: string | null;
  /** Characters used and allowed. */
  counter?: { n: number; max: number };
  required?: boolean;
  /**
   * One control: `input`, `select` or `textarea`. It is given `id`,
   * `aria-describedby`, `aria-invalid` and `aria-required`.
   */
  children: React.ReactElement;
}

/** A labelled control of a form with hint, counter and error. */
export function Field(props: IFieldProps): JSX.Element {
  const { label, hint, error, counter, required, children } = props;
  const id = React.useId();
  const described = [
    hint ? `${id}-hint` : null,
    counter ? `${id}-count` : null,
    error ? `${id}-error` : null
  ]
    .filter(Boolean)
    .join(' ');
  const controlId: string = children.props.id ?? id;
  return (
    <div className="jp-sg-field">
      <div className="jp-sg-field-head">
        <label className="jp-sg-field-label" htmlFor={controlId}>
          {label}
          {required && <span aria-hidden="true"> *</span>}
        </label>
        {counter && (
          <span
            id={`${id}-count`}
            className="jp-sg-field-counter"
            data-over={counter.n > counter.max}
          >
            {counter.n} / {counter.max}
          </span>
        )}
      </div>
      {React.cloneElement(children, {
        id: controlId,
        'aria-describedby': described || undefined,
        'aria-invalid': error ? true : undefined,
        'aria-required': required ? true : undefined
      })}
      {hint && (
        <div id={`${id}-hint`} className="jp-sg-field-hint">
          {hint}
        </div>
      )}
      {error && (
        <div id={`${id}-error`} className="jp-sg-field-error" role="alert">
          <Glyph name="warning" />
          <span>{error}</span>
        </div>
      )}
    </div>
  );
}
