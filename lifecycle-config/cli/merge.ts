/**
 * What attaching and detaching change, worked out before anything is sent.
 *
 * Pure: settings in, updates out. AWS does not publish how deep an update merges, so an
 * update names one structure, `JupyterLabAppSettings`, and carries all that is in it:
 * right whether AWS replaces the structure or its leaves. What else is in the settings
 * is never sent. Source: API reference of UpdateDomain and UpdateUserProfile.
 */
import type { Json, JsonObject } from './json';
import { differences, isObject, member, word } from './json';

/** The structure of settings that reaches the app type JupyterLab. */
export const LAB = 'JupyterLabAppSettings';
/** The script that an admin sets and that runs before any other. */
export const BUILT_IN = 'BuiltInLifecycleConfigArn';
/** ARN pattern's literal for no script. */
export const NONE = 'None';
/** What every installer of ours is called, followed by version and content hash. */
export const PREFIX = 'sagemaker-governance-';

/** Settings that hold an installer. */
export type Slot =
  { kind: 'domain' } | { kind: 'spaces' } | { kind: 'profile'; name: string };

/** A domain with what installers need to know of it. */
export interface IDomain {
  id: string;
  /** `DefaultUserSettings`, for private spaces. */
  user: JsonObject;
  /** `DefaultSpaceSettings`, for shared spaces; undefined: it has none. */
  spaces: JsonObject | undefined;
  /** Own settings of each user profile, which win over the domain's. */
  profiles: { name: string; settings: JsonObject }[];
  /** Profiles whose settings could not be read, and why. */
  unread: IUnread[];
}

/** A user profile that could not be read. */
export interface IUnread {
  name: string;
  message: string;
  hint: string;
}

/** One update, of one slot. */
export interface IStep {
  slot: Slot;
  operation: 'UpdateDomain' | 'UpdateUserProfile';
  /** Input of the operation. */
  input: JsonObject;
  /** The slot's settings as they were read. */
  before: JsonObject;
  /** The slot's settings as they should be afterwards. */
  after: JsonObject;
}

/** A slot that is left alone, and why. */
export interface ILeft {
  slot: Slot;
  reason: 'foreign' | 'opted-out' | 'no-shared-spaces';
  /** The ARN that is there. */
  arn: string;
}

export interface IPlan {
  steps: IStep[];
  left: ILeft[];
}

/** Name at the end of the ARN of a lifecycle configuration. */
export function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** Whether a lifecycle configuration is an installer of ours. */
export function isOurs(arn: string): boolean {
  return nameOf(arn).startsWith(PREFIX);
}

/** ARN in the built-in slot of settings; empty when there is none. */
export function builtIn(settings: JsonObject): string {
  return word(member(settings, LAB), BUILT_IN);
}

/** What people call a slot. */
export function slotName(slot: Slot): string {
  switch (slot.kind) {
    case 'domain':
      return 'domain, default user settings (private spaces)';
    case 'spaces':
      return 'domain, default space settings (shared spaces)';
    case 'profile':
      return `user profile ${slot.name}`;
  }
}

/** The slots of a domain with their settings, in the order they are written. */
export function slots(domain: IDomain): [Slot, JsonObject | undefined][] {
  return [
    [{ kind: 'domain' }, domain.user],
    [{ kind: 'spaces' }, domain.spaces],
    ...domain.profiles.map(({ name, settings }): [Slot, JsonObject] => [
      { kind: 'profile', name },
      settings
    ])
  ];
}

/** Input of the update that gives a slot these app settings. */
export function update(
  domainId: string,
  slot: Slot,
  lab: JsonObject
): Pick<IStep, 'operation' | 'input'> {
  switch (slot.kind) {
    case 'domain':
      return {
        operation: 'UpdateDomain',
        input: { DomainId: domainId, DefaultUserSettings: { [LAB]: lab } }
      };
    case 'spaces':
      return {
        operation: 'UpdateDomain',
        input: { DomainId: domainId, DefaultSpaceSettings: { [LAB]: lab } }
      };
    case 'profile':
      return {
        operation: 'UpdateUserProfile',
        input: {
          DomainId: domainId,
          UserProfileName: slot.name,
          UserSettings: { [LAB]: lab }
        }
      };
  }
}

function step(
  domain: IDomain,
  slot: Slot,
  before: JsonObject,
  lab: JsonObject
): IStep {
  const { [LAB]: _old, ...others } = before;
  const empty = Object.keys(lab).length === 0;
  // AWS shows no structure that has nothing in it.
  const after = empty ? others : { ...before, [LAB]: lab };
  return { slot, before, after, ...update(domain.id, slot, lab) };
}

/**
 * What puts an installer into every slot that reaches a space.
 *
 * @param arn the installer
 * @param includeOptedOut also give it to profiles whose slot says `None`
 */
export function planAttach(
  domain: IDomain,
  arn: string,
  includeOptedOut = false
): IPlan {
  const plan: IPlan = { steps: [], left: [] };
  for (const [slot, settings] of slots(domain)) {
    if (settings === undefined) {
      plan.left.push({ slot, reason: 'no-shared-spaces', arn: '' });
      continue;
    }
    if (slot.kind === 'profile' && !isObject(settings[LAB])) {
      continue; // takes the domain's
    }
    const there = builtIn(settings);
    if (there === arn) {
      continue;
    }
    if (there === NONE && slot.kind === 'profile' && !includeOptedOut) {
      plan.left.push({ slot, reason: 'opted-out', arn: there });
    } else if (there !== '' && there !== NONE && !isOurs(there)) {
      plan.left.push({ slot, reason: 'foreign', arn: there });
    } else {
      const lab = { ...member(settings, LAB), [BUILT_IN]: arn };
      plan.steps.push(step(domain, slot, settings, lab));
    }
  }
  return plan;
}

/** What takes every installer of ours out of a domain. */
export function planDetach(domain: IDomain): IPlan {
  const plan: IPlan = { steps: [], left: [] };
  for (const [slot, settings] of slots(domain)) {
    if (settings !== undefined && isOurs(builtIn(settings))) {
      const { [BUILT_IN]: _ours, ...lab } = member(settings, LAB);
      plan.steps.push(step(domain, slot, settings, lab));
    }
  }
  return plan;
}

/**
 * The same removal for an API that keeps what an update does not name.
 *
 * @returns the step with the slot set to `None`
 */
export function insist(domain: IDomain, removal: IStep): IStep {
  const lab = { ...member(removal.after, LAB), [BUILT_IN]: NONE };
  return step(domain, removal.slot, removal.before, lab);
}

/** Settings in which an empty slot is left out however AWS spells it. */
export function comparable(settings: JsonObject): JsonObject {
  const lab = member(settings, LAB);
  if (LAB in settings && Object.keys(lab).length === 0) {
    const { [LAB]: _empty, ...others } = settings;
    return others;
  }
  if (lab[BUILT_IN] !== NONE) {
    return settings;
  }
  const { [BUILT_IN]: _none, ...rest } = lab;
  return comparable({ ...settings, [LAB]: rest });
}

function shown(value: Json | undefined): string {
  const text = JSON.stringify(value);
  return typeof value === 'string' && isOurs(value) ? nameOf(value) : text;
}

/** The change of two settings in lines for people. */
export function describe(before: JsonObject, after: JsonObject): string[] {
  return differences(before, after).map(({ path, before: old, after: now }) => {
    if (old === undefined) {
      return `+ ${path}: ${shown(now)}`;
    }
    if (now === undefined) {
      return `- ${path}: ${shown(old)}`;
    }
    return `~ ${path}: ${shown(old)} -> ${shown(now)}`;
  });
}
