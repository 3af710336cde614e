/** The checks in the browser: reading them, showing them, telling of them. */
import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import * as fs from 'fs';
import * as path from 'path';

import { fakeRelay } from '../../testing';
import type { ICheckSummary } from '../../tokens';
import { lastCheck } from '../../relay/about';
import { DoctorModel } from '../model';
import { countStates, entriesOf, sectionsOf } from '../order';
import { redact } from '../redact';
import { reportJson, reportText } from '../report';
import { parseLine } from '../stream';
import type { IFinding } from '../stream';
import { DoctorView } from '../view';
import { checkTitle } from '../words';

const trans = nullTranslator.load('sagemaker_governance');
const PAGE = { version: '0.1.0', api: 1, lab: '4.6.6' };

const finding = (change: Partial<IFinding> = {}): IFinding => ({
  check: 'clock',
  group: 'installation',
  state: 'ok',
  message: 'within 1 s of AWS',
  hint: '',
  connection: null,
  subject: null,
  ms: 12,
  ...change
});

const FAILED = finding({
  check: 'mlflow',
  group: 'mlflow',
  state: 'failed',
  message: 'could not be reached',
  hint: 'Check the network path.',
  connection: 'ml'
});

/** Answer of the route, in the given pieces. */
function streamed(...pieces: string[]): Response {
  const bytes = new TextEncoder();
  let next = 0;
  const body = {
    getReader: () => ({
      cancel: async () => undefined,
      read: async () =>
        next < pieces.length
          ? { done: false, value: bytes.encode(pieces[next++]) }
          : { done: true, value: undefined }
    })
  };
  return { ok: true, status: 200, headers: new Headers(), body } as Response;
}

const jsonl = (...lines: object[]): string =>
  lines.map(line => `${JSON.stringify(line)}\n`).join('');

const WHOLE = jsonl(
  { total: 2 },
  finding(),
  { finished: 1 },
  FAILED,
  { finished: 2 },
  { done: true, ms: 1234, counts: {} }
);

function modelOf(...pieces: string[]): {
  model: DoctorModel;
  ends: ICheckSummary[];
  asked: unknown[];
} {
  const relay = fakeRelay({});
  const asked: unknown[] = [];
  relay.request = async (route, init) => {
    asked.push([route, init?.method, JSON.parse(String(init?.body))]);
    return streamed(...pieces);
  };
  const ends: ICheckSummary[] = [];
  const model = new DoctorModel(relay, PAGE, summary => ends.push(summary));
  return { model, ends, asked };
}

describe('the stream', () => {
  it('is read in whatever pieces it comes', async () => {
    for (const size of [1, 7, 100, 10_000]) {
      const pieces = WHOLE.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      const { model, ends, asked } = modelOf(...pieces);
      await model.run();
      expect(model.snapshot).toMatchObject({
        state: 'done',
        ms: 1234,
        total: 2,
        finished: 2,
        findings: [finding(), FAILED]
      });
      expect(ends).toEqual([expect.objectContaining({ complete: true })]);
      expect(asked).toEqual([['doctor', 'POST', { page: PAGE }]]);
    }
  });

  it('that breaks off is not complete', async () => {
    const { model, ends } = modelOf(jsonl({ total: 2 }, finding()));
    await model.run();
    expect(model.snapshot.state).toBe('failed');
    expect(model.snapshot.findings).toHaveLength(1);
    expect(ends[0].complete).toBe(false);
  });

  it.each([
    '{',
    '1',
    '{"check":"clock","message":"x","state":"green","group":"mlflow"}',
    '{"check":"clock","message":"x","state":"ok","group":"x"}',
    '{"check":"clock","state":"ok","group":"mlflow"}'
  ])('refuses what it does not understand: %s', line => {
    expect(() => parseLine(line)).toThrow('not understood');
  });

  it('is given up, and keeps what was found', async () => {
    const relay = fakeRelay({});
    let stop: (() => void) | undefined;
    relay.request = (_, init) =>
      Promise.resolve({
        body: {
          getReader: () => {
            let told = false;
            return {
              cancel: async () => undefined,
              read: () =>
                told
                  ? new Promise((_, reject) => {
                      init?.signal?.addEventListener('abort', () =>
                        reject(new DOMException('x', 'AbortError'))
                      );
                      stop?.();
                    })
                  : ((told = true),
                    Promise.resolve({
                      done: false,
                      value: new TextEncoder().encode(
                        jsonl({ total: 2 }, finding())
                      )
                    }))
            };
          }
        }
      } as unknown as Response);
    const model = new DoctorModel(relay, PAGE);
    const waiting = new Promise<void>(resolve => (stop = resolve));
    const running = model.run();
    await waiting;
    expect(model.snapshot.state).toBe('running');
    model.cancel();
    await running;
    expect(model.snapshot.state).toBe('cancelled');
    expect(model.snapshot.findings).toHaveLength(1);
    expect(model.summary.complete).toBe(false);
  });
});

describe('the order', () => {
  it('has what failed first, connections as they are configured', () => {
    const sections = sectionsOf(
      [
        finding({ group: 'mlflow', connection: 'late' }),
        finding(),
        finding({ state: 'failed' }),
        finding({ group: 'registry', connection: 'b' }),
        finding({ group: 'registry', connection: 'a', state: 'untested' }),
        finding({ group: 'mlflow', connection: null }),
        finding({ group: 'identity', connection: 'b' })
      ],
      ['b', 'a']
    );
    expect(
      sections.map(({ group, connection }) => `${group} ${connection}`)
    ).toEqual([
      'installation null',
      'identity null',
      'registry b',
      'registry a',
      'mlflow null',
      'mlflow late'
    ]);
    expect(sections[0].findings.map(({ state }) => state)).toEqual([
      'failed',
      'ok'
    ]);
  });
});

describe('rights that are fine', () => {
  it('are one line, those that are not are not', () => {
    const right = (
      subject: string,
      state: IFinding['state'] = 'ok'
    ): IFinding =>
      finding({ check: 'action', group: 'registry', subject, state, ms: 5 });
    const entries = entriesOf([
      right('sagemaker:Denied', 'failed'),
      right('sagemaker:Search'),
      right('sagemaker:ListTags'),
      finding({ check: 'action', state: 'untested', message: 'writes' })
    ]);
    expect(entries.map(({ subjects, ms }) => [subjects, ms])).toEqual([
      [['sagemaker:Denied'], 5],
      [['sagemaker:Search', 'sagemaker:ListTags'], 10],
      [[], 12]
    ]);
  });
});

describe('the view', () => {
  it('shows states in words, filters, and takes the report', async () => {
    const { model } = modelOf(WHOLE);
    render(<DoctorView model={model} trans={trans} />);
    expect(screen.getByRole('button', { name: 'Copy report' })).toBeDisabled();
    await act(() => model.run());
    const items = screen.getAllByRole('listitem');
    expect(items).toHaveLength(2);
    // What failed comes first.
    expect(within(items[0]).getByText('Failed')).toBeVisible();
    expect(within(items[0]).getByText('Check the network path.')).toBeVisible();
    expect(screen.getByText('1 failure')).toBeVisible();
    expect(screen.getByRole('status')).toHaveTextContent('in 1.2 s');
    fireEvent.click(
      screen.getByRole('checkbox', { name: /needs attention \(1\)/ })
    );
    expect(screen.getAllByRole('listitem')).toHaveLength(1);
    expect(screen.getByRole('button', { name: 'Run again' })).toBeEnabled();
  });

  it('says that a broken answer is not the whole', async () => {
    const { model } = modelOf(jsonl({ total: 9 }, finding()));
    render(<DoctorView model={model} trans={trans} />);
    await act(() => model.run());
    expect(screen.getByRole('alert')).toHaveTextContent('broke the checks off');
    expect(screen.queryByText(/Nothing needs attention/)).toBeNull();
  });

  it('has a title for every check of the server', () => {
    const catalogue = fs.readFileSync(
      path.resolve(
        __dirname,
        '../../../jupyter_ext/sagemaker_governance/doctor/catalogue.py'
      ),
      'utf8'
    );
    const checks = [...catalogue.matchAll(/^ {4}"([a-z-]+)": Check\(/gm)];
    expect(checks.length).toBeGreaterThan(15);
    for (const [, check] of checks) {
      const english = new RegExp(
        `"${check}": Check\\(\\s*"\\w+",\\s*"([^"]+)"`
      ).exec(catalogue)?.[1];
      expect(checkTitle(check, trans)).toBe(english);
    }
  });
});

describe('the report', () => {
  const report = (
    findings: IFinding[],
    problem: string | null = null
  ): Parameters<typeof reportText>[0] => ({
    page: PAGE,
    summary: { at: 0, counts: countStates(findings), complete: !problem },
    ms: problem ? null : 1234,
    findings,
    connections: ['ml'],
    problem
  });

  it('can be read', () => {
    expect(reportText(report([finding(), FAILED]))).toBe(
      [
        'Model governance 0.1.0, JupyterLab 4.6.6, checked 1970-01-01T00:00:00.000Z',
        '1 FAILED, 1 ok',
        'All checks in 1.2 s.',
        '',
        '[installation]',
        'ok           clock: within 1 s of AWS',
        '',
        '[mlflow ml]',
        'FAILED       mlflow: could not be reached',
        '             -> Check the network path.'
      ].join('\n')
    );
  });

  it('says when it is not the whole', () => {
    const text = reportText(report([finding()], 'The server broke it off.'));
    expect(text).toContain('INCOMPLETE');
    expect(text).toContain('The server broke it off.');
    expect(JSON.parse(reportJson(report([finding()], 'x'))).complete).toBe(
      false
    );
  });

  it('holds no secret, wherever one comes in', () => {
    const random = mulberry(20261121);
    for (let round = 0; round < 300; round++) {
      const secret = word(random);
      const spoken = [
        `Authorization: Bearer ${secret}`,
        `authorization: ${secret} and ${secret}`,
        `Bearer ${secret}`,
        `{"access_token": "${secret}"}`,
        `{'password': '${secret}'}`,
        `password=${secret}&user=me`,
        `api_key: ${secret}`,
        `SecretAccessKey=${secret}`,
        `Cookie: a=1; session=${secret}`,
        `Set-Cookie: id=${secret}; Path=/`,
        `https://me:${secret}@proxy:8080/x`,
        `https://me:a/b?${secret}@proxy:8080/x`,
        `https://host/a?X-Amz-Signature=${secret}`,
        `https://host/auth?authToken=${secret}#${secret}`,
        `/path?sig=${secret}`,
        `X-Amz-Security-Token: ${secret}`
      ][Math.floor(random() * 16)];
      const hostile = [
        finding({ state: 'failed', message: spoken, hint: `see ${spoken}` })
      ];
      for (const text of [
        reportText(report(hostile, spoken)),
        reportJson(report(hostile, spoken))
      ]) {
        expect(text).not.toContain(secret);
      }
    }
  });

  it.each([
    'arn:aws:iam::222233334444:role/SageMakerGovernanceRegistry',
    'Ask for secretsmanager:GetSecretValue on it.',
    'sagemaker:Search: allowed',
    `SHA-256 ${'ab12'.repeat(16)}`,
    'https://host/openpages/opgrc answered'
  ])('keeps what an administrator needs: %s', text => {
    expect(redact(text)).toBe(text);
  });
});

describe('the last check', () => {
  const counts = countStates([]);

  it('is never said to be good unless it was', () => {
    expect(lastCheck(null, trans)).toContain('not run');
    const at = Date.now();
    expect(lastCheck({ at, counts, complete: true }, trans)).toContain(
      'nothing needs attention'
    );
    expect(lastCheck({ at, counts, complete: false }, trans)).toMatch(
      /^given up before its end \(/
    );
    expect(
      lastCheck({ at, counts: { ...counts, failed: 2 }, complete: true }, trans)
    ).toMatch(/^2 failures \(/);
  });
});

/** Numbers that are the same in every run. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const ALPHABET =
  'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~';

/** A token with a digit in it. */
function word(random: () => number): string {
  const length = 12 + Math.floor(random() * 40);
  const letters = Array.from(
    { length },
    () => ALPHABET[Math.floor(random() * ALPHABET.length)]
  );
  return `${letters.join('')}7`;
}
