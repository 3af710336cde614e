/**
 * What a console offers on an object: actions of the workflow it is in, or
 * workflows to start. Pure.
 *
 * The list of definitions is public; how a definition tells its stages and
 * actions, and an instance its definition, is not. Names are therefore read
 * where the console uses them, and what is not understood is not offered: the
 * dialog then leads to the console.
 */
import type { IWorkflowState } from '../../tokens';
import { cellOf } from '../openpages';
import { workflowOf } from '../sources/workflows';

/** A workflow that can be started. */
export interface IDefinition {
  id: string;
  name: string;
}

/** Whether a comment can go with an action; only what the console says. */
export type CommentNeed = 'none' | 'optional' | 'required';

export interface IAction {
  /** Name, as the console wants it back. */
  name: string;
  comment: CommentNeed;
}

/** An active workflow on an object. */
export interface IActive {
  object: string;
  state: IWorkflowState;
  /** Id of its definition, where the instance tells it. */
  definition: string | null;
  /** Actions that the instance itself lists; null: it lists none. */
  actions: IAction[] | null;
}

type Json = Record<string, unknown>;

function member(value: unknown, ...names: string[]): unknown {
  if (!value || typeof value !== 'object') {
    return undefined;
  }
  const name = names.find(one => (value as Json)[one] !== undefined);
  return name === undefined ? undefined : (value as Json)[name];
}

/** Definitions that a list answer holds. */
export function definitionsOf(answer: unknown): IDefinition[] {
  const list = Array.isArray(answer) ? answer : member(answer, 'definitions');
  return (Array.isArray(list) ? (list as unknown[]) : []).flatMap(one => {
    const id = cellOf(member(one, 'id'));
    const name = cellOf(member(one, 'name'));
    return id && name ? [{ id, name }] : [];
  });
}

/** Active workflow of an instance; null: it does not say on which object. */
export function activeOf(instance: unknown): IActive | null {
  const found = workflowOf(instance);
  if (!found) {
    return null;
  }
  const definition =
    cellOf(member(instance, 'workflow_definition_id', 'definition_id')) ??
    cellOf(member(member(instance, 'definition'), 'id'));
  const listed = member(instance, 'available_actions', 'actions');
  return {
    ...found,
    definition,
    actions: Array.isArray(listed) ? actionsOf(listed) : null
  };
}

/**
 * Actions of a stage in a definition.
 *
 * @returns null when the definition does not tell of the stage.
 */
export function actionsOfStage(
  definition: unknown,
  stage: string | null
): IAction[] | null {
  const stages = member(definition, 'stages');
  if (!stage || !Array.isArray(stages)) {
    return null;
  }
  const key = stage.trim().toLowerCase();
  const found = (stages as unknown[]).find(
    one => cellOf(member(one, 'name', 'label'))?.toLowerCase() === key
  );
  const actions = member(found, 'actions');
  return Array.isArray(actions) ? actionsOf(actions) : null;
}

function actionsOf(list: readonly unknown[]): IAction[] {
  const actions = new Map<string, IAction>();
  for (const one of list) {
    const name = typeof one === 'string' ? one : cellOf(member(one, 'name'));
    // The relay passes no name with a slash on.
    if (name && !name.includes('/') && !actions.has(name)) {
      actions.set(name, { name, comment: commentOf(one) });
    }
  }
  return [...actions.values()];
}

function commentOf(action: unknown): CommentNeed {
  const comment = member(action, 'comment');
  if (comment === undefined || comment === null || comment === false) {
    return 'none';
  }
  return comment === 'required' || member(comment, 'required') === true
    ? 'required'
    : 'optional';
}
