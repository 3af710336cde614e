/** The runs of an experiment, to choose one. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';
import { describeError } from '../../relay';
import { Age, ErrorNotice, Field, formatMetric, Loading } from '../../ui';
import type { IMLflow, IMLflowRun } from '../../tokens';
import { type IOrigin, mainModel } from '../model';
import { useLoad } from '../useLoad';
import { PickList } from './pickList';

/** Runs read of one experiment. */
const RUNS = 200;

/** Metrics of training and tuning: shown after those of the test. */
const TRAINING = /^(train|val)/i;

/** Metrics shown beside a run. */
const KEY_METRICS = 3;

export interface IRunsProps {
  mlflow: IMLflow;
  /** MLflow connection. */
  connection: string;
  /** The run chosen so far. */
  chosen: IMLflowRun | null;
  /** Name of the group to register into; null: none is chosen yet. */
  group: string | null;
  /** A run was picked; its `MLmodel` is not read yet. */
  pick: (origin: IOrigin) => void;
  trans: TranslationBundle;
}

/** Experiment, search and runs. */
export function Runs(props: IRunsProps): JSX.Element {
  const { mlflow, connection, chosen, pick, trans } = props;
  const experiments = useLoad(connection, signal =>
    mlflow.searchExperiments(connection, signal)
  );
  const [picked, setPicked] = useState(chosen?.experimentId ?? '');
  // Teams mostly name an experiment like the group that its models go to; a
  // group chosen later does not change the list under the person's hands.
  const [namesake] = useState(props.group);
  const [text, setText] = useState('');
  const list = [...(experiments.data ?? [])].sort(
    (a, b) => (b.lastUpdate ?? 0) - (a.lastUpdate ?? 0)
  );
  const likely =
    list.find(({ id }) => id === picked) ??
    list.find(({ name }) => name === namesake) ??
    list[0];
  const experiment = likely?.id ?? null;
  const runs = useLoad(
    experiment === null ? null : `${connection}/${experiment}`,
    signal => mlflow.searchRuns(connection, [experiment ?? ''], RUNS, signal)
  );
  const failed = experiments.error ?? runs.error;
  if (failed) {
    return (
      <ErrorNotice
        problem={describeError(failed, trans)}
        trans={trans}
        onRetry={experiments.error ? experiments.again : runs.again}
      />
    );
  }
  if (experiments.loading) {
    return <Loading label={trans.__('Reading experiments…')} trans={trans} />;
  }
  const found = (runs.data ?? []).filter(run =>
    `${run.runName} ${run.runId}`.toLowerCase().includes(text.toLowerCase())
  );
  return (
    <>
      <Field label={trans.__('Experiment')}>
        <select
          value={experiment ?? ''}
          onChange={event => setPicked(event.target.value)}
        >
          {list.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      {runs.loading && experiment !== null ? (
        <Loading label={trans.__('Reading runs…')} trans={trans} />
      ) : (
        <PickList
          found={found}
          text={text}
          search={setText}
          searchLabel={trans.__('Search runs')}
          legend={trans.__('Runs')}
          noMatch={trans.__('No run matches.')}
          nothing={trans.__('No run here.')}
          keyOf={run => run.runId}
          trans={trans}
        >
          {run => (
            <label>
              <input
                type="radio"
                name="jp-sg-run"
                checked={chosen?.runId === run.runId}
                onChange={() =>
                  pick({
                    connection,
                    run,
                    model: mainModel(run),
                    mlmodel: null
                  })
                }
              />
              <bdi>{run.runName || run.runId}</bdi>
              <small>
                <RunFacts run={run} trans={trans} />
              </small>
            </label>
          )}
        </PickList>
      )}
    </>
  );
}

function RunFacts(props: {
  run: IMLflowRun;
  trans: TranslationBundle;
}): JSX.Element {
  const { run, trans } = props;
  const metrics = Object.entries(run.metrics)
    .sort(([a], [b]) => Number(TRAINING.test(a)) - Number(TRAINING.test(b)))
    .slice(0, KEY_METRICS)
    .map(([name, value]) => `${name} ${formatMetric(value)}`);
  return (
    <>
      {run.startTime ? (
        <>
          <Age at={run.startTime} trans={trans} />
          {' · '}
        </>
      ) : null}
      {[
        run.status === 'FINISHED' ? null : run.status,
        ...metrics,
        run.models.length ? null : trans.__('no model logged')
      ]
        .filter(Boolean)
        .join(' · ')}
    </>
  );
}
