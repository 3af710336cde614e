import { versionArgs } from '../args';

describe('versionArgs', () => {
  it('wants all three', () => {
    expect(versionArgs({ connection: 'own', group: 'g' })).toBeNull();
    expect(
      versionArgs({ connection: 'own', group: 'g', package: 'p' })
    ).toEqual({
      connection: 'own',
      group: 'g',
      package: 'p'
    });
  });
});
