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

  function move(): void {
    document.dispatchEvent(new MouseEvent('pointermove'));
  }

  it('gives back a focus that was taken while nobody did anything', () => {
    frame.focus();
    expect(guard.admit()).toBe(false);
    expect(document.activeElement).toBe(field);
  });

  it('gives it back to who types or has just clicked in the lab', () => {
    press('s');
    frame.focus();
    now += 3000;
    expect(guard.admit()).toBe(false);
    now += 20000;
    document.dispatchEvent(new MouseEvent('pointerdown'));
    frame.focus();
    expect(guard.admit()).toBe(false);
    expect(document.activeElement).toBe(field);
  });

  it('refuses whatever explains it when nobody sees the frame', () => {
    press('Tab');
    active = true;
    frame.focus();
    guard.refuse();
    expect(document.activeElement).toBe(field);
    frame.focus();
    field.remove();
    guard.refuse();
    expect(document.activeElement).not.toBe(frame);
  });

  it('lets a click through that the lab has not seen', () => {
    active = true;
    frame.focus();
    expect(guard.admit()).toBe(true);
    press('s');
    move();
    now += 300;
    expect(guard.admit()).toBe(true);
    press('s');
    now += 6000;
    expect(guard.admit()).toBe(true);
    expect(document.activeElement).toBe(frame);
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
    // Who turns to the lab right after that takes the invitation back.
    press('s');
    expect(guard.admit()).toBe(false);
  });

  it('tells of a frame that does not give up', () => {
    for (let at = 0; at < 10; at++) {
      frame.focus();
      guard.admit();
    }
    expect(guard.isBesieged).toBe(false);
    frame.focus();
    guard.admit();
    expect(guard.isBesieged).toBe(true);
  });

  it('bears with a page that takes the focus when it changes', () => {
    for (let at = 0; at < 50; at++) {
      frame.focus();
      guard.admit();
      now += 3000;
    }
    expect(guard.isBesieged).toBe(false);
  });

  it('has nothing to give back when nobody was anywhere', () => {
    field.remove();
    frame.focus();
    expect(guard.admit()).toBe(true);
  });
});
