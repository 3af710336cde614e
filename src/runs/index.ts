/** Door of the room: which experiment a notebook uses. */
export { findExperiment } from './experiment';
export type { IFound, Mention } from './experiment';
