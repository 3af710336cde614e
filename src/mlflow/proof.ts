/** Whether MLflow's API answers, beside the page that shows it. */
import { RelayError } from '../relay';
import type { IRelay } from '../tokens';
import { relayPath } from './bridge/address';

/** The smallest question that every version and every kind of server answers. */
const QUESTION = {
  path: 'api/2.0/mlflow/experiments/search',
  search: '?max_results=1'
};

/**
 * Ask MLflow something. What MLflow itself says, its page says too.
 *
 * @throws RelayError when the server was not reached or refused the login
 */
export async function proveApi(relay: IRelay, id: string): Promise<void> {
  try {
    await relay.request(relayPath(id, QUESTION));
  } catch (error) {
    if (error instanceof RelayError) {
      throw error;
    }
  }
}

/** Whether SageMaker may know why: its server may be stopped or gone. */
export function isDownError(error: unknown): boolean {
  return (
    error instanceof RelayError &&
    (error.code === 'server_not_running' || error.code === 'upstream_refused')
  );
}
