import { Report } from '../report';

const route = (to: string, index: number, length: number) =>
  ({ kind: 'route', route: to, index, length }) as const;

describe('Report', () => {
  const placed = jest.fn();
  const titled = jest.fn();
  let report: Report;

  beforeEach(() => {
    jest.useFakeTimers();
    jest.resetAllMocks();
    report = new Report({ placed, titled });
  });
  afterEach(() => {
    report.dispose();
    jest.useRealTimers();
  });

  it('tells many messages once, as the last ones say', () => {
    for (let at = 0; at < 50; at++) {
      report.route(route(`/experiments/${at}`, 1, 3));
      report.title(`Experiment ${at}`);
    }
    expect(report.place.route).toBe('/experiments/49');
    expect(placed).not.toHaveBeenCalled();
    jest.advanceTimersByTime(100);
    const place = { route: '/experiments/49', back: true, forward: true };
    expect(placed.mock.calls).toEqual([[place]]);
    expect(titled.mock.calls).toEqual([['Experiment 49']]);
  });

  it('knows the ends of the history', () => {
    report.route(route('/a', 0, 2));
    expect(report.place).toEqual({ route: '/a', back: false, forward: true });
    report.route(route('/b', 1, 2));
    expect(report.place).toEqual({ route: '/b', back: true, forward: false });
    report.begin('/c');
    expect(report.place).toEqual({ route: '/c', back: false, forward: false });
  });

  it('tells a title again only to somebody new', () => {
    report.title('Runs');
    jest.advanceTimersByTime(100);
    report.title('Runs');
    jest.advanceTimersByTime(100);
    expect(titled).toHaveBeenCalledTimes(1);
    report.again();
    jest.advanceTimersByTime(100);
    expect(titled.mock.calls).toEqual([['Runs'], ['Runs']]);
  });

  it('tells nobody after its end', () => {
    report.title('Runs');
    report.dispose();
    jest.advanceTimersByTime(100);
    expect(placed).not.toHaveBeenCalled();
    expect(titled).not.toHaveBeenCalled();
  });
});
