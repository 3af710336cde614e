/** Workflows of one OpenPages console: what is offered, and taking it. */
import { isAbort, RelayError } from '../../relay';
import { OpenPagesError } from '../errors';
import { OpenPagesClient } from '../openpages';
import {
  activeOf,
  definitionsOf,
  type IActive,
  type IDefinition
} from './offers';

/** Reads and moves workflows. */
export class WorkflowClient extends OpenPagesClient {
  /** Workflows for objects of a type. @throws OpenPagesError, RelayError */
  async definitions(
    type: string,
    signal?: AbortSignal
  ): Promise<IDefinition[]> {
    return definitionsOf(
      await this.get(
        `api/v2/workflows/definitions?object_type=${encodeURIComponent(type)}`,
        signal
      )
    );
  }

  /**
   * A definition with its stages, of any shape. IBM documents the path with
   * `version`, public clients use the one without: the second is tried first.
   *
   * @throws OpenPagesError, RelayError
   */
  async definition(id: string, signal?: AbortSignal): Promise<unknown> {
    const name = encodeURIComponent(id);
    try {
      return await this.get(`api/v2/workflows/definitions/${name}`, signal);
    } catch (error) {
      if (
        !(error instanceof OpenPagesError) ||
        (error.reason !== 'not-found' && error.reason !== 'refused')
      ) {
        throw error;
      }
      return this.get(`api/v2/workflows/definitions/version/${name}`, signal);
    }
  }

  /** Active workflows by object. @throws OpenPagesError, RelayError */
  async active(
    type: string,
    signal?: AbortSignal
  ): Promise<Map<string, IActive>> {
    const found = new Map<string, IActive>();
    for (const instance of await this.workflowInstances(type, signal)) {
      const active = activeOf(instance);
      if (active) {
        found.set(active.object, active);
      }
    }
    return found;
  }

  /** Start a workflow on an object. @throws OpenPagesError, RelayError */
  async start(
    definition: string,
    object: string,
    signal?: AbortSignal
  ): Promise<void> {
    const path = `api/v2/workflows/definitions/${encodeURIComponent(definition)}/start/${encodeURIComponent(object)}`;
    await this.send(path, { method: 'POST', body: '{}', signal }, path);
  }

  /**
   * Take an action.
   *
   * @param comment - null: none goes with it.
   * @throws OpenPagesError, RelayError
   */
  async transition(
    instance: string,
    action: string,
    comment: string | null,
    signal?: AbortSignal
  ): Promise<void> {
    const path = `api/v2/workflows/instances/${encodeURIComponent(instance)}/transition/${encodeURIComponent(action)}`;
    const body = JSON.stringify(comment === null ? {} : { comment });
    await this.send(path, { method: 'POST', body, signal }, path);
  }
}

/** Whether a failed write may have gone through all the same. */
export function isUnclear(error: unknown): boolean {
  return (
    !isAbort(error) &&
    (error instanceof RelayError ||
      (error instanceof OpenPagesError && error.reason === 'unavailable'))
  );
}
