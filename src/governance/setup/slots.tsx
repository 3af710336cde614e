/** The mapping: one line for each thing that has to be known. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { StatusBucket } from '../../tokens';
import { StatusBadge } from '../../ui';
import type { ISlotState } from './decide';
import { both, Choice, Mark, Part } from './parts';
import { FIELD_SLOTS, REQUIRED, TYPE_SLOTS, typeOfField } from './names';
import type { Slot } from './names';
import type { ISetupSnapshot } from './snapshot';
import { isAhead } from './steps';
import { reasonText, slotHint, slotLabel } from './words';

export interface ISlotsProps {
  snapshot: ISetupSnapshot;
  bucketOf: (word: string) => StatusBucket;
  onChoose: (slot: Slot, value: string | null | undefined) => void;
  onVocabulary: (() => void) | null;
  trans: TranslationBundle;
}

/** Types and fields, each with what is proposed and why. */
export function Slots(props: ISlotsProps): JSX.Element {
  const { snapshot, trans } = props;
  return (
    <>
      <Part
        title={trans.__('Object types')}
        hint={trans.__('What the console calls these things.')}
      >
        {TYPE_SLOTS.map(slot => (
          <SlotLine
            key={slot}
            {...props}
            state={snapshot.resolved.slots[slot]}
          />
        ))}
      </Part>
      <Part
        title={trans.__('Fields')}
        hint={trans.__('Where the console keeps what is shown.')}
      >
        {FIELD_SLOTS.map(slot => (
          <React.Fragment key={slot}>
            <SlotLine {...props} state={snapshot.resolved.slots[slot]} />
            {slot === 'status' && snapshot.statusValues.length > 0 && (
              <StatusValues {...props} />
            )}
          </React.Fragment>
        ))}
      </Part>
    </>
  );
}

function SlotLine(props: ISlotsProps & { state: ISlotState }): JSX.Element {
  const { snapshot, state, onChoose, trans } = props;
  const { slot, proposal, value, by } = state;
  const id = React.useId();
  const required = REQUIRED.has(slot);
  const field = (FIELD_SLOTS as readonly string[]).includes(slot);
  const type = field
    ? snapshot.resolved.slots[typeOfField(slot as (typeof FIELD_SLOTS)[number])]
    : null;
  const hint = slotHint(slot, trans);
  const reading =
    snapshot.busy &&
    (state.unread !== null ||
      (slot === 'groupArn' &&
        (type?.value ? isAhead(snapshot.steps.arns) : type?.unread !== null)));
  const listed = [...proposal.candidates, ...proposal.others];
  const empty = !proposal.candidates.length && !proposal.others.length;
  return (
    <div className="jp-sg-setup-slot">
      <label htmlFor={`${id}-select`}>
        {slotLabel(slot, trans)}
        {required && <span aria-hidden="true"> *</span>}
      </label>
      <Choice
        id={`${id}-select`}
        describedBy={`${id}-mark ${id}-why`}
        invalid={required && by === 'open' && !snapshot.busy}
        value={value}
        by={by}
        optional={!required}
        disabled={empty && value === null}
        groups={[
          {
            // Not among what was read.
            label: trans.__('In force now'),
            options:
              value !== null && !listed.some(({ name }) => name === value)
                ? [{ value, text: value }]
                : []
          },
          {
            label: trans.__('Candidates'),
            options: proposal.candidates.map(one => ({
              value: one.name,
              text: both(one)
            }))
          },
          {
            label: field ? trans.__('Other fields') : trans.__('Other types'),
            options: proposal.others.map(one => ({
              value: one.name,
              text: both(one)
            }))
          }
        ]}
        onChoose={chosen => onChoose(slot, chosen)}
        trans={trans}
      />
      <Mark
        id={`${id}-mark`}
        by={by}
        confidence={proposal.confidence}
        reading={reading}
        required={required}
        trans={trans}
      />
      <div className="jp-sg-setup-why" id={`${id}-why`}>
        {empty && type?.value === null && !reading ? (
          <p>{trans.__('First choose: %1.', slotLabel(type.slot, trans))}</p>
        ) : (
          <Why state={state} reading={reading} trans={trans} />
        )}
        {state.replaced && (
          <p>{trans.__('In force now: %1.', state.replaced)}</p>
        )}
        {state.gone && (
          <p className="jp-sg-setup-gone">
            {trans.__(
              'In force now: %1, which this console does not have.',
              state.gone
            )}
          </p>
        )}
        {hint && value === null && <p>{hint}</p>}
        {by === 'choice' && (
          <button
            type="button"
            className="jp-sg-link"
            aria-label={trans.__(
              'Undo my choice of: %1',
              slotLabel(slot, trans)
            )}
            onClick={() => onChoose(slot, undefined)}
          >
            {trans.__('Undo my choice')}
          </button>
        )}
      </div>
    </div>
  );
}

/** The evidence for what is chosen, or why nothing is proposed. */
function Why(props: {
  state: ISlotState;
  reading: boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { state, reading, trans } = props;
  const { proposal, value, by, unread } = state;
  const say = (name: string | null): string => {
    const found = proposal.candidates.find(one => one.name === name);
    return [...(found?.reasons ?? []), ...(found?.doubt ? [found.doubt] : [])]
      .map(reason => reasonText(reason, trans))
      .join('; ');
  };
  if (reading && by !== 'choice') {
    return (
      <p>
        {unread
          ? trans.__('%1 is being read.', unread)
          : trans.__('Values are being read for a proof.')}
      </p>
    );
  }
  if (by === 'proposal') {
    return <p>{trans.__('Proposed because %1.', say(value))}</p>;
  }
  if (by === 'choice') {
    const why = value === null ? '' : say(value);
    return (
      <>
        {why && <p>{trans.__('What is known of it: %1.', why)}</p>}
        {proposal.value !== value && proposal.value && (
          <p>
            {trans.__(
              'The proposal was %1: %2.',
              proposal.value,
              say(proposal.value)
            )}
          </p>
        )}
      </>
    );
  }
  const notRead = unread && (
    <p>
      {trans.__('Fields and associations of %1 have not been read.', unread)}
    </p>
  );
  if (by === 'kept') {
    return (
      <>
        {notRead}
        <p>
          {trans.__(
            'Kept because %1.',
            say(value) || reasonText({ code: 'configured' }, trans)
          )}
        </p>
      </>
    );
  }
  if (notRead) {
    return notRead;
  }
  const best = proposal.candidates.slice(0, 3);
  return (
    <>
      <p>
        {proposal.tie
          ? trans.__('Several have the same evidence:')
          : best.length
            ? trans.__('Nothing has enough evidence:')
            : trans.__('Nothing speaks for any of them.')}
      </p>
      {best.length > 0 && (
        <ul>
          {best.map(one => (
            <li key={one.name}>
              <bdi>{both(one)}</bdi>: {say(one.name)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Words of the status field that are shown at first. */
const MOST_WORDS = 40;

/** The words of the status field, each with what it means now. */
function StatusValues(props: ISlotsProps): JSX.Element {
  const { snapshot, bucketOf, onVocabulary, trans } = props;
  const [all, setAll] = React.useState(false);
  const shown = snapshot.statusValues.slice(0, all ? undefined : MOST_WORDS);
  const more = snapshot.statusValues.length - shown.length;
  return (
    <div className="jp-sg-setup-words">
      <p className="jp-sg-setup-quiet">
        {trans._n(
          'Its %1 word, as the vocabulary reads it:',
          'Its %1 words, as the vocabulary reads them:',
          snapshot.statusValues.length
        )}
      </p>
      <ul aria-label={trans.__('Words of the status field')}>
        {shown.map(word => (
          <li key={word}>
            <StatusBadge bucket={bucketOf(word)} label={word} />
          </li>
        ))}
      </ul>
      {more > 0 && (
        <button
          type="button"
          className="jp-sg-link"
          onClick={() => setAll(true)}
        >
          {trans._n('Show %1 more word', 'Show %1 more words', more)}
        </button>
      )}{' '}
      {onVocabulary && (
        <button type="button" className="jp-sg-link" onClick={onVocabulary}>
          {trans.__('Edit what they mean')}
        </button>
      )}
    </div>
  );
}
