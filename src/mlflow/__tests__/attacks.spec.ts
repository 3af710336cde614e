/** What a hostile MLflow says to our own views. */
import { UpstreamError } from '../../relay';
import { fakeRelay } from '../../testing';
import type { IRelay } from '../../tokens';
import { Calls, MAX_ANSWER } from '../calls';
import { MLflowClient } from '../client';
import { number } from '../wire';

/** A relay whose upstream gives an answer that never ends. */
function endless(status = 200): { relay: IRelay; sent(): number } {
  const piece = new Uint8Array(1 << 20).fill(0x20);
  let sent = 0;
  const reader = {
    read: () => {
      sent += piece.byteLength;
      return Promise.resolve({ done: false, value: piece });
    },
    cancel: () => Promise.resolve()
  };
  const headers = new Headers();
  const body = { getReader: () => reader };
  const response = { ok: status < 400, status, headers, body };
  const relay = fakeRelay({});
  relay.request = () => Promise.resolve(response as unknown as Response);
  return { relay, sent: () => sent };
}

describe('a hostile MLflow', () => {
  it('does not fill the memory with an answer', async () => {
    const { relay, sent } = endless();
    const calls = new Calls(relay);
    const asked = calls.get('risk', 'runs/get', {});
    await expect(asked).rejects.toBeInstanceOf(UpstreamError);
    await expect(asked).rejects.toThrow(/^MLflow: The answer is larger/);
    expect(sent()).toBeLessThan(MAX_ANSWER + (8 << 20));
  });

  it('does not with an error, nor with a version', async () => {
    for (const status of [200, 500]) {
      const { relay, sent } = endless(status);
      const mlflow = new MLflowClient(relay);
      await expect(mlflow.version('risk')).rejects.toBeInstanceOf(
        UpstreamError
      );
      expect(sent()).toBeLessThan(8 << 20);
    }
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'gives no member of objects for a number: %s',
    value => {
      expect(number(value)).toBeNull();
    }
  );

  it('gives the numbers that JSON has no word for', () => {
    expect(
      ['NaN', 'Infinity', '-Infinity', '1e400', '+Infinity'].map(number)
    ).toEqual([NaN, Infinity, -Infinity, null, null]);
  });
});
