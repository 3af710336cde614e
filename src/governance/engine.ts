/** The part of the room that is loaded with the first question. */
export { LastKnown } from './lastKnown';
export { OpenPagesClient } from './openpages';
export { concerns, resolveStatus } from './resolve';
export { arnKey } from './sources/book';
export { readBook } from './sources/openpages';
export { lookAbove } from './sources/orphans';
