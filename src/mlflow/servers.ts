/**
 * MLflow servers: which there are, configured and found, and what state they are
 * in. Routes and members: "For the browser" in `docs/mlflow.md`.
 */
import { RelayError } from '../relay';
import type { IMLflowConnection, IRelay } from '../tokens';
import { isObject, list } from './wire';

/** What SageMaker's status word means. */
export type ServerState =
  | 'running'
  | 'stopped'
  | 'starting'
  | 'stopping'
  | 'creating'
  | 'updating'
  | 'deleting'
  | 'failed'
  | 'unknown';

/** An MLflow server with its state, as `mlflow-servers` tells of it. */
export interface IMLflowServer extends IMLflowConnection {
  /** SageMaker's word; null: not known, or not run by SageMaker. */
  status: string | null;
  /** null: not run by SageMaker. */
  state: ServerState | null;
  /** null: only MLflow itself knows it. */
  version: string | null;
  /** It is stopped, and starting it may be tried. */
  startable: boolean;
  /** The installed UI that is shown for it; null: none, or its own. */
  shown: {
    version: string;
    /** How far it is from the server. */
    skew: 'none' | 'patch' | 'minor' | 'major' | 'unknown';
  } | null;
}

/** Something that could not be looked up; no error. */
export interface IServerNote {
  /** SageMaker connection that was searched. */
  connection: string;
  operation: string;
  code: string;
  message: string;
  hint: string;
}

export interface IListing {
  servers: IMLflowServer[];
  notes: IServerNote[];
}

export interface IListOptions {
  /** ms for which an earlier answer will do. */
  age?: number;
  /** Ask SageMaker, and look for installed UIs, again. */
  search?: boolean;
}

const KEY = ['mlflow', 'servers'];

/** ms for which a listing is taken as it is; the server keeps it as long. */
const FRESH = 10_000;

/** States in which MLflow does not answer. */
const DOWN: ReadonlySet<ServerState | null> = new Set<ServerState>([
  'stopped',
  'starting',
  'stopping',
  'creating',
  'deleting',
  'failed'
]);

/** States that pass by themselves. */
const MOVING: ReadonlySet<ServerState | null> = new Set<ServerState>([
  'starting',
  'stopping',
  'creating',
  'updating',
  'deleting'
]);

/** Whether SageMaker says that MLflow does not answer. */
export function isDown({ state }: Pick<IMLflowServer, 'state'>): boolean {
  return DOWN.has(state);
}

/** Whether SageMaker does not know it any more. */
export function isGone({
  state,
  status
}: Pick<IMLflowServer, 'state' | 'status'>): boolean {
  return state === 'deleting' && status === null;
}

/** Whether the state will be another one soon, by itself. */
export function isMoving(
  server: Pick<IMLflowServer, 'state' | 'status'>
): boolean {
  return MOVING.has(server.state) && !isGone(server);
}

/** A server that is not listed any more. */
export function gone(server: IMLflowServer): IMLflowServer {
  return { ...server, state: 'deleting', status: null, startable: false };
}

/**
 * All servers; accounts that cannot be searched are notes.
 *
 * @throws RelayError
 */
export async function listServers(
  relay: IRelay,
  { age = FRESH, search = false }: IListOptions = {}
): Promise<IListing> {
  const queries = await relay.queries();
  return queries.fetchQuery({
    queryKey: KEY,
    staleTime: search ? 0 : age,
    // What was found stays a connection as long as the page does.
    gcTime: Infinity,
    queryFn: () => read(relay, search)
  });
}

/** What the last listing had, however old; none before the first. */
export async function knownServers(relay: IRelay): Promise<IMLflowServer[]> {
  const queries = await relay.queries();
  return queries.getQueryData<IListing>(KEY)?.servers ?? [];
}

/**
 * One server; null: there is none of this id.
 *
 * @throws RelayError
 */
export async function findServer(
  relay: IRelay,
  id: string,
  options?: IListOptions
): Promise<IMLflowServer | null> {
  const { servers } = await listServers(relay, options);
  return servers.find(server => server.id === id) ?? null;
}

/**
 * Have a stopped server started; SageMaker answers before it runs.
 *
 * @throws RelayError
 */
export async function startServer(relay: IRelay, id: string): Promise<void> {
  await post(relay, `mlflow-start/${encodeURIComponent(id)}`, id);
  const queries = await relay.queries();
  await queries.invalidateQueries({ queryKey: KEY, refetchType: 'none' });
}

/**
 * An address that opens the UI in a browser tab once, within a minute. It is a
 * key to the server: open it at once, keep it nowhere.
 *
 * @throws RelayError
 */
export async function makeLink(relay: IRelay, id: string): Promise<string> {
  const answer = await post(relay, `mlflow-link/${encodeURIComponent(id)}`, id);
  const { url } = answer;
  if (typeof url !== 'string' || !/^https?:\/\//.test(url)) {
    throw notUnderstood(id);
  }
  return url;
}

async function read(relay: IRelay, search: boolean): Promise<IListing> {
  const path = search ? 'mlflow-servers?fresh' : 'mlflow-servers';
  const body = await json(await relay.request(path), null);
  if (!Array.isArray(body.servers)) {
    throw notUnderstood(null);
  }
  return {
    servers: list(body, 'servers') as unknown as IMLflowServer[],
    notes: list(body, 'notes') as unknown as IServerNote[]
  };
}

async function post(
  relay: IRelay,
  path: string,
  id: string
): Promise<Record<string, unknown>> {
  return json(await relay.request(path, { method: 'POST' }), id);
}

async function json(
  response: Response,
  connection: string | null
): Promise<Record<string, unknown>> {
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    // Said below.
  }
  if (!response.ok || !isObject(body)) {
    throw notUnderstood(connection, response.status);
  }
  return body;
}

function notUnderstood(connection: string | null, status?: number): RelayError {
  return new RelayError({
    code: 'upstream_not_json',
    message: 'The server extension gave an answer that is not understood.',
    connection,
    status
  });
}
