/** The plot of a metric over versions, as Vega-Lite. Pure. */
import type { ApprovalStatus } from '../../tokens';
import type { IVersionRow } from './model';

/** Media type that the lab's Vega renderer takes. */
export const VEGA_LITE = 'application/vnd.vegalite.v5+json';

/** Colours of the lab's theme, resolved. */
export interface IPlotColours {
  text: string;
  faint: string;
  line: string;
}

export interface IPlotPoint {
  version: number;
  value: number;
  approval: ApprovalStatus;
  chosen: boolean;
}

/** With more points than this they are drawn small. */
const CROWD = 60;

/** Versions that have the metric, oldest first. */
export function plotPoints(
  rows: readonly IVersionRow[],
  metric: string,
  chosen: string | null
): IPlotPoint[] {
  return rows
    .filter(row => Number.isFinite(row.metrics[metric]))
    .map(({ version, metrics }) => ({
      version: version.version,
      value: metrics[metric],
      approval: version.approval,
      chosen: version.arn === chosen
    }))
    .sort((a, b) => a.version - b.version);
}

/**
 * The specification. Approved versions are filled circles, others are hollow,
 * the chosen one is large: shape and size, not colour, carry the meaning.
 *
 * @param words - translated words of axes and tool tips.
 */
export function plotSpec(
  points: readonly IPlotPoint[],
  metric: string,
  width: number,
  colours: IPlotColours,
  words: { version: string; approval: string }
): Record<string, unknown> {
  const encoding = {
    x: {
      field: 'version',
      type: 'quantitative',
      title: words.version,
      scale: { nice: false, padding: 12 },
      axis: { tickMinStep: 1, format: 'd', grid: false }
    },
    y: {
      field: 'value',
      type: 'quantitative',
      title: metric,
      scale: { zero: false, padding: 10 }
    }
  };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    background: 'transparent',
    width,
    height: 150,
    autosize: { type: 'fit', contains: 'padding' },
    data: { values: points },
    layer: [
      { mark: { type: 'line', color: colours.line, strokeWidth: 2 }, encoding },
      {
        mark: { type: 'point', color: colours.line, strokeWidth: 2 },
        encoding: {
          ...encoding,
          fill: {
            condition: {
              test: "datum.approval === 'Approved'",
              value: colours.line
            },
            value: 'transparent'
          },
          size: {
            condition: { test: 'datum.chosen', value: 160 },
            value: points.length > CROWD ? 8 : 40
          },
          tooltip: [
            { field: 'version', title: words.version },
            { field: 'value', title: metric },
            { field: 'approval', title: words.approval }
          ]
        }
      }
    ],
    config: {
      view: { stroke: null },
      axis: {
        labelColor: colours.text,
        titleColor: colours.text,
        titleFontWeight: 'normal',
        gridColor: colours.faint,
        domainColor: colours.faint,
        tickColor: colours.faint
      }
    }
  };
}
