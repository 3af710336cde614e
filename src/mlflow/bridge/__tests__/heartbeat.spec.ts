import { Heartbeat } from '../heartbeat';

function setUp() {
  const state = { isAwake: true };
  const ask = jest.fn();
  const changed = jest.fn();
  const heart = new Heartbeat({ ask, changed, isAwake: () => state.isAwake });
  return { heart, ask, changed, state };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('Heartbeat', () => {
  it('tells of a page that does not answer, and of its return', () => {
    const { heart, ask, changed } = setUp();
    jest.advanceTimersByTime(19_000);
    expect(ask).toHaveBeenCalledTimes(1);
    expect(changed).not.toHaveBeenCalled();
    jest.advanceTimersByTime(60_000);
    expect(changed.mock.calls).toEqual([[true]]);
    heart.alive();
    expect(changed.mock.calls).toEqual([[true], [false]]);
    heart.dispose();
  });

  it('is content with a page that answers', () => {
    const { heart, ask, changed } = setUp();
    ask.mockImplementation(() => setTimeout(() => heart.alive(), 4000));
    jest.advanceTimersByTime(120_000);
    expect(ask.mock.calls.length).toBeGreaterThan(20);
    expect(changed).not.toHaveBeenCalled();
    heart.dispose();
  });

  it('asks nothing while nobody looks, nor once it has ended', () => {
    const { heart, ask, changed, state } = setUp();
    state.isAwake = false;
    jest.advanceTimersByTime(120_000);
    state.isAwake = true;
    heart.dispose();
    jest.advanceTimersByTime(120_000);
    expect(ask).not.toHaveBeenCalled();
    expect(changed).not.toHaveBeenCalled();
  });
});
