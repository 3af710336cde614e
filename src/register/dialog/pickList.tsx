/** A searchable list of which one is picked. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type * as React from 'react';
import { formatCount } from '../../ui';

/** Rows shown at once; typing narrows. */
const SHOWN = 50;

export interface IPickListProps<T> {
  /** What the search found, in order. */
  found: readonly T[];
  /** Text of the search. */
  text: string;
  search: (text: string) => void;
  /** Accessible name of the search. */
  searchLabel: string;
  /** What the search looks through; its name when absent. */
  placeholder?: string;
  /** What is listed. */
  legend: string;
  /** Said when nothing matches the search. */
  noMatch: string;
  /** Said when there is nothing to search in. */
  nothing: string;
  /** Heading of an item; items of one heading stand together. */
  headingOf?: (item: T) => string | null;
  keyOf: (item: T) => string;
  /** A `label` with a radio button. */
  children: (item: T) => JSX.Element;
  trans: TranslationBundle;
}

/** Search field and rows. */
export function PickList<T>(props: IPickListProps<T>): JSX.Element {
  const { found, text, legend, headingOf, keyOf, trans } = props;
  const shown = found.slice(0, SHOWN);
  const headings = [...new Set(shown.map(item => headingOf?.(item) ?? null))];
  return (
    <>
      <input
        type="search"
        className="jp-mod-styled jp-sg-input"
        dir="auto"
        aria-label={props.searchLabel}
        placeholder={props.placeholder ?? props.searchLabel}
        value={text}
        onChange={event => props.search(event.target.value)}
      />
      {found.length === 0 ? (
        <p>{text ? props.noMatch : props.nothing}</p>
      ) : (
        <fieldset className="jp-sg-picks">
          <legend>{legend}</legend>
          {headings.map(heading => (
            <Section key={heading ?? ''} heading={heading}>
              {shown
                .filter(item => (headingOf?.(item) ?? null) === heading)
                .map(item => (
                  <Row key={keyOf(item)}>{props.children(item)}</Row>
                ))}
            </Section>
          ))}
          {found.length > SHOWN ? (
            <p>
              {trans.__(
                '%1 more; type to narrow them down.',
                formatCount(found.length - SHOWN)
              )}
            </p>
          ) : null}
        </fieldset>
      )}
    </>
  );
}

/** Keeps the key of an item. */
function Row({ children }: { children: JSX.Element }): JSX.Element {
  return children;
}

function Section(props: {
  heading: string | null;
  children: React.ReactNode;
}): JSX.Element {
  const { heading, children } = props;
  return heading === null ? (
    <>{children}</>
  ) : (
    <div role="group" aria-label={heading}>
      <div className="jp-sg-picks-head" aria-hidden="true">
        {heading}
      </div>
      {children}
    </div>
  );
}
