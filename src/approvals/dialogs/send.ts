/** Read again, refuse a conflict, write: the same for requests and decisions. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISubmitTools } from '../../ui/formDialog';
import type {
  IModelPackageDetails,
  IModelPackageUpdate,
  IRegistry,
  IVersionArgs
} from '../../tokens';
import { type ChangeTokens, refuseConflict } from '../write';

/** A change about to be written. */
export interface ISend {
  registry: Pick<IRegistry, 'describeVersion' | 'updateVersion'>;
  args: IVersionArgs;
  /** The version as the user saw it. */
  before: IModelPackageDetails;
  update: IModelPackageUpdate;
  tokens: ChangeTokens;
  tools: ISubmitTools;
  trans: TranslationBundle;
}

/**
 * Write a change unless somebody else was here first.
 *
 * When an earlier try of the same change got through although its answer was
 * lost, the version already reads as wanted: that is success, not a conflict.
 *
 * @throws ConflictError, and what the registry throws.
 */
export async function writeOnce(send: ISend): Promise<void> {
  const { registry, args, before, update, tokens, tools, trans } = send;
  tools.progress(trans.__('Checking that nobody changed it meanwhile…'));
  const now = await registry.describeVersion(
    args.connection,
    args.package,
    tools.signal
  );
  if (tokens.used(update) && reads(now, update)) {
    return;
  }
  refuseConflict(before, now);
  if (tools.signal.aborted) {
    return;
  }
  tools.progress(trans.__('Writing…'));
  await registry.updateVersion(args.connection, args.package, {
    ...update,
    clientToken: tokens.of(update)
  });
}

function reads(
  now: IModelPackageDetails,
  update: IModelPackageUpdate
): boolean {
  return (
    now.approval === update.approval &&
    (update.approvalDescription === undefined ||
      now.approvalDescription === update.approvalDescription) &&
    (update.lifeCycle === undefined ||
      (now.lifeCycle?.stage === update.lifeCycle.stage &&
        now.lifeCycle.status === update.lifeCycle.status))
  );
}
