/** Single calls of the registry and how their answers become pages of ours. */
import {
  AddTagsCommand,
  DeleteTagsCommand,
  ListModelPackageGroupsCommand,
  ListModelPackagesCommand,
  ListTagsCommand,
  SearchCommand
} from '@aws-sdk/client-sagemaker';
import type {
  ModelPackage,
  SageMakerClient,
  SearchCommandInput
} from '@aws-sdk/client-sagemaker';

import { groupNameOf, isAccessDenied } from '../relay';
import type {
  IModelPackage,
  IModelPackageGroup,
  IPage,
  ISageMakerConnection
} from '../tokens';
import { parseGroup, parseVersion } from './parse';

/** Most items that SageMaker gives in a page. */
export const PAGE = 100;

/** A token says which call it goes on with; `Search` and `List` have their own. */
export const SEARCH = 'search:';
export const LIST = 'list:';

/** A connection with its client. */
export interface IBackendClient {
  connection: ISageMakerConnection;
  client: SageMakerClient;
}

/** A page of the account's own groups, newest first, tags inline. */
export async function searchGroups(
  backend: IBackendClient,
  token: string | undefined,
  signal?: AbortSignal
): Promise<IPage<IModelPackageGroup>> {
  const answer = await backend.client.send(
    new SearchCommand({
      Resource: 'ModelPackageGroup',
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: PAGE,
      NextToken: token
    }),
    { abortSignal: signal }
  );
  return {
    items: parsed(answer.Results, result =>
      result.ModelPackageGroup
        ? parseGroup(result.ModelPackageGroup, backend.connection.id, false)
        : null
    ),
    nextToken: prefixed(SEARCH, answer.NextToken),
    total: answer.TotalHits?.Value ?? null
  };
}

/** One group by name, null when the index does not know it. */
export async function searchGroup(
  backend: IBackendClient,
  arn: string,
  signal?: AbortSignal
): Promise<IModelPackageGroup | null> {
  try {
    const answer = await backend.client.send(
      new SearchCommand({
        Resource: 'ModelPackageGroup',
        SortBy: 'CreationTime',
        MaxResults: 1,
        SearchExpression: {
          Filters: [
            {
              Name: 'ModelPackageGroupName',
              Operator: 'Equals',
              Value: groupNameOf(arn)
            }
          ]
        }
      }),
      { abortSignal: signal }
    );
    const record = answer.Results?.[0]?.ModelPackageGroup;
    return record ? parseGroup(record, backend.connection.id, false) : null;
  } catch (error) {
    if (isAccessDenied(error)) {
      return null;
    }
    throw error;
  }
}

/** A page of groups without tags; `shared`: those of other accounts. */
export async function listGroups(
  backend: IBackendClient,
  shared: boolean,
  token: string | undefined,
  signal?: AbortSignal
): Promise<IPage<IModelPackageGroup>> {
  const answer = await backend.client.send(
    new ListModelPackageGroupsCommand({
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: PAGE,
      NextToken: token?.startsWith(LIST) ? token.slice(LIST.length) : token,
      ...(shared && { CrossAccountFilterOption: 'CrossAccount' as const })
    }),
    { abortSignal: signal }
  );
  return {
    items: parsed(answer.ModelPackageGroupSummaryList, summary =>
      parseGroup(summary, backend.connection.id, shared)
    ),
    nextToken: prefixed(LIST, answer.NextToken),
    total: null
  };
}

/** A page of versions that pass all filters, newest first; none: of all. */
export async function searchVersions(
  backend: IBackendClient,
  filters:
    NonNullable<SearchCommandInput['SearchExpression']>['Filters'] | undefined,
  token: string | undefined,
  signal?: AbortSignal
): Promise<IPage<IModelPackage>> {
  const answer = await backend.client.send(
    new SearchCommand({
      Resource: 'ModelPackage',
      // An expression without a filter is refused.
      ...(filters && { SearchExpression: { Filters: filters } }),
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: PAGE,
      NextToken: token
    }),
    { abortSignal: signal }
  );
  const records = (answer.Results ?? [])
    .map(result => result.ModelPackage)
    .filter((record): record is ModelPackage => record !== undefined);
  return {
    items: parsed(records, record =>
      parseVersion(record, backend.connection.id)
    ),
    nextToken: prefixed(SEARCH, answer.NextToken),
    total: answer.TotalHits?.Value ?? null
  };
}

/** A page of versions as `ListModelPackages` has them: without card and metadata. */
export async function listVersions(
  backend: IBackendClient,
  filter: {
    ModelPackageGroupName?: string;
    ModelApprovalStatus?: 'PendingManualApproval';
  },
  max: number,
  token: string | undefined,
  signal?: AbortSignal
): Promise<IPage<IModelPackage>> {
  const answer = await backend.client.send(
    new ListModelPackagesCommand({
      ...filter,
      // Without it the service lists packages that have no version.
      ModelPackageType: 'Versioned',
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: max,
      NextToken: token
    }),
    { abortSignal: signal }
  );
  return {
    items: parsed(answer.ModelPackageSummaryList, summary =>
      parseVersion(summary, backend.connection.id)
    ),
    nextToken: prefixed(LIST, answer.NextToken),
    total: null
  };
}

/** Tags of a group; at most 50, so mostly one page. */
export async function readTags(
  backend: IBackendClient,
  arn: string,
  signal?: AbortSignal
): Promise<Record<string, string>> {
  const tags: Record<string, string> = {};
  let token: string | undefined;
  do {
    const answer = await backend.client.send(
      new ListTagsCommand({ ResourceArn: arn, NextToken: token }),
      { abortSignal: signal }
    );
    for (const { Key, Value } of answer.Tags ?? []) {
      if (Key !== undefined) {
        tags[Key] = Value ?? '';
      }
    }
    token = answer.NextToken;
  } while (token);
  return tags;
}

/** Set a tag; null takes it away. */
export async function changeTag(
  backend: IBackendClient,
  arn: string,
  key: string,
  value: string | null
): Promise<void> {
  await (value === null
    ? backend.client.send(
        new DeleteTagsCommand({ ResourceArn: arn, TagKeys: [key] })
      )
    : backend.client.send(
        new AddTagsCommand({
          ResourceArn: arn,
          Tags: [{ Key: key, Value: value }]
        })
      ));
}

function parsed<R, T>(
  records: readonly R[] | undefined,
  parse: (record: R) => T | null
): T[] {
  return (records ?? [])
    .map(parse)
    .filter((item): item is T & NonNullable<T> => item !== null);
}

function prefixed(prefix: string, token: string | undefined): string | null {
  return token ? prefix + token : null;
}
