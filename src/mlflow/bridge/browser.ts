/** What depends on the browser that the lab runs in. */

/** Ms after which what can wait is done all the same. */
const IDLE_LIMIT = 5000;

/** Do it when the browser has nothing better to do. */
export function whenIdle(job: () => void): void {
  if ('requestIdleCallback' in window) {
    window.requestIdleCallback(job, { timeout: IDLE_LIMIT });
  } else {
    setTimeout(job, IDLE_LIMIT);
  }
}

/** Whether the browser reaches the lab by HTTP/1.1, six requests at a time. */
export function isHttp1(): boolean {
  const [page] = performance.getEntriesByType?.('navigation') ?? [];
  return /^http\/1/.test(
    (page as PerformanceNavigationTiming | undefined)?.nextHopProtocol ?? ''
  );
}
