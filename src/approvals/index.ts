/** The door of the approvals room; light, the dialogs load on demand. */
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
export { isRequested, waitingLabel, waitingOn, waitingStep } from './waiting';
export type {
  IWaiting,
  IWaitingInput,
  WaitingReason,
  WaitingWho
} from './waiting';
