/** Fields that every object of OpenPages has. */
export const ID = 'Resource ID';
export const NAME = 'Name';
