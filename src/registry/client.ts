/**
 * The registries, spoken to by the AWS client over the relay.
 *
 * Heavy: loaded on the first call, see `lazyRegistry.ts`.
 */
import type {
  CreateModelPackageCommandInput,
  CreateModelPackageGroupCommandInput,
  ModelCardStatus
} from '@aws-sdk/client-sagemaker';
import {
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DescribeModelPackageCommand,
  DescribeModelPackageGroupCommand,
  UpdateModelPackageCommand
} from '@aws-sdk/client-sagemaker';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { Signal } from '@lumino/signaling';

import {
  groupArnOf,
  isAccessDenied,
  parseArn,
  RelayError,
  versionOf
} from '../relay';
import { createSageMakerClient, createSTSClient } from '../relay/aws';
import type {
  IMLflowOrigin,
  IModelPackage,
  IModelPackageDetails,
  IModelPackageGroup,
  IModelPackageUpdate,
  IPage,
  IRegistry,
  IRelay,
  ISageMakerConnection
} from '../tokens';
import {
  changeTag,
  LIST,
  listGroups,
  listVersions,
  PAGE,
  readTags,
  SEARCH,
  searchGroup,
  searchGroups,
  searchVersions
} from './calls';
import type { IBackendClient } from './calls';
import { deniedBoth } from './denied';
import type { LatestAnswers } from './latestBatch';
import { LatestBatch } from './latestBatch';
import { versionsFrom } from './origin';
import { OwnWrites } from './ownWrites';
import { parseDetails, parseGroup } from './parse';

/** Searches for the latest versions of one batch before reading one by one. */
const ROUNDS = 3;

/** What is kept per connection. */
interface IBackend extends IBackendClient {
  latest: LatestBatch;
  /** The role may not search: list instead, until somebody refreshes. */
  searchDenied: unknown;
  identity: Promise<{ account: string; arn: string }> | null;
}

export class SageMakerRegistry implements IRegistry {
  constructor(private _relay: IRelay) {}

  get changed(): Signal<this, string> {
    return this._changed;
  }

  async listGroups(
    connection: string,
    nextToken?: string,
    signal?: AbortSignal
  ): Promise<IPage<IModelPackageGroup>> {
    const backend = await this._backend(connection);
    const first = nextToken === undefined;
    if (first) {
      // A refresh asks again: the right may have been given meanwhile.
      backend.searchDenied = null;
    }
    const page = await this._searchOrList(
      backend,
      nextToken,
      token => searchGroups(backend, token, signal),
      token => listGroups(backend, false, token, signal)
    );
    const items = page.items.map(group => this._writes.tags(group));
    return {
      ...page,
      items: first ? this._writes.groups(connection, items) : items
    };
  }

  async listSharedGroups(
    connection: string,
    nextToken?: string,
    signal?: AbortSignal
  ): Promise<IPage<IModelPackageGroup>> {
    const backend = await this._backend(connection);
    return listGroups(backend, true, nextToken, signal);
  }

  async describeGroup(
    connection: string,
    arn: string,
    signal?: AbortSignal
  ): Promise<IModelPackageGroup> {
    const backend = await this._backend(connection);
    const account = parseArn(arn)?.account;
    const shared =
      account !== undefined && account !== (await this._accountOf(backend));
    if (!shared) {
      // Only Search brings the tags along; its index may not know it yet.
      const found = await searchGroup(backend, arn, signal);
      if (found) {
        return this._writes.tags(found);
      }
    }
    const answer = await backend.client.send(
      new DescribeModelPackageGroupCommand({ ModelPackageGroupName: arn }),
      { abortSignal: signal }
    );
    const group = parseGroup(answer, connection, shared);
    if (!group) {
      throw new Error(`SageMaker described no group for ${arn}.`);
    }
    return { ...group, tags: null };
  }

  async latestVersion(
    group: IModelPackageGroup,
    signal?: AbortSignal
  ): Promise<IModelPackage | null> {
    const backend = await this._backend(group.connection);
    return backend.latest.request(group, signal);
  }

  async listVersions(
    group: IModelPackageGroup,
    nextToken?: string,
    signal?: AbortSignal
  ): Promise<IPage<IModelPackage>> {
    const backend = await this._backend(group.connection);
    const filters = [
      {
        Name: 'ModelPackageGroupName',
        Operator: 'Equals' as const,
        Value: group.name
      }
    ];
    const list = (token: string | undefined) =>
      listVersions(
        backend,
        { ModelPackageGroupName: group.arn },
        PAGE,
        token,
        signal
      );
    const page = group.shared
      ? await list(nextToken?.slice(LIST.length))
      : await this._searchOrList(
          backend,
          nextToken,
          token => searchVersions(backend, filters, token, signal),
          list
        );
    return nextToken === undefined
      ? { ...page, items: this._writes.versions(group.arn, page.items) }
      : { ...page, items: page.items.map(v => this._writes.indexed(v)) };
  }

  async describeVersion(
    connection: string,
    arn: string,
    signal?: AbortSignal
  ): Promise<IModelPackageDetails> {
    const backend = await this._backend(connection);
    return this._describe(backend, arn, signal);
  }

  async pendingVersions(
    connection: string,
    nextToken?: string,
    signal?: AbortSignal
  ): Promise<IPage<IModelPackage>> {
    const backend = await this._backend(connection);
    const status = 'PendingManualApproval' as const;
    const filters = [
      {
        Name: 'ModelApprovalStatus',
        Operator: 'Equals' as const,
        Value: status
      }
    ];
    const page = await this._searchOrList(
      backend,
      nextToken,
      token => searchVersions(backend, filters, token, signal),
      token =>
        listVersions(
          backend,
          { ModelApprovalStatus: status },
          PAGE,
          token,
          signal
        )
    );
    // Decided by us a moment ago, and still pending in the index.
    const items = page.items
      .map(version => this._writes.indexed(version))
      .filter(version => version.approval === status);
    return { ...page, items };
  }

  async versionsFrom(
    connection: string,
    origin: IMLflowOrigin,
    signal?: AbortSignal
  ): Promise<IModelPackage[]> {
    const backend = await this._backend(connection);
    const found = await versionsFrom(backend, origin, signal);
    return found.map(version => this._writes.indexed(version));
  }

  async createVersion(
    connection: string,
    input: Record<string, unknown>
  ): Promise<{ arn: string; version: number | null }> {
    const backend = await this._backend(connection);
    const answer = await backend.client.send(
      // SageMaker validates; the register room builds it from its form.
      new CreateModelPackageCommand(input as CreateModelPackageCommandInput)
    );
    const arn = answer.ModelPackageArn ?? '';
    const version = versionOf(arn);
    const groupArn = groupArnOf(arn);
    try {
      this._writes.registered(await this._describe(backend, arn));
    } catch (error) {
      // It is registered; a role that may not describe it waits for the index.
      if (!isAccessDenied(error)) {
        console.warn(`${arn} is registered but could not be read yet.`, error);
      }
    }
    if (groupArn) {
      this._changed.emit(groupArn);
    }
    return { arn, version };
  }

  async createGroup(
    connection: string,
    input: Record<string, unknown>
  ): Promise<{ arn: string }> {
    const backend = await this._backend(connection);
    const request = input as Partial<CreateModelPackageGroupCommandInput>;
    const answer = await backend.client.send(
      new CreateModelPackageGroupCommand({
        ModelPackageGroupName: undefined,
        ...request
      })
    );
    const arn = answer.ModelPackageGroupArn ?? '';
    const group = parseGroup(
      {
        ModelPackageGroupArn: arn,
        ModelPackageGroupName: request.ModelPackageGroupName,
        ModelPackageGroupDescription: request.ModelPackageGroupDescription,
        ModelPackageGroupStatus: 'Completed',
        CreationTime: new Date(),
        Tags: request.Tags
      },
      connection,
      false
    );
    if (group) {
      this._writes.created(group);
      this._changed.emit(arn);
    }
    return { arn };
  }

  async updateVersion(
    connection: string,
    arn: string,
    update: IModelPackageUpdate
  ): Promise<void> {
    const backend = await this._backend(connection);
    const { approval, approvalDescription, lifeCycle, metadata, card } = update;
    await backend.client.send(
      new UpdateModelPackageCommand({
        ModelPackageArn: arn,
        ModelApprovalStatus: approval,
        ApprovalDescription: approvalDescription,
        ModelLifeCycle: lifeCycle && {
          Stage: lifeCycle.stage,
          StageStatus: lifeCycle.status,
          StageDescription: lifeCycle.description
        },
        CustomerMetadataProperties: metadata,
        ModelCard: card && {
          ModelCardContent: card.content,
          // One of SageMaker's words: it comes from a read, or is `Draft`.
          ModelCardStatus: card.status as ModelCardStatus
        },
        ClientToken: update.clientToken
      })
    );
    this._writes.changed(arn, update);
    const groupArn = groupArnOf(arn);
    if (groupArn) {
      this._changed.emit(groupArn);
    }
  }

  async readTags(
    connection: string,
    arn: string,
    signal?: AbortSignal
  ): Promise<Record<string, string>> {
    return readTags(await this._backend(connection), arn, signal);
  }

  async changeTag(
    connection: string,
    arn: string,
    key: string,
    value: string | null
  ): Promise<void> {
    await changeTag(await this._backend(connection), arn, key, value);
    this._writes.tagged(arn, key, value);
    this._changed.emit(arn);
  }

  async callerIdentity(
    connection: string
  ): Promise<{ account: string; arn: string }> {
    return this._identity(await this._backend(connection));
  }

  private _identity(
    backend: IBackend
  ): Promise<{ account: string; arn: string }> {
    if (!backend.identity) {
      const identity = createSTSClient(this._relay, backend.connection)
        .send(new GetCallerIdentityCommand({}))
        .then(answer => ({
          account: answer.Account ?? '',
          arn: answer.Arn ?? ''
        }));
      backend.identity = identity;
      identity.catch(() => {
        backend.identity = null;
      });
    }
    return backend.identity;
  }

  /** Account of a connection; from the configuration, else from STS. */
  private async _accountOf(backend: IBackend): Promise<string> {
    return (
      backend.connection.account ?? (await this._identity(backend)).account
    );
  }

  private async _backend(id: string): Promise<IBackend> {
    const { connections } = await this._relay.config();
    const connection = connections.find(
      (candidate): candidate is ISageMakerConnection =>
        candidate.kind === 'sagemaker' && candidate.id === id
    );
    const known = this._backends.get(id);
    // The configuration may have been read again, and name another region.
    if (known && known.connection === connection) {
      return known;
    }
    if (!connection) {
      throw new RelayError({
        code: 'unknown_connection',
        message: `There is no registry “${id}”.`,
        connection: id
      });
    }
    const backend: IBackend = {
      connection,
      client: createSageMakerClient(this._relay, connection),
      latest: new LatestBatch(
        groups => this._latestOfMany(backend, groups),
        group => this._latestOfOne(backend, group)
      ),
      searchDenied: null,
      identity: null
    };
    this._backends.set(id, backend);
    return backend;
  }

  /** Search; where the role may not, list. */
  private async _searchOrList<T>(
    backend: IBackend,
    nextToken: string | undefined,
    search: (token: string | undefined) => Promise<IPage<T>>,
    list: (token: string | undefined) => Promise<IPage<T>>
  ): Promise<IPage<T>> {
    if (nextToken?.startsWith(LIST)) {
      return list(nextToken.slice(LIST.length));
    }
    if (!backend.searchDenied) {
      try {
        return await search(nextToken?.slice(SEARCH.length));
      } catch (error) {
        if (!isAccessDenied(error) || nextToken !== undefined) {
          throw error;
        }
        backend.searchDenied = error;
      }
    }
    try {
      return await list(undefined);
    } catch (error) {
      throw isAccessDenied(error)
        ? deniedBoth(backend.searchDenied, error)
        : error;
    }
  }

  /**
   * Latest versions by Search; groups that it leaves open are absent.
   *
   * A page holds 100 versions, newest first: one group with 300 can fill it.
   * The groups that it hid are asked for again without those it showed.
   */
  private async _latestOfMany(
    backend: IBackend,
    groups: IModelPackageGroup[]
  ): Promise<LatestAnswers> {
    const answers: LatestAnswers = new Map();
    let open = groups;
    for (let round = 0; round < ROUNDS && open.length > 0; round++) {
      const page = await this._searchNewest(backend, open);
      if (!page) {
        break;
      }
      const newest = new Map<string, IModelPackage>();
      for (const version of page.items) {
        const before = newest.get(version.groupArn);
        if (!before || version.version > before.version) {
          newest.set(version.groupArn, version);
        }
      }
      const complete = page.nextToken === null;
      for (const { arn } of open) {
        const version = newest.get(arn) ?? null;
        if (version || complete) {
          answers.set(arn, this._writes.latest(arn, version));
        }
      }
      open = open.filter(({ arn }) => !answers.has(arn));
    }
    return answers;
  }

  /** Versions of groups, newest first; null: the role may not search. */
  private async _searchNewest(
    backend: IBackend,
    groups: IModelPackageGroup[]
  ): Promise<IPage<IModelPackage> | null> {
    if (backend.searchDenied) {
      return null;
    }
    try {
      return await searchVersions(
        backend,
        [
          {
            Name: 'ModelPackageGroupName',
            Operator: 'In',
            Value: groups.map(group => group.name).join(',')
          }
        ],
        undefined
      );
    } catch (error) {
      if (!isAccessDenied(error)) {
        throw error;
      }
      backend.searchDenied = error;
      return null;
    }
  }

  /** Latest version of one group, with the facts that a list leaves out. */
  private async _latestOfOne(
    backend: IBackend,
    group: IModelPackageGroup
  ): Promise<IModelPackage | null> {
    const page = await listVersions(
      backend,
      { ModelPackageGroupName: group.arn },
      1,
      undefined
    );
    const listed = page.items[0];
    if (!listed) {
      return this._writes.latest(group.arn, null);
    }
    try {
      return await this._describe(backend, listed.arn);
    } catch (error) {
      if (isAccessDenied(error)) {
        // The list alone says version, approval and stage.
        return listed;
      }
      throw error;
    }
  }

  private async _describe(
    backend: IBackend,
    arn: string,
    signal?: AbortSignal
  ): Promise<IModelPackageDetails> {
    const answer = await backend.client.send(
      new DescribeModelPackageCommand({ ModelPackageName: arn }),
      { abortSignal: signal }
    );
    return this._writes.direct(parseDetails(answer, backend.connection.id));
  }

  private _backends = new Map<string, IBackend>();
  private _writes = new OwnWrites();
  private _changed = new Signal<this, string>(this);
}
