/**
 * Public tokens and interfaces: what another extension may use or replace.
 *
 * Names follow the field: SageMaker's for the registry (model package group,
 * model package, approval status, life cycle), OpenPages' for governance (use
 * case, business entity, risk level), MLflow's for runs.
 *
 * Types, tokens and names only; nothing here pulls in code at run time.
 */
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import type { QueryClient } from '@tanstack/react-query';

/** Version of the contract between this front end and the server extension. */
export const API_VERSION = 1;

/** Namespace of the server routes, below the server's base URL. */
export const ROUTE = 'sagemaker-governance';

/** Namespace of plugins, commands and settings. */
export const PLUGIN_NAMESPACE = 'jupyterlab-sagemaker-governance';

/** Every command of ours; rooms call each other through these. */
export namespace CommandIDs {
  /** Show and focus the sidebar panel. */
  export const openPanel = 'sagemaker-governance:open-panel';
  /** Open a model package group in the main area. Args: `IGroupArgs`. */
  export const openGroup = 'sagemaker-governance:open-group';
  /** Read everything on screen again. */
  export const refresh = 'sagemaker-governance:refresh';
  /** Open MLflow in the main area. Args: `IMLflowArgs`. */
  export const openMLflow = 'sagemaker-governance:open-mlflow';
  /** Back and forward in the history of MLflow's page in the current tab. */
  export const mlflowBack = 'sagemaker-governance:mlflow-back';
  export const mlflowForward = 'sagemaker-governance:mlflow-forward';
  /** Put the keyboard from MLflow's page into its toolbar, and back. */
  export const mlflowSwitchFocus = 'sagemaker-governance:mlflow-switch-focus';
  /** Copy the address of MLflow's page, where people open it in a browser. */
  export const mlflowCopyLink = 'sagemaker-governance:mlflow-copy-link';
  /** Open the dialog that registers a model. Args: `IRegisterArgs`. */
  export const registerModel = 'sagemaker-governance:register-model';
  /** Open the dialog that requests approval. Args: `IVersionArgs`. */
  export const requestApproval = 'sagemaker-governance:request-approval';
  /** Open the dialog to approve or reject. Args: `IDecideArgs`. */
  export const decide = 'sagemaker-governance:decide';
  /** Open the use case in the governance console. Args: `IGroupArgs`. */
  export const openUseCase = 'sagemaker-governance:open-use-case';
  /** Tell of the use case that the cursor is at, in a notebook or file. */
  export const showUseCase = 'sagemaker-governance:show-use-case';
  /**
   * Open the dialog that links a group to a use case. Args: `IGroupArgs`.
   * Like the two below it tells the ARN of the group that was written to, or
   * null.
   */
  export const linkUseCase = 'sagemaker-governance:link-use-case';
  /** Open the dialog that takes such a link back. Args: `IGroupArgs`. */
  export const undoLink = 'sagemaker-governance:undo-link';
  /** Open the dialog that starts or moves a workflow. Args: `IWorkflowArgs`. */
  export const moveWorkflow = 'sagemaker-governance:move-workflow';
  /** Discover the schema of an OpenPages console and propose its mapping. */
  export const setUpConnection = 'sagemaker-governance:set-up-connection';
  /** Edit what status words mean. */
  export const editVocabulary = 'sagemaker-governance:edit-vocabulary';
  /** Star a group, or take its star. Args: `IGroupArgs`. */
  export const toggleStar = 'sagemaker-governance:toggle-star';
  /** Copy text (an ARN, an id, error details). Args: `{ text: string }`. */
  export const copy = 'sagemaker-governance:copy';
  /** Show versions, environment and connections. */
  export const about = 'sagemaker-governance:about';
  /** Check the installation, and show what is wrong with it. */
  export const checkInstallation = 'sagemaker-governance:check-installation';
}

/* ------------------------------------------------------------------ relay */

/** Kind of upstream behind a connection. */
export type ConnectionKind = 'sagemaker' | 'openpages' | 'mlflow';

interface IConnectionBase {
  /** Stable id chosen by the admin, `[a-z0-9-]+`, unique over all kinds. */
  id: string;
  kind: ConnectionKind;
  /** What people call it. */
  label: string;
}

/** A SageMaker model registry: one account and region, own or reached by role. */
export interface ISageMakerConnection extends IConnectionBase {
  kind: 'sagemaker';
  region: string;
  /** 12 digits, or null while not known. */
  account: string | null;
  /** True for the account that the space runs in. */
  own: boolean;
  /** Name of the role assumed for it, null for the space's own role. */
  role: string | null;
}

/** Names in an OpenPages schema; all come from configuration or discovery. */
export interface IOpenPagesSchema {
  /** Object type names. */
  types: {
    useCase: string;
    entity: string;
    modelGroup: string | null;
    model: string | null;
  };
  /** Field names, `Group:Field`. */
  fields: {
    status: string;
    riskLevel: string | null;
    owner: string | null;
    /** Field of the model group that holds the SageMaker ARN. */
    groupArn: string | null;
  };
}

/** A watsonx.governance console (OpenPages). */
export interface IOpenPagesConnection extends IConnectionBase {
  kind: 'openpages';
  schema: IOpenPagesSchema;
  /** Deep link with `{id}` for the object's Resource ID; null: no link. */
  taskViewUrl: string | null;
  /**
   * SageMaker connection id -> Resource ID of its root business entity. IBM
   * synchronises only use cases directly below it.
   */
  entities: Record<string, string>;
  /** What a link writes in SageMaker beside the association in OpenPages. */
  linking: {
    /** The tag that names the use case; the own account only. */
    tag: boolean;
    /** `custom_details` of the latest version's model card. */
    card: boolean;
  };
  /** Whether workflows may be started and moved from here. */
  workflows: boolean;
}

/** An MLflow tracking server. */
export interface IMLflowConnection extends IConnectionBase {
  kind: 'mlflow';
  /** How the UI is shown: isolated in the lab, in a new tab, or not at all. */
  ui: 'bridge' | 'tab' | 'none';
  /** True: only reads are let through. */
  readOnly: boolean;
  /** Address of the UI for people (never with a secret); null: none. */
  publicUrl: string | null;
  /** What kind of server it is; the last two are run by SageMaker. */
  server: 'self-hosted' | 'api-gateway' | 'tracking-server' | 'app';
  /** What takes the login: every path, or what is below `/api/` alone. */
  routes: 'all' | 'api';
  /** Where files of the UI come from: the server, or an installed mlflow. */
  assets: 'upstream' | 'installed';
  /** ARN of a server that SageMaker runs; null for others. */
  arn: string | null;
  /** Name of a tracking server, id of an App; null for others. */
  name: string | null;
  region: string | null;
  /** 12 digits; null: not run by SageMaker. */
  account: string | null;
  /** SageMaker connection by which it is reached; null: none of ours. */
  registry: string | null;
  /** SageMaker makes an address that opens the UI in a browser tab once. */
  link: boolean;
  /** Found by looking, not configured. */
  discovered: boolean;
  /** What MLflow's Python client takes as tracking URI: address or ARN. */
  trackingUri: string;
  /** How the server extension signs in; a notebook brings its own login. */
  login: 'none' | 'basic' | 'bearer' | 'sigv4';
}

export type IConnection =
  ISageMakerConnection | IOpenPagesConnection | IMLflowConnection;

/** Where the lab runs, as far as the server can tell. */
export interface IEnvironment {
  kind: 'studio-private' | 'studio-shared' | 'unified-studio' | 'unknown';
  domainId: string | null;
  spaceName: string | null;
  userProfileName: string | null;
  region: string | null;
  /** Image version of SageMaker Distribution. */
  imageVersion: string | null;
}

/** Answer of `GET config`. Holds no secret. */
export interface IConfig {
  /** Contract version of the server, to compare with `API_VERSION`. */
  api: number;
  /** Version of the Python package. */
  version: string;
  environment: IEnvironment;
  connections: IConnection[];
  /** Configuration that could not be used; the rest works. */
  problems: { connection: string | null; message: string; hint: string }[];
}

/** How the browser reaches an upstream, through the Jupyter server. */
export interface IRelay {
  /** Read once, then kept. @throws RelayError */
  config(): Promise<IConfig>;
  /** Forget the configuration, so that the next `config()` asks again. */
  reset(): void;
  /**
   * Send a request to a path below our routes, e.g. `mlflow/<id>/api/...`.
   *
   * Answers of an upstream come back whatever their status; failures of the
   * relay itself, of the network and of the lab's own login are thrown.
   *
   * @throws RelayError
   */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** The one cache of server state, loaded when first asked for. */
  queries(): Promise<QueryClient>;
}
export const IRelay = new Token<IRelay>(
  'jupyterlab-sagemaker-governance:IRelay',
  'Reaches SageMaker, OpenPages and MLflow through the Jupyter server.'
);

/* --------------------------------------------------------------- registry */

export type ApprovalStatus = 'Approved' | 'Rejected' | 'PendingManualApproval';

/** Who did something, as SageMaker records it (`UserContext`). */
export interface IActor {
  /** Studio user profile. */
  userProfileName: string | null;
  /** `sts:SourceIdentity` of the session, when passed through. */
  sourceIdentity: string | null;
  /** ARN of the IAM identity. */
  arn: string | null;
}

/** A model package group, from `Search` or `ListModelPackageGroups`. */
export interface IModelPackageGroup {
  /** Key everywhere: the full ARN. */
  arn: string;
  name: string;
  description: string;
  /** Connection that it was read through. */
  connection: string;
  account: string;
  region: string;
  /** Shared with us by RAM: tags are not readable. */
  shared: boolean;
  createdAt: number | null;
  createdBy: IActor | null;
  status: string;
  /** null: not readable. */
  tags: Record<string, string> | null;
}

/** What a row shows of a version: the package without its bulk. */
export interface IModelPackage {
  arn: string;
  groupArn: string;
  connection: string;
  version: number;
  description: string;
  approval: ApprovalStatus;
  /** Reason given with the last change of the approval status. */
  approvalDescription: string | null;
  /** Verbatim; free text of the customer. */
  lifeCycle: {
    stage: string;
    status: string;
    description: string | null;
  } | null;
  registrationType: string | null;
  createdAt: number | null;
  createdBy: IActor | null;
  lastModifiedAt: number | null;
  lastModifiedBy: IActor | null;
  /** `CustomerMetadataProperties`. */
  metadata: Record<string, string>;
  /** Parsed model card content; null: none or not readable. */
  card: IModelCard | null;
  /** Our own write that no read has confirmed yet. */
  confirming?: boolean;
}

/** Facts that only `DescribeModelPackage` gives. */
export interface IModelPackageDetails extends IModelPackage {
  status: string;
  sourceUri: string | null;
  containers: {
    image: string | null;
    modelDataUrl: string | null;
    framework: string | null;
    frameworkVersion: string | null;
  }[];
  supportedContentTypes: string[];
  /** Scalar metrics, name -> value, from metadata and the card. */
  metrics: Record<string, number>;
  /** Content of the model card, verbatim; null or absent: there is none. */
  cardText?: string | null;
  /** MLflow run behind the version. */
  run: {
    connection: string | null;
    experimentId: string | null;
    runId: string;
  } | null;
}

/** Model card content that we use; the rest is kept as it is in `raw`. */
export interface IModelCard {
  status: string | null;
  intendedUses: string | null;
  riskRating: string | null;
  useCaseId: string | null;
  useCaseName: string | null;
  useCaseStage: string | null;
  raw: Record<string, unknown>;
}

/** Changes of a model package; members that are absent stay as they are. */
export interface IModelPackageUpdate {
  approval?: ApprovalStatus;
  approvalDescription?: string;
  lifeCycle?: { stage: string; status: string; description?: string };
  metadata?: Record<string, string>;
  /** Model card as a whole: SageMaker replaces it. */
  card?: { content: string; status: string };
  /** Same token, same change: a retry does not act twice. */
  clientToken?: string;
}

/** What a version may come from in MLflow; members that are there must agree. */
export interface IMLflowOrigin {
  runId?: string;
  modelId?: string;
  registeredModel?: { name: string; version: string };
}

/** A page of something, with where to go on. */
export interface IPage<T> {
  items: T[];
  nextToken: string | null;
  /** Number over all pages where the service says it. */
  total: number | null;
}

/**
 * The model registries of all SageMaker connections.
 *
 * Replaceable: provide this token from another plugin to use another backend.
 * Every method throws what `describeError` of the relay room understands.
 */
export interface IRegistry {
  /** A page of groups of one connection, newest first, own account. */
  listGroups(
    connection: string,
    nextToken?: string,
    signal?: AbortSignal
  ): Promise<IPage<IModelPackageGroup>>;
  /** A page of groups that other accounts shared by RAM. */
  listSharedGroups(
    connection: string,
    nextToken?: string,
    signal?: AbortSignal
  ): Promise<IPage<IModelPackageGroup>>;
  /** One group by its ARN, with tags where they are readable. */
  describeGroup(
    connection: string,
    arn: string,
    signal?: AbortSignal
  ): Promise<IModelPackageGroup>;
  /** Latest version of a group, null when it has none. Batched inside. */
  latestVersion(
    group: IModelPackageGroup,
    signal?: AbortSignal
  ): Promise<IModelPackage | null>;
  /** A page of versions of a group, newest first. */
  listVersions(
    group: IModelPackageGroup,
    nextToken?: string,
    signal?: AbortSignal
  ): Promise<IPage<IModelPackage>>;
  /** Everything about one version. */
  describeVersion(
    connection: string,
    arn: string,
    signal?: AbortSignal
  ): Promise<IModelPackageDetails>;
  /** Versions that wait for a decision, over the connection's own account. */
  pendingVersions(
    connection: string,
    nextToken?: string,
    signal?: AbortSignal
  ): Promise<IPage<IModelPackage>>;
  /**
   * Versions of the connection's own account that come from a run, a logged
   * model or a registered version of MLflow, newest first.
   */
  versionsFrom(
    connection: string,
    origin: IMLflowOrigin,
    signal?: AbortSignal
  ): Promise<IModelPackage[]>;
  /** Register a version; `input` is SageMaker's `CreateModelPackage` request. */
  createVersion(
    connection: string,
    input: Record<string, unknown>
  ): Promise<{ arn: string; version: number | null }>;
  /** Create a group; `input` is SageMaker's `CreateModelPackageGroup` request. */
  createGroup(
    connection: string,
    input: Record<string, unknown>
  ): Promise<{ arn: string }>;
  /** Change a version. */
  updateVersion(
    connection: string,
    arn: string,
    update: IModelPackageUpdate
  ): Promise<void>;
  /** Tags of a group as the service has them now; an index may lag behind. */
  readTags(
    connection: string,
    arn: string,
    signal?: AbortSignal
  ): Promise<Record<string, string>>;
  /** Set a tag of a group; null takes it away. The other tags stay. */
  changeTag(
    connection: string,
    arn: string,
    key: string,
    value: string | null
  ): Promise<void>;
  /** Who we are there (STS). */
  callerIdentity(connection: string): Promise<{ account: string; arn: string }>;
  /** Emits after one of our own writes, with the group's ARN. */
  readonly changed: ISignal<IRegistry, string>;
}
export const IRegistry = new Token<IRegistry>(
  'jupyterlab-sagemaker-governance:IRegistry',
  'Reads and writes the SageMaker model registries.'
);

/* ------------------------------------------------------------------ panel */

/** The sidebar panel. Replaceable. */
export interface IGovernancePanel {
  /**
   * Add a section below the list of groups.
   *
   * @param load makes it; called when the panel is first shown
   */
  addSection(load: () => Promise<Widget>): void;
}
export const IGovernancePanel = new Token<IGovernancePanel>(
  'jupyterlab-sagemaker-governance:IGovernancePanel',
  'The sidebar panel.'
);

/* ------------------------------------------------------------- governance */

/** A use case as a source tells of it. */
export interface IUseCase {
  /** Resource ID in OpenPages, or the id that a card or tag names. */
  id: string;
  /** Short key such as `CREDIT-001`, when the name carries one. */
  key: string | null;
  name: string;
  /** Verbatim status word; null: the source has none. */
  status: string | null;
  riskLevel: string | null;
  owner: string | null;
  /** Names of the business entities directly above it. */
  entity: string | null;
  /** Resource IDs of these entities; empty: none visible, or not OpenPages. */
  entities: readonly string[];
  /** Last change of the object, ms since epoch; null: the source has none. */
  modifiedAt: number | null;
  /** The active workflow of the object; null: none, or not readable. */
  workflow: IWorkflowState | null;
  /** Deep link; null: none. */
  url: string | null;
}

/** Where an object stands in its active workflow. Verbatim words. */
export interface IWorkflowState {
  /** Id of the workflow instance. */
  instance: string;
  workflow: string | null;
  stage: string | null;
  /** User names that the current step is assigned to. */
  assignees: readonly string[];
  /** Since when the current stage, ms since epoch; null: not told. */
  since: number | null;
}

/** A model group object of OpenPages, as the last reading shows it. */
export interface IModelGroupObject {
  /** OpenPages connection. */
  connection: string;
  /** Resource ID. */
  id: string;
  name: string | null;
  matchedBy: 'arn' | 'name';
  /** Use cases above it that we may see. */
  useCases: readonly IUseCase[];
  /**
   * What stands above it: a use case that we see, one that we may not see,
   * none, or nobody could tell.
   */
  above: 'visible' | 'hidden' | 'none' | 'unknown';
}

/** Meaning of a status word; `other` is a word that no pattern knows. */
export type StatusBucket =
  | 'approved'
  | 'pending'
  | 'progress'
  | 'draft'
  | 'rejected'
  | 'retired'
  | 'other';

export type GovernanceSource = 'openpages' | 'card' | 'tag';

/** What one source said about a group. */
export interface ISourceAnswer {
  source: GovernanceSource;
  /** Connection that was asked; null for card and tag. */
  connection: string | null;
  /** `none`: asked, knows nothing of it. `failed`: could not be read. */
  state: 'found' | 'none' | 'failed' | 'not-asked';
  useCase: IUseCase | null;
  /** How the group was matched. */
  matchedBy: 'arn' | 'name' | 'id' | null;
  /** ms since epoch of the read. */
  readAt: number | null;
  error?: unknown;
}

/**
 * Governance status of a group, resolved over its sources.
 *
 * `linked` is the only state with a bucket; unknown is never green.
 */
export interface IGovernanceStatus {
  state: 'linked' | 'no-status' | 'not-linked' | 'could-not-read' | 'loading';
  /** Only with state `linked`. */
  bucket: StatusBucket | null;
  useCase: IUseCase | null;
  source: GovernanceSource | null;
  /** The answer is older than the set age, or the last refresh failed. */
  stale: boolean;
  readAt: number | null;
  /** Last status word known when the state is `could-not-read`. */
  lastKnown: { status: string; readAt: number } | null;
  /** Two sources name different use cases. */
  disagreement: boolean;
  /**
   * The use case does not stand directly below the root business entity of
   * the group's registry: IBM never synchronises it.
   */
  outsideEntity: boolean;
  answers: ISourceAnswer[];
}

/** Governance status of model package groups. Replaceable. */
export interface IGovernance {
  /**
   * Resolve many groups at once: one joined query per OpenPages connection,
   * kept in the cache; never one call per group.
   */
  resolve(
    groups: readonly IModelPackageGroup[],
    latest?: ReadonlyMap<string, IModelPackage | null>
  ): Promise<Map<string, IGovernanceStatus>>;
  /** Read the sources again. */
  refresh(): Promise<void>;
  /**
   * Use cases of a console that we may see, from its last reading.
   *
   * @throws OpenPagesError, RelayError when it was never read successfully.
   */
  useCases(connection: string): Promise<readonly IUseCase[]>;
  /**
   * Objects of the group in the consoles that keep its registry; a console
   * without one (not synchronised yet) gives none.
   *
   * @throws OpenPagesError, RelayError when such a console cannot be read.
   */
  modelGroups(group: IModelPackageGroup): Promise<readonly IModelGroupObject[]>;
  /** Status words read so far, with the number of use cases that bear each. */
  statusWords(): ReadonlyMap<string, number>;
  /** Bucket of a status word under the current vocabulary. */
  bucketOf(status: string): StatusBucket;
  /** Emits when answers or the vocabulary changed. */
  readonly changed: ISignal<IGovernance, void>;
}
export const IGovernance = new Token<IGovernance>(
  'jupyterlab-sagemaker-governance:IGovernance',
  'Tells the governance status of model package groups.'
);

/* ----------------------------------------------------------------- mlflow */

/** A run with what we show and register of it. */
export interface IMLflowRun {
  connection: string;
  experimentId: string;
  experimentName: string | null;
  runId: string;
  runName: string;
  status: string;
  startTime: number | null;
  endTime: number | null;
  artifactUri: string;
  metrics: Record<string, number>;
  params: Record<string, string>;
  tags: Record<string, string>;
  /** Models logged by the run (3.x: logged models; 2.x: from its tags). */
  models: IMLflowModel[];
}

/** A model that can be registered. */
export interface IMLflowModel {
  /** 3.x `m-...`; null on 2.x. */
  modelId: string | null;
  name: string;
  artifactUri: string;
  runId: string | null;
  /** Version in MLflow's own registry. */
  registered: { name: string; version: string } | null;
}

/** Parsed `MLmodel` (safe YAML, at most 1 MB). */
export interface IMLmodel {
  flavors: string[];
  /** Framework name and version for SageMaker, when a flavor names them. */
  framework: string | null;
  frameworkVersion: string | null;
  pythonVersion: string | null;
  /** Signature, JSON text as MLflow stores it. */
  signature: { inputs: string | null; outputs: string | null } | null;
  mlflowVersion: string | null;
}

/** Value of a metric at a step. */
export interface IMetricPoint {
  step: number;
  value: number;
  /** ms since epoch; null: not told. */
  timestamp: number | null;
}

/** MLflow's REST API, read side. Replaceable. */
export interface IMLflow {
  /**
   * Connections of kind `mlflow`, and servers that were found beside them and
   * run. Servers are looked for only where none is configured, or to find the
   * one that is named.
   *
   * @param named ARN of a server that shall be among them, running or not
   */
  connections(named?: string | null): Promise<IMLflowConnection[]>;
  version(connection: string, signal?: AbortSignal): Promise<string>;
  searchExperiments(
    connection: string,
    signal?: AbortSignal
  ): Promise<{ id: string; name: string; lastUpdate: number | null }[]>;
  /**
   * One experiment, by id or by name.
   *
   * @returns null when there is none; `deleted`: in MLflow's bin
   */
  getExperiment(
    connection: string,
    which: { id: string } | { name: string },
    signal?: AbortSignal
  ): Promise<{ id: string; name: string; deleted: boolean } | null>;
  searchRuns(
    connection: string,
    experimentIds: string[],
    max?: number,
    signal?: AbortSignal
  ): Promise<IMLflowRun[]>;
  getRun(
    connection: string,
    runId: string,
    signal?: AbortSignal
  ): Promise<IMLflowRun>;
  /** A logged model of MLflow 3 by its id `m-...`. */
  getModel(
    connection: string,
    modelId: string,
    signal?: AbortSignal
  ): Promise<IMLflowModel>;
  searchRegisteredModels(
    connection: string,
    text?: string,
    signal?: AbortSignal
  ): Promise<
    {
      name: string;
      versions: { version: string; runId: string | null; aliases: string[] }[];
    }[]
  >;
  /** The model behind a registered version, with its storage address. */
  getModelVersion(
    connection: string,
    name: string,
    version: string,
    signal?: AbortSignal
  ): Promise<IMLflowModel>;
  /**
   * How a metric went, by run, in the order of the steps; long ones are thinned
   * out. Runs that do not have it have no points.
   *
   * @param runIds at most 100
   */
  metricHistory(
    connection: string,
    runIds: readonly string[],
    metric: string,
    signal?: AbortSignal
  ): Promise<Map<string, IMetricPoint[]>>;
  /** @returns null when the model has no readable `MLmodel`. */
  readMLmodel(
    connection: string,
    model: IMLflowModel,
    signal?: AbortSignal
  ): Promise<IMLmodel | null>;
}
export const IMLflow = new Token<IMLflow>(
  'jupyterlab-sagemaker-governance:IMLflow',
  'Reads experiments, runs and models from MLflow tracking servers.'
);

/* -------------------------------------------------------------- following */

/** A request for approval whose decision somebody waits for. */
export interface IApprovalRequest extends IVersionArgs {
  /** Name of the group. */
  name: string;
  version: number;
  /** ms since epoch. */
  requestedAt: number;
}

/** What a reading of many groups tells of those that concern the person. */
export interface IConcern {
  /** Every group read. */
  groups: readonly IModelPackageGroup[];
  /** Ids of the connections whose groups are all among them. */
  complete: readonly string[];
  /** Group or latest version were made by us. */
  mine: readonly IModelPackageGroup[];
  /** The next step is ours. */
  waiting: readonly IModelPackageGroup[];
  /** More versions are pending than were read. */
  more: boolean;
  /** Labels of the registries and consoles that could not be read. */
  unread: readonly string[];
}

/** Stars, and who is told of changes. Replaceable. */
export interface IFollowing {
  /** Whether a group is starred; false while stars are being read. */
  isStarred(group: string): boolean;
  /** Star a group, or take its star. @returns whether it is starred now */
  toggle(args: IGroupArgs): Promise<boolean>;
  /** Tell what a reading of many groups has shown. */
  concern(groups: IConcern): void;
  /** Tell the person of the decision on this request when it comes. */
  expect(request: IApprovalRequest): Promise<void>;
  /** Emits when stars have changed or were read. */
  readonly changed: ISignal<IFollowing, void>;
}
export const IFollowing = new Token<IFollowing>(
  'jupyterlab-sagemaker-governance:IFollowing',
  'Knows starred groups and tells of changes.'
);

/* ----------------------------------------------------------------- doctor */

/** Outcome of one check. */
export type CheckState = 'ok' | 'warning' | 'failed' | 'untested' | 'info';

/** What the last check of the installation has found. */
export interface ICheckSummary {
  /** ms since epoch. */
  at: number;
  counts: Readonly<Record<CheckState, number>>;
  /** False: it was given up or broke off, so that something was not looked at. */
  complete: boolean;
}

/** Checks of the installation. */
export interface IDoctor {
  /** The last one since the page was loaded; null: there was none. */
  readonly last: ICheckSummary | null;
}
export const IDoctor = new Token<IDoctor>(
  'jupyterlab-sagemaker-governance:IDoctor',
  'Tells what the last check of the installation has found.'
);

/* ------------------------------------------------------ command arguments */

/** Which group. */
export interface IGroupArgs {
  connection: string;
  /** ARN of the model package group. */
  group: string;
}

/** What to start or move. */
export interface IWorkflowArgs extends IGroupArgs {
  /** Resource ID of the object; the group's use case when absent. */
  object?: string;
}

/** Which version. */
export interface IVersionArgs extends IGroupArgs {
  /** ARN of the model package. */
  package: string;
}

/** Which version, and which button was pressed. */
export interface IDecideArgs extends IVersionArgs {
  decision?: 'Approved' | 'Rejected';
}

/** Where in MLflow; the newest experiment page when empty. */
export interface IMLflowArgs {
  connection?: string;
  /** Fragment route, e.g. `/experiments/1/runs/ab12`. */
  route?: string;
  /** Ask which server, also where one opens without asking. */
  choose?: boolean;
}

/** What to register; the dialog asks for what is missing. */
export interface IRegisterArgs {
  /** Group to register into. */
  connection?: string;
  group?: string;
  /** MLflow connection and run, model or registered version. */
  mlflow?: string;
  runId?: string;
  modelId?: string;
  registeredModel?: { name: string; version: string };
  s3Uri?: string;
}
