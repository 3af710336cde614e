/** The root business entity of each registry. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IEntity } from './entities';
import { Choice, Mark, Part } from './parts';
import type { IEntityState, ISetupSnapshot } from './snapshot';
import { isAhead } from './steps';
import { entityReason, entityWarnings } from './words';

export interface IEntitiesProps {
  snapshot: ISetupSnapshot;
  onChoose: (registry: string, value: string | null | undefined) => void;
  trans: TranslationBundle;
}

export function EntitySection(props: IEntitiesProps): JSX.Element {
  const { snapshot, trans } = props;
  return (
    <Part
      title={trans.__('Root business entities')}
      hint={trans.__(
        'IBM synchronises only use cases directly below the root entity of a registry’s connection.'
      )}
    >
      {snapshot.entities.map(state => (
        <EntityLine key={state.registry.id} {...props} state={state} />
      ))}
    </Part>
  );
}

function EntityLine(
  props: IEntitiesProps & { state: IEntityState }
): JSX.Element {
  const { snapshot, state, onChoose, trans } = props;
  const { registry, proposal, value, by, replaced } = state;
  const { groups, links, entities } = snapshot.steps;
  const reading = snapshot.busy && [groups, links, entities].some(isAhead);
  const id = React.useId();
  const tops = proposal.candidates.filter(({ top }) => top === true);
  const others = proposal.candidates.filter(({ top }) => top !== true);
  const text = (entity: IEntity): string =>
    [
      `${entity.name} (${entity.id})`,
      trans._n('%1 use case', '%1 use cases', entity.useCases),
      trans._n(
        '%1 of its groups',
        '%1 of its groups',
        entity.groups.get(registry.id) ?? 0
      )
    ].join(' · ');
  const option = (entity: IEntity) => ({
    value: entity.id,
    text: text(entity)
  });
  const reason = entityReason(state, trans);
  const named = (wanted: string): string => {
    const found = proposal.candidates.find(one => one.id === wanted);
    return found ? `${found.name} (${found.id})` : wanted;
  };
  // What was chosen before, or is in force, may not be among what was read.
  const unknown =
    value !== null && !proposal.candidates.some(one => one.id === value);
  return (
    <div className="jp-sg-setup-slot">
      <label htmlFor={`${id}-select`}>
        <bdi>{registry.label}</bdi>
        <small>
          {[registry.account, registry.region].filter(Boolean).join(' · ')}
        </small>
      </label>
      <Choice
        id={`${id}-select`}
        describedBy={`${id}-mark ${id}-why`}
        invalid={false}
        value={value}
        by={by}
        optional
        disabled={!proposal.candidates.length && !unknown}
        groups={[
          {
            label:
              by === 'kept'
                ? trans.__('In force now')
                : trans.__('Chosen before'),
            options: unknown ? [{ value: value ?? '', text: value ?? '' }] : []
          },
          { label: trans.__('Top level'), options: tops.map(option) },
          { label: trans.__('Other entities'), options: others.map(option) }
        ]}
        onChoose={chosen => onChoose(registry.id, chosen)}
        trans={trans}
      />
      <Mark
        id={`${id}-mark`}
        by={by}
        reading={reading}
        required={false}
        trans={trans}
      />
      <div className="jp-sg-setup-why" id={`${id}-why`}>
        {reading && by !== 'choice' ? (
          <p>{trans.__('Values are being read for a proof.')}</p>
        ) : by === 'proposal' ? (
          <p>{trans.__('Proposed because %1.', reason)}</p>
        ) : by === 'kept' ? (
          <p>
            {trans.__('Kept because it is in force now; no proof: %1.', reason)}
          </p>
        ) : (
          by === 'open' &&
          entities.state === 'done' && (
            <p>{trans.__('Not proposed: %1.', reason)}</p>
          )
        )}
        {replaced && <p>{trans.__('In force now: %1.', named(replaced))}</p>}
        {entityWarnings(state, trans).map(warning => (
          <p key={warning} className="jp-sg-setup-gone">
            {warning}
          </p>
        ))}
        {by === 'choice' && (
          <button
            type="button"
            className="jp-sg-link"
            aria-label={trans.__('Undo my choice of: %1', registry.label)}
            onClick={() => onChoose(registry.id, undefined)}
          >
            {trans.__('Undo my choice')}
          </button>
        )}
      </div>
    </div>
  );
}
