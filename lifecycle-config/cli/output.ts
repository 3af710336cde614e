/** What the command line says: results on stdout, everything else on stderr. */
import { createInterface } from 'node:readline/promises';
import { CliError, EXIT } from './errors';
import type { Json } from './json';

/** Where a command writes, and whom it asks. */
export interface IOutput {
  /** One line of progress, for people. */
  progress(line: string): void;
  /** Lines of the result, for people; nothing with `--json`. */
  print(...lines: string[]): void;
  /**
   * Ask for a yes.
   *
   * @throws CliError when nobody agrees, or nobody is there
   */
  confirm(question: string): Promise<void>;
}

/**
 * @param json print nothing for people on stdout
 * @param yes agree to everything
 */
export function terminal(json: boolean, yes: boolean): IOutput {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  return {
    progress: say,
    print: (...lines) => {
      if (!json) {
        process.stdout.write(lines.map(line => `${line}\n`).join(''));
      }
    },
    confirm: async question => {
      if (yes) {
        return;
      }
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
  };
}

/** The one JSON value of a command with `--json`. */
export function printJson(value: Json): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Columns of equal width, two spaces apart. */
export function table(rows: string[][]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  return rows.map(row =>
    row
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd()
  );
}
