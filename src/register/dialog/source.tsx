/** Where the model comes from: an MLflow run, a registered version, S3. */
import { Field, Notice } from '../../ui';
import type { IMLflow, IMLflowConnection, IMLflowModel } from '../../tokens';
import { useState } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { isS3, type IOrigin, type IRegisterValue } from '../model';
import { Registered } from './registered';
import { Runs } from './runs';

/** How an address of S3 begins. */
const S3 = 's3://';

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
  const shared = { mlflow, connection: chosen, trans };
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
      {value.tab === 'run' ? (
        <Runs
          {...shared}
          chosen={value.origin?.run ?? null}
          group={value.target.group?.name ?? null}
          pick={props.pick}
        />
      ) : (
        <Registered
          {...shared}
          chosen={value.origin?.model?.registered ?? null}
          pick={props.pickRegistered}
        />
      )}
    </>
  );
}
