/**
 * Which MLflow experiment a notebook uses, read from its code alone.
 *
 * MLflow's own order (`mlflow.tracking.fluent._get_experiment_id`): the last
 * `set_experiment` wins, then the environment, there the name before the id.
 */
import { type IToken, tokenize } from './python';

/** What a notebook says; `dynamic`: it says so, but not in so many words. */
export type Mention =
  | { kind: 'name'; name: string; from: Origin }
  | { kind: 'id'; id: string; from: Origin }
  | { kind: 'dynamic'; code: string; from: Origin };

/** Where it says so. */
export type Origin = 'set_experiment' | 'environment';

/** What was found in a notebook. */
export interface IFound {
  /** null: it names no experiment. */
  experiment: Mention | null;
  /** Argument of the last `set_tracking_uri` that is written out. */
  trackingUri: string | null;
}

/** Cells longer than this hold data, not code, characters. */
const MAX_CELL = 100_000;

/** Cell magics whose body is Python in the kernel. */
const PYTHON_CELL = /^%%(?:time|timeit|capture|prun|memit|mprun)\b/;

/** `%env NAME=value`, `%env NAME value`, `%set_env NAME value`. */
const ENV_MAGIC = /^%(?:set_)?env\s+([A-Za-z_]\w*)(?:\s*=\s*|\s+)(.+)$/;

const NAME_VARIABLE = 'MLFLOW_EXPERIMENT_NAME';
const ID_VARIABLE = 'MLFLOW_EXPERIMENT_ID';

/** What stands before the `=` of a comparison. */
const COMPARES = new Set(['=', '!', '<', '>']);

/** Words before a colon that begin no annotation. */
const CLAUSES = new Set(['else', 'try', 'finally', 'lambda']);

/** Tokens of a call that are looked through; half-typed code may not end. */
const MAX_ARGUMENTS = 500;

/** Longest text that is followed, characters; MLflow takes names of 500. */
const MAX_TEXT = 2000;

/** Longest code that is shown of what is not written out, characters. */
const MAX_CODE = 80;

/** @param cells - source of the code cells, in order */
export function findExperiment(cells: readonly string[]): IFound {
  const reader = new NotebookReader();
  cells.forEach(cell => reader.read(cell));
  return reader.found;
}

/** A value of the code; text null: only a kernel could tell. */
interface IValue {
  text: string | null;
  code: string;
}

class NotebookReader {
  get found(): IFound {
    const name = this._environment.get(NAME_VARIABLE);
    const id = this._environment.get(ID_VARIABLE);
    return {
      experiment:
        this._set ??
        (name && mention('name', name, 'environment')) ??
        (id && mention('id', id, 'environment')) ??
        null,
      trackingUri: this._trackingUri
    };
  }

  read(cell: string): void {
    let source = cell;
    if (source.length > MAX_CELL) {
      return;
    }
    if (/^\s*%%/.test(source)) {
      if (!PYTHON_CELL.test(source.trimStart())) {
        return;
      }
      source = source.replace(/^\s*%%[^\n]*/, '');
    }
    let statement: IToken[] = [];
    for (const token of [...tokenize(source), null]) {
      if (token?.kind === 'magic') {
        this._magic(token.text);
      } else if (token && token.kind !== 'end') {
        statement.push(token);
      } else {
        this._statement(statement, source);
        statement = [];
      }
    }
  }

  private _magic(line: string): void {
    const found = ENV_MAGIC.exec(line.trim());
    if (found) {
      const [, name, raw] = found;
      const code = raw.trim();
      // IPython puts variables in place of `{name}` and `$name`.
      const text = /[{$]/.test(code) ? null : code;
      this._environment.set(name, { text, code });
    }
  }

  private _statement(tokens: readonly IToken[], source: string): void {
    this._imports(tokens);
    for (let i = 0; i < tokens.length; i++) {
      const call = tokens[i + 1]?.text === '(' && tokens[i].kind === 'name';
      if (call) {
        const args = splitArguments(tokens, i + 1);
        switch (tokens[i].text) {
          case 'set_experiment':
            this._setExperiment(tokens, i, args, source);
            break;
          case 'set_tracking_uri':
            if (this._isMLflows(tokens, i)) {
              const value = this._evaluate(valueOf(args, 'uri', 0), source);
              this._trackingUri = value?.text ?? null;
            }
            break;
          case 'setdefault':
            if (isEnvironment(tokens, i - 2) && tokens[i - 1].text === '.') {
              const name = this._evaluate(args[0], source)?.text;
              const value = this._evaluate(args[1], source);
              if (name && value && !this._environment.has(name)) {
                this._environment.set(name, value);
              }
            }
            break;
          case 'update':
            if (isEnvironment(tokens, i - 2) && tokens[i - 1].text === '.') {
              this._update(args, source);
            }
            break;
        }
      }
    }
    this._assignment(tokens, source);
  }

  private _imports(tokens: readonly IToken[]): void {
    const words = tokens.map(({ text }) => text);
    const at = words.indexOf('mlflow');
    if (words[0] === 'import' && at > 0 && words[at + 1] === 'as') {
      this._names.add(words[at + 2] ?? '');
    }
  }

  /** Whether a function of MLflow is called: `mlflow.x(` or a bare `x(`. */
  private _isMLflows(tokens: readonly IToken[], at: number): boolean {
    const before = tokens[at - 1]?.text;
    if (before === 'def' || before === 'class') {
      return false;
    }
    return (
      before !== '.' ||
      (this._names.has(tokens[at - 2]?.text ?? '') &&
        tokens[at - 3]?.text !== '.')
    );
  }

  private _setExperiment(
    tokens: readonly IToken[],
    at: number,
    args: readonly IToken[][],
    source: string
  ): void {
    if (!this._isMLflows(tokens, at)) {
      return;
    }
    const name = this._evaluate(valueOf(args, 'experiment_name', 0), source);
    const id = this._evaluate(valueOf(args, 'experiment_id', 1), source);
    const given = [
      name && mention('name', name, 'set_experiment'),
      id && mention('id', id, 'set_experiment')
    ].find(Boolean);
    if (given) {
      this._set = given;
    }
  }

  /** `os.environ.update({"NAME": value}, NAME=value)`. */
  private _update(args: readonly IToken[][], source: string): void {
    for (const arg of args) {
      const entries =
        arg[0]?.text === '{'
          ? splitArguments(arg, 0).map(entry => [
              this._evaluate(entry.slice(0, 1), source)?.text,
              entry[1]?.text === ':' ? entry.slice(2) : []
            ])
          : [[arg[1]?.text === '=' ? arg[0].text : null, arg.slice(2)]];
      for (const [key, tokens] of entries as [string | null, IToken[]][]) {
        const value = this._evaluate(tokens, source);
        if (key && value) {
          this._environment.set(key, value);
        }
      }
    }
  }

  /** `NAME = value`, `NAME: type = value`, `os.environ["NAME"] = value`. */
  private _assignment(tokens: readonly IToken[], source: string): void {
    if (tokens[0]?.text === 'for') {
      this._forget(tokens.slice(0, indexOfText(tokens, 'in')));
    }
    const at = tokens.findIndex(
      ({ text }, i) =>
        text === '=' &&
        !COMPARES.has(tokens[i - 1]?.text ?? '=') &&
        tokens[i + 1]?.text !== '='
    );
    if (at < 1) {
      return;
    }
    const target = tokens.slice(0, at);
    const [first, second] = target;
    const value = this._evaluate(tokens.slice(at + 1), source);
    if (
      first.kind === 'name' &&
      (at === 1 || (second.text === ':' && !CLAUSES.has(first.text)))
    ) {
      this._constants.set(first.text, value?.text ?? null);
      return;
    }
    const open = indexOfText(target, '[');
    if (open < 0) {
      this._forget(target);
    } else if (
      isEnvironment(target, open - 1) &&
      target.length === open + 3 &&
      value
    ) {
      const name = this._evaluate([target[open + 1]], source)?.text;
      if (name) {
        this._environment.set(name, value);
      }
    }
  }

  /** Names that get a value which is not followed: `a, b =`, `a +=`. */
  private _forget(tokens: readonly IToken[]): void {
    for (const { kind, text } of tokens) {
      if (kind === 'name' && this._constants.has(text)) {
        this._constants.set(text, null);
      }
    }
  }

  /** @returns null when there is no value, or it is `None` */
  private _evaluate(
    tokens: readonly IToken[] | undefined,
    source: string
  ): IValue | null {
    if (!tokens?.length || (tokens.length === 1 && tokens[0].text === 'None')) {
      return null;
    }
    const code = source
      .slice(tokens[0].from, tokens[tokens.length - 1].to)
      .replace(/\s+/g, ' ');
    let text: string | null = '';
    let needsTerm = true;
    for (const token of tokens) {
      const plus = token.text === '+';
      if (plus ? needsTerm : !needsTerm && token.kind !== 'string') {
        return { text: null, code };
      }
      needsTerm = plus;
      if (!plus) {
        const term = this._term(token, tokens.length === 1);
        // `a = a + a` again and again would fill the memory.
        text =
          term === null || text === null || text.length + term.length > MAX_TEXT
            ? null
            : text + term;
      }
    }
    return { text: needsTerm ? null : text, code };
  }

  private _term(token: IToken, alone: boolean): string | null {
    switch (token.kind) {
      case 'string':
        return token.hasFields && token.value !== null
          ? this._fill(token.value)
          : token.value;
      case 'name':
        return this._constants.get(token.text) ?? null;
      case 'number':
        // An id that was not written as text.
        return alone && /^\d+$/.test(token.text) ? token.text : null;
      default:
        return null;
    }
  }

  /** An f-string whose fields are plain names of known texts. */
  private _fill(text: string): string | null {
    let known = text.length <= MAX_TEXT;
    const filled = text.replace(
      /\{\{|\}\}|\{\s*([\p{L}_][\p{L}\p{N}_]*)\s*\}|[{}]/gu,
      (all: string, name: string | undefined) => {
        if (all === '{{' || all === '}}') {
          return all[0];
        }
        const value = known && name ? this._constants.get(name) : null;
        known = typeof value === 'string';
        return value ?? '';
      }
    );
    return known ? filled : null;
  }

  private _set: Mention | null = null;
  private _trackingUri: string | null = null;
  private _names = new Set(['mlflow']);
  private _constants = new Map<string, string | null>();
  private _environment = new Map<string, IValue>();
}

function mention(
  kind: 'name' | 'id',
  { text, code }: IValue,
  from: Origin
): Mention | null {
  if (text === null) {
    const shown =
      code.length > MAX_CODE ? `${code.slice(0, MAX_CODE - 1)}…` : code;
    return { kind: 'dynamic', code: shown, from };
  }
  if (text.trim() === '') {
    return null;
  }
  return kind === 'name'
    ? { kind, name: text, from }
    : { kind, id: text, from };
}

function indexOfText(tokens: readonly IToken[], text: string): number {
  return tokens.findIndex(token => token.text === text);
}

/** Whether `os.environ` or `environ` ends at a token. */
function isEnvironment(tokens: readonly IToken[], at: number): boolean {
  return (
    tokens[at]?.text === 'environ' &&
    (tokens[at - 1]?.text !== '.' || tokens[at - 2]?.text === 'os')
  );
}

/** What stands between a bracket and its twin, split at its own commas. */
function splitArguments(tokens: readonly IToken[], open: number): IToken[][] {
  const parts: IToken[][] = [[]];
  let depth = 0;
  const end = Math.min(tokens.length, open + MAX_ARGUMENTS);
  for (let i = open; i < end; i++) {
    const token = tokens[i];
    if (token.kind === 'op' && '([{'.includes(token.text)) {
      depth += 1;
      if (depth === 1) {
        continue;
      }
    } else if (token.kind === 'op' && ')]}'.includes(token.text)) {
      depth -= 1;
      if (depth === 0) {
        break;
      }
    }
    if (depth === 1 && token.text === ',') {
      parts.push([]);
    } else {
      parts[parts.length - 1].push(token);
    }
  }
  return parts;
}

/** A keyword argument, else the one at a place. */
function valueOf(
  args: readonly IToken[][],
  keyword: string,
  place: number
): IToken[] | undefined {
  const isKeyword = (arg: IToken[]): boolean =>
    arg[0]?.kind === 'name' && arg[1]?.text === '=' && arg[2]?.text !== '=';
  const named = args.find(arg => isKeyword(arg) && arg[0].text === keyword);
  if (named) {
    return named.slice(2);
  }
  const placed = args[place];
  return placed && !isKeyword(placed) ? placed : undefined;
}
