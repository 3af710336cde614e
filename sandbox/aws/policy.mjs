/**
 * Decides IAM requests with a full simulator: one JSON object a line in, one out.
 *
 * In: {"id", "simulation"}, where `simulation` is the simulator's own input.
 * Out: {"id", "result", "denials"} or {"id", "error"}; a line {"ready": true} first.
 * `denials` say which kind of policy refused, as AWS's messages do.
 */
import { createInterface } from 'node:readline';
import { getDenialReasons, runSimulation } from '@cloud-copilot/iam-simulate';

async function decide({ id, simulation }) {
  const outcome = await runSimulation(simulation, {});
  if (outcome.resultType === 'error') {
    return { id, error: JSON.stringify(outcome.errors) };
  }
  const analysis = (outcome.result ?? outcome.results[0])?.analysis;
  return {
    id,
    result: outcome.overallResult,
    denials:
      outcome.overallResult === 'Allowed' || !analysis
        ? []
        : getDenialReasons(analysis).map(({ policyType, denialType }) => ({
            policyType,
            denialType
          }))
  };
}

const lines = createInterface({ input: process.stdin });
lines.on('line', line => {
  const request = JSON.parse(line);
  decide(request)
    .catch(error => ({ id: request.id, error: String(error?.stack ?? error) }))
    .then(answer => process.stdout.write(JSON.stringify(answer) + '\n'));
});
process.stdout.write('{"ready": true}\n');
