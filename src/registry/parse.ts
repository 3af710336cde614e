/** From SageMaker's records to our types. */
import type {
  DescribeModelPackageOutput,
  ModelPackage,
  ModelPackageGroup,
  ModelPackageGroupSummary,
  ModelPackageSummary,
  UserContext
} from '@aws-sdk/client-sagemaker';

import { groupArnOf, groupNameOf, parseArn, versionOf } from '../relay';
import type {
  ApprovalStatus,
  IActor,
  IModelPackage,
  IModelPackageDetails,
  IModelPackageGroup
} from '../tokens';
import { metricsOf, parseCard } from './card';

/** ms since epoch; null for none and for what is no date. */
function time(date: Date | undefined): number | null {
  const ms = date?.getTime();
  return ms === undefined || Number.isNaN(ms) ? null : ms;
}

function actor(user: UserContext | undefined): IActor | null {
  if (!user) {
    return null;
  }
  const identity = user.IamIdentity;
  const who: IActor = {
    userProfileName: user.UserProfileName ?? null,
    sourceIdentity: identity?.SourceIdentity ?? null,
    arn: identity?.Arn ?? null
  };
  return Object.values(who).some(Boolean) ? who : null;
}

/**
 * A group from a record of `Search` or an item of `ListModelPackageGroups`.
 *
 * @param shared another account shares it with us
 * @returns null for a record without an ARN
 */
export function parseGroup(
  record: ModelPackageGroup | ModelPackageGroupSummary,
  connection: string,
  shared: boolean
): IModelPackageGroup | null {
  const arn = record.ModelPackageGroupArn;
  const parts = arn ? parseArn(arn) : null;
  if (!arn || !parts) {
    return null;
  }
  // Only Search brings tags; a list leaves them unknown, not empty.
  const searched = 'Tags' in record || 'CreatedBy' in record;
  const { Tags, CreatedBy } = record as ModelPackageGroup;
  const tags = searched
    ? Object.fromEntries((Tags ?? []).map(tag => [tag.Key, tag.Value ?? '']))
    : null;
  return {
    arn,
    name: record.ModelPackageGroupName ?? groupNameOf(arn),
    description: record.ModelPackageGroupDescription ?? '',
    connection,
    account: parts.account,
    region: parts.region,
    shared,
    createdAt: time(record.CreationTime),
    createdBy: actor(CreatedBy),
    status: record.ModelPackageGroupStatus ?? 'Completed',
    tags
  };
}

function approval(value: string | undefined): ApprovalStatus {
  // AWS leaves the member out for unversioned packages only; an unknown word
  // must not look approved.
  return value === 'Approved' || value === 'Rejected'
    ? value
    : 'PendingManualApproval';
}

type PackageRecord =
  ModelPackage | ModelPackageSummary | DescribeModelPackageOutput;

/**
 * A version from `Search`, `ListModelPackages` or `DescribeModelPackage`.
 *
 * @returns null for a package without ARN, group or version number
 */
export function parseVersion(
  record: PackageRecord,
  connection: string
): IModelPackage | null {
  const arn = record.ModelPackageArn;
  const groupArn = arn ? groupArnOf(arn) : null;
  const version = record.ModelPackageVersion ?? (arn ? versionOf(arn) : null);
  if (!arn || !groupArn || version === null) {
    return null;
  }
  const full = record as ModelPackage;
  const life = record.ModelLifeCycle;
  return {
    arn,
    groupArn,
    connection,
    version,
    description: record.ModelPackageDescription ?? '',
    approval: approval(record.ModelApprovalStatus),
    approvalDescription: full.ApprovalDescription ?? null,
    lifeCycle: life?.Stage
      ? {
          stage: life.Stage,
          status: life.StageStatus ?? '',
          description: life.StageDescription ?? null
        }
      : null,
    registrationType: record.ModelPackageRegistrationType ?? null,
    createdAt: time(record.CreationTime),
    createdBy: actor(full.CreatedBy),
    lastModifiedAt: time(full.LastModifiedTime),
    lastModifiedBy: actor(full.LastModifiedBy),
    metadata: { ...(full.CustomerMetadataProperties ?? {}) },
    card: parseCard(
      full.ModelCard?.ModelCardContent,
      full.ModelCard?.ModelCardStatus
    )
  };
}

/**
 * Everything about a version.
 *
 * @throws Error when AWS describes something that is not a version of a group
 */
export function parseDetails(
  record: DescribeModelPackageOutput,
  connection: string
): IModelPackageDetails {
  const version = parseVersion(record, connection);
  if (!version) {
    throw new Error(
      `${record.ModelPackageArn ?? 'The model package'} is not a version of a model package group.`
    );
  }
  const { metadata, card } = version;
  const inference = record.InferenceSpecification;
  const runId = metadata['mlflow.run_id'];
  return {
    ...version,
    status: record.ModelPackageStatus ?? '',
    sourceUri: record.SourceUri ?? null,
    containers: (inference?.Containers ?? []).map(container => ({
      image: container.Image ?? null,
      modelDataUrl:
        container.ModelDataUrl ??
        container.ModelDataSource?.S3DataSource?.S3Uri ??
        null,
      framework: container.Framework ?? null,
      frameworkVersion: container.FrameworkVersion ?? null
    })),
    supportedContentTypes: [...(inference?.SupportedContentTypes ?? [])],
    metrics: metricsOf(card, metadata),
    cardText: record.ModelCard?.ModelCardContent ?? null,
    run: runId
      ? {
          connection: metadata['mlflow.connection'] ?? null,
          experimentId: metadata['mlflow.experiment_id'] ?? null,
          runId
        }
      : null
  };
}
