/** Test data of the register room. */
import { nullTranslator } from '@jupyterlab/translation';
import { group } from '../../testing';
import type { IMLflowModel, IMLflowRun } from '../../tokens';
import type { IOrigin, IRegisterValue } from '../model';

export const trans = nullTranslator.load('test');

export function model(members: Partial<IMLflowModel> = {}): IMLflowModel {
  return {
    modelId: 'm-1',
    name: 'credit-model',
    artifactUri: 's3://mlflow/1/models/m-1/artifacts',
    runId: 'ab12',
    registered: null,
    ...members
  };
}

export function run(members: Partial<IMLflowRun> = {}): IMLflowRun {
  return {
    connection: 'mlflow',
    experimentId: '1',
    experimentName: 'Credit risk (EU)',
    runId: 'ab12',
    runName: 'bold-owl-118',
    status: 'FINISHED',
    startTime: Date.UTC(2026, 10, 18),
    endTime: null,
    artifactUri: 'mlflow-artifacts:/1/ab12/artifacts',
    metrics: { auc: 0.861, gini: 0.722 },
    params: { depth: '4', columns: '["age", "income"]' },
    tags: {
      'mlflow.source.git.commit': 'c0ffee',
      'mlflow.source.git.repoURL': 'https://git.example/credit.git',
      'mlflow.note.content': 'Adds\nbureau data'
    },
    models: [model()],
    ...members
  };
}

export function origin(members: Partial<IOrigin> = {}): IOrigin {
  return {
    connection: 'mlflow',
    run: run(),
    model: model(),
    mlmodel: null,
    ...members
  };
}

/** A registration with nothing wrong with it. */
export function value(members: Partial<IRegisterValue> = {}): IRegisterValue {
  return {
    clientToken: '0123456789abcdef0123456789abcdef',
    tab: 'run',
    origin: origin(),
    target: { connection: 'own', group: group(), isNew: false, newName: '' },
    readingOrigin: false,
    readingTarget: false,
    blocked: false,
    useCase: null,
    defaults: {},
    inherited: {},
    filled: {},
    typed: {},
    ...members
  };
}
