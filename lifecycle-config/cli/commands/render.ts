/** `render`: the script of an installer, for people to review. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, EXIT } from '../errors';
import {
  assets,
  installerName,
  keyOf,
  readConfig,
  readWheel,
  render as fill
} from '../installer';
import type { Json } from '../json';
import type { Given } from '../options';
import { required } from '../options';
import type { IOutput } from '../output';
import { FOLDER } from './publish';
import { template } from '../template';

/** A script with the version that it installs. */
export interface IRendered {
  script: string;
  version: string;
  sha256: string;
  bucket: string;
  key: string;
}

/** Fill install.sh in from --wheel, --bucket, --prefix and --config. */
export function rendered(given: Given): IRendered {
  const { wheel: path, bucket } = required(given, 'wheel', 'bucket');
  const wheel = readWheel(path);
  const key = keyOf(wheel, given.prefix ?? FOLDER);
  const script = fill(readFileSync(join(assets(), 'install.sh'), 'utf8'), {
    bucket,
    key,
    sha256: wheel.sha256,
    version: wheel.version,
    config: given.config === undefined ? '' : readConfig(given.config)
  });
  return { script, version: wheel.version, sha256: wheel.sha256, bucket, key };
}

export function render(given: Given, output: IOutput): Json {
  const made = rendered(given);
  const name = installerName(made.script, made.version);
  const text = given.cloudformation
    ? template(
        readFileSync(
          join(assets(), 'cloudformation', 'studio-installer.yaml'),
          'utf8'
        ),
        made,
        name
      )
    : made.script;
  const size = Buffer.byteLength(made.script);
  if (given.output === undefined) {
    output.raw(text);
  } else {
    try {
      writeFileSync(given.output, text, { mode: 0o755 });
    } catch (error) {
      throw new CliError(
        `${given.output} cannot be written: ${(error as Error).message}`,
        'Name another file.',
        EXIT.usage
      );
    }
  }
  output.progress(`${name}: ${size} of 12288 bytes`);
  return {
    name,
    version: made.version,
    sha256: made.sha256,
    bucket: made.bucket,
    key: made.key,
    bytes: size,
    ...(given.output === undefined
      ? { [given.cloudformation ? 'template' : 'script']: text }
      : { output: given.output })
  };
}
