/** Small statistics. */

/** Value below which the share `p` (0 to 1) of the values lies. */
export function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
}

/** Middle value. */
export const median = values => percentile(values, 0.5);

/** Rounded to `digits` behind the point. */
export const round = (value, digits = 1) => Number(value.toFixed(digits));
