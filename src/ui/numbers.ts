/** Numbers in the language of the lab. */
import { kept } from './language';

/** A whole number with its separators: `1,024`. */
export function formatCount(n: number): string {
  return kept('count', lang => new Intl.NumberFormat(lang)).format(n);
}

/** Digits that a metric shows: AUCs differ in the fourth. */
const SIGNIFICANT = 4;

const digits = (key: string, options: Intl.NumberFormatOptions) =>
  kept(key, lang => new Intl.NumberFormat(lang, options));

/**
 * A metric as people read it: four significant digits, more only before the
 * decimal separator; `–` where there is none.
 */
export function formatMetric(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return '–';
  }
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-4)) {
    return digits('tiny', {
      notation: 'scientific',
      minimumFractionDigits: SIGNIFICANT - 1,
      maximumFractionDigits: SIGNIFICANT - 1
    }).format(value);
  }
  if (Number.isInteger(value) || size >= 10 ** SIGNIFICANT) {
    return digits('whole', { maximumFractionDigits: 0 }).format(value);
  }
  return digits('metric', {
    minimumSignificantDigits: SIGNIFICANT,
    maximumSignificantDigits: SIGNIFICANT
  }).format(value);
}

/** How a metric moved: `+0.013`, `−2`, `±0`; empty where one is missing. */
export function formatChange(
  now: number | null | undefined,
  before: number | null | undefined
): string {
  if (typeof now !== 'number' || typeof before !== 'number') {
    return '';
  }
  const d = now - before;
  const by = digits('change', { maximumSignificantDigits: SIGNIFICANT });
  return d === 0 ? '±0' : `${d > 0 ? '+' : '−'}${by.format(Math.abs(d))}`;
}
