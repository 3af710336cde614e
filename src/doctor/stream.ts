/** Asks the server for its checks and reads them as they come. */
import { eachPart, RelayError } from '../relay';
import type { CheckState, IRelay } from '../tokens';

/** Where a check belongs. */
export type ICheckGroup =
  'installation' | 'identity' | 'registry' | 'openpages' | 'mlflow';

/** Outcome of one check, as the server words it; holds no secret. */
export interface IFinding {
  /** Name of the check, see `words.ts`. */
  check: string;
  group: ICheckGroup;
  state: CheckState;
  message: string;
  /** What to do; empty where nothing is to be done. */
  hint: string;
  /** Id of the connection; null: of the server. */
  connection: string | null;
  /** What of it, such as an IAM action; null: all. */
  subject: string | null;
  /** Milliseconds that it took. */
  ms: number;
}

/** What is told while the checks run. */
export interface ICheckNews {
  /** Checks that there are. */
  total?: number;
  /** Checks that are through. */
  finished?: number;
  finding?: IFinding;
  /** ms that all of it took; the last news. */
  done?: number;
}

/** Bytes of an answer; a check has a few hundred. */
const MAX_ANSWER = 16 << 20;

const GROUPS: readonly string[] = [
  'installation',
  'identity',
  'registry',
  'openpages',
  'mlflow'
];
const STATES: readonly string[] = [
  'ok',
  'warning',
  'failed',
  'untested',
  'info'
];

/** What the page says of itself, for the check of versions. */
export interface IPageFacts {
  version: string;
  api: number;
  lab: string;
}

/**
 * Run the checks.
 *
 * @param page - versions of this front end
 * @param tell - called with each line of the answer
 * @throws RelayError, also when the answer ends before the checks do
 */
export async function runChecks(
  relay: IRelay,
  page: IPageFacts,
  signal: AbortSignal,
  tell: (news: ICheckNews) => void
): Promise<void> {
  const response = await relay.request('doctor', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ page }),
    signal
  });
  let done = false;
  for await (const line of linesOf(response)) {
    const news = parseLine(line);
    done ||= news.done !== undefined;
    tell(news);
  }
  if (!done) {
    throw new RelayError({
      code: 'upstream_closed',
      message: 'The server broke the checks off.',
      hint: 'Run the checks again; look into the log of the Jupyter server.'
    });
  }
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const part of eachPart(response, MAX_ANSWER)) {
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter(line => line.trim());
  }
  rest += decoder.decode();
  if (rest.trim()) {
    yield rest;
  }
}

/**
 * One line of the answer.
 *
 * @throws RelayError for what is not understood: it must not pass for green.
 */
export function parseLine(line: string): ICheckNews {
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    data = null;
  }
  const value = (data ?? {}) as Record<string, unknown>;
  if (value.done === true) {
    return { done: numberOf(value.ms) };
  }
  if (typeof value.total === 'number') {
    return { total: value.total };
  }
  if (typeof value.finished === 'number') {
    return { finished: value.finished };
  }
  if (
    typeof value.check !== 'string' ||
    typeof value.message !== 'string' ||
    !STATES.includes(String(value.state)) ||
    !GROUPS.includes(String(value.group))
  ) {
    throw new RelayError({
      code: 'upstream_not_json',
      message: 'The server extension gave an answer that is not understood.',
      hint: 'Reload the page: it may belong to another version of the extension.'
    });
  }
  return {
    finding: {
      check: value.check,
      group: value.group as ICheckGroup,
      state: value.state as CheckState,
      message: value.message,
      hint: textOf(value.hint) ?? '',
      connection: textOf(value.connection),
      subject: textOf(value.subject),
      ms: numberOf(value.ms)
    }
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
