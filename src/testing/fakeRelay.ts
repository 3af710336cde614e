import type { QueryClient } from '@tanstack/react-query';

import type { IConfig, IRelay } from '../tokens';
import { createQueryClient } from '../relay/queryClient';
import { config } from './builders';

/** One request that reached the fake transport. */
export interface ICall {
  /** Path below our routes, as given. */
  path: string;
  method: string;
  /** Operation of an AWS call, e.g. `Search`; null for others. */
  operation: string | null;
  /** Parsed JSON or form body, null for none. */
  body: Record<string, unknown> | null;
  /** Connection id in the path. */
  connection: string | null;
}

/**
 * Answer to a request: an object becomes JSON with status 200, a `Response`
 * goes as it is, an `Error` is thrown, a function decides per call.
 */
export type Answer =
  | Record<string, unknown>
  | unknown[]
  | Response
  | Error
  | ((call: ICall) => Answer | Promise<Answer>);

/** A relay without a server. */
export interface IFakeRelay extends IRelay {
  /** Requests so far, in order. */
  readonly calls: ICall[];
  /** Answers; change them between requests. */
  table: Record<string, Answer>;
  /** Calls of an operation or to a path that contains the text. */
  callsOf(key: string): ICall[];
}

function parseBody(init?: RequestInit): Record<string, unknown> | null {
  const raw = init?.body;
  if (!raw) {
    return null;
  }
  const text =
    raw instanceof Uint8Array ? new TextDecoder().decode(raw) : String(raw);
  try {
    return JSON.parse(text);
  } catch {
    return Object.fromEntries(new URLSearchParams(text));
  }
}

function toCall(path: string, init?: RequestInit): ICall {
  const headers = new Headers(init?.headers);
  const body = parseBody(init);
  const target = headers.get('X-Amz-Target')?.split('.').pop();
  const action = typeof body?.Action === 'string' ? body.Action : null;
  return {
    path,
    method: init?.method ?? 'GET',
    operation: path.startsWith('aws/') ? (target ?? action) : null,
    body,
    connection: /^(?:aws|mlflow|openpages)\/([^/?]+)/.exec(path)?.[1] ?? null
  };
}

async function toResponse(answer: Answer, call: ICall): Promise<Response> {
  if (typeof answer === 'function') {
    return toResponse(await answer(call), call);
  }
  if (answer instanceof Error) {
    throw answer;
  }
  if (answer instanceof Response) {
    return answer.clone();
  }
  return new Response(JSON.stringify(answer), {
    status: 200,
    headers: { 'Content-Type': 'application/json' }
  });
}

/** An answer with which AWS refuses. */
export function awsError(
  type: string,
  message: string,
  status = 400
): Response {
  return new Response(JSON.stringify({ __type: type, message }), {
    status,
    headers: { 'Content-Type': 'application/x-amz-json-1.1' }
  });
}

/** STS answers in XML. */
export function callerIdentityXml(account: string, arn: string): Response {
  return new Response(
    `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>AROA:x</UserId><Account>${account}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
    { status: 200, headers: { 'Content-Type': 'text/xml' } }
  );
}

/**
 * A relay that answers from a table; only the transport is fake.
 *
 * Keys, the most telling first: `<connection> <Operation>`, `<Operation>`
 * (AWS), `<METHOD> <path>`, `<path>`, or the longest key that the path starts
 * with. A request without an answer throws, so that no test passes by luck.
 */
export function fakeRelay(
  table: Record<string, Answer>,
  answered: Partial<IConfig> = {}
): IFakeRelay {
  const calls: ICall[] = [];
  let queries: QueryClient | null = null;
  const relay: IFakeRelay = {
    calls,
    table,
    callsOf: key =>
      calls.filter(call => call.operation === key || call.path.includes(key)),
    config: async () => config(answered),
    reset: () => undefined,
    request: async (path, init) => {
      init?.signal?.throwIfAborted?.();
      const call = toCall(path, init);
      calls.push(call);
      const bare = path.split('?')[0];
      const exact = [
        `${call.connection} ${call.operation}`,
        call.operation ?? '',
        `${call.method} ${path}`,
        `${call.method} ${bare}`,
        path,
        bare
      ].find(key => key !== '' && key in relay.table);
      const key =
        exact ??
        Object.keys(relay.table)
          .filter(candidate => path.startsWith(candidate))
          .sort((a, b) => b.length - a.length)[0];
      if (key === undefined) {
        throw new Error(
          `No answer for ${call.method} ${path} ${call.operation ?? ''}`
        );
      }
      return toResponse(relay.table[key], call);
    },
    queries: async () => {
      if (!queries) {
        queries = createQueryClient();
        queries.setDefaultOptions({
          queries: { retry: false, gcTime: Infinity }
        });
      }
      return queries;
    }
  };
  return relay;
}
