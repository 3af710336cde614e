/** Writing to a domain, so that nothing changes but what was shown. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Aws } from './aws';
import { CliError, EXIT, codeOf, explain } from './errors';
import { MAX_SCRIPT, installerName } from './installer';
import type { Json, JsonObject } from './json';
import { differences, member, word } from './json';
import type { IDomain, IPlan, IStep, Slot } from './merge';
import {
  builtIn,
  comparable,
  describe,
  insist,
  isOurs,
  nameOf,
  slotName
} from './merge';
import type { IOutput } from './output';
import { describeDomain } from './studio';

/** Milliseconds to wait for a domain to be in service again. */
const SETTLE_LIMIT = 600_000;
const SETTLE_STEP = 2_000;

/**
 * Make the lifecycle configuration of a script, or find the one that is there.
 *
 * @returns its ARN
 */
export async function ensureScript(
  aws: Aws,
  script: string,
  version: string,
  output: IOutput
): Promise<string> {
  const size = Buffer.byteLength(script);
  if (size > MAX_SCRIPT) {
    throw new CliError(
      `The script has ${size} bytes; Studio takes ${MAX_SCRIPT}.`,
      'Render it with this command, which checks its size.',
      EXIT.usage
    );
  }
  const name = installerName(script, version);
  const content = Buffer.from(script).toString('base64');
  try {
    const made = await aws.call('CreateStudioLifecycleConfig', {
      StudioLifecycleConfigName: name,
      StudioLifecycleConfigContent: content,
      StudioLifecycleConfigAppType: 'JupyterLab'
    });
    output.progress(`Created lifecycle configuration ${name}.`);
    return word(made, 'StudioLifecycleConfigArn');
  } catch (error) {
    if (codeOf(error) !== 'ResourceInUse') {
      throw explain(error, `Creating lifecycle configuration ${name}`);
    }
  }
  const told = await aws.call('DescribeStudioLifecycleConfig', {
    StudioLifecycleConfigName: name
  });
  if (word(told, 'StudioLifecycleConfigContent') !== content) {
    throw new CliError(
      `The lifecycle configuration ${name} has another text than its name says.`,
      'Somebody made it by hand: delete it, then run the same command.',
      EXIT.refused
    );
  }
  output.progress(`Lifecycle configuration ${name} is there already.`);
  return word(told, 'StudioLifecycleConfigArn');
}

/** The settings of one slot as they are now. */
async function readSlot(
  aws: Aws,
  domainId: string,
  slot: Slot
): Promise<JsonObject> {
  if (slot.kind === 'profile') {
    const told = await aws.call('DescribeUserProfile', {
      DomainId: domainId,
      UserProfileName: slot.name
    });
    return member(told, 'UserSettings');
  }
  const record = await settled(aws, domainId);
  return member(
    record,
    slot.kind === 'domain' ? 'DefaultUserSettings' : 'DefaultSpaceSettings'
  );
}

/** The domain, once it is in service. */
export async function settled(aws: Aws, domainId: string): Promise<JsonObject> {
  for (const start = Date.now(); ;) {
    const record = await describeDomain(aws, domainId);
    const status = word(record, 'Status');
    if (status === 'InService') {
      return record;
    }
    if (!['Updating', 'Pending'].includes(status)) {
      throw new CliError(
        `Domain ${domainId} is in status ${status}. ${word(record, 'FailureReason')}`.trim(),
        'Mend the domain first; nothing else was changed.'
      );
    }
    if (Date.now() - start > SETTLE_LIMIT) {
      throw new CliError(
        `Domain ${domainId} is still in status ${status}.`,
        'Run the same command later: what is done is not done twice.'
      );
    }
    await sleep(SETTLE_STEP);
  }
}

/** Show a plan and what it leaves alone. */
export function printPlan(
  plan: IPlan,
  domainId: string,
  output: IOutput
): void {
  for (const step of plan.steps) {
    output.print(`${domainId}, ${slotName(step.slot)}`);
    output.print(...describe(step.before, step.after).map(line => `  ${line}`));
  }
  for (const { slot, reason, arn } of plan.left) {
    if (reason === 'opted-out') {
      output.print(
        `${slotName(slot)} has no installer by its own setting and is left so; --include-opted-out changes that.`
      );
    } else if (reason === 'foreign') {
      output.print(
        `${slotName(slot)} has another built-in script (${nameOf(arn)}), which is left as it is.`
      );
    } else {
      output.print(
        'The domain has no settings for shared spaces: none to change.'
      );
    }
  }
}

/** Steps as JSON. */
export function stepsJson(steps: IStep[]): Json {
  return steps.map(step => ({
    slot: slotName(step.slot),
    changes: describe(step.before, step.after),
    operation: step.operation,
    input: step.input
  }));
}

/**
 * Carry out steps one by one, each on settings that are still as they were shown, and
 * see afterwards that nothing else changed.
 *
 * @param removal the steps take installers away
 */
export async function carryOut(
  aws: Aws,
  domain: IDomain,
  steps: IStep[],
  output: IOutput,
  removal = false
): Promise<void> {
  let done = 0;
  for (const step of steps) {
    const name = slotName(step.slot);
    output.progress(`[${++done}/${steps.length}] ${name}`);
    try {
      const now = await readSlot(aws, domain.id, step.slot);
      if (differences(step.before, now).length > 0) {
        throw new CliError(
          `${name} was changed by somebody else meanwhile.`,
          'Run the same command again: it shows the change anew.',
          EXIT.refused
        );
      }
      await aws.call(step.operation, step.input);
      let after = await readSlot(aws, domain.id, step.slot);
      if (removal && isOurs(builtIn(after))) {
        await aws.call(step.operation, insist(domain, step).input);
        after = await readSlot(aws, domain.id, step.slot);
      }
      await check(aws, domain.id, step, after, output);
    } catch (error) {
      throw explain(error, `Updating ${name} of ${domain.id}`);
    }
  }
}

/** Compare what an update left with what it should have left; undo it if it differs. */
async function check(
  aws: Aws,
  domainId: string,
  step: IStep,
  after: JsonObject,
  output: IOutput
): Promise<void> {
  const found = differences(comparable(step.after), comparable(after));
  if (found.length === 0) {
    return;
  }
  const name = slotName(step.slot);
  const paths = found.map(one => one.path).join(', ');
  output.progress(`${name}: AWS changed more than asked (${paths}); undoing.`);
  const whole =
    step.slot.kind === 'profile'
      ? 'UserSettings'
      : step.slot.kind === 'domain'
        ? 'DefaultUserSettings'
        : 'DefaultSpaceSettings';
  let restored = false;
  try {
    const { [whole]: _one, ...address } = step.input;
    await aws.call(step.operation, { ...address, [whole]: step.before });
    const now = await readSlot(aws, domainId, step.slot);
    restored =
      differences(comparable(step.before), comparable(now)).length === 0;
  } catch (error) {
    output.progress(explain(error, `Undoing the change of ${name}`).message);
  }
  throw new CliError(
    `The update of ${name} changed ${paths}, which it does not name. ` +
      (restored
        ? 'The settings are as they were.'
        : `They could not be put back. They were: ${JSON.stringify(step.before)}`),
    restored
      ? 'Attach the installer in the console instead, and tell the makers of this tool.'
      : 'Put these settings back in the console or with aws sagemaker update-domain.',
    EXIT.sideEffect
  );
}
