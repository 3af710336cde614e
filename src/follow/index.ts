/** Door of the room that stays current; others use `IFollowing` and commands. */
export type { IFollowSettings } from './settings';
