/** Door of the governance room. */
export {
  consoleFailure,
  isDenied,
  isOfMapping,
  OpenPagesError,
  statusesMissing,
  unreadConsoles
} from './errors';
export type { OpenPagesReason } from './errors';
export { titleWithoutKey, useCaseKey } from './link';
export { KnownUseCases } from './mentions/find';
export type { IMention } from './mentions/find';
export { MentionText, UseCaseLink } from './mentions/text';
export { statusLabel, statusNotes, unknownReason } from './words';
export type { IStatusNote, IUnknownReason, WayOut } from './words';
export { Governance } from './service';
export { Vocabulary, VocabularyError } from './vocabulary';
export type { IVocabularyRule } from './vocabulary';
