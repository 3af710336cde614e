import { fakeRelay } from '../../testing';
import { LazyMLflow } from '../lazyClient';

describe('LazyMLflow', () => {
  it('hands arguments and answers on', async () => {
    const path = 'mlflow/risk/api/2.0/mlflow/experiments/get';
    const relay = fakeRelay({
      [path]: { experiment: { experiment_id: '7', name: 'credit' } }
    });
    expect(
      await new LazyMLflow(relay).getExperiment('risk', { id: '7' })
    ).toEqual({ id: '7', name: 'credit', deleted: false });
    expect(relay.calls[0].path).toBe(`${path}?experiment_id=7`);
  });
});
