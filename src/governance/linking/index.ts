/** Door of the linking room: what a row and a document show of it. */
export { canUndoLink, LinkMark, LinkNotice, recordText } from './notice';
export type { ILinkNoticeProps } from './notice';
export { chooseGroup } from '../trail';
