/** The installer's script: filled in, named, and read back. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CliError, EXIT } from './errors';
import { isObject } from './json';
import type { Json } from './json';
import { PREFIX } from './merge';

/** Bytes of a script: 16,384 characters of base64 (API reference). */
export const MAX_SCRIPT = 12_288;
/** Characters of the name of a lifecycle configuration (API reference). */
const MAX_NAME = 63;
const VARIABLES = ['BUCKET', 'KEY', 'SHA256', 'VERSION', 'CONFIG'] as const;

/** What an installer installs, and from where. */
export interface IInstaller {
  bucket: string;
  key: string;
  /** Of the wheel, 64 lower-case hexadecimal digits. */
  sha256: string;
  version: string;
  /** Configuration of the connections as JSON text; empty: none. */
  config: string;
}

/** A wheel on this machine. */
export interface IWheel {
  name: string;
  version: string;
  sha256: string;
  bytes: Buffer;
}

/** Folder `lifecycle-config` of this package, installed or not. */
export function assets(): string {
  for (let at = __dirname; at !== dirname(at); at = dirname(at)) {
    if (existsSync(join(at, 'lifecycle-config', 'install.sh'))) {
      return join(at, 'lifecycle-config');
    }
  }
  throw new CliError(
    'install.sh is not in this package.',
    'Install the package jupyterlab-sagemaker-governance again.'
  );
}

/** Version of this package. */
export function packageVersion(): string {
  const file = join(dirname(assets()), 'package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as {
    version: string;
  };
  return version;
}

/** A file that the caller named. */
export function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(
      `${path} cannot be read: ${why}`,
      'Name a file that is there.',
      EXIT.usage
    );
  }
}

/** SHA-256 as hexadecimal digits. */
export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Read a wheel and what its name says. */
export function readWheel(path: string): IWheel {
  const name = basename(path);
  const match =
    /^jupyterlab_sagemaker_governance-([^-]+)-py3-none-any\.whl$/.exec(name);
  const bytes = readFile(path);
  if (match === null || bytes.subarray(0, 2).toString('latin1') !== 'PK') {
    throw new CliError(
      `${path} is not a wheel of jupyterlab-sagemaker-governance.`,
      'Name the file jupyterlab_sagemaker_governance-VERSION-py3-none-any.whl of a release; do not rename it.',
      EXIT.usage
    );
  }
  return { name, version: match[1], sha256: sha256(bytes), bytes };
}

/** Key under which a wheel lies: its hash is in it, so that none replaces another. */
export function keyOf(wheel: IWheel, prefix: string): string {
  const folder = prefix.replace(/^\/+|\/+$/g, '');
  return [folder, wheel.sha256.slice(0, 12), wheel.name]
    .filter(part => part !== '')
    .join('/');
}

/** Members of a login that are secret; the server takes references only. */
const SECRET = ['password', 'apikey', 'token'];

/** Dotted path of a secret that stands in a configuration itself; empty: none does. */
export function literalSecret(value: Json, path = ''): string {
  const members: [string, Json][] = Array.isArray(value)
    ? value.map((one, at) => [String(at), one])
    : isObject(value)
      ? Object.entries(value)
      : [];
  for (const [name, one] of members) {
    const where = path === '' ? name : `${path}.${name}`;
    if (typeof one === 'string') {
      if (path.split('.').at(-1) === 'auth' && SECRET.includes(name)) {
        return where;
      }
    } else {
      const deeper = literalSecret(one, where);
      if (deeper !== '') {
        return deeper;
      }
    }
  }
  return '';
}

/** The configuration of the connections, checked and without white space. */
export function readConfig(path: string): string {
  let value: Json;
  try {
    value = JSON.parse(readFile(path).toString('utf8')) as Json;
  } catch (error) {
    if (error instanceof CliError) {
      throw error;
    }
    throw new CliError(
      `${path} is not JSON: ${(error as Error).message}`,
      'Correct the file.',
      EXIT.usage
    );
  }
  if (!isObject(value) || !isObject(value.SageMakerGovernance)) {
    throw new CliError(
      `${path} has no member "SageMakerGovernance".`,
      'It is {"SageMakerGovernance": {"connections": [...]}}; docs/architecture.md describes it.',
      EXIT.usage
    );
  }
  const secret = literalSecret(value);
  if (secret !== '') {
    throw new CliError(
      // Not the text: this goes to terminals and logs.
      `${path} holds a secret itself, in ${secret}: whoever may describe the lifecycle configuration would read it.`,
      'Write a reference there, {"secretsmanager": "NAME"} or {"env": "NAME"}, and change that secret.',
      EXIT.usage
    );
  }
  return JSON.stringify(value);
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

/** The line below which only the machine reads on; an admin reads what is above. */
const WORKING_PART = '# System variables';

/** The script without the remarks in its working part: the room is for connections. */
function withoutRemarks(script: string): string {
  const start = script.indexOf(`\n${WORKING_PART}`);
  if (start < 0) {
    return script;
  }
  const remarks = /^ *#(?! System variables).*\n/gm;
  return script.slice(0, start) + script.slice(start).replace(remarks, '');
}

/**
 * The script of an installer.
 *
 * @param template text of install.sh
 */
export function render(template: string, installer: IInstaller): string {
  if (!/^[0-9a-f]{64}$/.test(installer.sha256)) {
    throw new CliError(
      'The SHA-256 of the wheel is not 64 lower-case hexadecimal digits.',
      'Give what sha256sum prints for the wheel, or --wheel FILE.',
      EXIT.usage
    );
  }
  const values: Record<(typeof VARIABLES)[number], string> = {
    BUCKET: installer.bucket,
    KEY: installer.key,
    SHA256: installer.sha256,
    VERSION: installer.version,
    CONFIG: installer.config
  };
  let script = withoutRemarks(template.replaceAll('\r\n', '\n'));
  for (const name of VARIABLES) {
    // A new line in a value would end the line that the variable stands on.
    if (/[\n\r\0]/.test(values[name])) {
      throw new CliError(
        `${name} has a line break.`,
        'Give it on one line.',
        EXIT.usage
      );
    }
    const line = new RegExp(`^${name}=''`, 'm');
    if (!line.test(script)) {
      throw new CliError(
        `install.sh has no line ${name}=''.`,
        'Use install.sh of this version, unchanged.',
        EXIT.usage
      );
    }
    script = script.replace(line, () => `${name}=${quoted(values[name])}`);
  }
  const size = Buffer.byteLength(script);
  if (size > MAX_SCRIPT) {
    throw new CliError(
      `The script has ${size} bytes; Studio takes ${MAX_SCRIPT}.`,
      `Shorten the configuration by ${size - MAX_SCRIPT} bytes.`,
      EXIT.usage
    );
  }
  return script;
}

/** Name of the lifecycle configuration with this script: other text, other name. */
export function installerName(script: string, version: string): string {
  const hash = sha256(script).slice(0, 12);
  const room = MAX_NAME - PREFIX.length - hash.length - 1;
  const words = version
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, room)
    .replace(/^-+|-+$/g, '');
  return [`${PREFIX}${words}`.replace(/-+$/, ''), hash].join('-');
}

/** What a script that was rendered does. */
export interface IParsed extends IInstaller {
  /** Whether it takes the extension away; `version` says so too. */
  uninstalls: boolean;
}

/** A version in a sentence. */
export function called(version: string): string {
  return /^\d/.test(version) ? `version ${version}` : `the ${version}`;
}

/** What a script installs; null when it is not an installer of ours. */
export function parse(script: string): IParsed | null {
  const uninstalls = /^ACTION='uninstall'/m.test(script);
  const values = VARIABLES.map(name => {
    const match = new RegExp(`^${name}='((?:[^']|'\\\\'')*)'`, 'm').exec(
      script
    );
    return match === null ? null : match[1].replaceAll("'\\''", "'");
  });
  const [bucket, key, hash, version, config] = values;
  if (bucket === null || key === null || hash === null) {
    return null;
  }
  return {
    bucket,
    key,
    sha256: hash,
    version: uninstalls ? `uninstaller of ${version}` : (version ?? ''),
    config: config ?? '',
    uninstalls
  };
}
