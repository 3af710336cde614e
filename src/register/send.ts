/** Write a registration: the group if it is new, then the version. */
import type { ISubmitTools } from '../ui/formDialog';
import { build } from './build';
import type { IRegisterValue } from './model';
import type { IRegisterServices } from './services';

/** What was registered. */
export interface IRegistered {
  connection: string;
  /** ARN of the group. */
  group: string;
  /** ARN of the version. */
  package: string;
  name: string;
  /** null: SageMaker's answer did not tell. */
  version: number | null;
}

/**
 * Register. Sending again after a failure neither makes a second group nor,
 * thanks to the `ClientToken`, a second version.
 *
 * @param made groups made by earlier tries, by connection and name.
 * @throws what the registry throws.
 */
export async function send(
  { registry, trans }: Pick<IRegisterServices, 'registry' | 'trans'>,
  value: IRegisterValue,
  made: Map<string, string>,
  tools: ISubmitTools
): Promise<IRegistered> {
  const { connection, group, isNew, newName } = value.target;
  let arn = group?.arn ?? '';
  let name = group?.name ?? '';
  if (isNew) {
    const key = `${connection}/${newName}`;
    name = newName;
    arn = made.get(key) ?? '';
    if (!arn) {
      tools.progress(trans.__('Making the group %1…', newName));
      arn = (
        await registry.createGroup(connection, {
          ModelPackageGroupName: newName
        })
      ).arn;
      made.set(key, arn);
    }
  }
  if (tools.signal.aborted) {
    throw new Error('Stopped');
  }
  tools.progress(trans.__('Registering the version…'));
  const { input } = build(value, arn);
  const version = await registry.createVersion(connection, input);
  return {
    connection,
    group: arn,
    package: version.arn,
    name,
    version: version.version
  };
}
