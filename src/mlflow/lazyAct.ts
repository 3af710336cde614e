type Act = typeof import('./act').act;

/** `act` of `./act`, loaded when something is done. */
export async function actOn(...args: Parameters<Act>): Promise<void> {
  const { act } = await import('./act');
  await act(...args);
}
