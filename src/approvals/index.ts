/** The door of the approvals room; light, the dialogs load on demand. */
export { diffVersions, factsOf, lastApproved } from './compare';
export type { DiffSection, IDifference } from './compare';
export { Differences } from './differences';
export { mayRequest, preflight } from './preflight';
export type {
  IPreflightInput,
  IPreflightItem,
  PreflightState
} from './preflight';
export {
  actorName,
  isMine,
  personaOf,
  readPersona,
  roleNameOf,
  samePerson,
  usePersona
} from './persona';
export type { IPersona, PersonaRole } from './persona';
export { approvalSettingsChanged } from './settings';
export { isRequested, waitingOn, waitsForMe } from './waiting';
export type {
  IWaiting,
  IWaitingInput,
  WaitingDoubt,
  WaitingReason,
  WaitingWho
} from './waiting';
export { waitingLabel, waitingStep, waitingText } from './waitingWords';
export type { IWaitingText } from './waitingWords';
