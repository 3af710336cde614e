/**
 * Hides what looks like a secret.
 *
 * The server hides what it knows and what looks like a secret before it
 * answers (`doctor/redact.py`, the same patterns); this is the second net, for
 * what the page itself puts into a report.
 */
const HIDDEN = '[hidden]';
const SCHEME = '[a-z][a-z0-9+.-]*:\\/\\/';
const NAMED =
  '(?!secretsmanager:)[\\w.-]*(?:secret|passw(?:or)?d|passphrase|token|credentials?' +
  '|api[_-]?key|access[_-]?key|private[_-]?key|session[_-]?key|signature|cookie' +
  '|authorization)[\\w.-]*';
const WORD =
  '(?:"(?:[^"\\\\]|\\\\.)*"|\'(?:[^\'\\\\]|\\\\.)*\'|[^\\s,;&"\'<>{}()]+)';

const PATTERNS: readonly [RegExp, string][] = [
  [
    /\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s*[:=]\s*)[^\r\n]*/gi,
    `$1$2${HIDDEN}`
  ],
  [
    /\b(basic|bearer|zenapikey|aws4-hmac-sha256|digest|negotiate)\s+[\w.~+/=,;:%-]*[\d=.+/%][\w.~+/=,;:%-]*/gi,
    `$1 ${HIDDEN}`
  ],
  [new RegExp(`\\b(${SCHEME})[^\\s<>"']*@`, 'gi'), `$1${HIDDEN}@`],
  [
    new RegExp(`(\\b${SCHEME}[^\\s?#"'<>]*)[?#][^\\s"'<>]*`, 'gi'),
    `$1?${HIDDEN}`
  ],
  [/\?(?=[\w.~%-]+=)[^\s"'<>]*/g, `?${HIDDEN}`],
  [/\bx-amz-[\w-]+\s*[=:]\s*[^\s&"'<>]+/gi, `X-Amz-${HIDDEN}`],
  [
    new RegExp(`(["']?\\b${NAMED}["']?\\s*[=:]\\s*)${WORD}`, 'gi'),
    `$1${HIDDEN}`
  ],
  [/\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}/g, HIDDEN],
  [/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b/g, HIDDEN],
  [/(^|[^\w+=-])(?![0-9a-f]{64}(?![\w+=-]))[\w+=-]{72,}/g, `$1${HIDDEN}`]
];

/** The text on one line, without what looks like a secret. */
export function redact(text: string): string {
  const hidden = PATTERNS.reduce(
    (shown, [pattern, replacement]) => shown.replace(pattern, replacement),
    text
  );
  return hidden.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
}
