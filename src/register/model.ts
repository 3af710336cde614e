/** What is filled in to register a model. Pure. */
import type {
  IMLflowModel,
  IMLflowRun,
  IMLmodel,
  IModelPackageDetails,
  IModelPackageGroup,
  IUseCase
} from '../tokens';
import { FRAMEWORK_VERSION } from './limits';

/** Risk ratings of a model card; `''`: not said. */
export type RiskRating = '' | 'High' | 'Medium' | 'Low' | 'Unknown';

/** Fields that a person may change. */
export interface IDetails {
  description: string;
  /** S3 address of the artifact, or empty. */
  artifact: string;
  image: string;
  framework: string;
  frameworkVersion: string;
  /** Media types, separated by commas. */
  contentTypes: string;
  responseTypes: string;
  intendedUses: string;
  riskRating: RiskRating;
  commit: string;
  repository: string;
}

/** No detail known. */
export const EMPTY: IDetails = {
  description: '',
  artifact: '',
  image: '',
  framework: '',
  frameworkVersion: '',
  contentTypes: '',
  responseTypes: '',
  intendedUses: '',
  riskRating: '',
  commit: '',
  repository: ''
};

/** Where the model comes from in MLflow. */
export interface IOrigin {
  connection: string;
  run: IMLflowRun | null;
  model: IMLflowModel | null;
  mlmodel: IMLmodel | null;
}

/** Group to register into. */
export interface ITarget {
  /** Registry: id of a SageMaker connection. */
  connection: string;
  /** An existing group; null: a new one, or none chosen yet. */
  group: IModelPackageGroup | null;
  isNew: boolean;
  newName: string;
}

/** Everything that the dialog holds. */
export interface IRegisterValue {
  /** The same for the dialog's whole life: a retry makes no second version. */
  clientToken: string;
  tab: 'run' | 'registered' | 's3';
  origin: IOrigin | null;
  target: ITarget;
  /** The model is still being read; it is not sent before that ends. */
  readingOrigin: boolean;
  /** The same for the group. */
  readingTarget: boolean;
  /** The group's use case is not approved, and settings refuse such groups. */
  blocked: boolean;
  /** Use case of the chosen group. */
  useCase: IUseCase | null;
  /** From the settings: what holds where nobody says anything else. */
  defaults: Partial<IDetails>;
  /** From the group's latest version. */
  inherited: Partial<IDetails>;
  /** From the run and its model. */
  filled: Partial<IDetails>;
  /** By hand; wins, and survives another choice of source or group. */
  typed: Partial<IDetails>;
}

/** The run behind the version; null when an S3 address is registered. */
export function originOf(value: IRegisterValue): IOrigin | null {
  return value.tab === 's3' ? null : value.origin;
}

/** The use case that the card names; a new group has none. */
export function useCaseOf(value: IRegisterValue): IUseCase | null {
  return value.target.isNew ? null : value.useCase;
}

/** Details in force: what was typed, else the run's, the group's, the default. */
export function detailsOf(value: IRegisterValue): IDetails {
  const inherited = value.target.isNew ? {} : value.inherited;
  const filled = value.tab === 's3' ? {} : value.filled;
  return {
    ...EMPTY,
    ...value.defaults,
    ...inherited,
    ...filled,
    // SageMaker means the framework inside the image, not the one trained with.
    ...(inherited.image
      ? {
          framework: inherited.framework ?? '',
          frameworkVersion: inherited.frameworkVersion ?? ''
        }
      : {}),
    ...value.typed
  };
}

const withoutEmpty = (details: Partial<IDetails>): Partial<IDetails> =>
  Object.fromEntries(Object.entries(details).filter(([, text]) => text !== ''));

/** Is it an address that SageMaker can read? */
export function isS3(uri: string | null | undefined): uri is string {
  return /^s3:\/\//.test(uri ?? '');
}

/** Tags in which MLflow keeps where the code came from. */
const TAGS = {
  commit: 'mlflow.source.git.commit',
  repository: 'mlflow.source.git.repoURL',
  note: 'mlflow.note.content'
} as const;

/** What a run and its model say. */
export function fillFrom(origin: IOrigin): Partial<IDetails> {
  const { run, model, mlmodel } = origin;
  const tags = run?.tags ?? {};
  const version = mlmodel?.frameworkVersion ?? '';
  return withoutEmpty({
    description: (tags[TAGS.note] ?? '').replace(/\s+/g, ' ').trim(),
    artifact: isS3(model?.artifactUri) ? (model?.artifactUri ?? '') : '',
    framework: mlmodel?.framework ?? '',
    // SageMaker takes one digit before the dot; others are left out.
    frameworkVersion: FRAMEWORK_VERSION.test(version) ? version : '',
    commit: tags[TAGS.commit] ?? '',
    repository: tags[TAGS.repository] ?? ''
  });
}

/** What the next version of a group mostly shares with its latest one. */
export function inheritFrom(latest: IModelPackageDetails): Partial<IDetails> {
  const [container] = latest.containers;
  const risk = latest.card?.riskRating ?? '';
  return withoutEmpty({
    image: container?.image ?? '',
    framework: container?.framework ?? '',
    frameworkVersion: container?.frameworkVersion ?? '',
    contentTypes: latest.supportedContentTypes.join(', '),
    intendedUses: latest.card?.intendedUses ?? '',
    riskRating: ['High', 'Medium', 'Low', 'Unknown'].includes(risk)
      ? (risk as RiskRating)
      : ''
  });
}

/** The model of a run to begin with: the last logged one. */
export function mainModel(run: IMLflowRun): IMLflowModel | null {
  return run.models[run.models.length - 1] ?? null;
}

/** Name to suggest for a new group. */
export function suggestedName(origin: IOrigin | null): string {
  return (
    origin?.model?.registered?.name ??
    origin?.run?.experimentName ??
    origin?.model?.name ??
    ''
  );
}
