/** `publish`: a wheel into S3. */
import type { Aws } from '../aws';
import { explain } from '../errors';
import { CliError, EXIT } from '../errors';
import { keyOf, readWheel, sha256 } from '../installer';
import type { Json } from '../json';
import type { Given } from '../options';
import { required } from '../options';
import type { ILine, IOutput } from '../output';

/** Folder of the wheels in the bucket, and in the shipped policies. */
export const FOLDER = 'sagemaker-governance';

export async function publish(
  aws: Aws,
  given: Given,
  output: IOutput
): Promise<Json> {
  const { wheel: path, bucket } = required(given, 'wheel', 'bucket');
  const wheel = readWheel(path);
  const key = keyOf(wheel, given.prefix ?? FOLDER);
  const place = `s3://${bucket}/${key}`;
  let action = 'kept';
  try {
    const there = await aws.object(bucket, key);
    if (there !== null && sha256(there) === wheel.sha256) {
      output.progress(`${place} is there already.`);
    } else if (there !== null) {
      throw new CliError(
        `${place} is another file than its name says.`,
        'Find out who wrote it, delete it, then run the same command.',
        EXIT.refused
      );
    } else if (given['dry-run']) {
      action = 'would upload';
      output.progress(`Would put ${wheel.bytes.length} bytes to ${place}.`);
    } else {
      output.progress(`Putting ${wheel.bytes.length} bytes to ${place} ...`);
      await aws.put(bucket, key, wheel.bytes, given['kms-key']);
      action = 'uploaded';
    }
  } catch (error) {
    throw explain(error, `Publishing ${place}`);
  }
  const facts = { bucket, key, version: wheel.version, sha256: wheel.sha256 };
  output.print(
    ...Object.entries(facts).map(([name, text]): ILine => ({
      head: name.padEnd(9),
      text,
      tone: 'strong'
    }))
  );
  return {
    action,
    ...facts,
    bytes: wheel.bytes.length
  };
}
