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
import type { ILine, IOutput } from './output';
import { describeDomain } from './studio';

/** Milliseconds to wait for a domain to be in service again. */
const SETTLE_LIMIT = 600_000;
/** Milliseconds between two looks. */
export const SETTLE_STEP = 2_000;
/** Milliseconds until an update that AWS accepted must be seen. */
export const SEEN_LIMIT = 60_000;

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

/** What holds a slot: the domain or the user profile, once it is in service. */
async function holder(
  aws: Aws,
  domainId: string,
  slot: Slot,
  output: IOutput
): Promise<JsonObject> {
  if (slot.kind !== 'profile') {
    return settled(aws, domainId, output);
  }
  const input = { DomainId: domainId, UserProfileName: slot.name };
  return inService(
    `User profile ${slot.name}`,
    () => aws.call('DescribeUserProfile', input),
    output
  );
}

/** Member of the holder, and of the update, that has a slot's settings. */
function memberOf(slot: Slot): string {
  switch (slot.kind) {
    case 'domain':
      return 'DefaultUserSettings';
    case 'spaces':
      return 'DefaultSpaceSettings';
    case 'profile':
      return 'UserSettings';
  }
}

/**
 * Update a slot, and wait until AWS tells of it.
 *
 * @param input of the operation
 * @param expected the settings that are due
 * @returns the settings as they are
 */
async function send(
  aws: Aws,
  domainId: string,
  step: IStep,
  input: JsonObject,
  expected: JsonObject,
  output: IOutput
): Promise<JsonObject> {
  const before = await holder(aws, domainId, step.slot, output);
  await aws.call(step.operation, input);
  for (const start = Date.now(); ;) {
    const now = await holder(aws, domainId, step.slot, output);
    const settings = member(now, memberOf(step.slot));
    if (
      differences(comparable(expected), comparable(settings)).length === 0 ||
      // Another time of change: this is what became of the update.
      now.LastModifiedTime !== before.LastModifiedTime
    ) {
      return settings;
    }
    if (Date.now() - start > SEEN_LIMIT) {
      throw new CliError(
        `AWS accepted the update of ${slotName(step.slot)}, but does not tell of it after ${SEEN_LIMIT / 1000} s.`,
        'Run the same command again in a few minutes.'
      );
    }
    await sleep(SETTLE_STEP);
  }
}

/** The domain, once it is in service. */
export async function settled(
  aws: Aws,
  domainId: string,
  output: IOutput
): Promise<JsonObject> {
  return inService(
    `Domain ${domainId}`,
    () => describeDomain(aws, domainId),
    output
  );
}

/** A record, once its status is InService. */
async function inService(
  what: string,
  read: () => Promise<JsonObject>,
  output: IOutput
): Promise<JsonObject> {
  let told = false;
  for (const start = Date.now(); ;) {
    const record = await read();
    const status = word(record, 'Status');
    if (status === 'InService') {
      return record;
    }
    if (!['Updating', 'Pending'].includes(status)) {
      throw new CliError(
        `${what} is in status ${status}. ${word(record, 'FailureReason')}`.trim(),
        'Mend that first, then run the same command.'
      );
    }
    if (Date.now() - start > SETTLE_LIMIT) {
      throw new CliError(
        `${what} is still in status ${status}.`,
        'Run the same command later: what is done is not done twice.'
      );
    }
    if (!told) {
      told = true;
      output.progress(
        `${what} is in status ${status}; waiting for at most ${SETTLE_LIMIT / 60_000} minutes ...`
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
    output.print(
      { head: `${domainId}, ${slotName(step.slot)}`, text: '', tone: 'strong' },
      ...describe(step.before, step.after).map((text): ILine => {
        const tone = text.startsWith('-')
          ? 'bad'
          : text.startsWith('+')
            ? 'good'
            : 'warn';
        return { head: '  ', text, tone };
      })
    );
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

/** An update that was not made. */
export interface IFailure {
  slot: string;
  message: string;
  hint: string;
}

/**
 * Carry out steps one by one, each on settings that are still as they were shown, and
 * see afterwards that nothing else changed.
 *
 * What one user profile refuses is told at the end: the others get theirs.
 *
 * @param removal the steps take installers away
 * @returns user profiles that were not updated
 * @throws CliError when the domain refuses, when an update had a side effect, or when
 *   every other update would fail too
 */
export async function carryOut(
  aws: Aws,
  domain: IDomain,
  steps: IStep[],
  output: IOutput,
  removal = false
): Promise<IFailure[]> {
  const failures: IFailure[] = [];
  for (const [at, step] of steps.entries()) {
    const name = slotName(step.slot);
    output.progress(`[${at + 1}/${steps.length}] ${name}`);
    try {
      await one(aws, domain, step, output, removal);
    } catch (error) {
      const failure = explain(error, `Updating ${name} of ${domain.id}`);
      const stops =
        step.slot.kind !== 'profile' ||
        failure.general ||
        failure.code === EXIT.sideEffect;
      if (stops) {
        throw at === 0
          ? failure
          : new CliError(
              `${failure.message} ${at - failures.length} of ${steps.length} updates were made before.`,
              failure.hint,
              failure.code
            );
      }
      const { message, hint } = failure;
      failures.push({ slot: name, message, hint });
      output.progress('      not done; why is told at the end');
    }
  }
  return failures;
}

async function one(
  aws: Aws,
  domain: IDomain,
  step: IStep,
  output: IOutput,
  removal: boolean
): Promise<void> {
  const holding = await holder(aws, domain.id, step.slot, output);
  const now = member(holding, memberOf(step.slot));
  if (differences(step.before, now).length > 0) {
    throw new CliError(
      `${slotName(step.slot)} was changed by somebody else meanwhile.`,
      'Run the same command again: it shows the change anew.',
      EXIT.refused
    );
  }
  const { id } = domain;
  let after = await send(aws, id, step, step.input, step.after, output);
  if (removal && isOurs(builtIn(after))) {
    const { input } = insist(domain, step);
    after = await send(aws, id, step, input, step.after, output);
  }
  await check(aws, id, step, after, output);
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
  let restored = false;
  try {
    const input = { ...step.input, [memberOf(step.slot)]: step.before };
    const now = await send(aws, domainId, step, input, step.before, output);
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
