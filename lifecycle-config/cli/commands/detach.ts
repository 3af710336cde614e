/** `detach`: spaces without the extension. */
import type { Aws } from '../aws';
import { codeOf, explain } from '../errors';
import type { Json } from '../json';
import { planDetach } from '../merge';
import type { Given } from '../options';
import type { IOutput } from '../output';
import { chooseDomain, listScripts, readDomain } from '../studio';
import { carryOut, printPlan, settled, stepsJson } from '../write';
import { report } from './attach';

/** Delete our lifecycle configurations that no domain names any more. */
async function deleteInstallers(
  aws: Aws,
  output: IOutput
): Promise<{ deleted: string[]; kept: string[] }> {
  const result = { deleted: [] as string[], kept: [] as string[] };
  for (const { name } of await listScripts(aws)) {
    try {
      await aws.call('DeleteStudioLifecycleConfig', {
        StudioLifecycleConfigName: name
      });
      result.deleted.push(name);
      output.progress(`Deleted ${name}.`);
    } catch (error) {
      if (codeOf(error) !== 'ResourceInUse') {
        throw explain(error, `Deleting ${name}`);
      }
      result.kept.push(name);
      output.progress(`Kept ${name}: something still uses it.`);
    }
  }
  return result;
}

export async function detach(
  aws: Aws,
  given: Given,
  output: IOutput
): Promise<Json> {
  const domainId = await chooseDomain(aws, given['domain-id']);
  const record = await settled(aws, domainId, output);
  const domain = await readDomain(aws, domainId, record);
  const plan = planDetach(domain);
  const result = { domain: domainId, steps: stepsJson(plan.steps) };
  printPlan(plan, domainId, output);
  const deletes = given['delete-installers'] === true;
  if (plan.steps.length === 0 && !deletes) {
    const told = report(domain, [], output);
    output.print(`Nothing to change: ${domainId} has no installer of ours.`);
    return { ...result, ...told, action: 'nothing to do' };
  }
  if (deletes) {
    const names = (await listScripts(aws)).map(one => one.name);
    output.print(`Then delete, where nothing uses it: ${names.join(', ')}`);
  }
  if (given['dry-run']) {
    output.print('Nothing was changed (--dry-run).');
    return { ...result, action: 'dry run' };
  }
  await output.confirm(`Take the installer out of ${domainId}?`);
  const failures = await carryOut(aws, domain, plan.steps, output, true);
  const gone = deletes ? await deleteInstallers(aws, output) : {};
  const told = report(domain, failures, output);
  const partly = 'failed' in told;
  output.print(
    `${partly ? 'Done but for what is named above' : 'Done'}: ${domainId} starts JupyterLab without the extension. Apps that run now keep it until their next start.`
  );
  return {
    ...result,
    ...gone,
    ...told,
    action: partly ? 'partly done' : 'done'
  };
}
