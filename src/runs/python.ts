/**
 * Just enough of Python, as notebooks write it, to read what is written out.
 *
 * Tokens follow the language reference, "Lexical analysis"; lines that begin
 * with `%` or `!` are IPython's. Broken code gives tokens too: people are in
 * the middle of typing it.
 */

/** A token with its offsets in the source. */
export interface IToken {
  kind: 'name' | 'number' | 'string' | 'op' | 'magic' | 'end';
  /** Verbatim. */
  text: string;
  from: number;
  to: number;
  /** Of a string: its text; null: it cannot be told from the code alone. */
  value: string | null;
  /** Of a string: an f-string, whose `value` still has its fields. */
  hasFields: boolean;
}

const SPACE = /(?:[ \t\f]|\\\r?\n)+/y;
const COMMENT = /#[^\r\n]*/y;
const NEWLINE = /\r\n?|\n/y;
const NAME = /[\p{L}_][\p{L}\p{N}\p{M}_]*/uy;
const NUMBER = /(?:\d|\.\d)[\w.]*/y;
const QUOTE = /([rbuft]{0,2})("""|'''|"|')/iy;
const MAGIC = /[%!](?:[^\r\n\\]|\\(?:\r?\n)?)*/y;

/** The tokens of a cell; `end` stands where a statement ends. */
export function tokenize(source: string): IToken[] {
  const tokens: IToken[] = [];
  let at = 0;
  let depth = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  const push = (
    kind: IToken['kind'],
    length: number,
    value: string | null = null,
    hasFields = false
  ): void => {
    const text = source.slice(at, at + length);
    const to = at + length;
    tokens.push({ kind, text, from: at, to, value, hasFields });
    at = to;
  };
  while (at < source.length) {
    const skipped = match(SPACE) ?? match(COMMENT);
    if (skipped) {
      at += skipped[0].length;
      continue;
    }
    const newline = match(NEWLINE);
    if (newline) {
      if (depth === 0) {
        push('end', newline[0].length);
      } else {
        at += newline[0].length;
      }
      continue;
    }
    const begins = (tokens[tokens.length - 1]?.kind ?? 'end') === 'end';
    const magic = begins && depth === 0 ? match(MAGIC) : null;
    if (magic) {
      push('magic', magic[0].length);
      continue;
    }
    const quote = match(QUOTE);
    if (quote) {
      const [open, prefix, mark] = quote;
      const body = at + open.length;
      const end = endOfString(source, body, mark);
      const closed = source.startsWith(mark, end);
      const raw = source.slice(body, end);
      const to = closed ? end + mark.length : end;
      push(
        'string',
        to - at,
        closed ? textOf(raw, prefix.toLowerCase()) : null,
        /[ft]/i.test(prefix)
      );
      continue;
    }
    const word = match(NAME);
    if (word) {
      push('name', word[0].length);
      continue;
    }
    const number = match(NUMBER);
    if (number) {
      push('number', number[0].length);
      continue;
    }
    const op = source[at];
    if ('([{'.includes(op)) {
      depth += 1;
    } else if (')]}'.includes(op)) {
      depth = Math.max(0, depth - 1);
    }
    push(op === ';' && depth === 0 ? 'end' : 'op', 1);
  }
  return tokens;
}

/** Offset of the closing mark; of the end of line or text when it is missing. */
function endOfString(source: string, from: number, mark: string): number {
  for (let at = from; at < source.length; at++) {
    const char = source[at];
    if (char === '\\') {
      at += 1;
    } else if (source.startsWith(mark, at)) {
      return at;
    } else if (mark.length === 1 && (char === '\n' || char === '\r')) {
      return at;
    }
  }
  return source.length;
}

const ESCAPE =
  /\\(?:(\r?\n)|([\\'"abfnrtv])|([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(N\{))/g;

const SIMPLE: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v'
};

/** Text of a literal; null for bytes, and for characters given by name. */
function textOf(raw: string, prefix: string): string | null {
  if (prefix.includes('b')) {
    return null;
  }
  if (prefix.includes('r')) {
    return raw;
  }
  let known = true;
  const text = raw.replace(ESCAPE, (...parts: (string | undefined)[]) => {
    const [all = '', line, simple, octal, x, u, U] = parts;
    if (line) {
      return '';
    }
    if (simple) {
      return SIMPLE[simple] ?? simple;
    }
    const code = octal ? parseInt(octal, 8) : parseInt(x ?? u ?? U ?? '', 16);
    if (!(code <= 0x10ffff)) {
      known = false;
      return all;
    }
    return String.fromCodePoint(code);
  });
  return known ? text : null;
}
