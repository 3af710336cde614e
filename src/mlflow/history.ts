/** How metrics of runs went; loaded with the first sparkline. */
import { Limiter } from '../relay';
import type { IMetricPoint } from '../tokens';
import type { Query } from './calls';
import { type Json, list, number, text } from './wire';

/** Points of a run that are asked for; the server thins out evenly. */
const POINTS = 60;

/** Points read of a run where the server does not thin out. */
const MOST_POINTS = 2500;

/** Runs read side by side where the server gives one at a time. */
const AT_ONCE = 4;

/** What the client lends. */
export interface IHistoryTools {
  get(path: string, query: Query): Promise<Json>;
  /** Whether an error means that there is no such thing or route. */
  isMissing(error: unknown): boolean;
  /** The server is known to give one run at a time. */
  single: boolean;
  setSingle(): void;
}

/**
 * Histories of one metric.
 *
 * `metrics/get-history-bulk-interval` answers for many runs at once and thins
 * out (MLflow 2.x and 3.x); a service without it, such as a gateway that knows
 * only documented routes, is asked run by run.
 */
export async function readHistory(
  tools: IHistoryTools,
  runIds: readonly string[],
  metric: string
): Promise<Map<string, IMetricPoint[]>> {
  if (runIds.length === 0) {
    return new Map();
  }
  if (!tools.single) {
    try {
      const answer = await tools.get('metrics/get-history-bulk-interval', {
        run_ids: runIds,
        metric_key: metric,
        max_results: POINTS
      });
      const points = list(answer, 'metrics');
      return new Map(
        runIds.map(id => [
          id,
          parsePoints(points.filter(({ run_id }) => text(run_id) === id))
        ])
      );
    } catch (error) {
      if (!tools.isMissing(error)) {
        throw error;
      }
    }
  }
  const limiter = new Limiter(AT_ONCE);
  const found = await Promise.all(
    runIds.map(id =>
      limiter.run(async (): Promise<[string, IMetricPoint[]]> => {
        try {
          const answer = await tools.get('metrics/get-history', {
            run_id: id,
            metric_key: metric,
            max_results: MOST_POINTS
          });
          return [id, thinOut(parsePoints(list(answer, 'metrics')))];
        } catch (error) {
          if (tools.isMissing(error)) {
            return [id, []];
          }
          throw error;
        }
      })
    )
  );
  // Had it been a deleted run among many, its single answer would have said so.
  if (found.some(([, points]) => points.length > 0)) {
    tools.setSingle();
  }
  return new Map(found);
}

function parsePoints(metrics: Json[]): IMetricPoint[] {
  return metrics
    .flatMap(({ step, value, timestamp }) => {
      const read = number(value);
      return read === null
        ? []
        : [
            {
              // Protobuf's JSON leaves out what is zero.
              step: number(step) ?? 0,
              value: read,
              timestamp: number(timestamp)
            }
          ];
    })
    .sort((a, b) => a.step - b.step || (a.timestamp ?? 0) - (b.timestamp ?? 0));
}

/** Evenly, with the first and the last one. */
function thinOut(points: IMetricPoint[]): IMetricPoint[] {
  if (points.length <= POINTS) {
    return points;
  }
  return Array.from(
    { length: POINTS },
    (_, i) => points[Math.round((i * (points.length - 1)) / (POINTS - 1))]
  );
}
