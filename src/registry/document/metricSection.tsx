import { MimeModel } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import { approvalLabel, formatMetric } from '../../ui';
import { useServices } from './context';
import { useWidth } from './hooks';
import { commonMetrics, type IVersionRow } from './model';
import { Section } from './parts';
import {
  plotPoints,
  plotSpec,
  VEGA_LITE,
  type IPlotColours,
  type IPlotPoint
} from './plot';

/** One metric over the versions: a plot, and the same as a table. */
export function MetricSection(props: {
  rows: readonly IVersionRow[];
  selected: string | null;
}): JSX.Element | null {
  const { rows, selected } = props;
  const { rendermime, trans } = useServices();
  const names = React.useMemo(() => commonMetrics(rows), [rows]);
  const [wanted, setWanted] = React.useState<string | null>(null);
  const metric = wanted && names.includes(wanted) ? wanted : (names[0] ?? null);
  const points = React.useMemo(
    () => (metric ? plotPoints(rows, metric, selected) : []),
    [rows, metric, selected]
  );
  const id = React.useId();
  if (!metric) {
    return (
      <Section title={trans.__('Metrics across versions')}>
        <p className="jp-sg-doc-quiet">
          {trans.__(
            'No metrics were found in these versions. They come from the model card, or from metadata “metric.<name>”.'
          )}
        </p>
      </Section>
    );
  }
  const plots = !!rendermime?.preferredMimeType({ [VEGA_LITE]: {} }, 'any');
  const table = <MetricTable metric={metric} points={points} />;
  return (
    <Section
      title={trans.__('%1 across versions', metric)}
      actions={
        names.length > 1 && (
          <label className="jp-sg-doc-chooser" htmlFor={id}>
            <span>{trans.__('Metric')}</span>
            <select
              id={id}
              value={metric}
              onChange={event => setWanted(event.target.value)}
            >
              {names.map(name => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )
      }
    >
      {plots && points.length > 1 ? (
        <>
          <Plot metric={metric} points={points} />
          <p className="jp-sg-doc-quiet">
            {trans.__('Filled: approved. Large: the chosen version.')}
          </p>
          <details>
            <summary>{trans.__('As a table')}</summary>
            {table}
          </details>
        </>
      ) : (
        table
      )}
    </Section>
  );
}

function MetricTable(props: {
  metric: string;
  points: readonly IPlotPoint[];
}): JSX.Element {
  const { trans } = useServices();
  return (
    <div className="jp-sg-doc-scroll">
      <table className="jp-sg-doc-plain">
        <thead>
          <tr>
            <th scope="col">{trans.__('Version')}</th>
            <th scope="col">
              <bdi>{props.metric}</bdi>
            </th>
            <th scope="col">{trans.__('Approval')}</th>
          </tr>
        </thead>
        <tbody>
          {[...props.points].reverse().map(point => (
            <tr key={point.version} aria-current={point.chosen || undefined}>
              <th scope="row">{`v${point.version}`}</th>
              <td>{formatMetric(point.value)}</td>
              <td>{approvalLabel(point.approval, trans)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The theme's colours where the plot stands. */
function coloursAt(node: HTMLElement): IPlotColours {
  const style = getComputedStyle(node);
  const colour = (name: string, fallback: string): string =>
    style.getPropertyValue(name).trim() || fallback;
  return {
    text: colour('--jp-ui-font-color1', 'currentColor'),
    faint: colour('--jp-border-color2', 'currentColor'),
    line: colour('--jp-brand-color1', 'currentColor')
  };
}

/** The plot, drawn by the lab's Vega renderer. */
function Plot(props: {
  metric: string;
  points: readonly IPlotPoint[];
}): JSX.Element {
  const { metric, points } = props;
  const { rendermime, themes, trans } = useServices();
  const host = React.useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const [theme, setTheme] = React.useState(themes?.theme ?? null);
  const [failure, setFailure] = React.useState<string | null>(null);

  React.useEffect(() => {
    const follow = (): void => setTheme(themes?.theme ?? null);
    themes?.themeChanged.connect(follow);
    return () => {
      themes?.themeChanged.disconnect(follow);
    };
  }, [themes]);

  // A layout effect: the renderer must go while its host is in the document.
  React.useLayoutEffect(() => {
    const node = host.current;
    if (!node || !rendermime || width < 40) {
      return;
    }
    const spec = plotSpec(points, metric, width, coloursAt(node), {
      version: trans.__('Version'),
      approval: trans.__('Approval')
    });
    const model = new MimeModel({
      data: { [VEGA_LITE]: spec as never },
      metadata: {
        [VEGA_LITE]: { embed_options: { actions: false, renderer: 'svg' } }
      }
    });
    const renderer = rendermime.createRenderer(VEGA_LITE);
    Widget.attach(renderer, node);
    let live = true;
    renderer.renderModel(model).then(
      () => live && setFailure(null),
      (error: unknown) => live && setFailure(String(error))
    );
    return () => {
      live = false;
      renderer.dispose();
    };
  }, [rendermime, points, metric, width, theme, trans]);

  const values = points.map(point => point.value);
  return (
    <>
      <div
        ref={host}
        className="jp-sg-doc-plot"
        role="img"
        aria-label={trans.__(
          '%1 of %2 versions, from %3 (v%4) to %5 (v%6)',
          metric,
          points.length,
          formatMetric(values[0]),
          points[0].version,
          formatMetric(values[values.length - 1]),
          points[points.length - 1].version
        )}
      />
      {failure && (
        <p className="jp-sg-doc-quiet" role="alert">
          {trans.__('The plot could not be drawn: %1', failure)}
        </p>
      )}
    </>
  );
}
