/** The door of the register room. Others open its dialog by command. */
export { fitMetadata, slug } from './sanitise';
export type { IAdjustment, IMetadata } from './sanitise';
