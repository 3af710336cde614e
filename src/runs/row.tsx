import type { TranslationBundle } from '@jupyterlab/translation';
import type * as React from 'react';

import type { IMetricPoint, IMLflowRun } from '../tokens';
import { Age, formatMetric, Glyph } from '../ui';
import { Sparkline } from './sparkline';
import { courseText, runTitle, stateText } from './words';

export interface IRunRowProps {
  run: IMLflowRun;
  /** Metrics to show. */
  lines: readonly string[];
  /** Lines that each row has. */
  height: number;
  points: (metric: string) => readonly IMetricPoint[] | undefined;
  trans: TranslationBundle;
  /** Absent: it cannot be done in this lab. */
  onRegister?: (run: IMLflowRun) => void;
  onOpen?: (run: IMLflowRun) => void;
}

/** A run in the list: name, state and age; below them its metrics. */
export function RunRow(props: IRunRowProps): JSX.Element {
  const { run, lines, height, points, trans, onRegister, onOpen } = props;
  const state = stateText(run.status, trans);
  return (
    <div className="jp-sg-run" aria-hidden="true">
      <span className="jp-sg-run-head">
        <bdi className="jp-sg-run-name" title={runTitle(run, trans)}>
          {run.runName}
        </bdi>
        {state.tone ? (
          <span className="jp-sg-badge" data-status={state.tone}>
            <Glyph name={state.glyph} />
            <bdi className="jp-sg-badge-label">{state.word}</bdi>
          </span>
        ) : (
          <span className="jp-sg-run-state" title={state.word}>
            <Glyph name={state.glyph} />
          </span>
        )}
        <span className="jp-sg-run-age">
          <Age at={run.startTime} trans={trans} />
        </span>
        {/* For the pointer: inside of an option nothing can take the focus.
            The keyboard has Enter, `+` and the menu. */}
        <span className="jp-sg-run-actions">
          {onRegister && (
            <Action
              label={trans.__('Register this run in SageMaker (+)')}
              onPress={() => onRegister(run)}
            >
              {trans.__('Register…')}
            </Action>
          )}
          {onOpen && (
            <Action
              label={trans.__('Open in MLflow (Enter)')}
              onPress={() => onOpen(run)}
            >
              <Glyph name="external" />
            </Action>
          )}
        </span>
      </span>
      <span className="jp-sg-run-metrics">
        {lines.map(name => {
          const line = points(name);
          const course = courseText(line, trans);
          const value = run.metrics[name];
          return (
            <span
              key={name}
              className="jp-sg-run-metric"
              title={[`${name}: ${value ?? '–'}`, course]
                .filter(Boolean)
                .join('\n')}
            >
              <bdi className="jp-sg-run-metric-name">{name}</bdi>
              {line && <Sparkline points={line} />}
              <span className="jp-sg-run-value">{formatMetric(value)}</span>
            </span>
          );
        })}
        {Array.from({ length: height - lines.length }, (_, i) => (
          <span key={i} className="jp-sg-run-metric" />
        ))}
      </span>
    </div>
  );
}

function Action(props: {
  label: string;
  onPress: () => void;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <span
      role="presentation"
      className="jp-sg-run-action"
      title={props.label}
      onClick={event => {
        event.stopPropagation();
        props.onPress();
      }}
      onDoubleClick={event => event.stopPropagation()}
    >
      {props.children}
    </span>
  );
}
