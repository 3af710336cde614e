import type { IActionServices } from '../../trail';
import { link } from '../../act';
import { link as linkOnce } from '../commands';

jest.mock('../commands', () => ({ link: jest.fn(), undo: jest.fn() }));
jest.mock('../../workflows/commands', () => ({ move: jest.fn() }));

const services = {} as IActionServices;
const args = { connection: 'own', group: 'a' };

it('opens one dialog for a double click, and another one afterwards', async () => {
  const once = linkOnce as jest.MockedFunction<typeof linkOnce>;
  let close: (group: string | null) => void = () => undefined;
  once.mockImplementation(() => new Promise(resolve => (close = resolve)));
  const first = link(services, args);
  const second = link(services, { ...args });
  expect(once).toHaveBeenCalledTimes(1);
  const other = link(services, { ...args, group: 'b' });
  expect(once).toHaveBeenCalledTimes(2);
  close('b');
  expect(await other).toBe('b');
  once.mockRejectedValueOnce(new Error('not now'));
  await expect(link(services, { ...args, group: 'c' })).rejects.toThrow();
  once.mockResolvedValue(null);
  await link(services, { ...args, group: 'c' });
  expect(once).toHaveBeenCalledTimes(4);
  // Who clicked twice waits for the same dialog.
  expect(second).toBe(first);
});
