/** What the commands of `actions` do; loaded with the first of them. */
export { link, undo } from './linking/commands';
export { move } from './workflows/commands';
