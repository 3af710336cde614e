/**
 * The language that the lab speaks, for dates and numbers.
 *
 * JupyterLab writes the translator's language code to the page. The browser's
 * own language may be another one: nothing here falls back to it while the page
 * names one.
 */

/** BCP 47 tag; undefined: the page names none. */
export function language(): string | undefined {
  return (
    (typeof document !== 'undefined' && document.documentElement.lang) ||
    undefined
  );
}

/** Formatters by language and options: making one costs more than using it. */
const formatters = new Map<string, unknown>();

/** Make once per language, then keep. @param key - tells its options apart */
export function kept<T>(key: string, make: (lang: string | undefined) => T): T {
  const lang = language();
  const id = `${key}/${lang ?? ''}`;
  let formatter = formatters.get(id) as T | undefined;
  if (formatter === undefined) {
    formatter = make(lang);
    formatters.set(id, formatter);
  }
  return formatter;
}
