import { Flood } from '../flood';

describe('Flood', () => {
  it('takes a burst, then so many a second', () => {
    let now = 0;
    const flood = new Flood(3, 2, () => now);
    const taken = () => [1, 2, 3, 4].map(() => flood.take());
    expect(taken()).toEqual([true, true, true, false]);
    now = 1000;
    expect(taken()).toEqual([true, true, false, false]);
    now = 60000;
    expect(taken()).toEqual([true, true, true, false]);
  });
});
