/** Versions by what they come from in MLflow. */
import { isAccessDenied } from '../relay';
import type { IMLflowOrigin, IModelPackage, IPage } from '../tokens';
import { type IBackendClient, SEARCH, searchVersions } from './calls';

/** Pages of all versions that are looked through, 100 versions each. */
const MOST_PAGES = 10;

/** Property of a version -> value, as registering writes it. */
function propertiesOf(origin: IMLflowOrigin): [string, string][] {
  const { runId, modelId, registeredModel } = origin;
  const pairs: [string, string | undefined][] = [
    ['mlflow.run_id', runId],
    ['mlflow.model_id', modelId],
    ['mlflow.registered_model', registeredModel?.name],
    ['mlflow.registered_version', registeredModel?.version]
  ];
  return pairs.filter((pair): pair is [string, string] => Boolean(pair[1]));
}

/**
 * Versions that come from there, newest first.
 *
 * AWS documents filters over maps for `Tags.<key>` and `HyperParameters.<key>`,
 * not for `CustomerMetadataProperties.<key>`: where `Search` refuses it, the
 * newest versions of the account are looked through.
 */
export async function versionsFrom(
  backend: IBackendClient,
  origin: IMLflowOrigin,
  signal?: AbortSignal
): Promise<IModelPackage[]> {
  const properties = propertiesOf(origin);
  if (properties.length === 0) {
    return [];
  }
  const fits = ({ metadata }: IModelPackage): boolean =>
    properties.every(([name, value]) => metadata[name] === value);
  const filters = properties.map(([name, value]) => ({
    Name: `CustomerMetadataProperties.${name}`,
    Operator: 'Equals' as const,
    Value: value
  }));
  try {
    const { items } = await searchVersions(backend, filters, undefined, signal);
    return items.filter(fits);
  } catch (error) {
    if (isAccessDenied(error) || !isRefusal(error)) {
      throw error;
    }
  }
  const found: IModelPackage[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer: IPage<IModelPackage> = await searchVersions(
      backend,
      undefined,
      token,
      signal
    );
    found.push(...answer.items.filter(fits));
    if (answer.nextToken === null) {
      break;
    }
    token = answer.nextToken.slice(SEARCH.length);
  }
  return found;
}

/** The service does not take the request as it is. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException';
}
