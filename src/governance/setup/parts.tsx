/** Small pieces of discovery's view. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Glyph } from '../../ui';
import type { ISlotState } from './decide';
import { markLabel } from './words';

/** A numbered part of the page. */
export function Part(props: {
  title: string;
  hint?: React.ReactNode;
  children: React.ReactNode;
}): JSX.Element {
  const id = React.useId();
  return (
    <section className="jp-sg-setup-part" aria-labelledby={id}>
      <h2 id={id}>{props.title}</h2>
      {props.hint && <p className="jp-sg-setup-quiet">{props.hint}</p>}
      {props.children}
    </section>
  );
}

/** Where a value comes from: drawing and word. */
export function Mark(props: {
  by: ISlotState['by'];
  confidence?: 'strong' | 'fair' | null;
  /** What would tell is being read. */
  reading: boolean;
  required: boolean;
  id: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { by, confidence, reading, required, trans } = props;
  const kind =
    by === 'choice'
      ? 'choice'
      : reading
        ? 'reading'
        : by === 'kept'
          ? 'fair'
          : by === 'proposal'
            ? (confidence ?? 'strong')
            : required
              ? 'needed'
              : 'open';
  return (
    <span className="jp-sg-setup-mark" data-kind={kind} id={props.id}>
      <Glyph name={MARKS[kind]} />
      {markLabel({ by, confidence, reading }, required, trans)}
    </span>
  );
}

const MARKS = {
  strong: 'check',
  fair: 'question',
  choice: 'pen',
  reading: 'clock',
  needed: 'warning',
  open: 'warning'
} as const;

/** Value of the option that means "none". No name has a line break. */
const NONE = '\nnone';
const OPEN = '';

export interface IChoiceProps {
  id: string;
  describedBy: string;
  invalid: boolean;
  /** null with `by` "choice": none. */
  value: string | null;
  by: ISlotState['by'];
  /** Whether "none" may be chosen. */
  optional: boolean;
  groups: readonly {
    label: string;
    options: readonly { value: string; text: string }[];
  }[];
  disabled: boolean;
  onChoose: (value: string | null | undefined) => void;
  trans: TranslationBundle;
}

/** All candidates in one select; typing jumps, as the browser does. */
export function Choice(props: IChoiceProps): JSX.Element {
  const { value, by, optional, groups, trans } = props;
  return (
    <select
      id={props.id}
      className="jp-sg-setup-select"
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid || undefined}
      disabled={props.disabled}
      value={value ?? (by === 'open' ? OPEN : NONE)}
      onChange={({ target }) =>
        props.onChoose(
          target.value === NONE
            ? null
            : target.value === OPEN
              ? undefined
              : target.value
        )
      }
    >
      {by === 'open' && <option value={OPEN}>{trans.__('Choose…')}</option>}
      {optional && <option value={NONE}>{trans.__('None: not used')}</option>}
      {groups
        .filter(({ options }) => options.length > 0)
        .map(({ label, options }) => (
          <optgroup key={label} label={label}>
            {options.map(({ value: name, text }) => (
              <option key={name} value={name}>
                {text}
              </option>
            ))}
          </optgroup>
        ))}
    </select>
  );
}

/** Label and name of something of the object model. */
export function both({ name, label }: { name: string; label: string }): string {
  return name === label ? name : `${label} (${name})`;
}
