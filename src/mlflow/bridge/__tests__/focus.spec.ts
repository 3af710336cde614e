import { FocusGuard } from '../focus';

describe('FocusGuard', () => {
  let active: boolean;
  let field: HTMLInputElement;
  let frame: HTMLIFrameElement;
  let guard: FocusGuard;
  let now: number;

  beforeEach(() => {
    now = 10000;
    active = false;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    Object.defineProperty(navigator, 'userActivation', {
      configurable: true,
      value: {
        get isActive() {
          return active;
        }
      }
    });
    field = document.createElement('input');
    frame = document.createElement('iframe');
    frame.getBoundingClientRect = () =>
      ({ left: 100, right: 150, top: 100, bottom: 150 }) as DOMRect;
    document.body.replaceChildren(field, frame);
    guard = new FocusGuard(frame);
    field.focus();
  });

  afterEach(() => {
    guard.dispose();
    jest.restoreAllMocks();
  });

  function press(key: string): void {
    active = true;
    document.dispatchEvent(new KeyboardEvent('keydown', { key }));
  }

  function move(x: number): void {
    document.dispatchEvent(
      new MouseEvent('pointermove', { clientX: x, clientY: 120 })
    );
  }

  it('gives back a focus that was taken while nobody did anything', () => {
    frame.focus();
    expect(guard.admit()).toBe(false);
    expect(document.activeElement).toBe(field);
  });

  it('gives it back to who is typing in the lab', () => {
    press('s');
    frame.focus();
    now += 1500;
    expect(guard.admit()).toBe(false);
    expect(document.activeElement).toBe(field);
  });

  it('lets a click through that the lab has not seen', () => {
    active = true;
    frame.focus();
    expect(guard.admit()).toBe(true);
    press('s');
    move(20);
    now += 300;
    expect(guard.admit()).toBe(true);
    press('s');
    now += 2500;
    expect(guard.admit()).toBe(true);
    expect(document.activeElement).toBe(frame);
    expect(frame.inert).toBeFalsy();
  });

  it('lets Tab and the lab itself through', () => {
    press('Tab');
    frame.focus();
    expect(guard.admit()).toBe(true);
    now += 2000;
    active = false;
    guard.invite();
    expect(guard.admit()).toBe(true);
    expect(document.activeElement).toBe(frame);
  });

  it('lets no second attempt happen until somebody turns to the frame', () => {
    frame.focus();
    guard.admit();
    expect(frame.inert).toBe(true);
    move(20);
    expect(frame.inert).toBe(true);
    move(120);
    expect(frame.inert).toBe(false);
    frame.focus();
    guard.admit();
    press('Tab');
    expect(frame.inert).toBe(false);
  });

  it('has nothing to give back when nobody was anywhere', () => {
    field.remove();
    frame.focus();
    expect(guard.admit()).toBe(true);
  });
});
