/** Model cards and metrics; SageMaker's card schema, read tolerantly. */
import type { IModelCard } from '../tokens';

type Json = Record<string, unknown>;

function object(value: unknown): Json {
  return value && typeof value === 'object' && !Array.isArray(value)
    ? (value as Json)
    : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function word(value: unknown): string | null {
  if (typeof value === 'string') {
    return value.trim() || null;
  }
  return typeof value === 'number' ? String(value) : null;
}

/**
 * Parse the content of a model card.
 *
 * @param content JSON text of `ModelCardContent`
 * @param status `ModelCardStatus`
 * @returns null when there is none, or when it is not a JSON object
 */
export function parseCard(
  content: string | undefined,
  status: string | undefined
): IModelCard | null {
  if (!content) {
    return null;
  }
  let raw: Json;
  try {
    const parsed: unknown = JSON.parse(content);
    if (!parsed || typeof parsed !== 'object' || Array.isArray(parsed)) {
      return null;
    }
    raw = parsed as Json;
  } catch {
    // Cards can be written by hand; an unreadable one is as good as none.
    return null;
  }
  const uses = object(raw.intended_uses);
  const custom = object(object(raw.additional_information).custom_details);
  return {
    status: status ?? null,
    intendedUses: word(uses.intended_uses) ?? word(uses.purpose_of_model),
    riskRating: word(uses.risk_rating),
    useCaseId: word(custom.UseCaseId),
    useCaseName: word(custom.UseCaseName),
    useCaseStage: word(custom.UseCaseStage),
    raw
  };
}

const METRIC = 'metric.';

/**
 * Scalar metrics of a version: those of the card, completed by
 * `CustomerMetadataProperties["metric.<name>"]`.
 */
export function metricsOf(
  card: IModelCard | null,
  metadata: Record<string, string>
): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const [key, text] of Object.entries(metadata)) {
    const value = Number(text);
    if (key.startsWith(METRIC) && text.trim() && Number.isFinite(value)) {
      metrics[key.slice(METRIC.length)] = value;
    }
  }
  for (const detail of list(card?.raw.evaluation_details)) {
    for (const part of list(object(detail).metric_groups)) {
      for (const entry of list(object(part).metric_data)) {
        const { name, type, value } = object(entry);
        if (
          typeof name === 'string' &&
          type === 'number' &&
          typeof value === 'number'
        ) {
          metrics[name] = value;
        }
      }
    }
  }
  return metrics;
}
