/** Node's own, which runs the tests; the sources are typed for browsers. */
declare const process: {
  /** Time of the processor since `before`, in microseconds. */
  cpuUsage(before?: { user: number; system: number }): {
    user: number;
    system: number;
  };
};

/**
 * Work of this process, in ms, while `action` ran: unlike the clock it does not
 * count what else the machine does. For limits that only runaway code passes.
 */
export function workOf(action: () => void): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
