/** Where the model comes from: an MLflow run, a registered version, S3. */
import { describeError } from '../../relay';
import { Age, ErrorNotice, Field, Loading, Notice } from '../../ui';
import type {
  IMLflow,
  IMLflowConnection,
  IMLflowModel,
  IMLflowRun
} from '../../tokens';
import { useState } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { isS3, type IOrigin, type IRegisterValue, mainModel } from '../model';
import { useLoad } from '../useLoad';

/** Runs read of one experiment. */
const RUNS = 200;

/** Rows shown at once; typing narrows. */
const SHOWN = 50;

/** How an address of S3 begins. */
const S3 = 's3://';

/** Metrics of training and tuning: shown after those of the test. */
const TRAINING = /^(train|val)/i;

/** Metrics shown beside a run. */
const KEY_METRICS = 3;

/** What picking a model means to the form. */
export interface ISourceProps {
  value: IRegisterValue;
  mlflow: IMLflow | null;
  connections: readonly IMLflowConnection[];
  errors: Readonly<Record<string, string>>;
  setTab: (tab: IRegisterValue['tab']) => void;
  /** A model was picked; its `MLmodel` is not read yet. */
  pick: (origin: IOrigin) => void;
  /** A version of MLflow's registry was picked. */
  pickRegistered: (connection: string, name: string, version: string) => void;
  setArtifact: (uri: string) => void;
  artifact: string;
  trans: TranslationBundle;
}

/** Choose the model. */
export function Source(props: ISourceProps): JSX.Element {
  const { value, connections, setTab, trans } = props;
  const [changing, setChanging] = useState(value.origin === null);
  const tabs = [
    ...(connections.length > 0
      ? ([
          ['run', trans.__('MLflow run')],
          ['registered', trans.__('MLflow registered model')]
        ] as const)
      : []),
    ['s3', trans.__('S3 address')] as const
  ];
  if (!changing && value.origin && value.tab !== 's3') {
    return (
      <section className="jp-sg-register-part">
        <h3>{trans.__('Model')}</h3>
        <Chosen {...props} origin={value.origin} />
        <button
          type="button"
          className="jp-sg-link"
          onClick={() => setChanging(true)}
        >
          {trans.__('Choose another')}
        </button>
      </section>
    );
  }
  return (
    <section className="jp-sg-register-part">
      <h3>{trans.__('Model')}</h3>
      <fieldset className="jp-sg-choice">
        <legend>{trans.__('Where the model is')}</legend>
        {tabs.map(([tab, label]) => (
          <label key={tab}>
            <input
              type="radio"
              name="jp-sg-source"
              checked={value.tab === tab}
              onChange={() => setTab(tab)}
            />
            {label}
          </label>
        ))}
      </fieldset>
      {value.tab === 's3' ? (
        <Artifact {...props} />
      ) : (
        <MLflowSource {...props} />
      )}
      {value.origin && value.tab !== 's3' ? (
        <Chosen {...props} origin={value.origin} />
      ) : null}
    </section>
  );
}

function Artifact(props: ISourceProps): JSX.Element {
  const { artifact, setArtifact, errors, trans } = props;
  return (
    <Field
      label={trans.__('S3 address of the model')}
      error={artifact ? errors.artifact : undefined}
      hint={trans.__(
        'A model.tar.gz, or a folder: anything else is taken as a folder.'
      )}
    >
      <input
        type="text"
        className="jp-mod-styled jp-sg-input"
        spellCheck={false}
        placeholder={S3}
        value={artifact}
        onChange={event => setArtifact(event.target.value.trim())}
      />
    </Field>
  );
}

/** The model that is chosen, and whether SageMaker can read it. */
function Chosen(props: ISourceProps & { origin: IOrigin }): JSX.Element {
  const { origin, trans, pick } = props;
  const { run, model } = origin;
  return (
    <>
      <p className="jp-sg-register-chosen">
        <bdi>
          {run?.runName ??
            (model?.registered
              ? `${model.registered.name} v${model.registered.version}`
              : (model?.name ?? ''))}
        </bdi>
        {run ? (
          <small>
            {[
              run.experimentName,
              trans._n(
                '%1 metric',
                '%1 metrics',
                Object.keys(run.metrics).length
              ),
              trans._n(
                '%1 parameter',
                '%1 parameters',
                Object.keys(run.params).length
              )
            ]
              .filter(Boolean)
              .join(' · ')}
          </small>
        ) : null}
      </p>
      {run && run.models.length > 1 ? (
        <Field label={trans.__('Model of this run')}>
          <select
            value={run.models.findIndex(m => sameModel(m, model))}
            onChange={event =>
              pick({
                ...origin,
                model: run.models[Number(event.target.value)] ?? null,
                mlmodel: null
              })
            }
          >
            {run.models.map((m, i) => (
              <option key={m.artifactUri} value={i}>
                {m.name}
              </option>
            ))}
          </select>
        </Field>
      ) : null}
      {!isS3(model?.artifactUri) ? (
        <Notice kind="warning">
          {model
            ? trans.__(
                'SageMaker cannot read %1, so this version cannot be deployed. It is registered with its link to MLflow; give an S3 address below to change that.',
                model.artifactUri
              )
            : trans.__(
                'This run logged no model. The version is registered with its link to the run; give an S3 address below to make it deployable.'
              )}
        </Notice>
      ) : null}
      {!isS3(model?.artifactUri) ? <Artifact {...props} /> : null}
    </>
  );
}

function sameModel(a: IMLflowModel, b: IMLflowModel | null): boolean {
  return a.artifactUri === b?.artifactUri && a.modelId === b.modelId;
}

function MLflowSource(props: ISourceProps): JSX.Element | null {
  const { mlflow, connections, value, trans } = props;
  const [chosen, setChosen] = useState(
    value.origin?.connection ?? connections[0]?.id ?? ''
  );
  if (!mlflow) {
    return null;
  }
  const shared = { ...props, mlflow, connection: chosen };
  return (
    <>
      {connections.length > 1 ? (
        <Field label={trans.__('MLflow server')}>
          <select
            value={chosen}
            onChange={event => setChosen(event.target.value)}
          >
            {connections.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </Field>
      ) : null}
      {value.tab === 'run' ? <Runs {...shared} /> : <Registered {...shared} />}
    </>
  );
}

type MLflowProps = ISourceProps & { mlflow: IMLflow; connection: string };

function Runs(props: MLflowProps): JSX.Element {
  const { mlflow, connection, value, pick, trans } = props;
  const experiments = useLoad(connection, signal =>
    mlflow.searchExperiments(connection, signal)
  );
  const [picked, setPicked] = useState(value.origin?.run?.experimentId ?? '');
  // Teams mostly name an experiment like the group that its models go to; a
  // group chosen later does not change the list under the person's hands.
  const [namesake] = useState(value.target.group?.name);
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
      <input
        type="search"
        className="jp-mod-styled jp-sg-input"
        dir="auto"
        aria-label={trans.__('Search runs')}
        placeholder={trans.__('Search runs')}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      {runs.loading && experiment !== null ? (
        <Loading label={trans.__('Reading runs…')} trans={trans} />
      ) : found.length === 0 ? (
        <p>{text ? trans.__('No run matches.') : trans.__('No run here.')}</p>
      ) : (
        <fieldset className="jp-sg-picks">
          <legend>{trans.__('Runs')}</legend>
          {found.slice(0, SHOWN).map(run => (
            <label key={run.runId}>
              <input
                type="radio"
                name="jp-sg-run"
                checked={value.origin?.run?.runId === run.runId}
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
          ))}
          {found.length > SHOWN ? (
            <p>
              {trans.__(
                '%1 more; type to narrow them down.',
                found.length - SHOWN
              )}
            </p>
          ) : null}
        </fieldset>
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
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
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

function Registered(props: MLflowProps): JSX.Element {
  const { mlflow, connection, value, pickRegistered, trans } = props;
  const models = useLoad(connection, signal =>
    mlflow.searchRegisteredModels(connection, undefined, signal)
  );
  const [text, setText] = useState('');
  if (models.error) {
    return (
      <ErrorNotice
        problem={describeError(models.error, trans)}
        trans={trans}
        onRetry={models.again}
      />
    );
  }
  if (models.loading) {
    return (
      <Loading label={trans.__('Reading registered models…')} trans={trans} />
    );
  }
  const versions = (models.data ?? [])
    .filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()))
    .flatMap(({ name, versions }) => versions.map(v => ({ name, ...v })));
  const chosen = value.origin?.model?.registered;
  return (
    <>
      <input
        type="search"
        className="jp-mod-styled jp-sg-input"
        dir="auto"
        aria-label={trans.__('Search registered models')}
        placeholder={trans.__('Search registered models')}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      {versions.length === 0 ? (
        <p>
          {text
            ? trans.__('No registered model matches.')
            : trans.__('This server has no registered models.')}
        </p>
      ) : (
        <fieldset className="jp-sg-picks">
          <legend>{trans.__('Registered versions')}</legend>
          {versions.slice(0, SHOWN).map(({ name, version, aliases }) => (
            <label key={`${name}/${version}`}>
              <input
                type="radio"
                name="jp-sg-registered"
                checked={chosen?.name === name && chosen.version === version}
                onChange={() => pickRegistered(connection, name, version)}
              />
              <bdi>{`${name} v${version}`}</bdi>
              {aliases.length ? (
                <small>{aliases.map(a => `@${a}`).join(' ')}</small>
              ) : null}
            </label>
          ))}
          {versions.length > SHOWN ? (
            <p>
              {trans.__(
                '%1 more; type to narrow them down.',
                versions.length - SHOWN
              )}
            </p>
          ) : null}
        </fieldset>
      )}
    </>
  );
}
