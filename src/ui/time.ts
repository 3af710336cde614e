/** Points in time in words, in the language of the lab. */
import * as React from 'react';

import { kept } from './language';

const UNITS: [Intl.RelativeTimeFormatUnit & string, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1]
];

function largestUnit(seconds: number): [Intl.RelativeTimeFormatUnit, number] {
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) {
      return [unit, Math.trunc(seconds / size)];
    }
  }
  return ['second', 0];
}

/**
 * `12 sec. ago`, `yesterday`, `3 days ago`.
 *
 * @param at ms since epoch
 * @param now ms since epoch
 */
export function relativeTime(at: number, now: number = Date.now()): string {
  const [unit, n] = largestUnit(Math.min(0, Math.round((at - now) / 1000)));
  // "yesterday" and "now" are words; "last mo." is none.
  const numeric = unit === 'day' || unit === 'second' ? 'auto' : 'always';
  return kept(
    `relative/${numeric}`,
    lang => new Intl.RelativeTimeFormat(lang, { style: 'short', numeric })
  ).format(n, unit);
}

/**
 * How long since then: `3 days`, `2 hr`.
 *
 * @param since ms since epoch
 * @param now ms since epoch
 */
export function duration(since: number, now: number = Date.now()): string {
  const [unit, n] = largestUnit(Math.max(0, Math.round((now - since) / 1000)));
  return kept(
    `duration/${unit}`,
    lang =>
      new Intl.NumberFormat(lang, {
        style: 'unit',
        unit,
        unitDisplay: 'short'
      })
  ).format(n);
}

const formatted = (
  at: number,
  key: string,
  options: Intl.DateTimeFormatOptions
): string =>
  kept(key, lang => new Intl.DateTimeFormat(lang, options)).format(at);

/** Date, time and zone in full. @param at ms since epoch */
export function absoluteTime(at: number): string {
  return formatted(at, 'absolute', { dateStyle: 'medium', timeStyle: 'long' });
}

/** Day, month and year. @param at ms since epoch */
export function dateOf(at: number): string {
  return formatted(at, 'date', { dateStyle: 'medium' });
}

/**
 * Day and month, with the year where it is another one: `12 Nov`.
 *
 * @param at ms since epoch
 * @param now ms since epoch
 */
export function dayOf(at: number, now: number = Date.now()): string {
  return new Date(at).getFullYear() === new Date(now).getFullYear()
    ? formatted(at, 'day', { day: 'numeric', month: 'short' })
    : dateOf(at);
}

/** Hours and minutes. @param at ms since epoch */
export function clockTime(at: number): string {
  return formatted(at, 'clock', { timeStyle: 'short' });
}

/** ms between two looks at the clock. */
const TICK = 10_000;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;
let now = 0;

function tick(): void {
  if (document.hidden) {
    return;
  }
  now = Date.now();
  listeners.forEach(listener => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === null) {
    now = Date.now();
    timer = setInterval(tick, TICK);
    document.addEventListener('visibilitychange', tick);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
      document.removeEventListener('visibilitychange', tick);
    }
  };
}

function snapshot(): number {
  // Coarse, so that two looks in a row agree.
  return timer === null ? Math.floor(Date.now() / TICK) * TICK : now;
}

/** The time, about every ten seconds; one timer for all components. */
export function useNow(): number {
  return React.useSyncExternalStore(subscribe, snapshot);
}
