/** Door of the MLflow room. The bridge and the client are heavy: `import()`. */
export { mlflowIcon } from './icon';
export { HOME_ROUTE, runRoute, subjectOf, versionRoute } from './routes';
export type { Subject } from './routes';
