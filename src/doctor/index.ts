/** Door of the doctor room. The tab is heavy: `import('../doctor/widget')`. */
export type { IFinding, ICheckGroup } from './stream';
