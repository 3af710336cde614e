/**
 * A large artifact of a tracking server, downloaded through the relay and with a
 * signed request straight from the server, by the same client.
 */
import { spawnSync } from 'node:child_process';
import http from 'node:http';
import { performance } from 'node:perf_hooks';
import { python } from '../bootstrap.mjs';
import { Failure } from '../process.mjs';
import { median, round } from './numbers.mjs';

const MEGABYTES = 256;
const ARTIFACT = 'bench/large.bin';

/** Signs a GET as AWS's own SDK does: request as JSON in, its headers out. */
const SIGN = `
import json, sys
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
given = json.load(sys.stdin)
request = AWSRequest("GET", given["url"], headers=given["headers"])
keys = Credentials(given["id"], given["secret"], given["token"])
SigV4Auth(keys, "sagemaker-mlflow", "eu-west-1").add_auth(request)
json.dump(dict(request.headers.items()), sys.stdout)
`;

/** Headers of a signed GET. Keys go by stdin: a command line can be read. */
function sign(url, keys, headers) {
  const done = spawnSync(python, ['-c', SIGN], {
    encoding: 'utf8',
    input: JSON.stringify({
      url: url.href,
      headers,
      id: keys.AccessKeyId,
      secret: keys.SecretAccessKey,
      token: keys.Token
    })
  });
  if (done.status !== 0) {
    throw new Failure(`the request could not be signed.\n${done.stderr}`);
  }
  return JSON.parse(done.stdout);
}

/** Bytes of a body and ms until all are here; they are thrown away. */
function download(url, headers) {
  return new Promise((done, failed) => {
    const start = performance.now();
    http
      .get(url, { headers }, answer => {
        let bytes = 0;
        answer.on('data', piece => {
          bytes += piece.length;
        });
        answer.on('end', () => {
          const ms = performance.now() - start;
          if (answer.statusCode === 200) {
            done({ bytes, ms });
          } else {
            failed(new Failure(`${url.pathname}: HTTP ${answer.statusCode}`));
          }
        });
        answer.on('error', failed);
      })
      .on('error', failed);
  });
}

/** Cookie of the lab's own page; a relay asks nothing more of a GET. */
async function cookieOf(lab) {
  const page = await fetch(lab);
  return page.headers
    .getSetCookie()
    .map(text => text.split(';')[0])
    .join('; ');
}

export async function throughput(sandbox, samples = 5) {
  const { mlflow, mlflow_managed: managed, credentials } = sandbox.parts;
  const path = `api/2.0/mlflow-artifacts/artifacts/${ARTIFACT}`;
  const put = await fetch(`${mlflow}/${path}`, {
    method: 'PUT',
    body: new Uint8Array(MEGABYTES * 1024 * 1024)
  });
  if (!put.ok) {
    throw new Failure(`the artifact was not taken: HTTP ${put.status}`);
  }
  const base = new URL('../sagemaker-governance/', `${sandbox.lab}/`);
  const headers = {
    Cookie: await cookieOf(sandbox.lab),
    'Sec-Fetch-Site': 'same-origin'
  };
  const answer = await fetch(new URL('mlflow-servers?fresh', base), {
    headers
  });
  const { servers } = await answer.json();
  const server = servers.find(
    one => one.server === 'tracking-server' && one.state === 'running'
  );
  const keys = await (await fetch(`${credentials}/data-scientist`)).json();
  const signed = () => {
    const url = new URL(`${managed}/${path}`);
    const own = { 'x-mlflow-sm-tracking-server-arn': server.arn };
    return download(url, sign(url, keys, own));
  };
  const relayed = () =>
    download(new URL(`mlflow/${server.id}/${path}`, base), headers);
  const speeds = { direct: [], relay: [] };
  for (let at = 0; at <= samples; at += 1) {
    for (const [name, action] of [
      ['direct', signed],
      ['relay', relayed]
    ]) {
      const { bytes, ms } = await action();
      if (bytes !== MEGABYTES * 1024 * 1024) {
        throw new Failure(`${name}: ${bytes} bytes came`);
      }
      // The first one also makes the connections.
      if (at > 0) {
        speeds[name].push(bytes / 1024 / 1024 / (ms / 1000));
      }
    }
  }
  const direct = median(speeds.direct);
  const relay = median(speeds.relay);
  return {
    megabytes: MEGABYTES,
    directMBps: round(direct, 0),
    relayMBps: round(relay, 0),
    ratio: round(relay / direct, 2)
  };
}
