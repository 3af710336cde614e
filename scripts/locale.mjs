/**
 * The strings people see, and whether every shipped language has them.
 *
 *   node scripts/locale.mjs            check: exit 1 where a text cannot be translated,
 *                                      or a translation is missing, left over, or has
 *                                      other placeholders
 *   node scripts/locale.mjs --missing  print the untranslated strings as JSON
 *
 * Strings are read from the sources with the TypeScript compiler (`__`, `_n`, `_p`,
 * `_np` of whatever holds the translator) and from the settings schemas.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const locales = join(root, 'jupyter_ext/sagemaker_governance/locale');
const DOMAIN = 'sagemaker_governance';
const CONTEXT = '\u0004';

/** Arguments of a translator's method that are text. */
const METHODS = {
  __: ([text]) => ({ key: text, forms: [text] }),
  _n: ([one, many]) => ({ key: one, forms: [one, many] }),
  _p: ([context, text]) => ({ key: context + CONTEXT + text, forms: [text] }),
  _np: ([context, one, many]) => ({
    key: context + CONTEXT + one,
    forms: [one, many]
  })
};
METHODS.gettext = METHODS.__;
METHODS.ngettext = METHODS._n;
METHODS.pgettext = METHODS._p;
METHODS.npgettext = METHODS._np;

/** Attributes that a person sees or hears. */
const SEEN_ATTRIBUTES = new Set([
  ...['alt', 'aria-description', 'aria-label', 'aria-roledescription'],
  ...['aria-valuetext', 'caption', 'label', 'placeholder', 'title', 'tooltip']
]);

const WORD = /\p{L}{2}/u;

function* files(folder, pattern) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== '__tests__' && entry.name !== 'testing') {
        yield* files(path, pattern);
      }
    } else if (pattern.test(entry.name)) {
      yield path;
    }
  }
}

/** Literal text of an argument, joined over `+`; undefined when it is not one. */
function literal(node) {
  if (node === undefined) {
    return undefined;
  }
  if (ts.isStringLiteralLike(node)) {
    return node.text;
  }
  if (ts.isParenthesizedExpression(node)) {
    return literal(node.expression);
  }
  if (ts.isBinaryExpression(node)) {
    const left = literal(node.left);
    const right = literal(node.right);
    return left === undefined || right === undefined ? undefined : left + right;
  }
  return undefined;
}

/** Translator's method that a call names, as `trans.__(` or `trans['__'](`. */
function methodOf({ expression }) {
  const name = ts.isPropertyAccessExpression(expression)
    ? expression.name.text
    : ts.isElementAccessExpression(expression)
      ? literal(expression.argumentExpression)
      : undefined;
  return Object.hasOwn(METHODS, name ?? '') ? METHODS[name] : undefined;
}

/** Text that a JSX node shows without a translator; undefined: none. */
function bareText(node) {
  if (ts.isJsxText(node)) {
    return node.text.trim();
  }
  if (ts.isJsxAttribute(node) && SEEN_ATTRIBUTES.has(node.name.getText())) {
    const value = node.initializer;
    return value && ts.isJsxExpression(value)
      ? literal(value.expression)
      : literal(value);
  }
  return undefined;
}

/** Every string by its key: forms and place; and what is wrong with the calls. */
class Wanted {
  strings = new Map();
  problems = [];

  add(key, forms, place) {
    const known = this.strings.get(key);
    if (known && known.forms.join(CONTEXT) !== forms.join(CONTEXT)) {
      // A translation is looked up by the singular alone.
      this.problems.push(
        `${place}: ${JSON.stringify(forms[0])} has other forms at ${known.place}`
      );
    } else if (!known) {
      this.strings.set(key, { forms, place });
    }
  }

  addSource(path) {
    const source = ts.createSourceFile(
      path,
      readFileSync(path, 'utf8'),
      ts.ScriptTarget.Latest,
      true
    );
    const visit = node => {
      const { line } = source.getLineAndCharacterOfPosition(
        node.getStart(source)
      );
      const place = `${relative(root, path)}:${line + 1}`;
      const method = ts.isCallExpression(node) ? methodOf(node) : undefined;
      if (method) {
        const { key, forms } = method(node.arguments.map(literal));
        if (forms.includes(undefined)) {
          this.problems.push(`${place}: the text is not a literal`);
        } else {
          this.add(key, forms, place);
        }
      }
      const text = bareText(node);
      if (text !== undefined && WORD.test(text)) {
        this.problems.push(
          `${place}: ${JSON.stringify(text)} does not go through the translator`
        );
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }

  /**
   * Texts and contexts as jupyterlab_server's DEFAULT_SCHEMA_SELECTORS.
   *
   * It takes them from language packs alone so far, not from what an extension
   * brings (translation_utils.py, TranslationBundle): settings stay English.
   */
  addSchema(path) {
    const visit = (node, context) => {
      for (const [key, value] of Object.entries(node)) {
        if (value && typeof value === 'object') {
          visit(value, 'settings');
        } else if (key === 'title' || key === 'description') {
          this.add(`${context}${CONTEXT}${value}`, [value], place);
        } else if (key === 'jupyter.lab.setting-icon-label') {
          this.add(`settings${CONTEXT}${value}`, [value], place);
        }
      }
    };
    const place = relative(root, path);
    const schema = JSON.parse(readFileSync(path, 'utf8'));
    visit(schema, 'schema');
    if (schema['jupyter.lab.internationalization']?.domain !== DOMAIN) {
      this.problems.push(`${place}: names no domain for its translations`);
    }
  }
}

const placeholders = text => (text.match(/%\d+/g) ?? []).sort().join(' ');

/** What is wrong with the header of a language's file. */
function headerProblems(language, header = {}) {
  const found = [];
  // JupyterLab's TranslationManager reads `plural_forms` and throws without it.
  for (const name of ['domain', 'language', 'plural_forms']) {
    if (!header[name]) {
      found.push(`${language}: the header has no ${name}`);
    }
  }
  // Looked up as the page's language, which has a hyphen.
  if (header.language !== language.replace('_', '-')) {
    found.push(`${language}: the header names the language otherwise`);
  }
  return found;
}

/** What is wrong with one language, one line each. */
function problems(language, wanted, { '': header, ...translated }) {
  const found = headerProblems(language, header);
  const plurals = Number(/nplurals=(\d+)/.exec(header?.plural_forms)?.[1]);
  for (const [key, { forms, place }] of wanted) {
    const texts = translated[key];
    const shown = JSON.stringify(forms[0]);
    if (
      !Array.isArray(texts) ||
      texts.length !== (forms.length > 1 ? plurals : 1) ||
      texts.some(text => typeof text !== 'string' || !text.trim())
    ) {
      found.push(`${place}: no ${language} for ${shown}`);
    } else if (
      texts.some(text =>
        forms.every(form => placeholders(form) !== placeholders(text))
      )
    ) {
      found.push(
        `${place}: placeholders differ in the ${language} of ${shown}`
      );
    }
  }
  for (const key of Object.keys(translated)) {
    if (!wanted.has(key)) {
      found.push(`${language}: nothing says ${JSON.stringify(key)} any more`);
    }
  }
  return found;
}

const wanted = new Wanted();
for (const path of files(join(root, 'src'), /\.tsx?$/)) {
  wanted.addSource(path);
}
for (const path of files(join(root, 'schema'), /\.json$/)) {
  wanted.addSchema(path);
}

const missingOnly = process.argv.includes('--missing');
const all = missingOnly ? [] : wanted.problems;
for (const language of readdirSync(locales)) {
  const file = join(locales, language, 'LC_MESSAGES', `${DOMAIN}.json`);
  const translated = JSON.parse(readFileSync(file, 'utf8'));
  if (missingOnly) {
    const missing = [...wanted.strings].filter(([key]) => !(key in translated));
    process.stdout.write(
      JSON.stringify(
        Object.fromEntries(missing.map(([key, { forms }]) => [key, forms])),
        null,
        1
      ) + '\n'
    );
  } else {
    all.push(...problems(language, wanted.strings, translated));
  }
}
for (const problem of all) {
  console.error(problem);
}
if (all.length) {
  console.error(`${all.length} problems in the translations`);
  process.exit(1);
}
