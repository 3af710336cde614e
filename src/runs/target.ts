/** Which experiment of which MLflow is meant. */
import type { IMLflow, IMLflowConnection } from '../tokens';
import type { Mention } from './experiment';
import type { INotebook } from './notebook';
import type { IChoice } from './store';

/** Where the runs are read from, or why there is nothing to read. */
export type Target =
  | { kind: 'reading' }
  /** Nobody has said which experiment. */
  | { kind: 'none' }
  | { kind: 'no-connection' }
  /** The notebook says it, but only its kernel could tell what. */
  | { kind: 'dynamic'; code: string }
  /** There is none of this name or id, at these connections. */
  | { kind: 'missing'; name: string; isId: boolean; asked: string[] }
  | {
      kind: 'found';
      connection: IMLflowConnection;
      id: string;
      name: string;
      /** It is in MLflow's bin. */
      deleted: boolean;
      from: 'notebook' | 'choice';
    };

export type FoundTarget = Extract<Target, { kind: 'found' }>;

/** What a notebook says as text, to see whether it still says the same. */
export function mentionKey(mention: Mention | null): string | null {
  return mention && JSON.stringify(mention);
}

/**
 * A choice holds as long as the notebook says what it said when it was made;
 * without a word of the notebook it holds anyway.
 */
export function choiceInForce(
  choice: IChoice | null,
  mention: Mention | null
): IChoice | null {
  return choice && (!mention || choice.instead === mentionKey(mention))
    ? choice
    : null;
}

/**
 * Find the experiment.
 *
 * @param preferred id of the connection to ask first; empty: none
 * @throws RelayError, UpstreamError when it was found nowhere and a server did
 *   not answer
 */
export async function findTarget(
  mlflow: IMLflow,
  notebook: INotebook | null,
  choice: IChoice | null,
  preferred: string,
  signal: AbortSignal
): Promise<Target> {
  const trackingUri = notebook?.trackingUri ?? null;
  const connections = await mlflow.connections(trackingUri);
  if (connections.length === 0) {
    return { kind: 'no-connection' };
  }
  const mention = notebook?.experiment ?? null;
  const chosen = choiceInForce(choice, mention);
  const chosenAt = connections.find(({ id }) => id === chosen?.connection);
  if (chosen && chosenAt) {
    const which = { id: chosen.experiment };
    const found = await mlflow.getExperiment(chosenAt.id, which, signal);
    return found
      ? { kind: 'found', connection: chosenAt, ...found, from: 'choice' }
      : {
          kind: 'missing',
          name: chosen.name,
          isId: false,
          asked: [chosenAt.label]
        };
  }
  if (!mention) {
    return { kind: 'none' };
  }
  if (mention.kind === 'dynamic') {
    return { kind: 'dynamic', code: mention.code };
  }
  return search(
    mlflow,
    candidates(connections, trackingUri, preferred),
    mention,
    signal
  );
}

/**
 * The server that the notebook names, and no other: one of the same name
 * elsewhere is another experiment. Where it names none of ours, the preferred
 * one and then the others.
 */
function candidates(
  connections: readonly IMLflowConnection[],
  trackingUri: string | null,
  preferred: string
): IMLflowConnection[] {
  const root = (url: string | null): string =>
    (url ?? '').replace(/[#?].*$/, '').replace(/\/+$/, '');
  const wanted = root(trackingUri);
  const named = wanted
    ? connections.filter(
        ({ publicUrl, trackingUri: uri }) =>
          root(publicUrl) === wanted || root(uri) === wanted
      )
    : [];
  return [...(named.length ? named : connections)].sort(
    (a, b) => Number(b.id === preferred) - Number(a.id === preferred)
  );
}

async function search(
  mlflow: IMLflow,
  connections: readonly IMLflowConnection[],
  mention: Exclude<Mention, { kind: 'dynamic' }>,
  signal: AbortSignal
): Promise<Target> {
  const which =
    mention.kind === 'id' ? { id: mention.id } : { name: mention.name };
  const answers = await Promise.allSettled(
    connections.map(({ id }) => mlflow.getExperiment(id, which, signal))
  );
  for (const [i, answer] of answers.entries()) {
    if (answer.status === 'fulfilled' && answer.value) {
      const connection = connections[i];
      return { kind: 'found', connection, ...answer.value, from: 'notebook' };
    }
  }
  for (const answer of answers) {
    if (answer.status === 'rejected') {
      throw answer.reason;
    }
  }
  return {
    kind: 'missing',
    name: mention.kind === 'id' ? mention.id : mention.name,
    isId: mention.kind === 'id',
    asked: connections.map(({ label }) => label)
  };
}
