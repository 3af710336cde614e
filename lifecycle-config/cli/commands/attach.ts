/** `attach`: what spaces start with. */
import type { Aws } from '../aws';
import { CliError, EXIT } from '../errors';
import { remember } from '../history';
import { passNamesOn, sourceIdentity } from '../identity';
import { called, installerName } from '../installer';
import type { Json, JsonObject } from '../json';
import type { IDomain, IPlan } from '../merge';
import { nameOf, planAttach, slotName } from '../merge';
import type { Given } from '../options';
import type { IOutput } from '../output';
import { chooseDomain, readDomain } from '../studio';
import type { IFailure } from '../write';
import {
  carryOut,
  ensureScript,
  printPlan,
  settled,
  stepsJson
} from '../write';
import { checkWheel, futureArn, wanted } from './wanted';

/** Refuse to go on where an installer of somebody else is in the domain's own slots. */
export function refuseForeign(plan: IPlan): void {
  const foreign = plan.left.find(
    one => one.reason === 'foreign' && one.slot.kind !== 'profile'
  );
  if (foreign !== undefined) {
    throw new CliError(
      `The ${slotName(foreign.slot)} already has the built-in script ${nameOf(foreign.arn)}, which is not ours.`,
      'A domain has one built-in script: let that one run ours (docs/admin-guide.md shows how), or take it away first.',
      EXIT.refused
    );
  }
}

export async function attach(
  aws: Aws,
  given: Given,
  output: IOutput
): Promise<Json> {
  const want = await wanted(aws, given);
  const domainId = await chooseDomain(aws, given['domain-id']);
  const record = await settled(aws, domainId, output);
  await checkWheel(aws, want.script, output);
  const arn =
    want.arn || futureArn(record, installerName(want.script, want.version));
  const domain = await readDomain(aws, domainId, record);
  const plan = planAttach(domain, arn, given['include-opted-out']);
  refuseForeign(plan);
  const identity = await sourceIdentity(aws, record, domain, given, output);
  printPlan(plan, domainId, output);
  return finish(aws, domain, plan, given, output, {
    version: want.version,
    arn,
    identity,
    remembers: true,
    make: () =>
      want.arn === ''
        ? ensureScript(aws, want.script, want.version, output)
        : Promise.resolve(arn)
  });
}

interface IFinish {
  version: string;
  arn: string;
  /** Input of the update that turns source identity on. */
  identity: JsonObject | null;
  /** Write down what the domain had, for a rollback. */
  remembers: boolean;
  /** Make the lifecycle configuration, if it is not there. */
  make(): Promise<string>;
}

/** User profiles that a command could not do, in words and for `--json`. */
export function report(
  domain: IDomain,
  failures: IFailure[],
  output: IOutput
): { [name: string]: Json } {
  const failed = [
    ...domain.unread.map(({ name, message, hint }) => ({
      slot: `user profile ${name}`,
      message,
      hint
    })),
    ...failures
  ];
  for (const { slot, message, hint } of failed) {
    output.print(
      { head: 'NOT DONE  ', text: `${slot}: ${message}`, tone: 'bad' },
      { head: '       -> ', text: hint, tone: 'plain' }
    );
  }
  return failed.length === 0
    ? {}
    : { failed: failed.map(one => ({ ...one })), exitCode: EXIT.partial };
}

/** Ask, carry out, and say what is left to do. */
export async function finish(
  aws: Aws,
  domain: IDomain,
  plan: IPlan,
  given: Given,
  output: IOutput,
  rest: IFinish
): Promise<Json> {
  const result = {
    domain: domain.id,
    version: rest.version,
    lifecycleConfig: rest.arn,
    steps: stepsJson(plan.steps),
    left: plan.left.map(({ slot, reason, arn }) => ({
      slot: slotName(slot),
      reason,
      arn
    })),
    sourceIdentity: rest.identity !== null
  };
  const count = plan.steps.length + (rest.identity === null ? 0 : 1);
  if (count === 0) {
    const told = report(domain, [], output);
    output.print(
      `Nothing to change: every slot has ${nameOf(rest.arn)} (${called(rest.version)}).`
    );
    return { ...result, ...told, action: 'nothing to do' };
  }
  if (given['dry-run']) {
    const told = report(domain, [], output);
    output.print('Nothing was changed (--dry-run).');
    return { ...result, ...told, action: 'dry run' };
  }
  await output.confirm(
    `Apply ${count === 1 ? 'this change' : `these ${count} changes`} to ${domain.id}?`
  );
  const arn = await rest.make();
  if (arn !== rest.arn) {
    throw new CliError(
      `The lifecycle configuration has the ARN ${arn}, not ${rest.arn} as expected.`,
      `Run attach --lifecycle-config ${nameOf(arn)}.`
    );
  }
  if (rest.remembers) {
    await remember(aws, domain, arn, output);
  }
  const failures = await carryOut(aws, domain, plan.steps, output);
  if (rest.identity !== null) {
    await passNamesOn(aws, domain.id, rest.identity, output);
  }
  const told = report(domain, failures, output);
  const partly = 'failed' in told;
  output.print(
    `${partly ? 'Done but for what is named above' : 'Done'}: ${domain.id} starts JupyterLab with ${called(rest.version)}. Apps that run now get it at their next start.`
  );
  return { ...result, ...told, action: partly ? 'partly done' : 'done' };
}
