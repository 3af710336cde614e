/**
 * Who we are, as far as the lab and STS tell.
 *
 * The kind of role is guessed from its name and only arranges the view: which
 * button comes first, what "waiting for me" lists. IAM decides what may be done.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useState } from 'react';
import type {
  IActor,
  IEnvironment,
  IModelPackage,
  IRegistry,
  IRelay
} from '../tokens';
import { approvalSettings, approvalSettingsChanged } from './settings';

/** Kind of work that a role's name suggests. */
export type PersonaRole = 'data-scientist' | 'approver' | 'reader' | 'unknown';

/** The person at the lab, seen through one SageMaker connection. */
export interface IPersona {
  /** Studio user profile; null in shared spaces and outside Studio. */
  userProfileName: string | null;
  /** ARN that STS gives for this connection. */
  callerArn: string | null;
  /** Name of the IAM role behind `callerArn`. */
  roleName: string | null;
  /** A guess from the name of the space's role; a hint for the view. */
  role: PersonaRole;
  /** False where no decision can be attributed to a person; says why. */
  canDecide: { ok: boolean; reason: string | null };
  /** The space is shared by several people. */
  shared: boolean;
  /**
   * Our user name in the governance console, as the settings claim it; null:
   * not known. A Studio profile and a console user are two identities, and
   * equal names prove nothing.
   */
  consoleUser: string | null;
}

/** What `personaOf` needs. */
export interface IPersonaInput {
  environment: IEnvironment;
  /** Caller ARN of the connection in question; null: STS did not answer. */
  callerArn: string | null;
  /**
   * Caller ARN of the space's own role. A registry reached by an assumed role
   * shows that role's name, which says nothing about the person.
   */
  ownArn?: string | null;
  trans: TranslationBundle;
}

/** Stands for the user profile in the setting of the console's user name. */
const PROFILE = '{profile}';

/** Is somebody the same person as us? `unknown` when nothing tells. */
export type Sameness = 'same' | 'different' | 'unknown';

/**
 * Name of the role in an ARN of STS or IAM.
 *
 * @returns null for users, the root user and text that is no such ARN.
 */
export function roleNameOf(arn: string | null): string | null {
  const match =
    /^arn:aws[a-z-]*:(?:sts|iam)::\d{12}:(assumed-role|role)\/(.+)$/.exec(
      arn ?? ''
    );
  if (!match) {
    return null;
  }
  const parts = match[2].split('/');
  return (match[1] === 'role' ? parts[parts.length - 1] : parts[0]) || null;
}

/** Guess the kind of work from a role's name, by the patterns in settings. */
export function guessRole(roleName: string | null): PersonaRole {
  if (!roleName) {
    return 'unknown';
  }
  const { approver, reader } = approvalSettings().rolePatterns;
  if (approver.test(roleName)) {
    return 'approver';
  }
  if (reader.test(roleName)) {
    return 'reader';
  }
  return 'data-scientist';
}

/** Our name in the governance console, where the settings tell it. */
function consoleUserOf(profile: string | null): string | null {
  const { consoleUser } = approvalSettings();
  return consoleUser.includes(PROFILE)
    ? profile && consoleUser.split(PROFILE).join(profile)
    : consoleUser || null;
}

/** Who we are, from what was read and set. */
export function personaOf(input: IPersonaInput): IPersona {
  const { environment, callerArn, trans } = input;
  const roleName = roleNameOf(callerArn);
  const shared = environment.kind === 'studio-shared';
  const userProfileName = shared ? null : environment.userProfileName;
  return {
    userProfileName,
    callerArn,
    roleName,
    role: guessRole(roleNameOf(input.ownArn ?? null) ?? roleName),
    canDecide: shared
      ? {
          ok: false,
          reason: trans.__(
            'This is a shared space: SageMaker does not record who acted here, so approvals are off. Open a private space to request or decide.'
          )
        }
      : { ok: true, reason: null },
    shared,
    // The settings of a shared space are everybody's.
    consoleUser: shared ? null : consoleUserOf(userProfileName)
  };
}

/**
 * Read who we are on a connection: `config` and STS.
 *
 * A denied or unreachable STS gives a persona without ARN, not a failure: the
 * view then simply knows less.
 *
 * @throws RelayError when the configuration cannot be read.
 */
export async function readPersona(
  relay: IRelay,
  registry: Pick<IRegistry, 'callerIdentity'>,
  connection: string,
  trans: TranslationBundle
): Promise<IPersona> {
  const config = await relay.config();
  const own = config.connections.find(c => c.kind === 'sagemaker' && c.own);
  const arnOf = (id: string): Promise<string | null> =>
    registry.callerIdentity(id).then(
      caller => caller.arn,
      () => null
    );
  const [callerArn, ownArn] = await Promise.all([
    arnOf(connection),
    own && own.id !== connection ? arnOf(own.id) : null
  ]);
  return personaOf({
    environment: config.environment,
    callerArn,
    ownArn: own?.id === connection ? callerArn : ownArn,
    trans
  });
}

/**
 * Compare a recorded actor with us.
 *
 * User profiles decide when both are known. IAM identities are compared only
 * after that, because people of one domain often share one role and session
 * name: equal ARNs then mean "could be the same person", which is `unknown`.
 */
export function samePerson(actor: IActor | null, me: IPersona): Sameness {
  if (!actor) {
    return 'unknown';
  }
  if (actor.userProfileName && me.userProfileName) {
    return actor.userProfileName === me.userProfileName ? 'same' : 'different';
  }
  if (actor.sourceIdentity && me.userProfileName) {
    return actor.sourceIdentity === me.userProfileName ? 'same' : 'different';
  }
  if (actor.arn && me.callerArn) {
    if (actor.arn !== me.callerArn) {
      return roleNameOf(actor.arn) && roleNameOf(actor.arn) === me.roleName
        ? 'unknown'
        : 'different';
    }
    // A session named after the profile is ours for certain.
    const session = actor.arn.split('/').pop();
    return session && session === me.userProfileName ? 'same' : 'unknown';
  }
  return 'unknown';
}

/** Was this version registered by us? */
export function isMine(version: IModelPackage, me: IPersona): boolean {
  return samePerson(version.createdBy, me) === 'same';
}

/** Name to show for somebody; null when SageMaker recorded nobody. */
export function actorName(actor: IActor | null): string | null {
  if (!actor) {
    return null;
  }
  return (
    actor.userProfileName ??
    actor.sourceIdentity ??
    roleNameOf(actor.arn) ??
    actor.arn
  );
}

/** Who we are on a connection; null while it is being read. */
export function usePersona(
  relay: IRelay,
  registry: IRegistry,
  connection: string | null,
  trans: TranslationBundle
): IPersona | null {
  const [persona, setPersona] = useState<IPersona | null>(null);
  useEffect(() => {
    let live = true;
    const read = (): void => {
      if (connection) {
        readPersona(relay, registry, connection, trans).then(
          found => {
            if (live) {
              setPersona(found);
            }
          },
          () => {
            // Without configuration nothing else loads either; its own view
            // tells of that failure.
          }
        );
      }
    };
    setPersona(null);
    read();
    approvalSettingsChanged.connect(read);
    return () => {
      live = false;
      approvalSettingsChanged.disconnect(read);
    };
  }, [relay, registry, connection, trans]);
  return persona;
}
