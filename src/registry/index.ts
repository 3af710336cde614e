/** Door of the registry room. It brings TanStack: import it from lazy code. */
export { metricsOf, parseCard } from './card';
export {
  followChanges,
  registryKeys,
  registryQueries,
  useGroup,
  useLatestVersion,
  useVersion,
  useVersions
} from './queries';
