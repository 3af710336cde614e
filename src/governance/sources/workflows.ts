/** Where use cases stand in their active workflows. */
import type { IOpenPagesConnection, IWorkflowState } from '../../tokens';
import {
  cellOf,
  instantOf,
  type Cell,
  type OpenPagesClient
} from '../openpages';

/**
 * Members of a workflow instance that may hold what we show, best first; a dot
 * goes one level down.
 *
 * Published are only `id` and `grc_object.id`. The other names are those that
 * OpenPages uses for the same things elsewhere in its API and in its console; a
 * console that has none of them leaves the part out.
 */
const MEMBERS = {
  id: ['id', 'instance_id', 'activity_instance_id'],
  object: ['grc_object.id', 'grc_object.resource_id', 'object_id'],
  workflow: [
    'workflow',
    'workflow_name',
    'workflow_definition',
    'definition',
    'definition_name',
    'name'
  ],
  stage: [
    'stage',
    'current_stage',
    'stage_name',
    'current_activity',
    'activity',
    'status'
  ],
  assignees: [
    'assignees',
    'assignee',
    'stage.assignees',
    'current_stage.assignees',
    'assigned_to',
    'assigned_users'
  ],
  since: [
    'since',
    'stage_start_date',
    'stage_started',
    'stage.start_date',
    'current_stage.start_date',
    'assigned_date',
    'assigned_on'
  ]
} as const satisfies Record<string, readonly string[]>;

/** An active workflow and the object that it runs on. */
export interface IInstance {
  /** Resource ID of the object. */
  object: string;
  state: IWorkflowState;
}

/**
 * State of a workflow instance.
 *
 * @returns null when the instance does not say which object it runs on.
 */
export function workflowOf(instance: unknown): IInstance | null {
  const text = (names: readonly string[]): Cell => {
    for (const name of names) {
      const cell = cellOf(memberOf(instance, name));
      if (cell) {
        return cell;
      }
    }
    return null;
  };
  const id = text(MEMBERS.id);
  const object = text(MEMBERS.object);
  if (!id || !object) {
    return null;
  }
  return {
    object,
    state: {
      instance: id,
      workflow: text(MEMBERS.workflow),
      stage: text(MEMBERS.stage),
      assignees: namesOf(instance),
      since: instantOf(text(MEMBERS.since))
    }
  };
}

/**
 * Active workflows of use cases.
 *
 * @returns by Resource ID of the use case; empty where workflows are off.
 * @throws OpenPagesError, RelayError
 */
export async function readWorkflows(
  client: OpenPagesClient,
  connection: IOpenPagesConnection,
  signal?: AbortSignal
): Promise<Map<string, IWorkflowState>> {
  const states = new Map<string, IWorkflowState>();
  if (!connection.workflows) {
    return states;
  }
  const instances = await client.workflowInstances(
    connection.schema.types.useCase,
    signal
  );
  for (const instance of instances) {
    const found = workflowOf(instance);
    if (found) {
      states.set(found.object, found.state);
    }
  }
  return states;
}

function memberOf(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, name) =>
        inner && typeof inner === 'object' && !Array.isArray(inner)
          ? (inner as Record<string, unknown>)[name]
          : undefined,
      value
    );
}

/** Names of those who are to act, each once. */
function namesOf(instance: unknown): string[] {
  for (const name of MEMBERS.assignees) {
    const value = memberOf(instance, name);
    const parts = Array.isArray(value) ? (value as unknown[]) : [value];
    const names = parts
      .flatMap(part => (typeof part === 'string' ? part.split(/[,;]/) : [part]))
      .map(part => cellOf(memberOf(part, 'user_name')) ?? cellOf(part))
      .filter((part): part is string => part !== null);
    if (names.length) {
      return [...new Set(names)];
    }
  }
  return [];
}
