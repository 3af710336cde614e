/**
 * What the relay adds to a call: the same signed call made by the same client,
 * straight to the upstream and through the relay, in turn.
 */
import http from 'node:http';
import { performance } from 'node:perf_hooks';
import {
  SageMakerClient,
  ListModelPackageGroupsCommand
} from '@aws-sdk/client-sagemaker';
import { Failure } from '../process.mjs';
import { median, percentile, round } from './numbers.mjs';

/** One request over a kept connection; resolves with status and body. */
function send(agent, url, headers, body) {
  return new Promise((done, failed) => {
    const request = http.request(
      url,
      { agent, method: 'POST', headers },
      answer => {
        const chunks = [];
        answer.on('data', chunk => chunks.push(chunk));
        answer.on('end', () =>
          done({ status: answer.statusCode, body: Buffer.concat(chunks) })
        );
      }
    );
    request.on('error', failed);
    request.end(body);
  });
}

/** Ms per call, direct and relayed, interleaved so that both see the same machine. */
export async function overhead(sandbox, samples = 300) {
  const credentials = await (
    await fetch(`${sandbox.parts.credentials}/data-scientist`)
  ).json();
  const client = new SageMakerClient({
    region: 'eu-west-1',
    endpoint: sandbox.parts.registries.own,
    credentials: {
      accessKeyId: credentials.AccessKeyId,
      secretAccessKey: credentials.SecretAccessKey,
      sessionToken: credentials.Token
    }
  });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const base = new URL('../sagemaker-governance/', `${sandbox.lab}/`);
  const page = await fetch(`${sandbox.lab}`);
  const cookie = page.headers
    .getSetCookie()
    .map(text => text.split(';')[0])
    .join('; ');
  const token = /_xsrf=([^;]+)/.exec(cookie)?.[1];
  if (!token) {
    throw new Failure('the lab set no _xsrf cookie');
  }
  const input = { MaxResults: 10 };
  const relayed = async () => {
    const answer = await send(
      agent,
      new URL('aws/own/sagemaker/', base),
      {
        'Content-Type': 'application/x-amz-json-1.1',
        'X-Amz-Target': 'SageMaker.ListModelPackageGroups',
        'X-XSRFToken': token,
        'Sec-Fetch-Site': 'same-origin',
        Cookie: cookie
      },
      JSON.stringify(input)
    );
    if (answer.status !== 200) {
      throw new Failure(`the relay answered ${answer.status}: ${answer.body}`);
    }
  };
  const direct = () => client.send(new ListModelPackageGroupsCommand(input));
  const timed = async action => {
    const start = performance.now();
    await action();
    return performance.now() - start;
  };
  for (let warm = 0; warm < 20; warm += 1) {
    await direct();
    await relayed();
  }
  const directMs = [];
  const relayMs = [];
  for (let sample = 0; sample < samples; sample += 1) {
    directMs.push(await timed(direct));
    relayMs.push(await timed(relayed));
  }
  agent.destroy();
  client.destroy();
  const added = relayMs.map((ms, i) => ms - directMs[i]);
  return {
    directMs: round(median(directMs), 2),
    relayMs: round(median(relayMs), 2),
    addedMs: round(median(added), 2),
    addedP95Ms: round(percentile(added, 0.95), 2),
    ratio: round(median(relayMs) / median(directMs), 2)
  };
}
