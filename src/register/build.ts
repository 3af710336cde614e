/**
 * From the form to SageMaker's `CreateModelPackage` request. Pure.
 *
 * Whatever goes in, the request keeps every limit of `limits.ts` once `check`
 * has nothing to say; what had to be changed for it is listed.
 */
import type { IMLflowRun } from '../tokens';
import { CARD_MAX, FRAMEWORK_VERSION } from './limits';
import {
  detailsOf,
  type IDetails,
  type IRegisterValue,
  isS3,
  originOf,
  useCaseOf
} from './model';
import { fitMetadata, type IAdjustment, oneLine, shorten } from './sanitise';

/** The request, and what was changed or left out to fit it. */
export interface IBuilt {
  /** `CreateModelPackage`. */
  input: Record<string, unknown>;
  adjustments: IAdjustment[];
  /** Names of metrics that are not written. */
  lostMetrics: string[];
}

/** Longest name of an evaluation, metric group and metric in a model card. */
const CARD_NAME_MAX = 63;
const METRIC_NAME_MAX = 255;

/** Longest custom detail of a model card that we write. */
const CUSTOM_DETAIL_MAX = 1024;

/** Text list such as `text/csv, application/json` as its items. */
export function listOf(text: string): string[] {
  return [...new Set(text.split(/[,\n]/).map(s => s.trim()))].filter(Boolean);
}

/** How SageMaker reads the artifact. */
export function modelData(artifact: string): Record<string, unknown> {
  if (!isS3(artifact)) {
    return {};
  }
  return /\.tar\.gz$/i.test(artifact)
    ? { ModelDataUrl: artifact }
    : {
        ModelDataSource: {
          S3DataSource: {
            S3Uri: artifact.endsWith('/') ? artifact : `${artifact}/`,
            S3DataType: 'S3Prefix',
            CompressionType: 'None'
          }
        }
      };
}

function inference(details: IDetails): Record<string, unknown> | null {
  const data = modelData(details.artifact);
  if (!details.image && Object.keys(data).length === 0) {
    // Nothing to deploy: SageMaker takes a version without container data.
    return null;
  }
  const version = details.frameworkVersion;
  const content = listOf(details.contentTypes);
  const response = listOf(details.responseTypes);
  return {
    Containers: [
      {
        ...(details.image ? { Image: details.image } : {}),
        ...data,
        ...(details.framework
          ? { Framework: details.framework.toUpperCase() }
          : {}),
        ...(FRAMEWORK_VERSION.test(version)
          ? { FrameworkVersion: version }
          : {})
      }
    ],
    ...(content.length ? { SupportedContentTypes: content } : {}),
    ...(response.length ? { SupportedResponseMIMETypes: response } : {})
  };
}

/** Pairs in order of importance: the run first, then its hyper-parameters. */
function metadataPairs(value: IRegisterValue): [string, string][] {
  const origin = originOf(value);
  if (!origin) {
    return [];
  }
  const { run, model, connection } = origin;
  const runId = run?.runId ?? model?.runId;
  const pairs: [string, string | null | undefined][] = [
    ['mlflow.run_id', runId],
    ['mlflow.experiment_id', run?.experimentId],
    ['mlflow.connection', connection],
    ['mlflow.model_id', model?.modelId],
    ['mlflow.run_name', run?.runName],
    ['mlflow.registered_model', model?.registered?.name],
    ['mlflow.registered_version', model?.registered?.version],
    ...Object.entries(run?.params ?? {}).map(
      ([name, text]): [string, string] => [`param.${name}`, text]
    )
  ];
  return pairs.filter((pair): pair is [string, string] => Boolean(pair[1]));
}

function evaluation(
  run: IMLflowRun | null,
  metrics: [string, number][]
): Record<string, unknown>[] {
  if (!run || metrics.length === 0) {
    return [];
  }
  return [
    {
      name: shorten(`MLflow run ${run.runName || run.runId}`, CARD_NAME_MAX),
      metric_groups: [
        {
          name: 'MLflow metrics',
          metric_data: metrics.map(([name, metric]) => ({
            name,
            type: 'number',
            value: metric
          }))
        }
      ]
    }
  ];
}

function card(
  value: IRegisterValue,
  details: IDetails,
  metrics: [string, number][]
): string | null {
  const origin = originOf(value);
  const useCase = useCaseOf(value);
  const signature = origin?.mlmodel?.signature;
  const custom = Object.fromEntries(
    (
      [
        ['UseCaseId', useCase?.key ?? useCase?.id],
        ['UseCaseName', useCase?.name],
        ['MLflowSignatureInputs', signature?.inputs],
        ['MLflowSignatureOutputs', signature?.outputs]
      ] as const
    ).filter(([, text]) => text && text.length <= CUSTOM_DETAIL_MAX)
  );
  const evaluations = evaluation(origin?.run ?? null, metrics);
  const uses = {
    ...(details.intendedUses ? { intended_uses: details.intendedUses } : {}),
    ...(details.riskRating ? { risk_rating: details.riskRating } : {})
  };
  const content = {
    ...(Object.keys(uses).length ? { intended_uses: uses } : {}),
    ...(evaluations.length ? { evaluation_details: evaluations } : {}),
    ...(Object.keys(custom).length
      ? { additional_information: { custom_details: custom } }
      : {})
  };
  return Object.keys(content).length ? JSON.stringify(content) : null;
}

/** The card with as many metrics as fit. */
function fittedCard(
  value: IRegisterValue,
  details: IDetails
): { content: string | null; lost: string[] } {
  const lost: string[] = [];
  const seen = new Set<string>();
  const metrics: [string, number][] = [];
  for (const [name, metric] of Object.entries(
    originOf(value)?.run?.metrics ?? {}
  )) {
    const short = shorten(name, METRIC_NAME_MAX);
    // JSON has no NaN and no infinity.
    if (!Number.isFinite(metric) || !short || seen.has(short)) {
      lost.push(name);
    } else {
      seen.add(short);
      metrics.push([short, metric]);
    }
  }
  let content = card(value, details, metrics);
  while (content && content.length > CARD_MAX && metrics.length > 0) {
    const excess = content.length - CARD_MAX;
    let cut = 0;
    while (cut <= excess && metrics.length > 0) {
      const [name, metric] = metrics.pop() as [string, number];
      lost.push(name);
      cut += JSON.stringify({ name, type: 'number', value: metric }).length + 1;
    }
    content = card(value, details, metrics);
  }
  return { content, lost };
}

/** The request for what is filled in. */
export function build(value: IRegisterValue, group: string): IBuilt {
  const details = detailsOf(value);
  const { pairs, adjustments } = fitMetadata(metadataPairs(value));
  const { content, lost } = fittedCard(value, details);
  const containers = inference(details);
  const description = oneLine(details.description).trim();
  const runId = originOf(value)?.run?.runId;
  const provenance = {
    ...(details.commit ? { CommitId: oneLine(details.commit).trim() } : {}),
    ...(details.repository
      ? { Repository: oneLine(details.repository).trim() }
      : {}),
    ...(runId ? { GeneratedBy: oneLine(`mlflow run ${runId}`) } : {})
  };
  return {
    input: {
      ModelPackageGroupName: group,
      ...(description ? { ModelPackageDescription: description } : {}),
      ModelApprovalStatus: 'PendingManualApproval',
      ClientToken: value.clientToken,
      ...(containers ? { InferenceSpecification: containers } : {}),
      ...(Object.keys(provenance).length
        ? { MetadataProperties: provenance }
        : {}),
      ...(Object.keys(pairs).length
        ? { CustomerMetadataProperties: pairs }
        : {}),
      ...(content
        ? { ModelCard: { ModelCardContent: content, ModelCardStatus: 'Draft' } }
        : {})
    },
    adjustments,
    lostMetrics: lost
  };
}
