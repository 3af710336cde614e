import { QueryClient } from '@tanstack/react-query';

import { isRetryable } from './upstreamErrors';

/** ms that an answer counts as fresh. */
const FRESH = 60_000;
/** ms that an answer nobody looks at is kept. */
const KEPT = 30 * 60_000;

/** The cache of server state shared by all our widgets. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH,
        gcTime: KEPT,
        refetchOnWindowFocus: false,
        refetchOnReconnect: true,
        retry: (count, error) => count < 2 && isRetryable(error),
        // The Jupyter server is reachable when the browser has no internet.
        networkMode: 'always'
      },
      mutations: { retry: false, networkMode: 'always' }
    }
  });
}
