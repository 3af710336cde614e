/**
 * The strings people see, and whether every shipped language has them.
 *
 *   node scripts/locale.mjs            check: exit 1 where a translation is missing,
 *                                      left over, or has other placeholders
 *   node scripts/locale.mjs --missing  print the untranslated strings as JSON
 *
 * Strings are read from the sources with the TypeScript compiler (`trans.__`, `_n`,
 * `_p`, `_np`) and from the settings schemas, where JupyterLab translates titles and
 * descriptions under the context "schema".
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
  gettext: ([text]) => ({ key: text, forms: [text] }),
  _n: ([one, many]) => ({ key: one, forms: [one, many] }),
  ngettext: ([one, many]) => ({ key: one, forms: [one, many] }),
  _p: ([context, text]) => ({ key: context + CONTEXT + text, forms: [text] }),
  _np: ([context, one, many]) => ({
    key: context + CONTEXT + one,
    forms: [one, many]
  })
};

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
  if (ts.isStringLiteralLike(node)) {
    return node.text;
  }
  if (ts.isBinaryExpression(node)) {
    const left = literal(node.left);
    const right = literal(node.right);
    return left === undefined || right === undefined ? undefined : left + right;
  }
  return undefined;
}

/** Strings of the sources: key -> its forms and first place. */
function sourceStrings() {
  const found = new Map();
  for (const path of files(join(root, 'src'), /\.tsx?$/)) {
    const source = ts.createSourceFile(
      path,
      readFileSync(path, 'utf8'),
      ts.ScriptTarget.Latest,
      true
    );
    const visit = node => {
      if (
        ts.isCallExpression(node) &&
        ts.isPropertyAccessExpression(node.expression) &&
        /(^|\.)trans$/.test(node.expression.expression.getText(source)) &&
        node.expression.name.text in METHODS
      ) {
        const texts = node.arguments.map(literal);
        const wanted = METHODS[node.expression.name.text](texts);
        if (wanted.forms.every(form => form !== undefined)) {
          const { line } = source.getLineAndCharacterOfPosition(node.pos);
          found.set(wanted.key, {
            forms: wanted.forms,
            place: `${relative(root, path)}:${line + 1}`
          });
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return found;
}

/** Keys of a schema whose text JupyterLab shows (its default selectors). */
const SHOWN =
  /^(title|description|label|caption|jupyter\.lab\.setting-icon-label)$/;

function schemaStrings(found) {
  for (const path of files(join(root, 'schema'), /\.json$/)) {
    const visit = node => {
      if (Array.isArray(node)) {
        node.forEach(visit);
      } else if (node && typeof node === 'object') {
        for (const [key, value] of Object.entries(node)) {
          if (SHOWN.test(key) && typeof value === 'string') {
            found.set(`schema${CONTEXT}${value}`, {
              forms: [value],
              place: relative(root, path)
            });
          } else {
            visit(value);
          }
        }
      }
    };
    visit(JSON.parse(readFileSync(path, 'utf8')));
  }
  return found;
}

const placeholders = text => (text.match(/%\d+|%[sd]/g) ?? []).sort().join(' ');

/** What is wrong with one language, one line each. */
function problems(language, wanted, translated) {
  const found = [];
  for (const [key, { forms, place }] of wanted) {
    const text = translated[key];
    const shown = JSON.stringify(forms[0]);
    if (
      !Array.isArray(text) ||
      text.length !== forms.length ||
      text.some(t => !t)
    ) {
      found.push(`${place}: no ${language} for ${shown}`);
    } else if (
      text.some(
        (t, i) =>
          placeholders(t) !== placeholders(forms[i]) &&
          placeholders(t) !== placeholders(forms[forms.length - 1])
      )
    ) {
      found.push(
        `${place}: placeholders differ in the ${language} of ${shown}`
      );
    }
  }
  for (const key of Object.keys(translated)) {
    if (key && !wanted.has(key)) {
      found.push(`${language}: nothing says ${JSON.stringify(key)} any more`);
    }
  }
  return found;
}

const wanted = schemaStrings(sourceStrings());
const all = [];
for (const language of readdirSync(locales)) {
  const file = join(locales, language, 'LC_MESSAGES', `${DOMAIN}.json`);
  const translated = JSON.parse(readFileSync(file, 'utf8'));
  if (process.argv.includes('--missing')) {
    const missing = [...wanted].filter(([key]) => !(key in translated));
    process.stdout.write(
      JSON.stringify(
        Object.fromEntries(missing.map(([key, { forms }]) => [key, forms])),
        null,
        1
      ) + '\n'
    );
  } else {
    all.push(...problems(language, wanted, translated));
  }
}
for (const problem of all) {
  console.error(problem);
}
if (all.length) {
  console.error(`${all.length} problems in the translations`);
  process.exit(1);
}
