import {
  absoluteTime,
  clockTime,
  dateOf,
  dayOf,
  duration,
  formatChange,
  formatCount,
  formatMetric,
  relativeTime
} from '..';

const AT = new Date(2026, 10, 12, 15, 4).getTime();
const NOW = new Date(2026, 10, 21, 9).getTime();

afterEach(() => {
  document.documentElement.lang = '';
});

describe('dates', () => {
  it.each([
    ['en', '12 Nov', 'Nov 12, 2026', '3:04'],
    ['es-ES', '12 nov', '12 nov 2026', '15:04'],
    ['de', '12. Nov', '12.11.2026', '15:04']
  ])('follow the language %s of the lab', (lang, day, date, clock) => {
    document.documentElement.lang = lang;
    // English puts the month first.
    const [, number, month] = /^(\d+\.?) (\w+)$/.exec(day) ?? [];
    expect(dayOf(AT, NOW)).toContain(number);
    expect(dayOf(AT, NOW)).toContain(month);
    expect(dateOf(AT)).toBe(date);
    expect(clockTime(AT)).toContain(clock);
    expect(absoluteTime(AT)).toContain(date);
  });

  it('names the year where it is another one', () => {
    document.documentElement.lang = 'en';
    expect(dayOf(AT, NOW)).not.toContain('2026');
    expect(dayOf(AT, new Date(2027, 0, 2).getTime())).toContain('2026');
  });

  it.each([
    [0, 'now'],
    [40, '40 sec. ago'],
    [86_400, 'yesterday'],
    [40 * 86_400, '1 mo. ago'],
    [400 * 86_400, '1 yr. ago']
  ])('say %i seconds ago in whole words', (seconds, said) => {
    document.documentElement.lang = 'en';
    expect(relativeTime(NOW - seconds * 1000, NOW)).toBe(said);
  });

  it('changes with the language while the page lives', () => {
    document.documentElement.lang = 'en';
    expect(relativeTime(AT, NOW)).toBe('8 days ago');
    expect(duration(AT, NOW)).toBe('8 days');
    document.documentElement.lang = 'es-ES';
    expect(relativeTime(AT, NOW)).toBe('hace 8 d');
    expect(duration(AT, NOW)).toBe('8 d');
  });
});

describe('numbers', () => {
  it.each([
    [0.86123, '0.8612'],
    [0.861, '0.8610'],
    [0.00123456, '0.001235'],
    [1e-7, '1.000E-7'],
    [0, '0'],
    [12, '12'],
    [12.3456, '12.35'],
    [1234567.891, '1.235E6'],
    [12345.678, '12,346'],
    [-0.5, '-0.5000'],
    [NaN, '–'],
    [Infinity, '–'],
    [null, '–'],
    [undefined, '–']
  ])('metric %s', (value, text) => {
    document.documentElement.lang = 'en';
    expect(formatMetric(value)).toBe(text);
  });

  it.each([
    [0.861, 0.848, '+0.013'],
    [0.8, 0.9, '−0.1'],
    [1, 1, '±0'],
    [1, null, ''],
    [undefined, 1, '']
  ])('%s after %s', (now, before, text) => {
    document.documentElement.lang = 'en';
    expect(formatChange(now, before)).toBe(text);
  });

  it('have the separators of the language', () => {
    document.documentElement.lang = 'en';
    expect(formatCount(1024)).toBe('1,024');
    document.documentElement.lang = 'de';
    expect(formatCount(1024)).toBe('1.024');
    expect(formatMetric(0.861)).toBe('0,8610');
  });
});
