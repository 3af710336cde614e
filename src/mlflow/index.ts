/** Door of the MLflow room. The bridge and the client are heavy: `import()`. */
export { mlflowIcon } from './icon';
export { actOn } from './lazyAct';
export { HOME_ROUTE, runRoute, subjectOf, versionRoute } from './routes';
export type { Subject } from './routes';
export type { IActServices, IPoint, ModelAction } from './act';
