import { RelayError } from '../../relay';
import { fakeRelay } from '../../testing';
import { isDownError, proveApi } from '../proof';

const PATH = 'mlflow/team/api/2.0/mlflow/experiments/search?max_results=1';
const refused = (code: string): RelayError =>
  new RelayError({ code, message: code, connection: 'team' });

describe('proveApi', () => {
  it('asks for one experiment', async () => {
    const relay = fakeRelay({ [PATH.replace(/\?.*/, '')]: {} });
    await proveApi(relay, 'team');
    expect(relay.calls.map(({ path }) => path)).toEqual([PATH]);
  });

  it('leaves to the page what MLflow itself says', async () => {
    const answer = new Response('{"error_code": "PERMISSION_DENIED"}', {
      status: 403
    });
    await proveApi(fakeRelay({ [PATH.replace(/\?.*/, '')]: answer }), 'team');
  });

  it('tells why the server was not reached', async () => {
    const error = refused('upstream_unreachable');
    const relay = fakeRelay({ [PATH.replace(/\?.*/, '')]: error });
    await expect(proveApi(relay, 'team')).rejects.toBe(error);
  });
});

it.each([
  ['server_not_running', true],
  ['upstream_refused', true],
  ['upstream_unreachable', false],
  ['read_only', false]
])('%s: SageMaker may know why: %s', (code, may) => {
  expect(isDownError(refused(code))).toBe(may);
  expect(isDownError(new Error(code))).toBe(false);
});
