/** Small pieces that the document's sections share. */
import * as React from 'react';

export interface ISectionProps {
  title: string;
  /** At the end of the title's line. */
  actions?: React.ReactNode;
  className?: string;
  children: React.ReactNode;
}

/** A card with a heading; a region for screen readers. */
export function Section(props: ISectionProps): JSX.Element {
  const id = React.useId();
  return (
    <section
      className={`jp-sg-doc-card ${props.className ?? ''}`}
      aria-labelledby={id}
    >
      <div className="jp-sg-doc-card-head">
        <h3 id={id}>{props.title}</h3>
        {props.actions}
      </div>
      {props.children}
    </section>
  );
}

/** Names and values. Entries without a value are left out. */
export function Facts(props: {
  facts: readonly (readonly [string, React.ReactNode])[];
}): JSX.Element {
  return (
    <dl className="jp-sg-doc-facts">
      {props.facts
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
    </dl>
  );
}

/** A button that looks like a link. */
export function TextButton(props: {
  onClick: () => void;
  children: React.ReactNode;
  title?: string;
  expanded?: boolean;
  disabled?: boolean;
}): JSX.Element {
  return (
    <button
      type="button"
      className="jp-sg-link"
      title={props.title}
      aria-expanded={props.expanded}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}
