/** The words of the command line. */
import { parseArgs } from 'node:util';
import { CliError, EXIT } from './errors';
import { wrap } from './output';

interface IOption {
  type: 'string' | 'boolean';
  /** What stands for its value in the help. */
  value?: string;
  help: string;
}

const OPTIONS = {
  profile: {
    type: 'string',
    value: 'NAME',
    help: 'profile of the AWS configuration'
  },
  region: { type: 'string', value: 'REGION', help: 'region of the domain' },
  'role-arn': { type: 'string', value: 'ARN', help: 'role to assume first' },
  'external-id': {
    type: 'string',
    value: 'ID',
    help: 'external id that the role asks for'
  },
  json: {
    type: 'boolean',
    help: 'print one JSON value on stdout, nothing else'
  },
  help: { type: 'boolean', help: 'print this text' },
  yes: { type: 'boolean', help: 'do not ask' },
  'dry-run': { type: 'boolean', help: 'show the change, change nothing' },
  'domain-id': {
    type: 'string',
    value: 'ID',
    help: 'Studio domain; may be left out where there is one only'
  },
  wheel: { type: 'string', value: 'FILE', help: 'wheel of a release' },
  bucket: { type: 'string', value: 'NAME', help: 'S3 bucket of the wheel' },
  prefix: {
    type: 'string',
    value: 'FOLDER',
    help: 'folder in the bucket (default: sagemaker-governance)'
  },
  'kms-key': {
    type: 'string',
    value: 'ARN',
    help: 'customer managed key; default: as the bucket says'
  },
  config: {
    type: 'string',
    value: 'FILE',
    help: 'connections as JSON, written into the script'
  },
  output: {
    type: 'string',
    value: 'FILE',
    help: 'write the script there instead of stdout'
  },
  cloudformation: {
    type: 'boolean',
    help: 'render the CloudFormation template instead of the script'
  },
  script: {
    type: 'string',
    value: 'FILE',
    help: 'a script that was rendered before'
  },
  'lifecycle-config': {
    type: 'string',
    value: 'NAME',
    help: 'an installer that is there already (name or ARN)'
  },
  'include-opted-out': {
    type: 'boolean',
    help: 'also profiles whose installer is set to None'
  },
  'source-identity': {
    type: 'boolean',
    help: 'also pass user profile names on (ExecutionRoleIdentityConfig)'
  },
  to: {
    type: 'string',
    value: 'VERSION',
    help: 'its version, name or ARN; default: the one before'
  },
  'delete-installers': {
    type: 'boolean',
    help: 'also delete our lifecycle configurations'
  }
} as const satisfies Record<string, IOption>;

type OptionName = keyof typeof OPTIONS;

const AWS: OptionName[] = ['profile', 'region', 'role-arn', 'external-id'];
const ALWAYS: OptionName[] = ['json', 'help'];
const CHANGES: OptionName[] = ['domain-id', 'yes', 'dry-run'];
const WHEEL: OptionName[] = ['wheel', 'bucket', 'prefix', 'config'];

/** Each command: what it does, its options, and how it is called. */
export const COMMANDS = {
  publish: {
    help: 'put a wheel into S3 and print its SHA-256',
    example: '--wheel FILE --bucket NAME',
    options: ['wheel', 'bucket', 'prefix', 'kms-key', 'dry-run', ...AWS]
  },
  render: {
    help: 'print the script of an installer, or its CloudFormation template',
    example: '--wheel FILE --bucket NAME --output installer.sh',
    options: [...WHEEL, 'output', 'cloudformation']
  },
  attach: {
    help: 'give every space of a domain an installer; also the way to upgrade',
    example: '--script installer.sh --domain-id ID --dry-run',
    options: [
      ...CHANGES,
      ...WHEEL,
      'script',
      'lifecycle-config',
      'include-opted-out',
      'source-identity',
      ...AWS
    ]
  },
  status: {
    help: 'show which spaces run which version, and who overrides',
    example: '--domain-id ID',
    options: ['domain-id', ...AWS]
  },
  rollback: {
    help: 'go back to the installer that was attached before',
    example: '--domain-id ID --dry-run',
    options: [...CHANGES, 'to', ...AWS]
  },
  detach: {
    help: 'take the installer out of a domain',
    example: '--domain-id ID --dry-run',
    options: [...CHANGES, 'delete-installers', ...AWS]
  },
  doctor: {
    help: 'check a roll-out and say what to mend',
    example: '--domain-id ID',
    options: ['domain-id', ...AWS]
  }
} satisfies Record<
  string,
  { help: string; example: string; options: OptionName[] }
>;

export type CommandName = keyof typeof COMMANDS;

/** Options as they were given. */
export type Given = {
  [name in OptionName]?: (typeof OPTIONS)[name]['type'] extends 'boolean'
    ? boolean
    : string;
};

const PROGRAM = 'jupyterlab-sagemaker-governance';
/** Columns of the help. */
const WIDTH = 80;
const EXITS =
  'Exit codes: 0 done, 1 AWS or the network failed, 2 wrong usage, 3 doctor found something, 4 refused, 5 not confirmed, 6 an update had a side effect, 7 done in part.';

function isCommand(name: string | undefined): name is CommandName {
  return name !== undefined && Object.hasOwn(COMMANDS, name);
}

/** Options of a command, the common ones last. */
function optionsOf(command: CommandName): OptionName[] {
  return [...COMMANDS[command].options, ...ALWAYS];
}

/** A call in lines, an option together with its value. */
function exampleLines(call: string, options: string): string[] {
  const lines = [`  ${call}`];
  for (const option of options.split(/ (?=--)/)) {
    const last = lines[lines.length - 1];
    if (`${last} ${option} \\`.length > WIDTH) {
      lines[lines.length - 1] = `${last} \\`;
      lines.push(`    ${option}`);
    } else {
      lines[lines.length - 1] = `${last} ${option}`;
    }
  }
  return lines;
}

/** Text of --help. */
export function help(command?: CommandName): string {
  if (command === undefined) {
    const names = Object.keys(COMMANDS) as CommandName[];
    const width = Math.max(...names.map(name => name.length));
    return [
      `Usage: ${PROGRAM} COMMAND [OPTIONS]`,
      '',
      'Rolls SageMaker Governance for JupyterLab out to a Studio domain.',
      '',
      ...names.map(name => `  ${name.padEnd(width)}  ${COMMANDS[name].help}`),
      '',
      `${PROGRAM} COMMAND --help shows the options of a command,`,
      `${PROGRAM} --version the version of this program.`,
      '',
      ...wrap(EXITS, WIDTH)
    ].join('\n');
  }
  const rows = optionsOf(command).map(name => {
    const option: IOption = OPTIONS[name];
    return [`--${name}${option.value ? ` ${option.value}` : ''}`, option.help];
  });
  const width = Math.max(...rows.map(([name]) => name.length));
  const { help: what, example } = COMMANDS[command];
  return [
    `Usage: ${PROGRAM} ${command} [OPTIONS]`,
    '',
    `${what[0].toUpperCase()}${what.slice(1)}.`,
    '',
    ...rows.flatMap(([name, text]) =>
      wrap(text, WIDTH - width - 4).map(
        (line, i) => `  ${(i === 0 ? name : '').padEnd(width)}  ${line}`
      )
    ),
    '',
    'Example:',
    ...exampleLines(`npx ${PROGRAM} ${command}`, example)
  ].join('\n');
}

/**
 * Read the command line.
 *
 * @returns the command, `version`, or undefined when only help is asked for
 */
export function readCommandLine(words: string[]): {
  command: CommandName | 'version' | undefined;
  given: Given;
} {
  const [name, ...rest] = words;
  if (name === '--version') {
    return { command: 'version', given: {} };
  }
  if (name === undefined || name === '--help' || name === 'help') {
    return { command: undefined, given: { help: true } };
  }
  if (!isCommand(name)) {
    throw new CliError(
      `There is no command ${name}.`,
      `Commands: ${Object.keys(COMMANDS).join(', ')}.`,
      EXIT.usage
    );
  }
  const options = Object.fromEntries(
    optionsOf(name).map(one => [one, { type: OPTIONS[one].type }])
  );
  try {
    const { values } = parseArgs({ args: rest, options, strict: true });
    return { command: name, given: values as Given };
  } catch (error) {
    throw new CliError(
      (error as Error).message,
      `${PROGRAM} ${name} --help shows the options.`,
      EXIT.usage
    );
  }
}

/** Options that must be there. */
export function required<N extends OptionName>(
  given: Given,
  ...names: N[]
): { [name in N]: NonNullable<Given[name]> } {
  const missing = names.filter(name => given[name] === undefined);
  if (missing.length > 0) {
    throw new CliError(
      `${missing.map(name => `--${name}`).join(' and ')} ${missing.length === 1 ? 'is' : 'are'} needed.`,
      `--help shows what ${missing.length === 1 ? 'it means' : 'they mean'}.`,
      EXIT.usage
    );
  }
  return Object.fromEntries(names.map(name => [name, given[name]])) as {
    [name in N]: NonNullable<Given[name]>;
  };
}
