/** MLflow's fragment routes, and what they are about. */
import type { IRegisterArgs } from '../tokens';

/** What a route shows, as far as it can be registered. */
export type Subject =
  | { kind: 'run'; experimentId: string; runId: string }
  | { kind: 'model'; experimentId: string; modelId: string }
  | { kind: 'version'; name: string; version: string };

/** Where MLflow starts when nobody says where: the list of experiments. */
export const HOME_ROUTE = '/experiments';

/** MLflow's own start page, a route of every version. */
export const START_ROUTE = '/';

/**
 * A route as MLflow of a version has it. Before 3.2 the list of experiments is
 * the start page, and MLflow's own "Page Not Found" is at `/experiments` (the
 * routers in the bundles of 2.22.5, 3.0.0 and 3.1.0; 3.2.0 has a route there).
 *
 * @param version - of the pages; where it is not known, the start page will do
 */
export function routeIn(version: string, route: string): string {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? ['', '0', '0'];
  const hasList = +major > 3 || (+major === 3 && +minor >= 2);
  return route.split('?')[0] === HOME_ROUTE && !hasList ? START_ROUTE : route;
}

/**
 * What a route is about; the route comes from the frame, so each id is checked
 * and what it names is read again from the API before it is used.
 */
export function subjectOf(route: string): Subject | null {
  const path = route.split('?')[0];
  const run =
    /^\/experiments\/([\w-]{1,64})\/runs\/([0-9a-zA-Z]{1,64})(?:\/|$)/.exec(
      path
    );
  if (run) {
    return { kind: 'run', experimentId: run[1], runId: run[2] };
  }
  const model =
    /^\/experiments\/([\w-]{1,64})\/models\/(m-[\w-]{1,64})(?:\/|$)/.exec(path);
  if (model) {
    return { kind: 'model', experimentId: model[1], modelId: model[2] };
  }
  const version = /^\/models\/([^/]{1,512})\/versions\/(\d{1,9})(?:\/|$)/.exec(
    path
  );
  if (version) {
    try {
      const name = decodeURIComponent(version[1]);
      return { kind: 'version', name, version: version[2] };
    } catch {
      return null;
    }
  }
  return null;
}

/** Route of a run's page. */
export function runRoute(experimentId: string, runId: string): string {
  return `/experiments/${encodeURIComponent(experimentId)}/runs/${encodeURIComponent(runId)}`;
}

/** Route of a registered version's page. */
export function versionRoute(name: string, version: string): string {
  return `/models/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`;
}

/** Arguments of the register dialog for a subject. */
export function registerArgs(mlflow: string, subject: Subject): IRegisterArgs {
  switch (subject.kind) {
    case 'run':
      return { mlflow, runId: subject.runId };
    case 'model':
      return { mlflow, modelId: subject.modelId };
    case 'version': {
      const { name, version } = subject;
      return { mlflow, registeredModel: { name, version } };
    }
  }
}
