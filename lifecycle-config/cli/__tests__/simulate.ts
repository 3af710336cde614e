/** Asks a real simulator of IAM about the policies that ship. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Simulation } from '@cloud-copilot/iam-simulate';
import {
  runSimulation,
  runUnsafeSimulation
} from '@cloud-copilot/iam-simulate';

export const ROOT = join(__dirname, '..', '..', '..');
export const ACCOUNT = '111122223333';

export interface IStatement {
  Sid: string;
  Effect: 'Allow' | 'Deny';
  Principal?: unknown;
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
}

export interface IPolicy {
  Version: string;
  Statement: IStatement[];
}

/** A policy of lifecycle-config/iam, its placeholders filled in. */
export function shipped(
  name: string,
  values: Record<string, string> = {}
): IPolicy {
  const path = join(ROOT, 'lifecycle-config', 'iam', `${name}.json`);
  const text = Object.entries(values).reduce(
    (now, [place, value]) => now.replaceAll(place, value),
    readFileSync(path, 'utf8')
  );
  return JSON.parse(text) as IPolicy;
}

export interface IQuestion {
  action: string;
  resource: string;
  /** Condition keys with their values. */
  context?: Record<string, string | string[]>;
  principal?: string;
  /** Policy of the resource, or trust policy of the role. */
  resourcePolicy?: IPolicy;
  /** Take condition keys as sent that AWS's reference does not list for the action. */
  anyKey?: boolean;
}

/**
 * Whether IAM allows a request.
 *
 * @param policies identity-based policies of the caller
 * @throws Error when the question itself is wrong, such as an unknown action
 */
export async function allowed(
  policies: IPolicy[],
  question: IQuestion
): Promise<boolean> {
  const owner = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(question.resource)?.[1];
  const simulation: Simulation = {
    request: {
      principal:
        question.principal ??
        `arn:aws:sts::${ACCOUNT}:assumed-role/StudioExecution/SageMaker`,
      action: question.action,
      resource: { resource: question.resource, accountId: owner ?? ACCOUNT },
      contextVariables: question.context ?? {}
    },
    identityPolicies: policies.map((policy, i) => ({
      name: `policy-${i}`,
      policy
    })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: question.resourcePolicy
  };
  if (question.anyKey) {
    return runUnsafeSimulation(simulation, {}) === 'Allowed';
  }
  const outcome = await runSimulation(simulation, {});
  if (outcome.resultType === 'error') {
    throw new Error(JSON.stringify(outcome.errors));
  }
  return outcome.overallResult === 'Allowed';
}
