/** Discovery in words: slots, steps, reasons, and what to do about a failure. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { describeError, RelayError } from '../../relay';
import type { IProblem } from '../../relay';
import { OpenPagesError } from '../errors';
import type { IChange } from './block';
import type { LinkProblem } from './block';
import type { IEntityState } from './snapshot';
import type { ISlotState } from './decide';
import type { Slot } from './names';
import type { Reason } from './propose';
import type { IStep, StepName } from './steps';

/** What a slot stands for. */
export function slotLabel(slot: Slot, trans: TranslationBundle): string {
  switch (slot) {
    case 'useCase':
      return trans.__('Use case');
    case 'entity':
      return trans.__('Business entity');
    case 'modelGroup':
      return trans.__('Model group');
    case 'model':
      return trans.__('Model');
    case 'status':
      return trans.__('Status of the use case');
    case 'riskLevel':
      return trans.__('Risk level');
    case 'owner':
      return trans.__('Owner');
    case 'groupArn':
      return trans.__('ARN of the SageMaker group');
  }
}

/** Why a slot is wanted, and what goes without it. */
export function slotHint(slot: Slot, trans: TranslationBundle): string | null {
  switch (slot) {
    case 'modelGroup':
      return trans.__('Without it only model cards and tags link a group.');
    case 'model':
      return trans.__('Only for workflows of single versions.');
    case 'groupArn':
      return trans.__(
        'Without it groups are matched by name below the root entity.'
      );
    default:
      return null;
  }
}

export function reasonText(reason: Reason, trans: TranslationBundle): string {
  switch (reason.code) {
    case 'published':
      return trans.__('IBM’s documents use this name');
    case 'configured':
      return trans.__('it is in force now');
    case 'called':
      return trans.__('it is called “%1”', reason.text);
    case 'child':
      return trans.__('it stands below %1', reason.of);
    case 'only-child':
      return trans.__('nothing else stands below %1', reason.of);
    case 'parent':
      return trans.__('it stands above %1', reason.of);
    case 'not-child':
      return trans.__('it does not stand below %1', reason.of);
    case 'has-child':
      return trans.__('the model group %1 stands below it', reason.of);
    case 'nests':
      return trans.__('it stands below itself, as a hierarchy does');
    case 'words-known':
      return trans.__(
        'the vocabulary knows %1 of its %2 words',
        reason.n,
        reason.of
      );
    case 'levels':
      return trans.__('its words are levels: %1', reason.words.join(', '));
    case 'user':
      return trans.__('it holds a name');
    case 'arns':
      return trans.__(
        '%1 of %2 values read are ARNs of model package groups',
        reason.n,
        reason.of
      );
    case 'matches':
      return trans._n(
        '%1 of them is a group of your registries',
        '%1 of them are groups of your registries',
        reason.n
      );
    case 'package-arns':
      return trans.__('its values are ARNs of versions, not of groups');
    case 'not-arns':
      return trans._n(
        '%1 value read is no ARN of a group',
        'none of the %1 values read is the ARN of a group',
        reason.n
      );
    case 'no-values':
      return reason.rows
        ? trans._n(
            'it is empty in the %1 object read: no proof',
            'it is empty in all %1 objects read: no proof',
            reason.rows
          )
        : trans.__('the console shows no object to prove it');
  }
}

/** Where a value comes from, in a word or two. */
export function markLabel(
  state: Pick<ISlotState, 'by'> & {
    confidence?: 'strong' | 'fair' | null;
    /** What would tell is being read. */
    reading?: boolean;
  },
  required: boolean,
  trans: TranslationBundle
): string {
  if (state.reading && state.by !== 'choice') {
    return trans.__('Reading…');
  }
  switch (state.by) {
    case 'choice':
      return trans.__('Your choice');
    case 'open':
      return required ? trans.__('Choose') : trans.__('Choose, or leave empty');
    case 'kept':
      return trans.__('In force: check');
    case 'proposal':
      return state.confidence === 'fair'
        ? trans.__('Proposed: check')
        : trans.__('Proposed');
  }
}

/** Why a root entity is, or is not, proposed. */
export function entityReason(
  { proposal, registry, unread }: IEntityState,
  trans: TranslationBundle
): string {
  const { linked, only } = proposal;
  if (proposal.value === null && unread) {
    return unread === 'groups'
      ? trans.__('the groups of %1 could not be read', registry.label)
      : trans.__('no links between use cases and model groups were read');
  }
  if (proposal.value && only) {
    return trans.__(
      'the only top-level entity with use cases, and the only registry'
    );
  }
  if (proposal.value) {
    return trans.__(
      'the use cases of %1 of the %2 linked groups of this registry stand directly below it, and nothing stands above it',
      linked.below,
      linked.of
    );
  }
  return linked.of
    ? trans.__(
        'no single top-level entity stands above most linked groups of %1',
        registry.label
      )
    : trans.__(
        'no group of %1 is linked yet, so that nothing tells its entity',
        registry.label
      );
}

/** What is wrong with the entity that holds now. */
export function entityWarnings(
  { proposal, value, shared }: IEntityState,
  trans: TranslationBundle
): string[] {
  const found: string[] = [];
  if (proposal.candidates.find(({ id }) => id === value)?.top === false) {
    found.push(
      trans.__(
        'Another entity stands above it: IBM synchronises only use cases directly below a root entity.'
      )
    );
  }
  if (shared.length) {
    found.push(
      trans.__(
        'It is chosen for %1 as well: OpenPages wants a root entity of its own for each registry.',
        shared.join(', ')
      )
    );
  }
  return found;
}

/** What a step reads. */
export function stepLabel(step: StepName, trans: TranslationBundle): string {
  switch (step) {
    case 'types':
      return trans.__('Object types');
    case 'details':
      return trans.__('Fields and associations');
    case 'groups':
      return trans.__('Your registries');
    case 'arns':
      return trans.__('Values of the ARN fields');
    case 'links':
      return trans.__('Linked model groups');
    case 'entities':
      return trans.__('Business entities');
    case 'preview':
      return trans.__('Sample rows');
  }
}

/** Answers of something that stands before the API, or of another path. */
const AT_THE_DOOR: ReadonlySet<string> = new Set([
  'upstream_unauthorized',
  'upstream_login_page',
  'upstream_redirect'
]);

/** A failed step in words, with what to do about this one. */
export function stepProblem(
  step: StepName,
  { error, about }: Pick<IStep, 'error' | 'about'>,
  trans: TranslationBundle
): IProblem {
  const problem = describeError(error, trans);
  const label = stepLabel(step, trans);
  const titled = {
    ...problem,
    action: problem.action === 'none' ? ('retry' as const) : problem.action,
    title: trans.__(
      '%1: %2',
      about.length ? trans.__('%1 of %2', label, about.join(', ')) : label,
      problem.title
    )
  };
  if (error instanceof RelayError && AT_THE_DOOR.has(error.code)) {
    return {
      ...titled,
      hint: `${problem.hint ?? ''} ${trans.__(
        'Check the root path in url as well: below a wrong one OpenPages answers with its login page.'
      )}`.trim()
    };
  }
  if (!(error instanceof OpenPagesError)) {
    return titled;
  }
  const hint = stepHint(step, error, trans);
  return hint ? { ...titled, hint } : titled;
}

function stepHint(
  step: StepName,
  error: OpenPagesError,
  trans: TranslationBundle
): string | null {
  const types = step === 'types' || step === 'details';
  switch (error.reason) {
    case 'forbidden':
      return types
        ? trans.__(
            'The OpenPages user of this connection needs a profile that shows the object types, and an application permission to read them (below SOX > Administration; IBM does not say which one). Try with a user who may administer object types.'
          )
        : trans.__(
            'The OpenPages user of this connection needs read access to these objects: a role template on the root business entities.'
          );
    case 'not-found':
      return types
        ? trans.__(
            'Check url of the connection: it ends before /api/v2. Consoles before 9.0 have no API v2.'
          )
        : null;
    case 'bad-query':
      return trans.__(
        'The console does not join these types: check that the type below is a child of the one above.'
      );
    case 'unknown-field':
      return trans.__(
        'A field of the mapping is not in the profile of the OpenPages user: choose another, or have it added.'
      );
    case 'bad-schema':
      return trans.__('Choose another name: this one cannot be queried.');
    default:
      return null;
  }
}

export function linkProblemText(
  problem: LinkProblem,
  trans: TranslationBundle
): string {
  switch (problem) {
    case 'placeholder':
      return trans.__('Put {id} into the address, once.');
    case 'address':
      return trans.__('This is no web address.');
    case 'insecure':
      return trans.__('The address must begin with https.');
  }
}

export function changeLabel(
  state: IChange['state'],
  trans: TranslationBundle
): string {
  switch (state) {
    case 'unchanged':
      return trans.__('Unchanged');
    case 'changed':
      return trans.__('Changed');
    case 'new':
      return trans.__('New');
    case 'removed':
      return trans.__('Removed');
  }
}
