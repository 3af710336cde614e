/** What the command line says: results on stdout, everything else on stderr. */
import { createInterface } from 'node:readline/promises';
import { CliError, EXIT } from './errors';
import type { Json } from './json';

/** What a line is about; a terminal shows it as a colour, the words say it too. */
export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'strong';

/** A line of a result: `text` is broken to the right of `head`. */
export interface ILine {
  head: string;
  text: string;
  /** Of the head, or of the text where there is no head. */
  tone: Tone;
}

/** Where a command writes, and whom it asks. */
export interface IOutput {
  /** One line of progress, for people. */
  progress(line: string): void;
  /** Lines of the result, for people; nothing with `--json`. */
  print(...lines: (string | ILine)[]): void;
  /** Columns with a head; where they do not fit, one row below the other. */
  table(rows: string[][]): void;
  /** A file's text as it is; nothing with `--json`. */
  raw(text: string): void;
  /**
   * Ask for a yes.
   *
   * @throws CliError when nobody agrees, or nobody is there
   */
  confirm(question: string): Promise<void>;
}

const CODES: Record<Tone, string> = {
  plain: '',
  good: '32',
  warn: '33',
  bad: '31',
  strong: '1'
};

/** A stream that people may look at. */
type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> & {
  /** Says no with NO_COLOR and TERM=dumb (Node's documentation of `tty`). */
  hasColors?(): boolean;
};

/** Text in the colour of a tone, where the stream shows colours. */
export function toned(stream: Stream, tone: Tone, text: string): string {
  return tone !== 'plain' && stream.isTTY && stream.hasColors?.()
    ? `\x1b[${CODES[tone]}m${text}\x1b[0m`
    : text;
}

/** Columns to break lines at: those of the terminal, else COLUMNS, else none. */
export function widthOf(stream: Stream): number {
  const told = stream.isTTY ? stream.columns : Number(process.env.COLUMNS);
  return Number.isInteger(told) && told > 0 ? Math.max(told, 40) : Infinity;
}

/** Words in lines of a width; one longer than that stays whole, to be copied. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** A line of a result as lines of a stream. */
export function laidOut(line: string | ILine, stream: Stream): string[] {
  if (typeof line === 'string') {
    const [indent] = /^ */.exec(line) ?? [''];
    const rest = wrap(
      line.slice(indent.length),
      widthOf(stream) - indent.length
    );
    return rest.map(one => `${indent}${one}`.trimEnd());
  }
  const { head, text, tone } = line;
  const blank = head.trim() === '';
  const indent = ' '.repeat(head.length + (blank ? 2 : 0));
  return wrap(text, widthOf(stream) - indent.length).map((one, i) => {
    if (blank) {
      return `${i === 0 ? head : indent}${toned(stream, tone, one)}`;
    }
    return `${i === 0 ? toned(stream, tone, head) : indent}${one}`;
  });
}

/** Rows in columns of equal width, two spaces apart, or one below the other. */
export function table(rows: string[][], width: number): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  const lines = rows.map(row =>
    row
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd()
  );
  if (Math.max(...lines.map(line => line.length)) <= width) {
    return lines;
  }
  const [head, ...rest] = rows;
  const room = Math.max(...head.slice(1).map(name => name.length));
  return rest.flatMap(([name, ...cells]) => [
    name,
    ...cells
      .map((cell, i) => `  ${head[i + 1].padEnd(room)}  ${cell}`)
      .filter((_line, i) => cells[i] !== '')
  ]);
}

/**
 * @param json print nothing for people on stdout
 * @param yes agree to everything
 */
export function terminal(json: boolean, yes: boolean): IOutput {
  const out = process.stdout;
  const print = (...lines: (string | ILine)[]) => {
    if (!json) {
      const all = lines.flatMap(line => laidOut(line, out));
      out.write(all.map(line => `${line}\n`).join(''));
    }
  };
  return {
    progress: line => {
      const all = laidOut(line, process.stderr);
      process.stderr.write(all.map(one => `${one}\n`).join(''));
    },
    print,
    table: rows => {
      if (!json) {
        const lines = table(rows, widthOf(out));
        out.write(lines.map(line => `${line}\n`).join(''));
      }
    },
    raw: text => {
      if (!json) {
        out.write(text);
      }
    },
    confirm: question => (yes ? Promise.resolve() : asked(question))
  };
}

async function asked(question: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new CliError(
      'Nothing was changed: there is no terminal to ask on.',
      'Look at the change with --dry-run, then pass --yes.',
      EXIT.notConfirmed
    );
  }
  const lines = createInterface({
    input: process.stdin,
    output: process.stderr
  });
  const answer = await new Promise<string>((resolve, reject) => {
    // Ctrl-C and Ctrl-D are a no; else the process would end as if it were done.
    lines.on('SIGINT', () => lines.close());
    lines.on('close', () => resolve(''));
    lines.question(`${question} [y/N] `).then(resolve, reject);
  });
  lines.close();
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw new CliError(
      'Nothing was changed.',
      'Answer y to go on.',
      EXIT.notConfirmed
    );
  }
}

/** The one JSON value of a command with `--json`. */
export function printJson(value: Json): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
