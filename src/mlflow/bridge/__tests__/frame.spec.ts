import { Frame } from '../frame';

describe('Frame', () => {
  beforeEach(() => {
    URL.createObjectURL = () => 'blob:x';
    URL.revokeObjectURL = () => undefined;
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('is not taken for a thief when its tab is closed with the focus in it', () => {
    const ended = jest.fn();
    const frame = new Frame({
      html: '',
      nonce: 'n',
      route: '/',
      title: 'MLflow',
      receive: jest.fn(),
      ended
    });
    const field = document.createElement('input');
    document.body.replaceChildren(field);
    frame.attach(document.body);
    field.focus();
    // Closed and opened again, more often than thefts are borne with.
    for (let at = 0; at < 30; at++) {
      frame.focus();
      expect(frame.hasFocus).toBe(true);
      frame.setAsleep(true);
      expect(frame.hasFocus).toBe(false);
      frame.setAsleep(false);
    }
    // Nor was it counted against the first one that is.
    frame.setAsleep(true);
    document.querySelector('iframe')?.focus();
    jest.advanceTimersByTime(250);
    expect(frame.hasFocus).toBe(false);
    expect(ended).not.toHaveBeenCalled();
    frame.dispose();
  });
});
