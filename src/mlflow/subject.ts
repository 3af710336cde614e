/** What a route names, as MLflow itself tells of it. */
import type {
  IMLflow,
  IMLflowModel,
  IMLflowOrigin,
  IRegisterArgs
} from '../tokens';
import { registerArgs, type Subject } from './routes';

/** Facts that were read; nothing in them is the frame's. */
export interface ISubjectFacts {
  /** MLflow connection. */
  connection: string;
  /** What people call it. */
  name: string;
  /** For the dialog that registers it. */
  register: IRegisterArgs;
  /** How a version in SageMaker may name it, the closest first. */
  origins: IMLflowOrigin[];
  /** Its models; a run may have none. */
  models: IMLflowModel[];
}

/**
 * Read what a route is about.
 *
 * @throws UpstreamError, RelayError; also when MLflow does not know it
 */
export async function readSubject(
  mlflow: IMLflow,
  connection: string,
  subject: Subject
): Promise<ISubjectFacts> {
  const register = registerArgs(connection, subject);
  switch (subject.kind) {
    case 'run': {
      const run = await mlflow.getRun(connection, subject.runId);
      return {
        connection,
        name: run.runName,
        register,
        origins: [{ runId: run.runId }],
        models: run.models
      };
    }
    case 'model': {
      const model = await mlflow.getModel(connection, subject.modelId);
      return {
        connection,
        name: model.name,
        register: { ...register, ...(model.runId && { runId: model.runId }) },
        origins: originsOf(model),
        models: [model]
      };
    }
    case 'version': {
      const { name, version } = subject;
      const model = await mlflow.getModelVersion(connection, name, version);
      return {
        connection,
        name: `${name} ${version}`,
        register,
        origins: originsOf(model),
        models: [model]
      };
    }
  }
}

function originsOf({
  registered,
  modelId,
  runId
}: IMLflowModel): IMLflowOrigin[] {
  return [
    ...(registered ? [{ registeredModel: registered }] : []),
    ...(modelId ? [{ modelId }] : []),
    // A run of MLflow 2 mostly has one model; of MLflow 3 its id says more.
    ...(runId && !modelId ? [{ runId }] : [])
  ];
}
