/**
 * The configuration block, and what it changes.
 *
 * It holds what discovery found out and no secret: those are references that
 * only the server resolves, written here as placeholders.
 */
import type { IOpenPagesConnection } from '../../tokens';
import { FIELD_SLOTS, TYPE_SLOTS } from './names';
import type { FieldSlot, TypeSlot } from './names';

/** What was decided; null: not used. */
export interface IDecisions {
  types: Record<TypeSlot, string | null>;
  fields: Record<FieldSlot, string | null>;
  /** SageMaker connection id -> Resource ID. */
  entities: Record<string, string>;
  /** With `{id}` once. */
  taskViewUrl: string | null;
}

/** How the server signs in; `auth.type` of the configuration. */
export const AUTH_TYPES = ['basic', 'ibm-iam', 'mcsp', 'cp4d'] as const;
export type AuthType = (typeof AUTH_TYPES)[number];

/** Where the server finds the secret. */
export const SECRET_SOURCES = ['secretsmanager', 'env'] as const;
export type SecretSource = (typeof SECRET_SOURCES)[number];

/** Name of the file, in any Jupyter configuration directory. */
export const FILE = 'jupyter_sagemaker_governance_config.json';

/** Members of the connection's entry that discovery decides. */
export function members(decisions: IDecisions): Record<string, unknown> {
  const { types, fields, entities, taskViewUrl } = decisions;
  return {
    types: pick(TYPE_SLOTS, types),
    fields: pick(FIELD_SLOTS, fields),
    entities: { ...entities },
    task_view_url: taskViewUrl
  };
}

/** Every slot in its order; null is written, or the server's default holds. */
function pick<K extends string>(
  slots: readonly K[],
  from: Record<K, string | null>
): Record<K, string | null> {
  const picked = {} as Record<K, string | null>;
  for (const slot of slots) {
    picked[slot] = from[slot] ?? null;
  }
  return picked;
}

function secret(source: SecretSource, key: string): Record<string, string> {
  return source === 'env'
    ? { env: `OPENPAGES_${key.toUpperCase()}` }
    : { secretsmanager: 'NAME-OR-ARN-OF-THE-SECRET', key };
}

/** `auth` with placeholders. */
export function authPlaceholder(
  type: AuthType,
  source: SecretSource
): Record<string, unknown> {
  switch (type) {
    case 'basic':
      return {
        type,
        username: 'USER-NAME',
        password: secret(source, 'password')
      };
    case 'ibm-iam':
      return { type, apikey: secret(source, 'apikey') };
    case 'mcsp':
      return {
        type,
        token_url: 'https://TOKEN-HOST.example/api/2.0/apikeys/token',
        apikey: secret(source, 'apikey')
      };
    case 'cp4d':
      return {
        type,
        token_url: 'https://CPD-HOST.example/icp4d-api/v1/authorize',
        username: 'USER-NAME',
        password: secret(source, 'password')
      };
  }
}

export interface IEntryOptions {
  /** The connection; what it sets beside its mapping is written again. */
  connection: Pick<IOpenPagesConnection, 'id' | 'label'> &
    Partial<Pick<IOpenPagesConnection, 'linking' | 'workflows'>>;
  auth: AuthType;
  secret: SecretSource;
  /** null: before discovery; the server's defaults hold. */
  decisions: IDecisions | null;
}

/** The whole file with this one connection. */
export function configuration(options: IEntryOptions): Record<string, unknown> {
  const { connection, auth, secret: source, decisions } = options;
  return {
    SageMakerGovernance: {
      connections: [
        {
          id: connection.id,
          kind: 'openpages',
          label: connection.label,
          url: 'https://CONSOLE-HOST.example/opgrc',
          auth: authPlaceholder(auth, source),
          ...(decisions ? members(decisions) : {}),
          ...others(connection)
        }
      ]
    }
  };
}

/** Members that discovery does not decide, where they are not the default. */
function others({
  linking,
  workflows
}: IEntryOptions['connection']): Record<string, unknown> {
  return {
    ...(linking && (linking.tag || linking.card)
      ? { linking: { write_tag: linking.tag, write_card: linking.card } }
      : {}),
    ...(workflows === false ? { workflows } : {})
  };
}

/** JSON as an administrator writes it. */
export function asText(block: Record<string, unknown>): string {
  return JSON.stringify(block, null, 2);
}

export interface IChange {
  /** Member of the entry, e.g. `types.model` or `entities.own`. */
  member: string;
  before: string | null;
  after: string | null;
  state: 'unchanged' | 'changed' | 'new' | 'removed';
}

/** What the decisions change in the configuration in force. */
export function changes(
  present: IOpenPagesConnection,
  decisions: IDecisions
): IChange[] {
  const { schema, entities, taskViewUrl } = present;
  const registries = new Set([
    ...Object.keys(decisions.entities),
    ...Object.keys(entities)
  ]);
  return [
    ...TYPE_SLOTS.map(slot =>
      change(`types.${slot}`, schema.types[slot], decisions.types[slot])
    ),
    ...FIELD_SLOTS.map(slot =>
      change(`fields.${slot}`, schema.fields[slot], decisions.fields[slot])
    ),
    ...[...registries].map(id =>
      change(`entities.${id}`, entities[id], decisions.entities[id])
    ),
    change('task_view_url', taskViewUrl, decisions.taskViewUrl)
  ];
}

function change(
  member: string,
  before: string | null | undefined,
  after: string | null | undefined
): IChange {
  const was = before ?? null;
  const is = after ?? null;
  return {
    member,
    before: was,
    after: is,
    state:
      was === is
        ? 'unchanged'
        : was === null
          ? 'new'
          : is === null
            ? 'removed'
            : 'changed'
  };
}

/** Why an address for task views cannot be used; null: it can. */
export type LinkProblem = 'placeholder' | 'address' | 'insecure';

/**
 * Check an address as the server does: `{id}` once, https (http on loopback).
 */
export function linkProblem(address: string): LinkProblem | null {
  if (address.split('{id}').length !== 2) {
    return 'placeholder';
  }
  try {
    const url = new URL(address.replace('{id}', '0'));
    if (url.username || url.password || !url.hostname) {
      return 'address';
    }
    const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
    return url.protocol === 'https:' || (url.protocol === 'http:' && loopback)
      ? null
      : 'insecure';
  } catch {
    return 'address';
  }
}
