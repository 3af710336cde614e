/** Make free text fit SageMaker, and tell what was changed. Pure. */
import { METADATA_KEY_MAX, METADATA_PAIRS, METADATA_VALUE_MAX } from './limits';

/** Something that was not written as it was. */
export interface IAdjustment {
  key: string;
  /** As MLflow or the user has it. */
  from: string;
  /** As it is written; null: left out. */
  to: string | null;
  why: 'characters' | 'length' | 'empty' | 'duplicate' | 'too-many';
}

/** Metadata that SageMaker takes, and what was changed for it. */
export interface IMetadata {
  pairs: Record<string, string>;
  adjustments: IAdjustment[];
}

/** Everything but letters, digits, space and `_.:/=+-@`. */
const REFUSED = /[^\p{L}\p{N} _.:/=+\-@]/gu;

/** Shorten by whole characters, never through the middle of one. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) {
    return text;
  }
  let out = '';
  for (const char of text) {
    if (out.length + char.length > max) {
      break;
    }
    out += char;
  }
  return out;
}

/** Text with only the characters that metadata may hold, `_` for others. */
export function plain(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\p{Z}|[\t\r\n]/gu, ' ')
    .replace(REFUSED, '_')
    .trim();
}

/**
 * Fit pairs to the limits: 50 pairs, key 128, value 256 characters, plain.
 *
 * @param pairs in order of importance: the last ones are left out first.
 */
export function fitMetadata(
  pairs: readonly (readonly [key: string, value: string])[]
): IMetadata {
  const out = new Map<string, string>();
  const adjustments: IAdjustment[] = [];
  for (const [key, value] of pairs) {
    const name = shorten(plain(key), METADATA_KEY_MAX).trim();
    const text = plain(value);
    const fitted = shorten(text, METADATA_VALUE_MAX).trim();
    const drop = (why: IAdjustment['why']) =>
      adjustments.push({ key, from: value, to: null, why });
    if (!name || !fitted) {
      drop('empty');
    } else if (out.has(name)) {
      drop('duplicate');
    } else if (out.size >= METADATA_PAIRS) {
      drop('too-many');
    } else {
      out.set(name, fitted);
      if (fitted !== value || name !== key) {
        adjustments.push({
          key: name,
          from: value,
          to: fitted,
          why: text.length > METADATA_VALUE_MAX ? 'length' : 'characters'
        });
      }
    }
  }
  return { pairs: Object.fromEntries(out), adjustments };
}

/** One line of printable text, as descriptions must be. */
export function oneLine(text: string): string {
  return text
    .replace(/[\r\n\t\v\f\u0085\u2028\u2029]+/g, ' ')
    .replace(/[^\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]/gu, '');
}

/** A group name made of any text: `Credit risk (EU)` becomes `Credit-risk-EU`. */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
}
