#!/usr/bin/env node
/** Entry of the command line: words in, exit code out. */
import { Aws } from './aws';
import { attach } from './commands/attach';
import { detach } from './commands/detach';
import { doctor } from './commands/doctor';
import { publish } from './commands/publish';
import { render } from './commands/render';
import { rollback } from './commands/rollback';
import { status } from './commands/status';
import { EXIT, explain } from './errors';
import type { CliError, ExitCode } from './errors';
import { packageVersion } from './installer';
import type { Json } from './json';
import { isObject } from './json';
import type { CommandName, Given } from './options';
import { help, readCommandLine } from './options';
import type { IOutput } from './output';
import { laidOut, printJson, terminal } from './output';

async function act(
  command: CommandName,
  given: Given,
  output: IOutput
): Promise<Json> {
  if (command === 'render') {
    return render(given, output);
  }
  const aws = new Aws({
    region: given.region,
    profile: given.profile,
    roleArn: given['role-arn'],
    externalId: given['external-id']
  });
  await aws.region();
  switch (command) {
    case 'publish':
      return publish(aws, given, output);
    case 'attach':
      return attach(aws, given, output);
    case 'status':
      return status(aws, given, output);
    case 'rollback':
      return rollback(aws, given, output);
    case 'detach':
      return detach(aws, given, output);
    case 'doctor':
      return doctor(aws, given, output);
  }
}

/** What a failure says: a line of what happened and one of what to do. */
function report(failure: CliError, json: boolean): ExitCode {
  const lines = [
    ...laidOut(
      { head: 'Error: ', text: failure.message, tone: 'bad' },
      process.stderr
    ),
    ...laidOut(failure.hint, process.stderr)
  ];
  process.stderr.write(lines.map(line => `${line}\n`).join(''));
  if (json) {
    printJson({
      error: {
        message: failure.message,
        hint: failure.hint,
        exitCode: failure.code
      }
    });
  }
  return failure.code;
}

/** The exit code that a result asks for. */
function exitCodeOf(result: Json): ExitCode {
  const told = isObject(result) ? result.exitCode : undefined;
  return Object.values(EXIT).find(code => code === told) ?? EXIT.ok;
}

async function main(words: string[]): Promise<ExitCode> {
  let json = words.includes('--json');
  try {
    const { command, given } = readCommandLine(words);
    json = given.json === true;
    if (command === 'version') {
      process.stdout.write(`${packageVersion()}\n`);
      return EXIT.ok;
    }
    if (command === undefined || given.help) {
      process.stdout.write(`${help(command)}\n`);
      return EXIT.ok;
    }
    const output = terminal(json, given.yes === true);
    const result = await act(command, given, output);
    if (json) {
      printJson(result);
    }
    return exitCodeOf(result);
  } catch (error) {
    return report(explain(error, 'The command'), json);
  }
}

void main(process.argv.slice(2)).then(code => {
  process.exitCode = code;
});
