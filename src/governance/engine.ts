/** The part of the room that is loaded with the first question. */
export { OpenPagesClient } from './openpages';
export { resolveStatus } from './resolve';
export { arnKey } from './sources/book';
export { readBook, readOrphans } from './sources/openpages';
