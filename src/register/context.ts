/** What the register dialog reads before it shows anything. */
import type {
  IGovernanceStatus,
  IMLflow,
  IMLflowConnection,
  IModelPackageGroup,
  IRegisterArgs,
  ISageMakerConnection
} from '../tokens';
import { gateOf } from './gate';
import {
  fillFrom,
  inheritFrom,
  type IOrigin,
  type IRegisterValue,
  type ITarget,
  mainModel
} from './model';
import type { IRegisterServices } from './services';

/** What the dialog shows. */
export interface IRegisterContext {
  registries: ISageMakerConnection[];
  /** Empty: no MLflow to choose from. */
  mlflows: IMLflowConnection[];
  /** Why what the arguments named could not be read; null: nothing to say. */
  missing: unknown;
  start: Pick<
    IRegisterValue,
    | 'origin'
    | 'target'
    | 'useCase'
    | 'inherited'
    | 'filled'
    | 'typed'
    | 'tab'
    | 'blocked'
  >;
  /** Status of the group that the arguments named. */
  status: IGovernanceStatus | null;
}

/** A chosen group with what it gives to the form. */
export interface IChosenGroup {
  status: IGovernanceStatus | null;
  useCase: IRegisterValue['useCase'];
  inherited: IRegisterValue['inherited'];
}

/** Do settings refuse a group with this status? */
export function isRefused(
  { settings, governance, trans }: IRegisterServices,
  status: IGovernanceStatus | null
): boolean {
  const { verdict } = gateOf(
    { status, governed: governance !== null },
    settings(),
    trans
  );
  return verdict === 'block';
}

/**
 * Look once more before anything is written: the dialog may have been open for
 * long. Only where settings refuse groups.
 *
 * @throws Error saying why, when they refuse this one by now.
 */
export async function assertAllowed(
  services: IRegisterServices,
  group: IModelPackageGroup,
  signal?: AbortSignal
): Promise<void> {
  const { settings, trans, governance } = services;
  if (settings().whenNotApproved !== 'block') {
    return;
  }
  const { status } = await readGroup(services, group, signal);
  const gate = gateOf(
    { status, governed: governance !== null },
    settings(),
    trans
  );
  if (gate.verdict === 'block') {
    throw new Error(
      [
        trans.__('Settings allow only groups whose use case is approved.'),
        gate.why,
        gate.next
      ].join(' ')
    );
  }
}

/**
 * What a group gives to the form: its use case, and what its latest version has.
 * What cannot be read is left empty.
 */
export async function readGroup(
  { registry, governance }: IRegisterServices,
  group: IModelPackageGroup,
  signal?: AbortSignal
): Promise<IChosenGroup> {
  const latest = await registry.latestVersion(group, signal).catch(() => null);
  const [details, statuses] = await Promise.all([
    latest
      ? registry
          .describeVersion(group.connection, latest.arn, signal)
          .catch(() => null)
      : null,
    governance
      ? governance
          .resolve([group], new Map([[group.arn, latest]]))
          .catch(() => null)
      : null
  ]);
  const status = statuses?.get(group.arn) ?? null;
  return {
    status,
    useCase: status?.useCase ?? null,
    inherited: details ? inheritFrom(details) : {}
  };
}

/**
 * A run with its main model and what that model's `MLmodel` says.
 *
 * @throws what `IMLflow.getRun` throws; an unreadable `MLmodel` is null.
 */
export async function readRunOrigin(
  mlflow: IMLflow,
  connection: string,
  runId: string,
  modelId?: string,
  signal?: AbortSignal
): Promise<IOrigin> {
  const run = await mlflow.getRun(connection, runId, signal);
  const model =
    run.models.find(m => modelId && m.modelId === modelId) ?? mainModel(run);
  return withMLmodel(mlflow, { connection, run, model, mlmodel: null }, signal);
}

/** A version of MLflow's registry, with its run when that can be read. */
export async function readRegisteredOrigin(
  mlflow: IMLflow,
  connection: string,
  name: string,
  version: string,
  signal?: AbortSignal
): Promise<IOrigin> {
  const model = await mlflow.getModelVersion(connection, name, version, signal);
  const run = model.runId
    ? await mlflow.getRun(connection, model.runId, signal).catch(() => null)
    : null;
  return withMLmodel(mlflow, { connection, run, model, mlmodel: null }, signal);
}

/** The origin with its `MLmodel`, when that can be read. */
export async function withMLmodel(
  mlflow: IMLflow,
  origin: IOrigin,
  signal?: AbortSignal
): Promise<IOrigin> {
  const mlmodel = origin.model
    ? await mlflow
        .readMLmodel(origin.connection, origin.model, signal)
        .catch(() => null)
    : null;
  return { ...origin, mlmodel };
}

async function readOrigin(
  { mlflow }: IRegisterServices,
  args: IRegisterArgs,
  mlflows: readonly IMLflowConnection[],
  signal: AbortSignal
): Promise<IOrigin | null> {
  const connection = args.mlflow ?? mlflows[0]?.id;
  if (!mlflow || !connection) {
    return null;
  }
  if (args.registeredModel) {
    const { name, version } = args.registeredModel;
    return readRegisteredOrigin(mlflow, connection, name, version, signal);
  }
  return args.runId
    ? readRunOrigin(mlflow, connection, args.runId, args.modelId, signal)
    : null;
}

/**
 * Read what the arguments name. A run or group that cannot be read leaves its
 * part of the form to be chosen by hand.
 *
 * @throws RelayError when the configuration cannot be read.
 */
export async function readContext(
  services: IRegisterServices,
  args: IRegisterArgs,
  signal: AbortSignal
): Promise<IRegisterContext> {
  const { relay, registry, mlflow } = services;
  const config = await relay.config();
  const registries = config.connections.filter(
    (c): c is ISageMakerConnection => c.kind === 'sagemaker'
  );
  const mlflows = mlflow ? await mlflow.connections() : [];
  let missing: unknown = null;
  const note = (error: unknown): null => {
    missing = error;
    return null;
  };
  const home = registries.find(({ own }) => own) ?? registries[0];
  const connection = args.connection ?? home?.id ?? '';
  const [origin, group] = await Promise.all([
    readOrigin(services, args, mlflows, signal).catch(note),
    args.group
      ? registry.describeGroup(connection, args.group, signal).catch(note)
      : null
  ]);
  const chosen = group ? await readGroup(services, group, signal) : null;
  const target: ITarget = { connection, group, isNew: false, newName: '' };
  return {
    registries,
    mlflows,
    missing,
    start: {
      tab:
        args.s3Uri !== undefined || mlflows.length === 0
          ? 's3'
          : args.registeredModel
            ? 'registered'
            : 'run',
      origin,
      target,
      useCase: chosen?.useCase ?? null,
      inherited: chosen?.inherited ?? {},
      filled: origin ? fillFrom(origin) : {},
      typed: args.s3Uri ? { artifact: args.s3Uri } : {},
      blocked: chosen !== null && isRefused(services, chosen.status)
    },
    status: chosen?.status ?? null
  };
}
