/** Fields that every object of OpenPages has. */
export const ID = 'Resource ID';
export const NAME = 'Name';
/** A date-time with its offset, e.g. `2026-06-01T09:00:00.000+02:00`. */
export const MODIFIED = 'Last Modification Date';
