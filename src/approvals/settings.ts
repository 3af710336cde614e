/** Settings of the approvals plugin, parsed, with a place for those in force. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { type ISignal, Signal } from '@lumino/signaling';
import { takeSettings } from './given';

/** A stage and its status, as `ModelLifeCycle` takes them. */
export interface ILifeCyclePair {
  stage: string;
  status: string;
}

/** What a lifecycle means for who has the ball; `nothing` ends the search. */
export type LifeCycleMeaning =
  | 'decision'
  | 'review'
  | 'progress'
  | 'hold'
  | 'rejected'
  | 'retired'
  | 'nothing';

/** Which stage and status mean it; `*` at the end stands for any rest. */
export interface ILifeCycleRule {
  stage: string;
  status: string;
  means: LifeCycleMeaning;
}

/** What an admin or user may set. */
export interface IApprovalSettings {
  /** Pair offered with a request; null: the dialog does not offer one. */
  onRequest: ILifeCyclePair | null;
  onApprove: ILifeCyclePair | null;
  onReject: ILifeCyclePair | null;
  /** A rejection always needs a reason. */
  reasonRequired: { request: boolean; approve: boolean };
  /** What an unlinked or unapproved use case does to a request. */
  useCasePolicy: 'warn' | 'block';
  /** Minutes between looks for a decision; 0: only with a refresh. */
  watchMinutes: number;
  rolePatterns: { approver: RegExp; reader: RegExp };
  /** The first that fits counts; null: those of `lifecycle.ts`. */
  lifeCycleRules: readonly ILifeCycleRule[] | null;
  /**
   * Our user name in the governance console, `{profile}` for the user profile
   * of Studio; empty: nobody there is taken for us.
   */
  consoleUser: string;
}

/** Longest stage or status name (`EntityName` of the service model). */
export const STAGE_MAX = 63;

/** `EntityName` of the service model. */
export const STAGE_PATTERN = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

/** What holds without any setting. */
export const DEFAULTS: IApprovalSettings = {
  onRequest: { stage: 'Development', status: 'PendingApproval' },
  onApprove: null,
  onReject: null,
  reasonRequired: { request: true, approve: false },
  useCasePolicy: 'warn',
  watchMinutes: 2,
  rolePatterns: {
    approver: /approver|validator/i,
    reader: /reader|auditor/i
  },
  lifeCycleRules: null,
  consoleUser: ''
};

/** Settings, and the entries that could not be used. */
export interface IParsedSettings {
  settings: IApprovalSettings;
  problems: string[];
}

/**
 * Read the composite values of the setting registry.
 *
 * A value that cannot be used falls back to its default and is named in
 * `problems`, so that the user hears of it.
 */
export function parseSettings(
  composite: Partial<ISettingRegistry.ISettings['composite']>
): IParsedSettings {
  const problems: string[] = [];
  const pair = (key: string, fallback: ILifeCyclePair | null) => {
    const value = composite[key];
    if (value === undefined) {
      return fallback;
    }
    const text = typeof value === 'string' ? value.trim() : null;
    if (text === '') {
      return null;
    }
    const [stage, status, ...rest] = (text ?? '').split('/').map(s => s.trim());
    if (
      rest.length === 0 &&
      STAGE_PATTERN.test(stage) &&
      STAGE_PATTERN.test(status ?? '')
    ) {
      return { stage, status };
    }
    problems.push(key);
    return fallback;
  };
  const flag = (key: string, fallback: boolean) => {
    const value = composite[key];
    return typeof value === 'boolean' ? value : fallback;
  };
  const pattern = (key: string, fallback: RegExp) => {
    const value = composite[key];
    if (value === undefined) {
      return fallback;
    }
    if (typeof value === 'string' && value.trim()) {
      try {
        return new RegExp(value, 'i');
      } catch {
        // Named below; the default stays in force.
      }
    }
    problems.push(key);
    return fallback;
  };
  const minutes = composite['watchMinutes'];
  // The schema has seen to their form.
  const rules = composite['lifeCycleMeanings'];
  const user = composite['consoleUser'];
  return {
    settings: {
      onRequest: pair('lifeCycleOnRequest', DEFAULTS.onRequest),
      onApprove: pair('lifeCycleOnApprove', DEFAULTS.onApprove),
      onReject: pair('lifeCycleOnReject', DEFAULTS.onReject),
      reasonRequired: {
        request: flag('requestReasonRequired', DEFAULTS.reasonRequired.request),
        approve: flag('approveReasonRequired', DEFAULTS.reasonRequired.approve)
      },
      useCasePolicy: composite['useCasePolicy'] === 'block' ? 'block' : 'warn',
      watchMinutes:
        typeof minutes === 'number' && minutes >= 0
          ? minutes
          : DEFAULTS.watchMinutes,
      rolePatterns: {
        approver: pattern('approverRoles', DEFAULTS.rolePatterns.approver),
        reader: pattern('readerRoles', DEFAULTS.rolePatterns.reader)
      },
      lifeCycleRules: Array.isArray(rules)
        ? (rules as unknown as ILifeCycleRule[])
        : null,
      consoleUser: typeof user === 'string' ? user.trim() : ''
    },
    problems
  };
}

let inForce = DEFAULTS;

const changed = new Signal<object, IApprovalSettings>({});

/** Emits when other settings have come into force. */
export const approvalSettingsChanged: ISignal<object, IApprovalSettings> =
  changed;

/** The settings in force. */
export function approvalSettings(): IApprovalSettings {
  return inForce;
}

/** Put settings in force. */
export function setApprovalSettings(settings: IApprovalSettings): void {
  inForce = settings;
  changed.emit(settings);
}

takeSettings(({ composite, tell }) => {
  const { settings, problems } = parseSettings(composite);
  setApprovalSettings(settings);
  if (problems.length > 0) {
    tell(problems);
  }
});
