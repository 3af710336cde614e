/** Door of the governance room. */
export {
  consoleFailure,
  isDenied,
  isOfMapping,
  OpenPagesError,
  statusesMissing
} from './errors';
export type { OpenPagesReason } from './errors';
export { titleWithoutKey, useCaseKey } from './link';
export { statusLabel, statusNotes, unknownReason } from './words';
export type { IStatusNote, IUnknownReason, WayOut } from './words';
export { Governance } from './service';
export { Vocabulary, VocabularyError } from './vocabulary';
export type { IVocabularyRule } from './vocabulary';
