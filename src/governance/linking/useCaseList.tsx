/** Search and list of use cases, those that IBM synchronises first. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IGovernance, IOpenPagesConnection, IUseCase } from '../../tokens';
import { EmptyState, Glyph, StatusBadge } from '../../ui';
import { VirtualList } from '../../ui/virtualList';
import { labelOf, placeOf, searchUseCases } from './plan';

/** px of a row until the first is measured. */
const ROW = 48;

export interface IUseCaseListProps {
  console: IOpenPagesConnection;
  /** SageMaker connection of the group. */
  connection: string;
  useCases: readonly IUseCase[];
  /** Resource IDs above the group now. */
  linked: ReadonlySet<string>;
  bucketOf: IGovernance['bucketOf'];
  text: string;
  onText: (text: string) => void;
  selected: string | null;
  onSelect: (useCase: IUseCase) => void;
  error?: string;
  trans: TranslationBundle;
}

const keyOf = ({ id }: IUseCase): string => id;

/** A searchable list box; Arrow Down in the field goes into the list. */
export function UseCaseList(props: IUseCaseListProps): JSX.Element {
  const { console, connection, useCases, text, trans } = props;
  const root = React.useRef<HTMLDivElement>(null);
  const hint = React.useId();
  const shown = React.useMemo(
    () => searchUseCases(console, connection, useCases, text),
    [console, connection, useCases, text]
  );
  const describe = (useCase: IUseCase): string[] => {
    const outside = placeOf(console, connection, useCase) === 'outside';
    return [
      props.linked.has(useCase.id) ? trans.__('linked now') : null,
      // Before what may be cut off in a narrow window.
      outside ? trans.__('not synchronised') : null,
      useCase.riskLevel ? trans.__('%1 risk', useCase.riskLevel) : null,
      useCase.owner,
      useCase.entity
    ].filter((part): part is string => !!part);
  };
  return (
    <div className="jp-sg-link-choose" ref={root}>
      <input
        type="search"
        className="jp-mod-styled jp-sg-input"
        dir="auto"
        data-sg-first=""
        aria-label={trans.__('Search use cases')}
        aria-describedby={hint}
        placeholder={trans.__('Search by key, name, owner, status or risk')}
        value={text}
        onChange={event => props.onText(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'ArrowDown' && shown.length) {
            event.preventDefault();
            root.current
              ?.querySelector<HTMLElement>('[role="listbox"]')
              ?.focus();
          }
        }}
      />
      <p id={hint} className="jp-sg-link-count" role="status">
        {text.trim()
          ? trans.__('%1 of %2 use cases', shown.length, useCases.length)
          : trans._n('%1 use case', '%1 use cases', useCases.length)}
      </p>
      {shown.length ? (
        <VirtualList
          label={trans.__('Use cases')}
          className="jp-sg-link-list"
          items={shown}
          keyOf={keyOf}
          textOf={labelOf}
          rowHeight={ROW}
          listing={text}
          selected={props.selected}
          onSelect={props.onSelect}
          onOpen={props.onSelect}
          rowLabel={useCase =>
            [
              labelOf(useCase),
              useCase.status ?? trans.__('No status'),
              ...describe(useCase)
            ].join(', ')
          }
          renderRow={useCase => (
            <div className="jp-sg-link-row" aria-hidden="true">
              <span className="jp-sg-link-name">
                {useCase.key && !useCase.name.startsWith(useCase.key) ? (
                  <b>{useCase.key} </b>
                ) : null}
                <bdi title={labelOf(useCase)}>{useCase.name}</bdi>
              </span>
              {useCase.status ? (
                <StatusBadge
                  bucket={props.bucketOf(useCase.status)}
                  label={useCase.status}
                />
              ) : (
                <StatusBadge state="no-status" label={trans.__('No status')} />
              )}
              <span
                className="jp-sg-link-facts"
                title={describe(useCase).join(' · ')}
              >
                {placeOf(console, connection, useCase) === 'outside' ? (
                  <Glyph name="warning" />
                ) : null}
                <bdi>{describe(useCase).join(' · ')}</bdi>
              </span>
            </div>
          )}
        />
      ) : (
        <EmptyState
          title={
            useCases.length
              ? trans.__('No use case matches')
              : trans.__('No use case is visible to you')
          }
        >
          {useCases.length
            ? trans.__('None has all the words that you typed.')
            : trans.__(
                'Ask the administrator of “%1” for the right to read use cases.',
                console.label
              )}
        </EmptyState>
      )}
    </div>
  );
}
